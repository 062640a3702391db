"""The records of a tenant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from mimecast_secops.simulator.mail.hold_rules import Hold
from mimecast_secops.simulator.mail.parser import Email

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_QUEUE_FIELDS: Final = frozenset({"status", "held_at", "deleted"})


@dataclass(slots=True, kw_only=True)
class TrackingRecord:
    """A message for one recipient: the tracking record, and while it is held the entry of the hold queue.

    Attributes:
        id: the tracking id.
        hold_id: the id in the hold queue.
        archive_id: the id in the archive.
        mail: the message.
        recipient: the address of the recipient.
        route: inbound, outbound or internal.
        status: the status in message tracking, such as held, archived or rejected.
        received: the time of receipt.
        held_at: the time since when the record is held, None if it never was.
        hold: why the record is or was held, None if it never was.
        effective_at: the time at which a delayed decision takes effect.
        next_status: the status after the delayed decision, "" if there is none.
        visible_from: the time from which a search shows the record, None for at once.
        row: members that replace those of the row of the search; None stands for null.
        info: members that replace those of the details; None stands for null.
        deleted: whether the record is deleted.
        raw_subject: bytes that replace `subject_placeholder` in encoded replies, None for the subject of the message.
        subject_placeholder: the subject before the raw bytes replace it.
        on_change: called after each change of `status`, `held_at` or `deleted`, so that the index of the hold queue
            stays correct.
    """

    id: str
    hold_id: str
    archive_id: str
    mail: Email
    recipient: str
    route: str
    status: str
    received: datetime
    held_at: datetime | None = None
    hold: Hold | None = None
    effective_at: datetime | None = None
    next_status: str = ""
    visible_from: datetime | None = None
    row: dict[str, Any] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    raw_subject: bytes | None = None
    subject_placeholder: str = ""
    on_change: Callable[[TrackingRecord], None] | None = field(default=None, repr=False, compare=False)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name in _QUEUE_FIELDS and (on_change := getattr(self, "on_change", None)) is not None:
            on_change(self)

    @property
    def subject(self) -> str:
        """The subject in replies; a placeholder if raw bytes replace it before the reply is sent."""
        return self.mail.subject if self.raw_subject is None else self.subject_placeholder

    @property
    def is_held(self) -> bool:
        """Whether the record is in the hold queue."""
        return self.status == "held" and not self.deleted

    @property
    def was_rejected(self) -> bool:
        """Whether the record was held and then rejected. Messages that the gateway rejected were never held."""
        return self.status == "rejected" and self.hold is not None

    @property
    def info_text(self) -> str:
        """The `info` of the row."""
        if self.hold and self.status == "held":
            return self.hold.detail
        return {"archived": "Indexed and archived", "rejected": "Held message rejected"}.get(
            self.status, self.status.title()
        )


@dataclass(slots=True)
class HoldDecision:
    """A release or rejection of a held message.

    Attributes:
        at: the time.
        outcome: released, rejected or released to sandbox.
        hold_id: the id in the hold queue.
        tracking_id: the tracking id.
        recipient: the address of the recipient.
        reason: the reason for a rejection.
        message: the note to the sender.
        notify: whether the sender is notified.
    """

    at: datetime
    outcome: str
    hold_id: str
    tracking_id: str
    recipient: str
    reason: str = ""
    message: str = ""
    notify: bool = False


@dataclass(slots=True)
class MessageReport:
    """A report of a message; `kind` is malware, spam or phishing."""

    at: datetime
    tracking_id: str
    kind: str
    comment: str


@dataclass(slots=True)
class ManagedSender:
    """A permitted or blocked sender of a recipient; `action` is permit or block."""

    id: str
    sender: str
    to: str
    action: str


@dataclass(slots=True)
class Policy:
    """A blocked-sender policy; `policy` has the members of the request."""

    id: str
    option: str
    policy: dict[str, Any]
    created: datetime
    updated: datetime
