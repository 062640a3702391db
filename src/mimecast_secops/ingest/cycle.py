"""One cycle, and every outcome that a record can have in it.

To find out why a message did not become an alert, start here: each method of `Cycle` below is one outcome. It changes
the state, counts, and writes one DEBUG line with the id of the record. Its callers are the places that decide.
"""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import DeadlineExceeded
from mimecast_secops.ingest.clock import MINUTE_MS, SECOND_MS, CycleClock
from mimecast_secops.ingest.defects import DefectCounter
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.report import CycleCounters
from mimecast_secops.ingest.settings import ConnectorSettings
from mimecast_secops.ingest.state import State

_FIRST_RETRY_MS: Final = 30 * SECOND_MS
_MAX_RETRY_MS: Final = 15 * MINUTE_MS
_MAX_DOUBLINGS: Final = 10
_OVERFLOW_RETRY_MS: Final = 10 * MINUTE_MS
# A record that is due later than any retry can be was deferred when the clock was wrong.
_LATEST_RETRY_MS: Final = 30 * MINUTE_MS


@dataclass(slots=True)
class Cycle:
    """One run of the connector.

    Attributes:
        settings: which messages are ingested, and how they are read.
        state: what the engine knows; this cycle changes it.
        executor: runs reads in parallel.
        clock: the time of this cycle.
        deadline: when this cycle ends.
        log: gets what an administrator wants to know, nothing from an email.
        counters: the figures so far.
        row_defects: the members that search rows miss or garble.
        detail_defects: the members that details miss or garble.
        hold_defects: held records without an entry in the hold queue.
        counts_tries: whether a failed read counts as a try. While the source does not answer, it does not.
    """

    settings: ConnectorSettings
    state: State
    executor: Executor
    clock: CycleClock
    deadline: Deadline
    log: logging.Logger
    counters: CycleCounters = field(default_factory=CycleCounters)
    row_defects: DefectCounter = field(default_factory=lambda: DefectCounter("search rows"))
    detail_defects: DefectCounter = field(default_factory=lambda: DefectCounter("message details"))
    hold_defects: DefectCounter = field(default_factory=lambda: DefectCounter("held messages"))
    counts_tries: bool = True
    _new_ids: set[str] = field(default_factory=set)
    _undecided_rows: int = 0
    _expected_pending: int = field(init=False)

    def __post_init__(self) -> None:
        self._expected_pending = len(self.state.backlog)

    @property
    def now_ms(self) -> int:
        """When the cycle began, in unix milliseconds, by Mimecast's clock if a reply has given it."""
        return self.clock.now_ms

    def check_time(self) -> None:
        """Raise DeadlineExceeded if the cycle has no time left."""
        if self.deadline.remaining() <= 0:
            raise DeadlineExceeded("The time of this cycle is over.")

    def due(self) -> list[PendingRecord]:
        """The pending records that may be delivered now, in order."""
        now, latest = self.now_ms, self.now_ms + _LATEST_RETRY_MS
        due = (record for record in self.state.backlog if record.after_ms <= now or record.after_ms > latest)
        return sorted(due, key=lambda record: record.sort_key)

    def is_last_try(self, record: PendingRecord) -> bool:
        """Whether the record is delivered incomplete if the next read fails."""
        return self.counts_tries and record.tries + 1 >= self.settings.tries

    @property
    def undecided_rows(self) -> int:
        """The number of rows that were read and have no outcome yet."""
        return self._undecided_rows

    @property
    def lost_records(self) -> int:
        """The number of pending records that have disappeared although nothing was decided about them."""
        return self._expected_pending - len(self.state.backlog)

    # A row of the source and its outcomes

    def see_row(self) -> None:
        """A search returned it."""
        self.counters.seen += 1
        self._undecided_rows += 1

    def skip_known(self, record_id: str) -> None:
        """It is pending or processed already."""
        self._undecided_rows -= 1
        self.counters.known += 1
        self._log_outcome(record_id, "already pending or processed")

    def filter_row(self, record_id: str, filter_name: str) -> None:
        """A filter on the row excluded it. Nothing is remembered: the row may change."""
        self._undecided_rows -= 1
        self.counters.filtered[filter_name] += 1
        self._log_outcome(record_id, "filtered by %s", filter_name)

    def add_row(self, record: PendingRecord) -> None:
        """It is new and passed the filters on the row."""
        self._undecided_rows -= 1
        self.add_pending(record)

    # What becomes a pending record

    def add_pending(self, record: PendingRecord) -> None:
        """A record is new: a row, or an entry of the hold queue that no row accounts for."""
        if self.state.add_pending(record):
            self._expected_pending += 1
            self.counters.new += 1
            self._new_ids.add(record.id)
            self._log_outcome(record.id, "pending")

    def add_gap(self, gap: PendingRecord) -> None:
        """A period could not be read. Its alert is delivered once."""
        if self.state.add_pending(gap):
            self._expected_pending += 1
            self.counters.gaps += 1
            self._log_outcome(gap.id, "pending")

    # The outcomes of a pending record

    def mark_delivered(self, record: PendingRecord, hold_id: str, *, is_incomplete: bool) -> None:
        """Its alert is delivered."""
        self._leave(record)
        self.counters.delivered += 1
        self.counters.delivered_incomplete += is_incomplete
        self.state.mark_delivered(record.id, self.now_ms, hold_id)
        self._log_outcome(record.id, "delivered, hold id %r", hold_id)

    def mark_filtered(self, record: PendingRecord, filter_name: str, hold_id: str = "") -> None:
        """A filter that needs the details excluded it."""
        self._leave(record)
        self.counters.filtered[filter_name] += 1
        self.state.mark_filtered(record, self.now_ms, hold_id)
        self._log_outcome(record.id, "filtered by %s", filter_name)

    def mark_duplicate(self, record: PendingRecord, hold_id: str) -> None:
        """Its entry of the hold queue was delivered before its tracking record was visible."""
        self._leave(record)
        if record.id in self._new_ids:
            self.counters.known += 1
            self.counters.new -= 1
        self.state.mark_delivered(record.id, self.now_ms, hold_id)
        self._log_outcome(record.id, "already delivered as hold:%s", hold_id)

    def mark_imported(self, record: PendingRecord, hold_id: str) -> None:
        """Another connector delivered it."""
        self._leave(record)
        self.counters.known += 1
        if record.id in self._new_ids:
            self.counters.new -= 1
        self.state.mark_delivered(record.id, self.now_ms, hold_id)
        self._log_outcome(record.id, "delivered by the previous connector")

    def defer(self, record: PendingRecord, error: str) -> None:
        """It could not be read. It stays pending, and its next try waits longer each time."""
        wait = min(_FIRST_RETRY_MS << min(record.tries, _MAX_DOUBLINGS), _MAX_RETRY_MS) if self.counts_tries else 0
        tries = record.tries + 1 if self.counts_tries else record.tries
        self.counters.deferred += 1
        self.state.defer(record, after_ms=self.now_ms + wait, tries=tries, error=error)
        self._log_outcome(record.id, "deferred after %d failed reads: %s", tries, error)

    def defer_overflowed(self, record: PendingRecord) -> None:
        """The platform's overflow rules held its alert back. It stays pending."""
        self.counters.overflowed += 1
        self.state.defer(record, after_ms=self.now_ms + _OVERFLOW_RETRY_MS, error="The platform overflowed.")
        self._log_outcome(record.id, "held back by the platform's overflow rules")

    def postpone(self, record: PendingRecord, reason: str) -> None:
        """It could not be read in the time or with the permissions of this cycle. It stays pending, as it was."""
        self._log_outcome(record.id, "not read in this cycle: %s", reason)

    def _leave(self, record: PendingRecord) -> None:
        """A pending record has its outcome."""
        self._expected_pending -= record.id in self.state.backlog

    # The outcomes of an entry of the hold queue that does not become a pending record in this cycle

    def skip_hold(self, hold_id: str, reason: str, *values: object) -> None:
        """It is excluded, or belongs to a record, or is looked for again in the next cycle."""
        self.log.debug(f"Hold %r: {reason}", hold_id, *values)  # noqa: G004 -- reasons are literals

    def _log_outcome(self, record_id: str, outcome: str, *values: object) -> None:
        self.log.debug(f"Record %r: {outcome}", record_id, *values)  # noqa: G004 -- outcomes are literals above
