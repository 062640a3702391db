"""What the steps of one cycle share."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final

from mimecast_secops.api import Deadline, TrackedMessage
from mimecast_secops.api.errors import DeadlineExceeded
from mimecast_secops.ingest.clock import CycleClock
from mimecast_secops.ingest.interfaces import Tenant
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.hold_matching import RecordIndex
from mimecast_secops.ingest.message_tracking.search_window import MINUTE, RowLimit
from mimecast_secops.ingest.record import PendingRecord, to_ms, unreadable_id
from mimecast_secops.ingest.report import CycleCounters
from mimecast_secops.ingest.settings import Rules
from mimecast_secops.ingest.state import RecordState, State

# A record that is due later than any retry can be was put off at a time that was wrong.
_LATEST_RETRY_MS: Final = 30 * MINUTE


@dataclass(slots=True)
class Cycle:
    """One run: who is asked, by which rules, what is known, and how it goes.

    `newest_ms` is when the newest record was received that the searches have shown, in unix milliseconds.
    """

    tenant: Tenant
    rules: Rules
    state: State
    counters: CycleCounters
    executor: Executor
    clock: CycleClock
    deadline: Deadline
    log: logging.Logger
    limit: RowLimit
    windows_read: int = 0
    newest_ms: int = 0
    seen: dict[str, PendingRecord] = field(default_factory=dict)
    _index: RecordIndex | None = None
    _indexed: int = -1

    @property
    def now_ms(self) -> int:
        """When the cycle began, in unix milliseconds, by Mimecast's clock where its replies tell it."""
        return self.clock.now_ms

    def check_time(self) -> None:
        """Raises DeadlineExceeded when the cycle has no time left."""
        if self.deadline.remaining() <= 0:
            raise DeadlineExceeded("The time of this cycle is over.")

    def take(self, messages: Iterable[TrackedMessage], not_before_ms: int) -> None:
        """Look at rows of a search: what is new and passes what the search tells begins to wait."""
        state, counters = self.state, self.counters
        for message in messages:
            if message.received and to_ms(message.received) < not_before_ms:
                continue  # Not what was asked for.
            record_id = message.id or unreadable_id(message.raw)
            if record_id in self.seen:
                continue
            counters.seen += 1
            known = state.standing(record_id, message.status) is not RecordState.UNKNOWN
            name = None if known else filters.by_summary(self.rules, status=message.status, route=message.route)
            # Only what will be delivered needs all that the search told; the others are kept for comparison.
            record = PendingRecord.tracked(message, self.now_ms, whole=not known and not name)
            self.seen[record_id] = record
            if message.received:
                self.newest_ms = max(self.newest_ms, record.received_ms)
            if known:
                counters.known += 1
            elif name:
                counters.filtered[name] += 1
            else:
                state.wait(record)
                counters.new += 1

    def records(self) -> RecordIndex:
        """All tracking records that this cycle knows, by what the hold queue can be compared with."""
        if self._index is None or self._indexed != len(self.seen):
            self._index = RecordIndex(self.seen.values())
            for record in self.state.backlog:
                if record.readable:
                    self._index.add(record)
            self._indexed = len(self.seen)
        return self._index

    def due(self) -> list[PendingRecord]:
        """What may be delivered now, in its order."""
        now, latest = self.now_ms, self.now_ms + _LATEST_RETRY_MS
        ready = (record for record in self.state.backlog if record.after_ms <= now or record.after_ms > latest)
        return sorted(ready, key=lambda record: record.place)
