"""What the engine needs from outside: a tenant to read, a place to deliver to, a store for its state.

Hosts bring their own; the engine knows none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import Enum
from typing import Protocol

from mimecast_secops.api import Attachment, HeldMessage, MessageDetail, MessageInfo, SpooledFile, TrackedMessage
from mimecast_secops.ingest.alert import Alert


class Side(Enum):
    """Which side of a message a domain is searched on."""

    RECIPIENT = "recipient"
    SENDER = "sender"


class Tenant(Protocol):
    """What is asked of Mimecast. Every call may raise `MimecastError`."""

    @property
    def requests_sent(self) -> int:
        """How many requests have left so far."""

    @property
    def clock_skew(self) -> float | None:
        """Seconds that this machine's clock is ahead of Mimecast's, by its last reply; None where no reply has told."""

    def search(
        self, place: str, side: Side, start: datetime, end: datetime, statuses: Sequence[str]
    ) -> Sequence[TrackedMessage]:
        """Tracking records of a domain or address, received from `start` to `end`, both included.

        Raises:
            UndecodableReply: the reply cannot be decoded, or is too large; a shorter window may be readable.
        """

    def info(self, tracking_id: str) -> MessageInfo:
        """The details of a tracking record."""

    def holds(self, start: datetime, end: datetime, page_size: int) -> Iterator[HeldMessage]:
        """The hold queue between two times, in pages of at most `page_size` messages.

        Raises:
            UndecodableReply: a page cannot be decoded, or is too large; a shorter time or a smaller page may be.
        """

    def detail(self, hold_id: str) -> MessageDetail:
        """A held message with its attachments."""

    def file(self, attachment: Attachment, max_bytes: int) -> AbstractContextManager[SpooledFile]:
        """The content of an attachment, checked against its announced hash."""


class DeliveryResult(Enum):
    """What became of an alert that was offered."""

    DELIVERED = "delivered"
    OVERFLOWED = "overflowed"


class Delivery(Protocol):
    """Where alerts go."""

    def delivered_since(self, token: str) -> Collection[str]:
        """The ticket ids delivered after `token` was given out: a kill came between delivery and commit."""

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Take one alert, durably where the place can."""

    def flush(self) -> str:
        """Make everything offered durable. Called once, before the state is committed; returns the new token."""


class StateStore(Protocol):
    """Where the engine's state lies between cycles, as named parts of bounded size."""

    def load(self) -> Mapping[str, bytes]:
        """The parts as last committed; empty before the first commit."""

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Replace the state by `parts`, all or nothing. Parts that did not change are equal to those loaded."""
