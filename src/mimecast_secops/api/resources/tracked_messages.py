"""The rows of a tracking search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, overload

import msgspec

from mimecast_secops.api.decode import (
    NOT_DOCUMENTED_FORM,
    AddressRow,
    JsonReader,
    decode_entry,
    interned,
    parse_timestamp,
)
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import UnexpectedReply


class _Row(
    msgspec.Struct,
    rename={
        "from_envelope": "fromEnv",
        "from_header": "fromHdr",
        "sender_ip": "senderIP",
        "sender_ip_other": "senderIp",
        "has_attachments": "attachments",
        "spam_score": "spamScore",
        "detection_level": "detectionLevel",
    },
):
    """A row in the documented form (docs/reference/mimecast-api.md#search-message-tracking)."""

    id: str
    status: str | None = None
    info: str | None = None
    from_envelope: AddressRow | None = None
    from_header: AddressRow | None = None
    to: list[AddressRow] | None = None
    received: str | None = None
    sent: str | None = None
    subject: str | None = None
    sender_ip: str | None = None
    sender_ip_other: str | None = None
    has_attachments: bool | None = None
    route: str | None = None
    spam_score: float | None = None
    detection_level: str | None = None


_DECODE_ROW: Final = msgspec.json.Decoder(_Row)


@dataclass(frozen=True, slots=True)
class TrackedMessage:
    """A tracking record: one row of a tracking search.

    Members that the row does not have are empty. `received` and `sent` are aware, in UTC.

    Attributes:
        id: the tracking ID.
        status: the status in lower case. A known one equals a member of `Status`.
        route: the route in lower case. A known one equals a member of `Route`.
        has_attachments: whether the message has attachments; None if the row does not tell.
        defects: the names of the members that could not be read.
        source: the row as received.
    """

    id: str
    status: str
    info: str
    sender: str
    header_from: str
    header_from_name: str
    recipients: tuple[str, ...]
    received: datetime | None
    sent: datetime | None
    subject: str
    sender_ip: str
    has_attachments: bool | None
    route: str
    spam_score: float
    detection_level: str
    defects: tuple[str, ...]
    source: Any = field(repr=False)

    @property
    def raw(self) -> dict[str, Any]:
        """The row as received."""
        return JsonReader(decode_entry(self.source)).raw

    @classmethod
    def read(cls, raw: Any) -> TrackedMessage:
        """Read a row of a reply: a decoded row, or an undecoded one (`msgspec.Raw`)."""
        if isinstance(raw, msgspec.Raw):
            try:
                return cls._of_row(_DECODE_ROW.decode(raw), raw)
            except NOT_DOCUMENTED_FORM:
                raw = decode_entry(raw)
        reader = JsonReader(raw)
        header_from, header_from_name = reader.address("fromHdr")
        return cls(
            id=reader.text("id"),
            status=reader.text("status").lower(),
            info=reader.text("info"),
            sender=reader.address("fromEnv")[0],
            header_from=header_from,
            header_from_name=header_from_name,
            recipients=reader.addresses("to"),
            received=reader.timestamp("received"),
            sent=reader.timestamp("sent"),
            subject=reader.text("subject"),
            sender_ip=reader.text("senderIP", "senderIp"),
            has_attachments=reader.flag("attachments"),
            route=reader.text("route").lower(),
            spam_score=reader.number("spamScore"),
            detection_level=reader.text("detectionLevel"),
            defects=tuple(reader.defects),
            source=raw,
        )

    @classmethod
    def _of_row(cls, row: _Row, source: Any) -> TrackedMessage:
        received, sent = parse_timestamp(row.received), parse_timestamp(row.sent)
        defects = [name for name, text, time in _times(row, received, sent) if text and time is None]
        return cls(
            id=row.id,
            status=interned((row.status or "").lower()),
            info=row.info or "",
            sender=interned(row.from_envelope.address) if row.from_envelope else "",
            header_from=row.from_header.address or "" if row.from_header else "",
            header_from_name=row.from_header.name or "" if row.from_header else "",
            recipients=tuple(interned(recipient.address) for recipient in row.to or () if recipient.address),
            received=received,
            sent=sent,
            subject=row.subject or "",
            sender_ip=(row.sender_ip_other if row.sender_ip is None else row.sender_ip) or "",
            has_attachments=row.has_attachments,
            route=interned((row.route or "").lower()),
            spam_score=row.spam_score or 0,
            detection_level=row.detection_level or "",
            defects=tuple(defects),
            source=source,
        )


def _times(
    row: _Row, received: datetime | None, sent: datetime | None
) -> tuple[tuple[str, str | None, datetime | None], ...]:
    return ("received", row.received, received), ("sent", row.sent, sent)


class TrackedMessages(Sequence[TrackedMessage]):
    """The rows of a tracking search. Each row is decoded when it is used, so counting the rows decodes none.

    Args:
        rows: decoded rows, or undecoded ones (`msgspec.Raw`).
    """

    def __init__(self, rows: Sequence[Any] = ()) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> TrackedMessage: ...

    @overload
    def __getitem__(self, index: slice) -> TrackedMessages: ...

    def __getitem__(self, index: int | slice) -> TrackedMessage | TrackedMessages:
        if isinstance(index, slice):
            return TrackedMessages(self._rows[index])
        return TrackedMessage.read(self._rows[index])

    def __iter__(self) -> Iterator[TrackedMessage]:
        return map(TrackedMessage.read, self._rows)


class _TrackedEmails(msgspec.Struct, rename={"rows": "trackedEmails"}):
    rows: list[msgspec.Raw]


_DECODE_TRACKED_EMAILS: Final = msgspec.json.Decoder(_TrackedEmails)
# A flat entry counts as a row if it has at least two members of a row.
_ROW_MEMBERS: Final = frozenset({"id", "status", "fromEnv", "fromHdr", "to", "received", "sent", "subject", "route"})


def tracked_messages(reply: Reply, path: str) -> TrackedMessages:
    """The rows of a tracking search, wrapped as documented or directly in `data`.

    Args:
        reply: the reply of the search.
        path: the path of the endpoint, for the error message.

    Raises:
        UnexpectedReply: the reply does not have the form of a search result, so it does not mean that nothing
            was found.
    """
    rows: list[Any] = []
    for entry in reply.data if reply.has_list else (None,):
        entry_rows = _rows_in(entry)
        if entry_rows is None:
            raise UnexpectedReply(
                "Mimecast answered the search with JSON that is not a search result: it has no list of tracked "
                "messages.",
                endpoint=path,
                status=reply.status,
            )
        rows.extend(entry_rows)
    return TrackedMessages(rows)


def _rows_in(entry: Any) -> list[Any] | None:
    if isinstance(entry, msgspec.Raw):
        try:
            return _DECODE_TRACKED_EMAILS.decode(entry).rows
        except NOT_DOCUMENTED_FORM:
            pass
    decoded = decode_entry(entry)
    if not isinstance(decoded, dict):
        return None
    wrapped = decoded.get("trackedEmails")
    if isinstance(wrapped, list):
        return wrapped
    if "trackedEmails" in decoded or len(_ROW_MEMBERS & decoded.keys()) < 2:
        return None
    return [entry]
