"""From waiting records to delivered alerts: many are read at the same time, one after the other is delivered."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from mimecast_secops.api import Status
from mimecast_secops.api.errors import Consequence
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.interfaces import Delivery, DeliveryResult
from mimecast_secops.ingest.message_tracking.details import Examiner, Failed, FailureScope, Filtered, Outcome, Ready
from mimecast_secops.ingest.message_tracking.hold_matching import HoldIndex, HoldMatch, tie
from mimecast_secops.ingest.record import TRACKING, PendingRecord

_FIRST_WAIT_MS: Final = 30_000
_LONGEST_WAIT_MS: Final = 15 * 60_000
_OVERFLOW_WAIT_MS: Final = 10 * 60_000
_EXAMINED_PER_ALERT: Final = 3


class Deliverer:
    """Delivers what is due in one cycle.

    Args:
        cycle: the cycle.
        examiner: reads one record.
        delivery: where alerts go.
        most: the most alerts.
    """

    def __init__(self, cycle: Cycle, examiner: Examiner, delivery: Delivery, most: int) -> None:
        self._cycle = cycle
        self._examiner = examiner
        self._delivery = delivery
        self._most = most
        self._offered = 0
        self._failed_in_a_row = 0
        self._settled = 0
        self._stopped = False

    def deliver(self, due: Sequence[PendingRecord], holds: HoldIndex | None) -> None:
        """Read and deliver, in order, until the limit, the deadline, or something that stops everybody."""
        pending = iter(due[: self._most * _EXAMINED_PER_ALERT])
        in_flight: deque[tuple[PendingRecord, Future[Outcome]]] = deque()
        while True:
            while len(in_flight) < self._room():
                record = next(pending, None)
                if record is None:
                    break
                if self._is_readable_now(record, holds):
                    in_flight.append((record, self._start(record, holds)))
            if not in_flight:
                return
            record, future = in_flight.popleft()
            self._settle(record, future.result())

    def _room(self) -> int:
        """How many records may be in the air: none is asked for that could not be delivered any more."""
        if self._stopped or self._cycle.deadline.remaining() <= 0:
            return 0
        return min(2 * self._cycle.rules.concurrency, self._most - self._offered)

    def _is_readable_now(self, record: PendingRecord, holds: HoldIndex | None) -> bool:
        """Whether a held message can be asked for: without the hold queue it waits, as long as it has tries left."""
        if holds is not None or record.status != Status.HELD or record.kind != TRACKING:
            return True
        if record.tries + 1 >= self._cycle.rules.tries and self._examiner.may_give_up:
            return True
        self._try_again(record, "The held queue could not be listed.")
        return False

    def _start(self, record: PendingRecord, holds: HoldIndex | None) -> Future[Outcome]:
        tied: HoldMatch | None = None
        if holds is not None and record.status == Status.HELD and record.kind == TRACKING:
            tied = tie(record, holds, self._cycle.records())
        return self._cycle.executor.submit(self._examiner.examine, record, tied)

    def _settle(self, record: PendingRecord, outcome: Outcome) -> None:
        cycle = self._cycle
        match outcome:
            case Ready() as ready:
                self._failed_in_a_row = 0
                self._settled += 1
                self._offer(record, ready)
            case Filtered(name):
                self._failed_in_a_row = 0
                self._settled += 1
                cycle.counters.filtered[name] += 1
                cycle.state.filtered(record, cycle.now_ms)
            case Failed(setback=FailureScope.ITS_OWN, error=error):
                self._try_again(record, str(error))
                self._failed_in_a_row += error.consequence is Consequence.RETRY
                if self._failed_in_a_row >= 2 * cycle.rules.concurrency:
                    self._stop("Message details could not be read", outcome)
            case Failed(setback=FailureScope.EVERYONE):
                self._stop("Message details could not be read", outcome)
            case Failed() if not self._settled:
                # Nothing at all was read in the time that there was: the tenant may not be answering.
                self._stop("Message details could not be read", outcome)
            case Failed():
                self._stopped = True

    def _offer(self, record: PendingRecord, ready: Ready) -> None:
        cycle = self._cycle
        if record.kind == TRACKING and ready.hold_id and cycle.state.delivered_as_hold(ready.hold_id):
            cycle.state.delivered(record.id, cycle.now_ms, ready.hold_id)
            cycle.counters.known += 1
            cycle.counters.new -= 1
            return
        if self._delivery.deliver(ready.alert) is DeliveryResult.OVERFLOWED:
            cycle.counters.overflowed += 1
            cycle.state.put_off(record, after_ms=cycle.now_ms + _OVERFLOW_WAIT_MS, error="The platform overflowed.")
            return
        self._offered += 1
        cycle.counters.delivered += 1
        cycle.counters.delivered_incomplete += ready.delivered_incomplete
        cycle.state.delivered(record.id, cycle.now_ms, ready.hold_id)

    def _try_again(self, record: PendingRecord, error: str) -> None:
        cycle = self._cycle
        counts = self._examiner.may_give_up
        wait = min(_FIRST_WAIT_MS << min(record.tries, 10), _LONGEST_WAIT_MS) if counts else 0
        tries = record.tries + 1 if counts else record.tries
        cycle.state.put_off(record, after_ms=cycle.now_ms + wait, tries=tries, error=error)
        cycle.counters.deferred += 1

    def _stop(self, what: str, failure: Failed) -> None:
        self._stopped = True
        self._cycle.counters.failed(what, failure.error)


def batch_of(due: Sequence[PendingRecord], most: int) -> Sequence[PendingRecord]:
    """The records whose turn may come in this cycle."""
    return due[: most * _EXAMINED_PER_ALERT]
