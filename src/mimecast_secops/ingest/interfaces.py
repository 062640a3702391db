"""What the engine needs: a source of records, a delivery for alerts, and a store for its state.

The engine imports no implementation of them except in `connector.py`, which puts the parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from mimecast_secops.api.errors import MimecastError
from mimecast_secops.ingest.alert import Alert
from mimecast_secops.ingest.record import PendingRecord


class FailureScope(Enum):
    """What a failure to read one record affects."""

    RECORD = "record"
    """This record or this call. It counts as a try."""
    OUT_OF_TIME = "out of time"
    """The cycle or the rate limit ended first. It does not count as a try."""
    TENANT = "tenant"
    """Settings, permissions or credentials: no record can be read until an administrator acts."""


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record was read and passed all filters.

    Attributes:
        alert: its alert.
        hold_id: its entry of the hold queue; "" if it is not known.
        is_incomplete: whether all tries to read its details failed.
        message_id: the internet Message-ID; "" if it could not be read.
    """

    alert: Alert
    hold_id: str
    is_incomplete: bool = False
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class FilteredRecord:
    """A record was read, and a filter that needs its details excluded it. `hold_id` as for `ReadRecord`."""

    filter_name: str
    hold_id: str = ""


@dataclass(frozen=True, slots=True)
class FailedRead:
    """A record could not be read in this cycle."""

    scope: FailureScope
    error: MimecastError


ReadResult = ReadRecord | FilteredRecord | FailedRead


class Source(Protocol):
    """Where records come from, for one cycle. Each product that is ingested has its own folder with one.

    The engine calls these methods in the order below, from one thread.
    """

    def poll(self) -> bool:
        """Read new records and add those that pass the filters to the backlog.

        Returns:
            Whether the source answered. A failure is in the counters of the cycle, and the next cycle repeats the poll.
        """

    def prepare(self, batch: Sequence[PendingRecord], *, reconcile: bool, max_alerts: int) -> None:
        """Look up what the records of a batch need in common.

        Args:
            batch: the records that may be delivered in this cycle.
            reconcile: whether to add records that the poll cannot see to the backlog.
            max_alerts: how many of them are delivered at most.
        """

    def reread(self) -> int:
        """Read older periods again, as far as the time allows, and add records that appeared late to the backlog.

        Returns:
            How many there were.
        """

    def blocker(self, record: PendingRecord) -> str:
        """Why a record cannot be read completely in this cycle, as a sentence; "" if it can."""

    def reader(self, record: PendingRecord, *, is_last_try: bool) -> Callable[[], ReadResult]:
        """A function that reads one record and runs in another thread.

        Args:
            record: the record.
            is_last_try: whether to return an incomplete alert instead of a failure that concerns this record alone.
        """

    def earliest_read_ms(self) -> int:
        """No later cycle reads records that were received before this time, in unix milliseconds."""


class DeliveryResult(Enum):
    """What the delivery did with an alert."""

    DELIVERED = "delivered"
    OVERFLOWED = "overflowed"


class Delivery(Protocol):
    """Where alerts go."""

    def delivered_since(self, token: str) -> Collection[str]:
        """The ticket ids of the alerts delivered after `flush` returned `token`.

        There are some after a kill between the delivery and the commit of the state.
        """

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Deliver one alert, durably if the destination can."""

    def flush(self) -> str:
        """Make all delivered alerts durable. Called once, before the state is committed; returns the new token."""


class StateStore(Protocol):
    """Where the state is between cycles, as named parts of limited size."""

    def load(self) -> Mapping[str, bytes]:
        """The parts as last committed; empty before the first commit."""

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Replace the state with `parts`, all or nothing. A part that did not change equals the loaded one."""
