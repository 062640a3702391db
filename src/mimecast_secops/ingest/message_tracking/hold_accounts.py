"""Accounting for the hold queue: each entry belongs to a tracking record or becomes an alert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from mimecast_secops.addresses import domain_of
from mimecast_secops.api import HeldMessage, Status
from mimecast_secops.api.errors import DeadlineExceeded, MimecastError
from mimecast_secops.ingest.clock import MINUTE_MS, to_ms
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.candidates import (
    Alike,
    Candidate,
    candidate_of_record,
    key_of_hold,
    key_of_record,
)
from mimecast_secops.ingest.message_tracking.different_views import DifferentViews
from mimecast_secops.ingest.message_tracking.hold_lookup import HoldLookup
from mimecast_secops.ingest.message_tracking.hold_matching import (
    Evidence,
    HoldIndex,
    HoldMatch,
    grouped,
    match_all,
    match_one,
)
from mimecast_secops.ingest.message_tracking.open_messages import OpenMessages
from mimecast_secops.ingest.message_tracking.polling import TrackingPoll
from mimecast_secops.ingest.message_tracking.search_window import sides
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import RecordState

LIST_MARGIN_MS: Final = 10 * MINUTE_MS
"""The queue is listed from this long before to this long after the messages that are matched with it."""


class HoldAccounts:
    """The entries of the hold queue and their tracking records, in one cycle.

    Args:
        cycle: the cycle.
        tenant: where to search for entries that the poll does not account for.
        poll: knows the tracking records of this cycle.
        holds: the listed entries.
        period: the listed period, in unix milliseconds.
    """

    def __init__(
        self, cycle: Cycle, tenant: Tenant, poll: TrackingPoll, holds: HoldIndex, period: tuple[int, int]
    ) -> None:
        self._cycle = cycle
        self._state = cycle.state
        self._poll = poll
        self._holds = holds
        self._lookup = HoldLookup(cycle, tenant, poll)
        self._open = OpenMessages(holds, poll.record_index(), cycle.state, period)
        self._views = DifferentViews(cycle, holds, self._open)

    def match(self, record: PendingRecord) -> HoldMatch:
        """The entry that belongs to a held record by its content."""
        match = match_one(record, self._open.holds, self._open.records)
        if match.hold is None and match.candidates == 0:
            hold = self._views.hold_of(record.id)
            return HoldMatch(hold, 1, Evidence.CONTENT) if hold else match
        return match if match.hold else self._match_late(record) or match

    def settle(self) -> None:
        """Add held messages that no tracking record accounts for to the backlog, and count what is left."""
        unmatched = self._unmatched(self._holds.holds.values())
        try:
            waiting = [hold for hold in unmatched if self._tries(hold) < self._cycle.settings.tries]
            if waiting:
                self._lookup.search(waiting, self._holds.offset_ms)
                self._views.renew()
                self._add_lagging(waiting)
                unmatched = self._unmatched(unmatched)
        except DeadlineExceeded:
            self._cycle.counters.unaccounted_holds = len(unmatched)
            return
        except MimecastError as error:
            self._cycle.counters.add_failure("A held message could not be looked for in message tracking", error)
            self._cycle.counters.unaccounted_holds = len(unmatched)
            return
        # Each of them becomes an alert after some cycles, so none is overdue.
        self._cycle.counters.overdue_holds = 0
        left = self._views.settle_incomparable(unmatched)
        self._cycle.counters.unaccounted_holds = left.unaccounted + sum(self._waits(hold) for hold in left.holds)
        self._state.unmatched_holds = {
            hold_id: count for hold_id, count in self._state.unmatched_holds.items() if hold_id in self._holds.holds
        }

    def _tries(self, hold: HeldMessage) -> int:
        return self._state.unmatched_holds.get(hold.id, 0)

    def _waits(self, hold: HeldMessage) -> bool:
        """Whether an entry is given more time to appear in message tracking. If not, it becomes a pending record."""
        count = self._tries(hold) + 1
        if count >= self._cycle.settings.tries:
            self._state.unmatched_holds.pop(hold.id, None)
            self._cycle.add_pending(PendingRecord.from_hold(hold, self._cycle.now_ms))
            return False
        self._state.unmatched_holds[hold.id] = count
        self._cycle.skip_hold(hold.id, "not in message tracking, cycle %d of %d", count, self._cycle.settings.tries)
        return True

    def _match_late(self, record: PendingRecord) -> HoldMatch | None:
        """One of several entries that were delivered before their tracking records appeared, which are as many.

        It does not matter which one it is: their alerts exist.
        """
        key = key_of_record(record)
        candidate = candidate_of_record(record)
        holds = self._open.holds.alike(key).matching(candidate)
        if not holds or not all(self._state.is_delivered_as_hold(hold.message.id) for hold in holds):
            return None
        records = [other for other in self._open.records.alike(key) if other.message.status == Status.HELD]
        assigned = match_all(holds, records)
        if len(records) > len(assigned):
            return None
        hold_id = next((hold_id for hold_id, other in assigned.items() if other.id == record.id), "")
        return HoldMatch(self._holds.holds[hold_id], 1, Evidence.CONTENT) if hold_id else None

    def _unmatched(self, holds: Iterable[HeldMessage]) -> list[HeldMessage]:
        """The entries in scope that no pending or processed record accounts for."""
        unmatched: list[HeldMessage] = []
        for alike in grouped(holds):
            in_scope = [hold for hold in alike if self._is_in_scope(hold)]
            if in_scope:
                assigned = self._assigned([self._holds.candidate(hold) for hold in in_scope])
                unmatched.extend(hold for hold in in_scope if not self._is_settled(hold, assigned.get(hold.id)))
        return [hold for hold in unmatched if not self._is_settled(hold, self._views.record_of(hold.id))]

    def _assigned(self, holds: Sequence[Candidate[HeldMessage]]) -> dict[str, PendingRecord]:
        """A different open record for each entry with one sender and subject. Held records come first."""
        alike = self._open.records.alike(key_of_hold(holds[0].message))
        records = [record for record in alike if self._state_of(record.message) is not RecordState.NEW]
        assigned = match_all(holds, [record for record in records if record.message.status == Status.HELD])
        others = [record for record in records if record.message.status != Status.HELD]
        return assigned | match_all([hold for hold in holds if hold.message.id not in assigned], others)

    def _is_settled(self, hold: HeldMessage, record: PendingRecord | None) -> bool:
        """Whether the record assigned to an entry is pending or done; if it is done, they are tied."""
        if record is None:
            return False
        state = self._state_of(record)
        if state is RecordState.NEW:
            return False
        if state is RecordState.DONE:
            self._state.tie(record.id, hold.id, self._cycle.now_ms)
        self._cycle.skip_hold(hold.id, "belongs to the record %r", record.id)
        return True

    def _add_lagging(self, holds: Iterable[HeldMessage]) -> None:
        """Add records that message tracking still shows under another status, although the messages are held."""
        for alike in grouped(holds):
            candidates = [self._holds.candidate(hold) for hold in alike]
            new = list(self._new_records(candidates))
            if len(new) <= len(candidates):
                for record in match_all(candidates, new).values():
                    self._cycle.add_pending(msgspec.structs.replace(record, status=Status.HELD))

    def _new_records(self, holds: Sequence[Candidate[HeldMessage]]) -> Iterator[Candidate[PendingRecord]]:
        alike = Alike(holds)
        for candidate in self._open.records.alike(key_of_hold(holds[0].message)):
            record = candidate.message
            is_new = record.status != Status.HELD and self._state_of(record) is RecordState.NEW
            if is_new and not filters.by_route(self._cycle.settings, record.route) and alike.matching(candidate, 1):
                yield candidate

    def _state_of(self, record: PendingRecord) -> RecordState:
        return self._state.record_state(record.id, record.status)

    def _is_in_scope(self, hold: HeldMessage) -> bool:
        reason = self._exclusion_reason(hold)
        if reason:
            self._cycle.skip_hold(hold.id, reason)
        return not reason

    def _exclusion_reason(self, hold: HeldMessage) -> str:
        """Why an entry is not compared with message tracking; "" if it is."""
        cycle, settings = self._cycle, self._cycle.settings
        if self._state.is_hold_matched(hold.id):
            return "belongs to a processed record"
        window_start_ms = cycle.now_ms - settings.held_window_ms - LIST_MARGIN_MS
        if hold.received and to_ms(hold.received) < max(self._state.start_ms, window_start_ms):
            # The queue is also listed around pending records. Ids from before the window may be forgotten, so an older
            # entry that was delivered would look new.
            return "received before the window of Held Queue Hours"
        if filters.by_route(settings, hold.route):
            return "excluded by Route Filter"
        addresses = {Side.RECIPIENT: hold.recipient, Side.SENDER: hold.sender}
        if any(domain_of(addresses[side]).lower() in settings.domains for side in sides(settings)):
            return ""
        return "not for the domains in Domains"
