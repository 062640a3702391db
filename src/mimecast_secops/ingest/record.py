"""A pending record: it matched the filters and is not delivered yet. This is its form in the state."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Self

import msgspec

from mimecast_secops.api import HeldMessage, TrackedMessage
from mimecast_secops.ingest.clock import to_ms
from mimecast_secops.ingest.event_fields import as_text

TRACKING: Final = "tracking"
HOLD: Final = "hold"
GAP: Final = "gap"
_MAX_TEXT: Final = 500
_MAX_DEFECTS: Final = 20
_MAX_RECIPIENTS: Final = 20


class PendingRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tracking record, a held message without a tracking record, or a gap in what could be read.

    It keeps the fields of the search row: a record that disappears or changes its status before its turn is still
    delivered as it was. Times are unix milliseconds.

    Attributes:
        id: the ticket id of its alert: the tracking id, `hold:<hold id>` or `gap:…`.
        kind: TRACKING, HOLD or GAP.
        recipient: the first recipient; "" if the row names none.
        received_ms: when the message was received; when it was first seen if the row has no readable time.
        defects: names of the fields that could not be read.
        summary: what an event shows if the details cannot be read.
        tries: how many reads failed.
        after_ms: the next read is not before this time.
        error: why the last read failed or the delivery overflowed; "" if neither happened.
    """

    id: str
    kind: str = TRACKING
    status: str = ""
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    route: str = ""
    reason: str = ""
    has_attachments: bool = False
    received_ms: int = 0
    hold_id: str = ""
    defects: tuple[str, ...] = ()
    summary: dict[str, str] = {}
    tries: int = 0
    after_ms: int = 0
    error: str = ""

    @property
    def sort_key(self) -> tuple[bool, int, str]:
        """The order of delivery: oldest first, deferred records after all others."""
        return bool(self.error), self.received_ms, self.id

    @property
    def has_tracking_id(self) -> bool:
        """Whether Mimecast can be asked for its details."""
        return self.kind == TRACKING and not self.id.startswith("unreadable:")

    @staticmethod
    def id_of_hold(hold_id: str) -> str:
        """The id of a held message that only the hold queue shows."""
        return f"{HOLD}:{hold_id}"

    @classmethod
    def from_tracking(cls, message: TrackedMessage, seen_ms: int, *, with_summary: bool = True) -> Self:
        """The record of a search row.

        Args:
            message: the row. One without an id gets an id made of its content.
            seen_ms: when the search returned it, in unix milliseconds.
            with_summary: whether to keep what an event needs; matching with the hold queue does without.
        """
        defects = list(message.defects)
        if not message.id:
            defects.append("id")
        if message.received is None and "received" not in defects:
            defects.append("received")
        return cls(
            id=tracking_id(message),
            status=message.status[:_MAX_TEXT],
            sender=clip(message.sender),
            recipient=clip(message.recipients[0]) if message.recipients else "",
            subject=clip(message.subject),
            route=message.route[:_MAX_TEXT],
            # If the search does not say, the details are read.
            has_attachments=message.has_attachments is not False,
            received_ms=to_ms(message.received) if message.received else seen_ms,
            defects=tuple(defects[:_MAX_DEFECTS]),
            summary=_tracking_summary(message) if with_summary else {},
        )

    @classmethod
    def from_hold(cls, hold: HeldMessage, seen_ms: int) -> Self:
        """The record of a hold queue entry that message tracking does not show.

        Args:
            hold: the entry.
            seen_ms: when the queue listed it, in unix milliseconds.
        """
        return cls(
            id=cls.id_of_hold(hold.id),
            kind=HOLD,
            status="held",
            sender=clip(hold.sender),
            recipient=clip(hold.recipient),
            subject=clip(hold.subject),
            route=hold.route[:_MAX_TEXT],
            reason=clip(hold.policy or hold.reason),
            has_attachments=hold.has_attachments,
            received_ms=to_ms(hold.received) if hold.received else seen_ms,
            hold_id=hold.id,
            defects=hold.defects[:_MAX_DEFECTS],
            summary={
                "from_emailAddress": clip(hold.sender),
                "fromHeader_emailAddress": clip(hold.header_from),
                "to_emailAddress": clip(hold.recipient),
                "subject": clip(hold.subject),
                "reason": clip(hold.reason),
                "policyInfo": clip(hold.policy),
                "route": hold.route[:_MAX_TEXT],
                "size": str(hold.size),
            },
        )

    @classmethod
    def from_gap(cls, name: str, received_ms: int, text: str) -> Self:
        """The record of a period that could not be read.

        Args:
            name: what follows `gap:` in its id.
            received_ms: the beginning of the period, in unix milliseconds.
            text: a sentence that names the period and what to do.
        """
        return cls(id=f"{GAP}:{name}", kind=GAP, subject=text, received_ms=received_ms, summary={"gap": text})


def tracking_id(message: TrackedMessage) -> str:
    """The id of a search row: its tracking id, or a hash of its content if it has none."""
    return message.id or _content_id(message.raw)


def clip(text: str) -> str:
    """A text of limited length that can be stored as UTF-8."""
    return as_text(text)[:_MAX_TEXT]


def _tracking_summary(message: TrackedMessage) -> dict[str, str]:
    fields = {
        "status": message.status,
        "info": message.info,
        "fromEnv_emailAddress": message.sender,
        "fromHdr_emailAddress": message.header_from,
        "fromHdr_displayableName": message.header_from_name,
        "subject": message.subject,
        "senderIP": message.sender_ip,
        "route": message.route,
        "received": message.received.isoformat() if message.received else "",
        "sent": message.sent.isoformat() if message.sent else "",
        "spamScore": f"{message.spam_score:g}",
        "detectionLevel": message.detection_level,
        "attachments": str(message.has_attachments is True),
    }
    recipients = {
        f"to_{number}_emailAddress": recipient
        for number, recipient in enumerate(message.recipients[:_MAX_RECIPIENTS], 1)
    }
    return {key: clip(value) for key, value in (fields | recipients).items()}


def _content_id(raw: Mapping[str, Any]) -> str:
    return "unreadable:" + hashlib.blake2b(msgspec.json.encode(raw, order="sorted"), digest_size=16).hexdigest()
