"""Seconds of message tracking that could not be read completely: their alerts, and the sentence in the report."""

from __future__ import annotations

from mimecast_secops.ingest.clock import SECOND_MS, to_time
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.row_limit import RowLimit
from mimecast_secops.ingest.message_tracking.window import Defect, Window
from mimecast_secops.ingest.record import PendingRecord


class UnreadPeriods:
    """The unread seconds of one cycle.

    Args:
        cycle: the cycle.
        limit: the row limit of searches.
    """

    def __init__(self, cycle: Cycle, limit: RowLimit) -> None:
        self._cycle = cycle
        self._limit = limit
        self._unreadable: dict[int, Defect] = {}
        self._unproved: dict[int, int] = {}
        self._missing: dict[int, int] = {}

    def add(self, window: Window) -> None:
        """Note what is missing in a window. The alert about a second is delivered once."""
        for second_ms, defect in sorted(window.unreadable.items()):
            if defect is Defect.UNDECODABLE:
                self._cycle.state.undecodable.add(second_ms // SECOND_MS)
            self._add_gap(second_ms, defect.value.format(limit=self._limit.rows))
        self._unreadable |= window.unreadable
        self._unproved |= window.unproved
        for second_ms, count in window.missing.items():
            self._missing[second_ms] = max(count, self._missing.get(second_ms, 0))

    def report_unreadable(self) -> None:
        """Add a problem about the seconds that could not be read, with numbers."""
        counters, count = self._cycle.counters, len(self._unreadable)
        if not count:
            return
        # A second that cannot be decoded hides at least the message that is broken.
        missing = sum(self._missing.values()) + list(self._unreadable.values()).count(Defect.UNDECODABLE)
        counters.unaccounted += missing
        reasons = sorted({defect.value.format(limit=self._limit.rows) for defect in self._unreadable.values()})
        counters.add_problem(
            f"At least {missing} {'messages are' if missing > 1 else 'message is'} missing. Of {count} "
            f"{'seconds' if count > 1 else 'second'}, not everything could be read: {'; '.join(reasons)}. The first is "
            f"{to_time(min(self._unreadable)):%Y-%m-%d %H:%M:%S} UTC. An alert names each of them."
        )

    def report_unproved(self, *, is_confirmed: bool, may_be_confirmed: bool) -> None:
        """Decide on the seconds whose messages may not be all.

        Args:
            is_confirmed: whether the hold queue shows no message that tracking does not show, and only held messages
                are ingested.
            may_be_confirmed: whether a later cycle may confirm it. It reads these seconds again.
        """
        if is_confirmed:
            self._unproved.clear()
        cycle = self._cycle
        latest_ms = cycle.now_ms - cycle.settings.overlap_ms // 2
        reported = {
            second_ms: rows
            for second_ms, rows in self._unproved.items()
            if not may_be_confirmed or second_ms < latest_ms
        }
        if not reported:
            return
        for second_ms, rows in sorted(reported.items()):
            self._add_gap(second_ms, Defect.UNPROVED.value.format(rows=rows))
        cycle.counters.unaccounted += len(reported)
        first_ms, rows = min(reported.items())
        cycle.counters.add_problem(
            f"It is not known whether all messages of {len(reported)} {'seconds' if len(reported) > 1 else 'second'} "
            f"were read: a reply has {rows} messages received at {to_time(first_ms):%Y-%m-%d %H:%M:%S} UTC, and "
            "Mimecast may not return more in one reply."
        )

    def _add_gap(self, second_ms: int, reason: str) -> None:
        text = (
            f"Not all messages received at {to_time(second_ms):%Y-%m-%d %H:%M:%S} UTC could be read: "
            f"{reason}. Look at that second in the Mimecast console."
        )
        self._cycle.add_gap(PendingRecord.from_gap(f"second:{second_ms}", second_ms, text))
