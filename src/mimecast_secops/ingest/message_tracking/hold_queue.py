"""The hold queue: the hold ids of tracked messages, and held messages that message tracking does not show."""

from __future__ import annotations

from collections.abc import Sequence

from mimecast_secops.api import Status
from mimecast_secops.api.errors import MimecastError, MissingPermission, RateLimited
from mimecast_secops.ingest.clock import SECOND_MS
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.hold_accounts import LIST_MARGIN_MS, HoldAccounts
from mimecast_secops.ingest.message_tracking.hold_list import list_holds
from mimecast_secops.ingest.message_tracking.hold_matching import HoldIndex, HoldMatch
from mimecast_secops.ingest.message_tracking.polling import TrackingPoll
from mimecast_secops.ingest.message_tracking.tenant import Tenant
from mimecast_secops.ingest.profile import HOLD_TIME_OFFSET
from mimecast_secops.ingest.record import TRACKING, PendingRecord


class HoldQueue:
    """The hold queue of one cycle.

    Args:
        cycle: the cycle.
        tenant: whose queue.
        poll: knows the tracking records of this cycle.

    Attributes:
        holds: the listed entries; None if the queue could not be listed.
    """

    def __init__(self, cycle: Cycle, tenant: Tenant, poll: TrackingPoll) -> None:
        self._cycle = cycle
        self._tenant = tenant
        self._poll = poll
        self._accounts: HoldAccounts | None = None
        self.holds: HoldIndex | None = None

    def load(self, batch: Sequence[PendingRecord]) -> None:
        """List the part of the queue that this cycle needs, once.

        This is the whole window to reconcile if there is nothing left to read, else the time around the held messages
        of the batch. If the queue cannot be listed, the counters say why.
        """
        period = self._period(batch)
        if period is None:
            self.holds = HoldIndex(())
            return
        cycle = self._cycle
        # What an earlier cycle learned, so that the exact comparison works.
        offset_ms = (cycle.state.profile.number(HOLD_TIME_OFFSET) or 0) * SECOND_MS
        start_ms, end_ms = period[0] - LIST_MARGIN_MS, period[1] + LIST_MARGIN_MS
        try:
            listed = list_holds(cycle, self._tenant, start_ms + min(0, offset_ms), end_ms + max(0, offset_ms))
            self.holds = HoldIndex(listed, offset_ms)
        except MimecastError as error:
            cycle.counters.add_failure("The hold queue could not be listed", error)
            if isinstance(error, RateLimited):
                cycle.counts_tries = False  # The records wait for the rate limit, whatever it takes.
            # Without the permission it never can be, so alerts are delivered without a hold id.
            self.holds = HoldIndex(()) if isinstance(error, MissingPermission) else None
            return
        self._accounts = HoldAccounts(cycle, self._tenant, self._poll, self.holds, (start_ms, end_ms))

    def match(self, record: PendingRecord) -> HoldMatch | None:
        """The entry that belongs to a record; None if the record is not held or the queue could not be listed."""
        if self.holds is None or record.status != Status.HELD or record.kind != TRACKING:
            return None
        return self._accounts.match(record) if self._accounts else HoldMatch(None, 0)

    def reconcile(self, batch: Sequence[PendingRecord]) -> None:
        """Add held messages of the domains that no tracking record accounts for to the backlog."""
        if self._accounts is None:
            return
        if not self._is_caught_up(batch):
            self._cycle.log.debug(
                "The hold queue is not compared with message tracking while older records are pending."
            )
            return
        self._accounts.settle()

    def _period(self, batch: Sequence[PendingRecord]) -> tuple[int, int] | None:
        """The time of the messages that this cycle needs, in unix milliseconds; None if it needs none."""
        cycle = self._cycle
        if not cycle.settings.includes_held:
            return None
        held_ms = [record.received_ms for record in batch if record.status == Status.HELD]
        if self._is_caught_up(batch):
            window_start_ms = cycle.now_ms - cycle.settings.held_window_ms
            return min([max(window_start_ms, cycle.state.start_ms), *held_ms]), cycle.now_ms
        return (min(held_ms), max(held_ms)) if held_ms else None

    def _is_caught_up(self, batch: Sequence[PendingRecord]) -> bool:
        """Whether everything up to now is read and may be delivered in this cycle."""
        return not self._cycle.counters.more_to_read and len(batch) >= len(self._cycle.due())
