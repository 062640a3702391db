"""Message tracking: the status of each message, one record per recipient."""

from __future__ import annotations

import email.parser
import email.policy
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader, first_object, format_timestamp
from mimecast_secops.api.endpoint import V1_ONLY, Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import UnreadableReply
from mimecast_secops.api.request import Request, no_result, whole_reply
from mimecast_secops.api.resources.tracked_messages import TrackedMessages
from mimecast_secops.api.resources.tracking_pages import read_search
from mimecast_secops.api.session import Session
from mimecast_secops.api.vocabulary import Risk

SEARCH: Final = Endpoint(
    path="/api/message-finder/search",
    summary="search message tracking",
    permission="Gateway | Tracking | Read",
    divisible=True,
    source="docs/reference/mimecast-api.md#search-message-tracking [documented]",
)
INFO: Final = Endpoint(
    path="/api/message-finder/get-message-info",
    summary="read a tracked message",
    permission="Gateway | Tracking | Read",
    source="docs/reference/mimecast-api.md#get-tracking-details [documented]",
)
RELEASE_TO_SANDBOX: Final = Endpoint(
    path="/api/message-finder/release-held-email-to-sandbox",
    summary="release a held message to the sandbox",
    permission="Account | Monitoring | Held | Edit",
    writes=True,
    api_versions=V1_ONLY,
    source="docs/reference/mimecast-api.md#message-finder-actions [seen in a client]; permission [inferred]",
)
REPORT: Final = Endpoint(
    path="/api/message-finder/report-message",
    summary="report a message",
    permission="Gateway | Tracking | Edit",
    writes=True,
    api_versions=V1_ONLY,
    source="docs/reference/mimecast-api.md#message-finder-actions [seen in a client]; permission [inferred]",
)
ENDPOINTS: Final = (SEARCH, INFO, RELEASE_TO_SANDBOX, REPORT)

SEARCH_REACH: Final = timedelta(days=30) - timedelta(hours=1)
"""How far back a search may start. A start exactly 30 days back is refused by some tenants
(docs/reference/mimecast-api.md#search-message-tracking)."""
_PRE: Final = re.compile(r"\A\s*<pre[^>]*>\r?\n?|\r?\n?</pre>\s*\Z", re.IGNORECASE)
_MAX_HEADERS: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """The details of one tracked message.

    Attributes:
        id: the tracking ID.
        status: the status in lower case. A known one equals a member of `Status`.
        queue_id: the ID of the queue item. It is probably the hold ID, which no document confirms.
        queue_reason: the name of the policy or definition that held the message.
        queue_detail_status: the reason according to `txInfo`.
        bounce_type: the bounce type according to `txInfo`.
        risk: the risk of the verdict; None if Mimecast names none, or one that cannot be read.
        subject: the subject.
        sender: the envelope sender.
        message_id: the internet Message-ID without `<>`; "" if the headers have none.
        defects: the names of the members that could not be read.
        raw: the record as received.
        risk_is_unreadable: whether there is a verdict whose risk is not a member of `Risk`.
    """

    id: str
    status: str
    queue_id: str
    queue_reason: str
    queue_detail_status: str
    bounce_type: str
    risk: Risk | None
    subject: str
    sender: str
    message_id: str
    defects: tuple[str, ...]
    raw: dict[str, Any] = field(repr=False)
    risk_is_unreadable: bool = False

    @property
    def recipient(self) -> str:
        """The address of the recipient; "" if the details name none."""
        queue, recipient_info = self.raw.get("queueInfo"), self.raw.get("recipientInfo")
        transfer = recipient_info.get("txInfo") if isinstance(recipient_info, dict) else None
        addresses = (block.get("to") for block in (queue, transfer) if isinstance(block, dict))
        return next((address for address in addresses if isinstance(address, str) and address), "")

    @classmethod
    def read(cls, raw: Any) -> MessageInfo:
        """Read a record of a reply. Each block may be missing (docs/reference/mimecast-api.md#get-tracking-details)."""
        reader = JsonReader(raw)
        recipient = reader.object("recipientInfo")
        message, transfer = recipient.object("messageInfo"), recipient.object("txInfo")
        queue = reader.object("queueInfo")
        risk, risk_is_unreadable = _risk_of(reader.raw)
        return cls(
            id=reader.text("id"),
            status=reader.text("status").lower(),
            queue_id=queue.text("id"),
            queue_reason=queue.text("reason"),
            queue_detail_status=transfer.text("queueDetailStatus"),
            bounce_type=transfer.text("bounceType"),
            risk=risk,
            subject=message.text("subject"),
            sender=message.text("fromEnvelope"),
            message_id=message_id_of(message.text("transmissionInfo")),
            defects=tuple(reader.defects + recipient.defects + message.defects + transfer.defects + queue.defects),
            raw=reader.raw,
            risk_is_unreadable=risk_is_unreadable,
        )


class TrackingResource:
    """The endpoints of message tracking."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def search(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        to: str = "",
        sender: str = "",
        subject: str = "",
        message_id: str = "",
        statuses: Sequence[str] = (),
        routes: Sequence[str] = (),
        search_reason: str = "",
    ) -> TrackedMessages:
        """Search tracking records.

        No pages are documented, and no limit on the number of rows. If a reply names a next page, it is read.
        `TrackedMessages.completeness` tells how sure it is that all rows came.

        Args:
            start: the earliest time, aware; less than 30 days ago (`SEARCH_REACH`). None to leave it out.
            end: the latest time, aware. None to leave it out.
            to: an address or an exact domain of a recipient.
            sender: an address or an exact domain of the sender.
            subject: words in the subject.
            message_id: an internet Message-ID, instead of `to`, `sender` and `subject`.
            statuses: the statuses to include; empty for all.
            routes: the routes to include; empty for all.
            search_reason: the reason for the search, which some tenants require.

        Returns:
            The records in the order of Mimecast's reply.

        Raises:
            ValueError: there is neither a Message-ID nor one of the other criteria, or there are both.
            UndecodableReply: the reply cannot be decoded, or is too large. A search of a shorter period may succeed.
            NotUnderstood: the reply does not have the form of a search result. `form` is "null" for a list that is null.
            MimecastError: the call failed.
        """
        advanced = {name: value for name, value in (("from", sender), ("to", to), ("subject", subject)) if value}
        if bool(message_id) == bool(advanced):
            raise ValueError("Search either by Message-ID, or by sender, recipient or subject.")
        item: dict[str, Any] = {}
        if start is not None:
            item["start"] = format_timestamp(start)
        if end is not None:
            item["end"] = format_timestamp(end)
        if message_id:
            item["messageId"] = message_id
        else:
            item["advancedTrackAndTraceOptions"] = advanced
        if statuses:
            item["status"] = list(statuses)
        if routes:
            item["route"] = list(routes)
        if search_reason:
            item["searchReason"] = search_reason

        def fetch(token: str) -> Reply:
            paging = {"pageToken": token} if token else None
            return self._session.send(Request(SEARCH, (item,), whole_reply, pagination=paging, undecoded=True))

        return read_search(fetch, SEARCH.path)

    def info(self, tracking_id: str, *, load_content: bool = False) -> MessageInfo:
        """The details of a tracking record.

        Args:
            tracking_id: the ID of the record.
            load_content: also load the text of the message, if the tenant returns it.

        Raises:
            NotFound: Mimecast does not know the ID.
            UnreadableReply: the reply has no details, or those of another message.
            MimecastError: the call failed.
        """
        item: dict[str, Any] = {"id": tracking_id}
        if load_content:
            # As text; docs/reference/mimecast-api.md#get-tracking-details [seen in a client]
            item["loadContent"] = "true"
        return self._session.send(Request(INFO, (item,), partial(_info, tracking_id)))

    def release_to_sandbox(self, tracking_id: str) -> None:
        """Release a held message to the sandbox. API 1.0 only. The reply confirms only that nothing failed.

        Raises:
            NotSupported: the credentials are for API 2.0.
            MimecastError: the call failed.
        """
        self._session.send(self.release_to_sandbox_request(tracking_id))

    def release_to_sandbox_request(self, tracking_id: str) -> Request[None]:
        """The request that `release_to_sandbox` sends."""
        return Request(RELEASE_TO_SANDBOX, ({"id": tracking_id},), no_result)

    def report(self, tracking_id: str, *, kind: str, comment: str = "") -> None:
        """Report a message to Mimecast. API 1.0 only.

        Args:
            tracking_id: the ID of the tracking record.
            kind: `malware`, `spam` or `phishing`.
            comment: a comment; "" for none.

        Raises:
            NotSupported: the credentials are for API 2.0.
            MimecastError: the call failed.
        """
        self._session.send(self.report_request(tracking_id, kind=kind, comment=comment))

    def report_request(self, tracking_id: str, *, kind: str, comment: str = "") -> Request[None]:
        """The request that `report` sends."""
        item = {"id": tracking_id, "type": kind}
        if comment:
            item["comment"] = comment
        return Request(REPORT, (item,), no_result)


def _info(tracking_id: str, reply: Reply) -> MessageInfo:
    record = first_object(reply.data)
    if not record:
        raise UnreadableReply("Mimecast answered without any details of the message.", endpoint=INFO.path)
    if record.get("id") not in (None, "", tracking_id):
        raise UnreadableReply("Mimecast answered with the details of another message.", endpoint=INFO.path)
    return MessageInfo.read(record)


def _risk_of(raw: dict[str, Any]) -> tuple[Risk | None, bool]:
    """The risk of the verdict, and whether there is a verdict whose risk cannot be read."""
    value: Any = raw
    for name in ("spamInfo", "spamProcessingDetail", "verdict", "risk"):
        value = value.get(name) if isinstance(value, dict) else None
        if value in (None, "", {}):
            return None, False
        if name != "risk" and not isinstance(value, dict):
            return None, True
    word = value.strip().lower() if isinstance(value, str) else ""
    return (Risk(word), False) if word in {*Risk} else (None, True)


def message_id_of(transmission_info: str) -> str:
    """The Message-ID without `<>` in `transmissionInfo`, which has the headers, HTML-escaped, in a `<pre>`.

    The text is parsed as headers, so that a folded Message-ID is found and `X-…-Message-ID` is not.
    """
    text = html.unescape(_PRE.sub("", transmission_info[:_MAX_HEADERS])).lstrip("\r\n")
    if not text:
        return ""
    headers = email.parser.HeaderParser(policy=email.policy.compat32).parsestr(text.replace("\r\n", "\n"))
    value = headers.get("Message-ID") or ""
    return " ".join(str(value).split()).strip("<> ")
