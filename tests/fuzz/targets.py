"""The parsers of untrusted input, as functions of bytes that raise only the documented errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from mimecast_secops.api import (
    ApiVersion,
    HeldMessage,
    MessageDetail,
    MessageInfo,
    PolicyRecord,
    QueryError,
    TrackedMessage,
)
from mimecast_secops.api import check_query as check
from mimecast_secops.api.envelope import RawReply, open_envelope
from mimecast_secops.api.error_mapping import RequestInfo, error_of_reply
from mimecast_secops.api.resources import account
from mimecast_secops.api.resources.message_info import message_id_of
from mimecast_secops.api.resources.tracking import SEARCH
from mimecast_secops.ingest.event_fields import flatten
from mimecast_secops.ingest.message_tracking.attachments import safe_name
from mimecast_secops.ingest.message_tracking.events import RecordDetails, alert_of
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import State, UnreadableState
from mimecast_secops.parameters import InvalidParameter, read_time, split
from mimecast_secops.simulator.http.requests import read_body
from mimecast_secops.simulator.mail.parser import parse_email
from mimecast_secops.simulator.tenant.query import InvalidQuery, parse_query


def reply(data: bytes) -> None:
    """A reply of the server, up to its error or its records."""
    raw = RawReply(data[0] * 2 if data else 200, {}, data[1:])
    opened = open_envelope(raw)
    for api_version in ApiVersion:
        error_of_reply(RequestInfo(SEARCH, api_version), raw, opened)
    for entry in opened.data if opened else ():
        records(entry)


def records(entry: object) -> None:
    """An item of `data`, read as each kind of record."""
    for model in (TrackedMessage, HeldMessage, MessageDetail, MessageInfo, PolicyRecord, account.Account):
        model.read(entry)
    record = PendingRecord.from_tracking(TrackedMessage.read(entry), 0)
    alert = alert_of(record, RecordDetails(info=MessageInfo.read(entry)), "subject")
    json.dumps(list(alert.events)).encode("utf-8")
    if isinstance(entry, dict):
        flatten(entry)


def headers(data: bytes) -> None:
    """The header block of a message."""
    assert "\n" not in message_id_of(data.decode("utf-8", "replace"))


def query(data: bytes) -> None:
    """A query of a user."""
    try:
        check(data.decode("utf-8", "replace"))
    except QueryError:
        return


def file_name(data: bytes) -> None:
    """The name of an attachment."""
    assert safe_name(data.decode("utf-8", "surrogateescape"))


def parameters(data: bytes) -> None:
    """A list and a time that a user entered."""
    text = data.decode("utf-8", "replace")
    split(text)
    try:
        read_time(text)
    except (ValueError, InvalidParameter):
        return


def state(data: bytes) -> None:
    """A damaged stored state."""
    half = len(data) // 2
    try:
        State.decode({"meta": data[:half], "backlog.0": data[half:], "ledger.1.0": data})
    except UnreadableState:
        return


def mail(data: bytes) -> None:
    """A message that arrives at the simulated tenant."""
    parse_email(data)


def simulated_query(data: bytes) -> None:
    """A query of the simulated archive."""
    try:
        parse_query(data.decode("utf-8", "replace"), datetime.now(UTC))
    except InvalidQuery:
        return


def simulated_request(data: bytes) -> None:
    """The body of a request to the simulated tenant."""
    for version in (1, 2):
        read_body(data, version)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        reply,
        headers,
        query,
        file_name,
        parameters,
        state,
        mail,
        simulated_query,
        simulated_request,
    )
}
