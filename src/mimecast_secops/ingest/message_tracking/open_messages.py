"""Holds and tracking records that do not belong to each other yet.

A record accounts for one hold only. Otherwise a second identical message, which is held after the first one was
decided, would count as the first one and never become an alert.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic

from mimecast_secops.api import HeldMessage, Status
from mimecast_secops.ingest.message_tracking.candidates import (
    Alike,
    Candidate,
    MatchKey,
    Message,
    candidate_of_record,
    folded,
    key_of_record,
)
from mimecast_secops.ingest.message_tracking.hold_matching import HoldIndex, Lookup, RecordIndex
from mimecast_secops.ingest.message_tracking.hold_views import HoldViews, compare_views
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import State


class OpenMessages:
    """The open holds and records of one cycle.

    Args:
        holds: the listed entries.
        records: the tracking records that this cycle knows.
        state: knows which of them belong together.
        period: the listed period, in unix milliseconds. Records that were received at another time are not compared.

    Attributes:
        holds: the open holds by sender and subject.
        records: the open records by sender and subject.
    """

    def __init__(self, holds: HoldIndex, records: RecordIndex, state: State, period: tuple[int, int]) -> None:
        self._period = period
        self._hold_index = holds
        self._record_index = records
        self.holds = _Open(holds, lambda hold: state.is_hold_open(hold.id))
        self.records = _Open(records, lambda record: not state.is_tied(record.id))

    def compare(self) -> HoldViews:
        """Pair the holds and the held records for which the exact comparison leaves no candidate."""
        holds = list(self._free_holds())
        if not holds:
            return HoldViews()
        shared = {folded(hold.recipient) for hold in self._hold_index.holds.values()}
        shared &= {folded(record.recipient) for record in self._record_index}
        return compare_views(holds, list(self._free_records()), shared_recipients=shared)

    def _free_holds(self) -> Iterator[Candidate[HeldMessage]]:
        for key, alike in self._hold_index.groups():
            records = self.records.alike(key)
            for hold in alike:
                candidate = self._hold_index.candidate(hold)
                if self.holds.is_open(hold) and not records.matching(candidate, 1):
                    yield candidate

    def _free_records(self) -> Iterator[Candidate[PendingRecord]]:
        start_ms, end_ms = self._period
        for record in self._record_index:
            is_listed = record.status == Status.HELD and start_ms <= record.received_ms <= end_ms
            if is_listed and record.has_tracking_id and self.records.is_open(record):
                candidate = candidate_of_record(record)
                if not self.holds.alike(key_of_record(record)).matching(candidate, 1):
                    yield candidate


class _Open(Generic[Message]):
    """The messages of an index that are open."""

    def __init__(self, index: Lookup[Message], is_open: Callable[[Message], bool]) -> None:
        self._index = index
        self.is_open = is_open
        self._cache: dict[MatchKey, tuple[Alike[Message], Alike[Message]]] = {}

    def alike(self, key: MatchKey) -> Alike[Message]:
        """The open messages with this sender and subject. What is open is decided once for each group."""
        alike = self._index.alike(key)
        known = self._cache.get(key)
        if known and known[0] is alike:
            return known[1]
        is_open = Alike(candidate for candidate in alike if self.is_open(candidate.message))
        if len(alike) > 1:
            self._cache[key] = alike, is_open
        return is_open
