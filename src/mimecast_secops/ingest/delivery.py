"""From pending records to delivered alerts: records are read in parallel and delivered in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from mimecast_secops.api.errors import Consequence, MimecastError, RateLimited
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.interfaces import (
    Delivery,
    DeliveryResult,
    FailedRead,
    FailureScope,
    FilteredRecord,
    ReadRecord,
    ReadResult,
    Source,
)
from mimecast_secops.ingest.record import HOLD, TRACKING, PendingRecord

# How many records are read per alert that may be delivered: filters and failures leave some out.
_READS_PER_ALERT: Final = 3
# From this many seconds on, waiting for a rate limit is a problem of the cycle.
_LONG_WAIT: Final = 5.0


class BatchDelivery:
    """The delivery of one batch.

    Args:
        cycle: the cycle.
        source: reads the records.
        delivery: where alerts go.
        max_alerts: the most alerts to deliver.
    """

    def __init__(self, cycle: Cycle, source: Source, delivery: Delivery, max_alerts: int) -> None:
        self._cycle = cycle
        self._source = source
        self._delivery = delivery
        self._max_alerts = max_alerts
        self._delivered = 0
        self._processed = 0
        self._failed_in_a_row = 0
        self._is_stopped = False

    def run(self, batch: Sequence[PendingRecord]) -> None:
        """Read and deliver in order, until the limit, the deadline, or a failure that concerns all records."""
        records = iter(batch)
        in_flight: deque[tuple[PendingRecord, Future[ReadResult]]] = deque()
        while True:
            while len(in_flight) < self._max_in_flight():
                record = next(records, None)
                if record is None:
                    break
                blocker = self._source.blocker(record)
                if blocker and not self._cycle.is_last_try(record):
                    self._cycle.defer(record, blocker)
                else:
                    in_flight.append((record, self._start(record)))
            if not in_flight:
                return
            record, future = in_flight.popleft()
            self._process(record, future.result())

    def _max_in_flight(self) -> int:
        """How many records may be read at the same time: none that could not be delivered any more."""
        if self._is_stopped or self._cycle.deadline.remaining() <= 0:
            return 0
        return min(2 * self._cycle.settings.concurrency, self._max_alerts - self._delivered)

    def _start(self, record: PendingRecord) -> Future[ReadResult]:
        reader = self._source.reader(record, is_last_try=self._cycle.is_last_try(record))
        return self._cycle.executor.submit(reader)

    def _process(self, record: PendingRecord, result: ReadResult) -> None:
        match result:
            case ReadRecord():
                self._failed_in_a_row = 0
                self._processed += 1
                self._deliver(record, result)
            case FilteredRecord(filter_name, hold_id):
                self._failed_in_a_row = 0
                self._processed += 1
                self._cycle.mark_filtered(record, filter_name, hold_id)
            case FailedRead(FailureScope.RECORD, error):
                self._cycle.defer(record, str(error))
                self._failed_in_a_row += error.consequence is Consequence.RETRY
                if self._failed_in_a_row >= 2 * self._cycle.settings.concurrency:
                    self._stop(result)
            case FailedRead(scope, error):
                self._is_stopped = True
                self._cycle.postpone(record, str(error))
                # If no record was read in the available time, the tenant may not be answering.
                if scope is FailureScope.TENANT or not self._processed or _is_long_wait(error):
                    self._stop(result)

    def _deliver(self, record: PendingRecord, result: ReadRecord) -> None:
        cycle = self._cycle
        if self._is_duplicate(record, result.hold_id):
            cycle.mark_duplicate(record, result.hold_id)
        elif cycle.state.take_imported(record, result.message_id, cycle.now_ms):
            cycle.mark_imported(record, result.hold_id)
        elif self._delivery.deliver(result.alert) is DeliveryResult.OVERFLOWED:
            cycle.defer_overflowed(record)
        else:
            self._delivered += 1
            cycle.mark_delivered(record, result.hold_id, is_incomplete=result.is_incomplete)

    def _is_duplicate(self, record: PendingRecord, hold_id: str) -> bool:
        """Whether the same message was delivered under its other id: the tracking id, or that of its hold."""
        state = self._cycle.state
        if record.kind == TRACKING:
            return bool(hold_id) and state.is_delivered_as_hold(hold_id)
        return record.kind == HOLD and not state.is_hold_open(record.hold_id)

    def _stop(self, failure: FailedRead) -> None:
        self._is_stopped = True
        self._cycle.counters.add_failure("Message details could not be read", failure.error)


def _is_long_wait(error: MimecastError) -> bool:
    """Whether mail waits for a rate limit longer than pacing takes."""
    return isinstance(error, RateLimited) and error.until is not None and (error.wait or 0) >= _LONG_WAIT


def batch_of(due: Sequence[PendingRecord], max_alerts: int) -> Sequence[PendingRecord]:
    """The records that may be read in this cycle."""
    return due[: max_alerts * _READS_PER_ALERT]
