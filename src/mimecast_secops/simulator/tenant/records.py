"""What a tenant keeps."""

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
    """One mail for one recipient: the tracking record, and while it is held the entry of the queue.

    `overrides` are members that a test wants to see instead of, or missing from, the row of the search (`row`) and the
    details (`info`); a value of None means null. `raw_subject` are the bytes that replace `subject_mark` in encoded
    replies. `changed` is called after a change of what decides whether, and since when, the record is held, so that the
    index of the hold queue stays true however the change is made.
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
        """The subject as replies encode it: a mark where raw bytes take its place before the reply is sent."""
        return self.mail.subject if self.raw_subject is None else self.subject_placeholder

    @property
    def is_held(self) -> bool:
        """Whether it waits in the queue."""
        return self.status == "held" and not self.deleted

    @property
    def was_rejected(self) -> bool:
        """Whether somebody rejected it when it was held; the gateway's own refusals were never held."""
        return self.status == "rejected" and self.hold is not None

    @property
    def info_text(self) -> str:
        """What the `info` column says."""
        if self.hold and self.status == "held":
            return self.hold.detail
        return {"archived": "Indexed and archived", "rejected": "Held message rejected"}.get(
            self.status, self.status.title()
        )


@dataclass(slots=True)
class HoldDecision:
    """Something that somebody did with a held message."""

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
    """A message that somebody reported."""

    at: datetime
    tracking_id: str
    kind: str
    comment: str


@dataclass(slots=True)
class ManagedSender:
    """A permitted or blocked sender of a recipient."""

    id: str
    sender: str
    to: str
    action: str


@dataclass(slots=True)
class Policy:
    """A blocked-sender policy; `policy` is as requests carry it."""

    id: str
    option: str
    policy: dict[str, Any]
    created: datetime
    updated: datetime
