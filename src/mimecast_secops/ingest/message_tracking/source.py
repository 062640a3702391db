"""The message tracking source, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mimecast_secops.api import Status
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.interfaces import ReadResult
from mimecast_secops.ingest.message_tracking.deep_reread import DeepReread
from mimecast_secops.ingest.message_tracking.details import DetailsReader
from mimecast_secops.ingest.message_tracking.hold_queue import HoldQueue
from mimecast_secops.ingest.message_tracking.polling import TrackingPoll
from mimecast_secops.ingest.message_tracking.tenant import Tenant
from mimecast_secops.ingest.record import TRACKING, PendingRecord


class MessageTrackingSource:
    """Message tracking and the hold queue, for one cycle. Implements `Source`.

    Args:
        cycle: the cycle.
        tenant: where to read.
        product_field: the event field whose value is the product of an alert.
    """

    def __init__(self, cycle: Cycle, tenant: Tenant, product_field: str = "") -> None:
        self._cycle = cycle
        self._poll = TrackingPoll(cycle, tenant)
        self._queue = HoldQueue(cycle, tenant, self._poll)
        self._reread = DeepReread(cycle, self._poll)
        self._details = DetailsReader(tenant, cycle.settings, product_field, cycle.detail_defects, cycle.hold_defects)

    def poll(self) -> bool:
        """Search message tracking, and add the rows that pass the filters to the backlog."""
        return self._poll.run()

    def prepare(self, batch: Sequence[PendingRecord], *, reconcile: bool, max_alerts: int) -> None:
        """List the hold queue, and look for held messages that message tracking does not show."""
        self._details.request(batch[: max(0, max_alerts)], self._cycle.executor)
        self._queue.load(batch)
        if reconcile:
            self._queue.reconcile(batch)
            self._report_unproved(batch)

    def reread(self) -> int:
        """Read older periods again. Returns how many records were found that appeared late."""
        return self._reread.run()

    def _report_unproved(self, batch: Sequence[PendingRecord]) -> None:
        """Let the hold queue confirm that tracking shows all held messages, where only these are ingested."""
        counters = self._cycle.counters
        is_held_only = tuple(self._cycle.settings.status_filter) == (Status.HELD,) and self._queue.holds is not None
        is_compared = not counters.more_to_read and len(batch) >= len(self._cycle.due())
        all_matched = not counters.unaccounted_holds and not self._cycle.state.unmatched_holds
        self._poll.unread.report_unproved(
            is_confirmed=is_held_only and is_compared and all_matched,
            may_be_confirmed=is_held_only and not is_compared,
        )

    def blocker(self, record: PendingRecord) -> str:
        """A held message needs the hold queue: without it, its alert has no hold id and no attachments."""
        needs_queue = record.status == Status.HELD and record.kind == TRACKING
        return "The hold queue could not be listed." if needs_queue and self._queue.holds is None else ""

    def reader(self, record: PendingRecord, *, is_last_try: bool) -> Callable[[], ReadResult]:
        """Match the record with the hold queue now; the returned function reads its details and attachments."""
        match = self._queue.match(record)
        return lambda: self._details.read(record, match, self._queue.holds, is_last_try=is_last_try)

    def earliest_read_ms(self) -> int:
        """How far back the overlap of the next poll, the window of the hold queue, and the re-reads go."""
        cycle = self._cycle
        poll_start_ms, _ = self._poll.next_range()
        # With a clock that is ahead, ids would be forgotten that the next cycle meets again. Without Mimecast's time,
        # the time is at least that of the newest row.
        now_ms = cycle.now_ms if cycle.clock.is_verified else min(cycle.now_ms, self._poll.newest_ms)
        reread_ms = self._reread.earliest_ms() - cycle.now_ms + now_ms
        return min(poll_start_ms, now_ms - cycle.settings.held_window_ms, reread_ms)
