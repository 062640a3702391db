"""The details of one tracked message."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader, parse_addresses
from mimecast_secops.api.resources.message_verdict import read_verdict
from mimecast_secops.api.vocabulary import Risk

MEMBERS: Final = frozenset(
    {
        "id",
        "status",
        "recipientInfo",
        "deliveredMessage",
        "queueInfo",
        "retentionInfo",
        "spamInfo",
        "spamProcessingDetail",
    }
)
"""The members of a record. A reply with none of them has no details."""
_PRE: Final = re.compile(r"\A\s*<pre[^>]*>\r?\n?|\r?\n?</pre>\s*\Z", re.IGNORECASE)
# Lines that are not the header, then the header with its folded lines. An empty line ends the headers.
_MESSAGE_ID: Final = re.compile(r"(?:(?!Message-ID:)[^\n]+\n)*Message-ID:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE)
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
        risk_is_unreadable: whether there is a verdict whose risk is not a member of `Risk`, such as a number. If the
            verdict has no risk, whether that of a category is not.
        verdict_was_read: whether there is a verdict with at least one member. Only then does a missing risk mean that
            Mimecast names none.
        category_risk: the highest risk of the categories of the verdict; None if they name none. It can be known
            although the verdict itself has no risk.
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
    verdict_was_read: bool = False
    category_risk: Risk | None = None

    @property
    def recipient(self) -> str:
        """The address of the recipient, from a text, an object or a list; "" if the details name none."""
        addresses = (
            address
            # `messageInfo.to` is the header of the message, which the sender writes.
            for block in (("queueInfo",), ("recipientInfo", "txInfo"))
            for address in parse_addresses(_member(self.raw, *block, "to"))
        )
        return next(addresses, "")

    @classmethod
    def read(cls, raw: Any) -> MessageInfo:
        """Read a record of a reply. Each block may be missing (docs/reference/mimecast-api.md#get-tracking-details)."""
        reader = JsonReader(raw)
        recipient = reader.object("recipientInfo")
        message, transfer = recipient.object("messageInfo"), recipient.object("txInfo")
        queue = reader.object("queueInfo")
        verdict = read_verdict(reader.raw)
        senders = parse_addresses(message.raw.get("fromEnvelope"))
        return cls(
            id=reader.text("id"),
            status=reader.text("status").lower(),
            queue_id=queue.text("id"),
            queue_reason=queue.text("reason"),
            queue_detail_status=transfer.text("queueDetailStatus"),
            bounce_type=transfer.text("bounceType"),
            risk=verdict.risk,
            subject=message.text("subject"),
            sender=next(iter(senders), ""),
            message_id=message_id_of(message.text("transmissionInfo")),
            defects=tuple(reader.defects + recipient.defects + message.defects + transfer.defects + queue.defects),
            raw=reader.raw,
            risk_is_unreadable=verdict.is_unreadable,
            verdict_was_read=verdict.was_read,
            category_risk=verdict.category_risk,
        )


def _member(raw: Any, *names: str) -> Any:
    """The value under nested names; None if a name is missing or its parent is not an object."""
    for name in names:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def message_id_of(transmission_info: str) -> str:
    """The Message-ID without `<>` in `transmissionInfo`, which has the headers, HTML-escaped, in a `<pre>`.

    A folded Message-ID is found. `X-…-Message-ID`, and a line below the headers, are not.
    """
    text = html.unescape(_PRE.sub("", transmission_info[:_MAX_HEADERS])).lstrip("\r\n")
    found = _MESSAGE_ID.match(text.replace("\r\n", "\n"))
    return " ".join(found[1].split()).strip("<> ") if found else ""
