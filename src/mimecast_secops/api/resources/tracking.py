"""Message tracking: what became of each message, one record per recipient."""

from __future__ import annotations

import email.parser
import email.policy
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader, first_object, wire_time
from mimecast_secops.api.endpoint import V1_ONLY, Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import UnreadableReply
from mimecast_secops.api.request import Request, no_result
from mimecast_secops.api.resources.tracked_messages import TrackedMessages, tracked_messages
from mimecast_secops.api.session import Session
from mimecast_secops.api.vocabulary import Risk

SEARCH: Final = Endpoint(
    path="/api/message-finder/search",
    summary="search message tracking",
    permission="Gateway | Tracking | Read",
    divisible=True,
    source="API notes 6.1 [documented]",
)
INFO: Final = Endpoint(
    path="/api/message-finder/get-message-info",
    summary="read a tracked message",
    permission="Gateway | Tracking | Read",
    source="API notes 6.2 [documented]",
)
RELEASE_TO_SANDBOX: Final = Endpoint(
    path="/api/message-finder/release-held-email-to-sandbox",
    summary="release a held message to the sandbox",
    permission="Account | Monitoring | Held | Edit",
    writes=True,
    api_versions=V1_ONLY,
    source="API notes 6.3 [seen in a client]; permission [inferred]",
)
REPORT: Final = Endpoint(
    path="/api/message-finder/report-message",
    summary="report a message",
    permission="Gateway | Tracking | Edit",
    writes=True,
    api_versions=V1_ONLY,
    source="API notes 6.3 [seen in a client]; permission [inferred]",
)
ENDPOINTS: Final = (SEARCH, INFO, RELEASE_TO_SANDBOX, REPORT)

_PRE: Final = re.compile(r"\A\s*<pre[^>]*>\r?\n?|\r?\n?</pre>\s*\Z", re.IGNORECASE)
_LONGEST_HEADERS: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """The details of one tracked message.

    Attributes:
        queue_id: the id of the queue item; probably the hold id, which no document confirms.
        queue_reason: the name of the policy or definition that held it.
        queue_detail_status: why, in the words of `txInfo`.
        risk: the risk of the verdict; None if Mimecast names none, or one that cannot be read.
        message_id: the internet Message-ID without `<>`, "" where the headers have none.
        risk_is_unreadable: whether there is a verdict whose risk is none of these words.
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
        """From what the server sent; every block may be missing (API notes 6.2)."""
        reader = JsonReader(raw)
        recipient = reader.inner("recipientInfo")
        message, transfer = recipient.inner("messageInfo"), recipient.inner("txInfo")
        queue = reader.inner("queueInfo")
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
    """Functions about tracked messages."""

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
        """Tracking records, in the order in which Mimecast lists them.

        Either `message_id`, or at least one of `to`, `sender` and `subject`. `to` and `sender` are addresses or exact
        domains. `start` must be less than 30 days ago. There are no pages, and no limit of rows is documented.

        Raises:
            ValueError: the criteria are not one of the two kinds.
            UndecodableReply: the reply cannot be decoded, or is too large; a search of a shorter window may succeed.
            UnexpectedReply: the reply does not have the form of a search result.
            MimecastError: the search could not be made.
        """
        advanced = {name: value for name, value in (("from", sender), ("to", to), ("subject", subject)) if value}
        if bool(message_id) == bool(advanced):
            raise ValueError("Search either for a Message-ID or for sender, recipient or subject.")
        item: dict[str, Any] = {}
        if start is not None:
            item["start"] = wire_time(start)
        if end is not None:
            item["end"] = wire_time(end)
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
        read = partial(tracked_messages, path=SEARCH.path)
        return self._session.send(Request(SEARCH, (item,), read, undecoded=True))

    def info(self, tracking_id: str, *, load_content: bool = False) -> MessageInfo:
        """The details of a tracked message; with `load_content` its texts too, where the tenant gives them.

        Raises:
            NotFound: Mimecast does not know the id.
            UnreadableReply: the reply has no details, or those of another message.
            MimecastError: they could not be had.
        """
        item: dict[str, Any] = {"id": tracking_id}
        if load_content:
            item["loadContent"] = "true"  # as text; API notes 6.2 [seen in a client]
        return self._session.send(Request(INFO, (item,), partial(_info, tracking_id)))

    def release_to_sandbox(self, tracking_id: str) -> None:
        """Release a held message into the sandbox. API 1.0 only; its reply says no more than that nothing failed."""
        self._session.send(self.release_to_sandbox_request(tracking_id))

    def release_to_sandbox_request(self, tracking_id: str) -> Request[None]:
        """The request that `release_to_sandbox` sends."""
        return Request(RELEASE_TO_SANDBOX, ({"id": tracking_id},), no_result)

    def report(self, tracking_id: str, *, kind: str, comment: str = "") -> None:
        """Report a message as `malware`, `spam` or `phishing`. API 1.0 only."""
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
    """The risk of the verdict, and whether the verdict is there but its risk cannot be read."""
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
    """The Message-ID, without `<>`, out of `transmissionInfo`: the headers, HTML-escaped, in a `<pre>`.

    Parsed as headers after unescaping, so that a folded one is found and `X-…-Message-ID` is not taken for it.
    """
    text = html.unescape(_PRE.sub("", transmission_info[:_LONGEST_HEADERS])).lstrip("\r\n")
    if not text:
        return ""
    headers = email.parser.HeaderParser(policy=email.policy.compat32).parsestr(text.replace("\r\n", "\n"))
    value = headers.get("Message-ID") or ""
    return " ".join(str(value).split()).strip("<> ")
