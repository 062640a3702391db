"""What the steps of one cycle share."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from mimecast_secops.api import Deadline, TrackedMessage
from mimecast_secops.api.errors import DeadlineExceeded
from mimecast_secops.ingest import filters
from mimecast_secops.ingest.holds import RecordIndex
from mimecast_secops.ingest.ports import Tenant
from mimecast_secops.ingest.reading import RowLimit
from mimecast_secops.ingest.report import Tally
from mimecast_secops.ingest.settings import Rules
from mimecast_secops.ingest.state import Standing, State
from mimecast_secops.ingest.waiting import Waiting, to_ms, unreadable_id


@dataclass(slots=True)
class Cycle:
    """One run: who is asked, by which rules, what is known, and how it goes. `now_ms` is the clock at its beginning."""

    tenant: Tenant
    rules: Rules
    state: State
    tally: Tally
    executor: Executor
    now_ms: int
    deadline: Deadline
    log: logging.Logger
    limit: RowLimit
    windows_read: int = 0
    seen: dict[str, Waiting] = field(default_factory=dict)
    _index: RecordIndex | None = None
    _indexed: int = -1

    def check_time(self) -> None:
        """Raises DeadlineExceeded when the cycle has no time left."""
        if self.deadline.remaining() <= 0:
            raise DeadlineExceeded("The time of this cycle is over.")

    def take(self, messages: Iterable[TrackedMessage], not_before_ms: int) -> None:
        """Look at rows of a search: what is new and passes what the search tells begins to wait."""
        state, tally = self.state, self.tally
        for message in messages:
            if message.received and to_ms(message.received) < not_before_ms:
                continue  # Not what was asked for.
            record_id = message.id or unreadable_id(message.raw)
            if record_id in self.seen:
                continue
            tally.seen += 1
            known = state.standing(record_id, message.status) is not Standing.UNKNOWN
            name = None if known else filters.by_summary(self.rules, status=message.status, route=message.route)
            # Only what will be delivered needs all that the search told; the others are kept for comparison.
            record = Waiting.tracked(message, self.now_ms, whole=not known and not name)
            self.seen[record_id] = record
            if known:
                tally.known += 1
            elif name:
                tally.filtered[name] += 1
            else:
                state.wait(record)
                tally.new += 1

    def records(self) -> RecordIndex:
        """All tracking records that this cycle knows, by what the hold queue can be compared with."""
        if self._index is None or self._indexed != len(self.seen):
            self._index = RecordIndex(self.seen.values())
            for record in self.state.backlog:
                if record.readable:
                    self._index.add(record)
            self._indexed = len(self.seen)
        return self._index

    def due(self) -> list[Waiting]:
        """What may be delivered now, in its order."""
        ready = (record for record in self.state.backlog if record.after_ms <= self.now_ms)
        return sorted(ready, key=lambda record: record.place)
