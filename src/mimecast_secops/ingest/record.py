"""A record that was seen and is not settled yet, as it is kept between cycles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

import msgspec

from mimecast_secops.api import HeldMessage, Status, TrackedMessage
from mimecast_secops.ingest.event_fields import as_text

TRACKING: Final = "tracking"
HOLD: Final = "hold"
GAP: Final = "gap"
_LONGEST: Final = 500


class PendingRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unsettled thing: a tracking record, a held message without one, or a gap in what could be read.

    It carries what the search told, so that a record which vanishes or changes its status before its turn comes is
    still delivered as what it was. Times are unix milliseconds. `after_ms` is when it may be tried again.

    `recipient` is "" where the record names none, and `received_ms` is when it was first seen where it names no
    readable time; `defects` says so.
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
    def place(self) -> tuple[bool, int, str]:
        """Where it stands in the queue: oldest first, those that had a setback behind all that had none."""
        return bool(self.error), self.received_ms, self.id

    @property
    def readable(self) -> bool:
        """Whether there is an id to ask Mimecast about."""
        return self.kind == TRACKING and not self.id.startswith("unreadable:")

    @staticmethod
    def id_of_hold(hold_id: str) -> str:
        """The identity of a held message that is known from the hold queue alone."""
        return f"{HOLD}:{hold_id}"

    @classmethod
    def tracked(cls, message: TrackedMessage, seen_ms: int, *, whole: bool = True) -> Self:
        """From a row of a tracking search; one without an id gets one made of its content.

        `whole` is whether it carries all that the search told, or only what it is compared by.
        """
        defects = list(message.defects)
        if not message.id:
            defects.append("id")
        if message.received is None and "received" not in defects:
            defects.append("received")
        return cls(
            id=message.id or unreadable_id(message.raw),
            status=message.status[:_LONGEST],
            sender=clip(message.sender),
            recipient=clip(message.recipients[0]) if message.recipients else "",
            subject=clip(message.subject),
            route=message.route[:_LONGEST],
            # Where the search does not say, the details are asked for.
            has_attachments=message.has_attachments is not False,
            received_ms=to_ms(message.received) if message.received else seen_ms,
            defects=tuple(defects[:20]),
            summary=summary_of(message) if whole else {},
        )

    @classmethod
    def held(cls, message: HeldMessage, seen_ms: int) -> Self:
        """From the hold queue, for a message that the tracking search does not show."""
        return cls(
            id=cls.id_of_hold(message.id),
            kind=HOLD,
            status=Status.HELD.value,
            sender=clip(message.sender),
            recipient=clip(message.recipient),
            subject=clip(message.subject),
            route=message.route[:_LONGEST],
            reason=clip(message.policy or message.reason),
            has_attachments=message.has_attachments,
            received_ms=to_ms(message.received) if message.received else seen_ms,
            hold_id=message.id,
            defects=message.defects[:20],
            summary={
                "from_emailAddress": clip(message.sender),
                "fromHeader_emailAddress": clip(message.header_from),
                "to_emailAddress": clip(message.recipient),
                "subject": clip(message.subject),
                "reason": clip(message.reason),
                "policyInfo": clip(message.policy),
                "route": message.route[:_LONGEST],
                "size": str(message.size),
            },
        )


def summary_of(message: TrackedMessage) -> dict[str, str]:
    """The flat members of a search row that an event carries when the details cannot be read."""
    named = {
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
    recipients = {f"to_{number}_emailAddress": one for number, one in enumerate(message.recipients[:20], 1)}
    return {key: clip(value) for key, value in (named | recipients).items()}


def unreadable_id(raw: Mapping[str, Any]) -> str:
    """An identity for a record that has none: what it says, hashed."""
    return "unreadable:" + hashlib.blake2b(msgspec.json.encode(raw, order="sorted"), digest_size=16).hexdigest()


def clip(text: str) -> str:
    """A text short enough to keep."""
    return as_text(text)[:_LONGEST]


def to_ms(moment: datetime) -> int:
    """Unix milliseconds of an aware time."""
    return int(moment.timestamp() * 1000)
