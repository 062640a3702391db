"""The hold queue: the hold ids of tracked messages, and held messages that message tracking does not show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from mimecast_secops.addresses import domain_of
from mimecast_secops.api import HeldMessage, Status
from mimecast_secops.api.errors import (
    DeadlineExceeded,
    MimecastError,
    MissingPermission,
    RateLimited,
    ReplyTooLarge,
    UndecodableReply,
)
from mimecast_secops.ingest.clock import MINUTE_MS, SECOND_MS, to_ms, to_time
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.hold_matching import (
    HoldIndex,
    HoldMatch,
    MatchKey,
    candidate_of_hold,
    candidate_of_record,
    key_of_hold,
    key_of_record,
    match_all,
    match_one,
)
from mimecast_secops.ingest.message_tracking.polling import TrackingPoll
from mimecast_secops.ingest.message_tracking.search_window import sides, split_around
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.record import GAP, TRACKING, PendingRecord
from mimecast_secops.ingest.state import RecordState

# The queue is listed from this long before to this long after the messages that are matched with it.
_LIST_MARGIN_MS: Final = 10 * MINUTE_MS
# A held message is searched in message tracking from this long before to this long after it was received.
_SEARCH_MARGIN_MS: Final = MINUTE_MS
# Each unmatched entry costs a search; an attacker must not make that the whole cycle.
_MAX_SEARCHES: Final = 20
_PAGE_SIZE: Final = 500
_PAGE_SIZE_DIVISOR: Final = 10
# Seconds of the hold queue that may be undecodable before any page was decoded. More of them are an outage.
_MAX_UNDECODABLE: Final = 3


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
        self.holds: HoldIndex | None = None

    def load(self, batch: Sequence[PendingRecord]) -> None:
        """List the part of the queue that this cycle needs, once.

        This is the whole window to reconcile if there is nothing left to read, else the time around the held messages
        of the batch. If the queue cannot be listed, the counters say why.
        """
        cycle = self._cycle
        if not cycle.settings.includes_held:
            self.holds = HoldIndex(())
            return
        held_ms = [record.received_ms for record in batch if record.status == Status.HELD]
        if self._is_caught_up(batch):
            window_start_ms = max(self._window_start_ms(), cycle.state.start_ms)
            start, end = min([window_start_ms, *held_ms]), cycle.now_ms + MINUTE_MS
        elif held_ms:
            start, end = min(held_ms), max(held_ms)
        else:
            self.holds = HoldIndex(())
            return
        try:
            self.holds = HoldIndex(self._read(start - _LIST_MARGIN_MS, end + _LIST_MARGIN_MS))
        except MimecastError as error:
            cycle.counters.add_failure("The hold queue could not be listed", error)
            if isinstance(error, RateLimited):
                cycle.counts_tries = False  # The records wait for the rate limit, whatever it takes.
            # Without the permission it never can be, so alerts are delivered without a hold id.
            self.holds = HoldIndex(()) if isinstance(error, MissingPermission) else None

    def match(self, record: PendingRecord) -> HoldMatch | None:
        """The entry that belongs to a record; None if the record is not held or the queue could not be listed."""
        if self.holds is None or record.status != Status.HELD or record.kind != TRACKING:
            return None
        return match_one(record, self.holds, self._poll.record_index())

    def reconcile(self, batch: Sequence[PendingRecord]) -> None:
        """Add held messages of the domains that no tracking record accounts for to the backlog."""
        cycle = self._cycle
        if self.holds is None or not cycle.settings.includes_held:
            return
        if not self._is_caught_up(batch):
            cycle.log.debug("The hold queue is not compared with message tracking while older records are pending.")
            return
        unmatched = self._unmatched(self.holds)
        for hold in unmatched[_MAX_SEARCHES:]:
            cycle.skip_hold(hold.id, "looked for in a later cycle")
        for hold in unmatched[:_MAX_SEARCHES]:
            try:
                cycle.check_time()
                self._resolve(hold, self.holds)
            except DeadlineExceeded:
                return
            except MimecastError as error:
                cycle.counters.add_failure("A held message could not be looked for in message tracking", error)
                return
        cycle.state.unmatched_holds = {
            hold_id: count for hold_id, count in cycle.state.unmatched_holds.items() if hold_id in self.holds.holds
        }

    def _window_start_ms(self) -> int:
        """The start of the window that is compared with message tracking."""
        return self._cycle.now_ms - self._cycle.settings.held_window_ms

    def _is_caught_up(self, batch: Sequence[PendingRecord]) -> bool:
        """Whether everything up to now is read and may be delivered in this cycle."""
        return not self._cycle.counters.more_to_read and len(batch) >= len(self._cycle.due())

    def _read(self, start_ms: int, end_ms: int) -> Iterator[HeldMessage]:
        """The entries between two times; those at the seams of split requests come twice.

        A page that is too large is requested with fewer messages. A time whose pages cannot be decoded is split in
        halves, down to one second, which becomes a gap alert.

        Raises:
            MimecastError: the queue could not be listed.
        """
        first, last = start_ms // SECOND_MS * SECOND_MS, -(-end_ms // SECOND_MS) * SECOND_MS
        parts = [
            (start // SECOND_MS, end // SECOND_MS, _PAGE_SIZE)
            for start, end in split_around(self._cycle.state.undecodable, first, last)
        ]
        failed: list[int] = []
        error: UndecodableReply | None = None
        decoded = False
        while parts:
            start, end, page_size = parts.pop()
            try:
                for hold in self._tenant.holds(to_time(start * SECOND_MS), to_time(end * SECOND_MS), page_size):
                    yield hold
                    decoded = True
                decoded = True
            except UndecodableReply as failure:
                if isinstance(failure, ReplyTooLarge) and page_size > 1:
                    parts.append((start, end, max(1, page_size // _PAGE_SIZE_DIVISOR)))
                elif end - start > 1:
                    middle = (start + end) // 2
                    parts.extend([(middle, end, page_size), (start, middle, page_size)])
                else:
                    error = failure
                    failed.append(start)
                    if len(failed) >= _MAX_UNDECODABLE and not decoded:
                        raise
        if error is not None and not decoded:
            raise error
        for second in failed:
            self._cycle.state.undecodable.add(second)
            self._add_undecodable_second(second * SECOND_MS)

    def _add_undecodable_second(self, second_ms: int) -> None:
        # A broken entry makes both parts undecodable that contain its second; one alert for them is enough.
        neighbour_id = f"{GAP}:holds:{second_ms - SECOND_MS}"
        if self._cycle.state.record_state(neighbour_id) is not RecordState.NEW:
            return
        text = (
            f"Not all messages held at {to_time(second_ms):%Y-%m-%d %H:%M:%S} UTC or a second later could be listed: "
            "Mimecast's reply cannot be decoded. Look at that time in the hold queue of the Mimecast console."
        )
        self._cycle.add_gap(PendingRecord.from_gap(f"holds:{second_ms}", second_ms, text))

    def _unmatched(self, holds: HoldIndex) -> Sequence[HeldMessage]:
        """The entries in scope that no known record accounts for."""
        unmatched: set[str] = set()
        for key, alike in holds.groups():
            in_scope = [hold for hold in alike if self._is_in_scope(hold)]
            matched = self._match_all(key, holds) if in_scope else {}
            for hold in in_scope:
                if not self._is_accounted_for(hold, matched.get(hold.id)):
                    unmatched.add(hold.id)
        return [hold for hold in holds.holds.values() if hold.id in unmatched]

    def _is_in_scope(self, hold: HeldMessage) -> bool:
        reason = self._exclusion_reason(hold)
        if reason:
            self._cycle.skip_hold(hold.id, reason)
        return not reason

    def _exclusion_reason(self, hold: HeldMessage) -> str:
        """Why an entry is not compared with message tracking; "" if it is."""
        state, settings = self._cycle.state, self._cycle.settings
        if state.is_hold_matched(hold.id):
            return "belongs to a processed record"
        if hold.received and to_ms(hold.received) < max(state.start_ms, self._window_start_ms() - _LIST_MARGIN_MS):
            # The queue is also listed around pending records. Ids from before the window may be forgotten, so an older
            # entry that was delivered would look new.
            return "received before the window of Held Queue Hours"
        if filters.by_route(settings, hold.route):
            return "excluded by Route Filter"
        addresses = {Side.RECIPIENT: hold.recipient, Side.SENDER: hold.sender}
        if any(domain_of(addresses[side]).lower() in settings.domains for side in sides(settings)):
            return ""
        return "not for the domains in Domains"

    def _match_all(self, key: MatchKey, holds: HoldIndex) -> dict[str, PendingRecord]:
        return match_all(holds.alike(key), self._poll.record_index().alike(key))

    def _is_accounted_for(self, hold: HeldMessage, record: PendingRecord | None) -> bool:
        """Whether the record assigned to an entry is pending or done; if it is done, the entry is marked as matched."""
        if record is None:
            return False
        state = self._cycle.state.record_state(record.id, record.status)
        if state is RecordState.NEW:
            return False
        if state is RecordState.DONE:
            self._cycle.state.mark_hold_matched(hold.id, self._cycle.now_ms)
        self._cycle.skip_hold(hold.id, "belongs to the record %r", record.id)
        return True

    def _resolve(self, hold: HeldMessage, holds: HoldIndex) -> None:
        """Find the tracking record of an unmatched entry, or after some cycles make the entry a pending record."""
        cycle = self._cycle
        if hold.received and hold.recipient:
            self._search(hold, hold.recipient, to_ms(hold.received))
            key = key_of_hold(hold)
            if self._is_accounted_for(hold, self._match_all(key, holds).get(hold.id)):
                return
        count = cycle.state.unmatched_holds.get(hold.id, 0) + 1
        cycle.state.unmatched_holds[hold.id] = count
        if count >= cycle.settings.tries:
            cycle.state.unmatched_holds.pop(hold.id)
            cycle.add_pending(PendingRecord.from_hold(hold, cycle.now_ms))
        else:
            cycle.skip_hold(hold.id, "not in message tracking, cycle %d of %d", count, cycle.settings.tries)

    def _search(self, hold: HeldMessage, recipient: str, received_ms: int) -> None:
        """Search message tracking for an entry, under any status."""
        cycle = self._cycle
        start_ms, end_ms = received_ms - _SEARCH_MARGIN_MS, received_ms + _SEARCH_MARGIN_MS
        rows = self._tenant.search(recipient, Side.RECIPIENT, to_time(start_ms), to_time(end_ms), ())
        records = []
        for row in rows:
            record = PendingRecord.from_tracking(row, cycle.now_ms)
            if _is_same_message(record, hold):
                records.append(record)
                self._poll.add_rows([row], start_ms)
        if len(records) == 1 and cycle.state.record_state(records[0].id, records[0].status) is RecordState.NEW:
            # Tracking lags behind: it still shows another status, but the message is in the hold queue.
            cycle.add_pending(msgspec.structs.replace(records[0], status=Status.HELD))


def _is_same_message(record: PendingRecord, hold: HeldMessage) -> bool:
    return key_of_record(record) == key_of_hold(hold) and candidate_of_record(record).could_be(candidate_of_hold(hold))
