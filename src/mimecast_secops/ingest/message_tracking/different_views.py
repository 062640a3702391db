"""What a cycle does about messages that the hold queue shows in another way than message tracking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mimecast_secops.api import HeldMessage
from mimecast_secops.ingest.clock import SECOND_MS
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.hold_matching import HoldIndex
from mimecast_secops.ingest.message_tracking.hold_views import WIDE_TOLERANCE_MS, Difference, HoldViews
from mimecast_secops.ingest.message_tracking.open_messages import OpenMessages
from mimecast_secops.ingest.message_tracking.view_rules import View
from mimecast_secops.ingest.profile import HOLD_DIFFERENCES, HOLD_TIME_OFFSET
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import RecordState

# Fewer messages may be without a record or a hold by chance.
_MANY: Final = 3
# Numbers are of the same order of magnitude up to this factor.
_SAME_ORDER: Final = 3


@dataclass(frozen=True, slots=True)
class LeftHolds:
    """The entries that may be messages without a tracking record, and how many others no record accounts for."""

    holds: Sequence[HeldMessage]
    unaccounted: int = 0


class DifferentViews:
    """The pairs that differ, in one cycle.

    Args:
        cycle: the cycle.
        holds: the listed entries.
        messages: the open holds and records.
    """

    def __init__(self, cycle: Cycle, holds: HoldIndex, messages: OpenMessages) -> None:
        self._cycle = cycle
        self._holds = holds
        self._open = messages
        self._views: HoldViews | None = None
        self._note = ""

    def hold_of(self, record_id: str) -> HeldMessage | None:
        """The entry that belongs to a record, if that is certain."""
        return self._compared().hold_of(record_id)

    def record_of(self, hold_id: str) -> PendingRecord | None:
        """The record that accounts for an entry."""
        pair = self._compared().by_hold.get(hold_id)
        return pair.record if pair else None

    def renew(self) -> None:
        """Compare again, because there are more records."""
        self._views = None

    def settle_incomparable(self, unmatched: Sequence[HeldMessage]) -> LeftHolds:
        """Handle many entries and about as many held records that have nothing in common but the time.

        They are the same messages, so the entries do not become alerts. The report says that the two lists differ.

        Args:
            unmatched: the entries that no record accounts for.
        """
        if len(unmatched) < _MANY:
            return LeftHolds(unmatched)
        wanted = {hold.id for hold in unmatched}
        views = self._compared()
        holds = sorted((view for view in views.free_holds if view.message.id in wanted), key=_time_of)
        records = self._records_near(views, holds)
        if len(holds) < _MANY or not len(holds) <= _SAME_ORDER * len(records) <= _SAME_ORDER**2 * len(holds):
            return LeftHolds(unmatched)
        unknown = views.unknown_values()
        self._cycle.counters.add_problem(
            f"The hold queue and message tracking show held messages so differently that {len(holds)} entries of the "
            f"hold queue and {len(records)} tracking records cannot be matched. Among the entries, "
            f"{unknown[Difference.SENDER]} have a sender, {unknown[Difference.SUBJECT]} a subject and "
            f"{unknown[Difference.RECIPIENT]} a recipient that these records do not have. They count as the same "
            f"messages, and {max(0, len(holds) - len(records))} are unaccounted for. Compare both lists in the "
            "Mimecast console."
        )
        state = self._cycle.state
        done = [record for record in records if self._state_of(record) is RecordState.DONE]
        for hold, record in zip(holds, done, strict=False):
            state.tie(record.message.id, hold.message.id, self._cycle.now_ms)
        free_ids = {view.message.id for view in holds}
        others = [hold for hold in unmatched if hold.id not in free_ids]
        return LeftHolds(others, max(0, len(holds) - len(records)))

    def _records_near(self, views: HoldViews, holds: Sequence[View[HeldMessage]]) -> list[View[PendingRecord]]:
        """The records in the time range of some entries that are pending or done, so that alerts exist for them."""
        if not holds:
            return []
        start_ms, end_ms = holds[0].time_ms - WIDE_TOLERANCE_MS, holds[-1].time_ms + WIDE_TOLERANCE_MS
        near = [record for record in views.free_records if start_ms <= record.time_ms <= end_ms]
        return sorted((record for record in near if self._state_of(record) is not RecordState.NEW), key=_time_of)

    def _state_of(self, record: View[PendingRecord]) -> RecordState:
        return self._cycle.state.record_state(record.message.id, record.message.status)

    def _compared(self) -> HoldViews:
        if self._views is None:
            self._views = self._open.compare()
            self._report(self._views)
        return self._views

    def _report(self, views: HoldViews) -> None:
        """Note in what the pairs differ, and remember it for the next cycles."""
        cycle, differences = self._cycle, views.differences()
        if views.offset_ms:
            seconds = round((self._holds.offset_ms + views.offset_ms) / SECOND_MS)
            cycle.state.profile.note(HOLD_TIME_OFFSET, seconds, cycle.now_ms)
        if not differences:
            return
        others = sorted(difference.value for difference in differences if difference is not Difference.TIME)
        if others:
            cycle.state.profile.note(HOLD_DIFFERENCES, ", ".join(others), cycle.now_ms)
        parts = [f"{difference.value} of {count}" for difference, count in differences.most_common()]
        offset = f", which is {views.offset_ms / SECOND_MS:+.0f} s in the hold queue" if views.offset_ms else ""
        note = (
            f"The hold queue shows {len(views.by_hold)} held messages in another way than message tracking "
            f"({', '.join(parts)}{offset}). They are matched by what agrees."
        )
        if self._note in cycle.counters.notes:
            cycle.counters.notes.remove(self._note)
        self._note = note
        cycle.counters.add_note(note)


def _time_of(view: View[HeldMessage] | View[PendingRecord]) -> int:
    return view.time_ms
