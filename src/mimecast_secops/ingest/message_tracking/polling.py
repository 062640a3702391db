"""Polling message tracking: what arrived since the last cycle, and an overlap for late and changed records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from mimecast_secops.api import TrackedMessage
from mimecast_secops.api.errors import DeadlineExceeded, MimecastError, NotUnderstood
from mimecast_secops.ingest.clock import MINUTE_MS, to_ms, to_time
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.divided_search import DividedSearch
from mimecast_secops.ingest.message_tracking.domain_search import NOTHING_FORMS
from mimecast_secops.ingest.message_tracking.hold_matching import RecordIndex
from mimecast_secops.ingest.message_tracking.renamed_rows import ReadPeriod, RenamedRows
from mimecast_secops.ingest.message_tracking.row_defects import NO_ZONE, note_time_form, row_defects
from mimecast_secops.ingest.message_tracking.row_limit import MAX_SEARCH_AGE_MS, RowLimit
from mimecast_secops.ingest.message_tracking.search_window import (
    next_length,
    next_window,
    read_window,
)
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.message_tracking.unread_periods import UnreadPeriods
from mimecast_secops.ingest.message_tracking.window import Window
from mimecast_secops.ingest.record import PendingRecord, tracking_id
from mimecast_secops.ingest.settings import ConnectorSettings
from mimecast_secops.ingest.state import RecordState

# Reading stops when this many records are due, or enough for a few cycles.
_MIN_DUE: Final = 1000
_CYCLES_AHEAD: Final = 2
_NULL_ADVICE: Final = (
    "A search reply has no list of messages. If Mimecast answers so only when there are none, enable Accept Null As "
    "Empty."
)
_CLOCK_JUMP_MS: Final = 5 * MINUTE_MS
# The search compares whole seconds, and times of archived records are cut to the minute, so that a message that was
# held can step back by up to 59 s (docs/reference/mimecast-api.md#search-message-tracking).
_SEARCH_PRECISION_MS: Final = MINUTE_MS


class TrackingPoll:
    """The poll of one cycle.

    Args:
        cycle: the cycle.
        tenant: where to search.

    Attributes:
        unread: the seconds that could not be read completely.
        newest_ms: when the newest row that a search returned was received, in unix milliseconds; 0 without any.
    """

    def __init__(self, cycle: Cycle, tenant: Tenant) -> None:
        self._cycle = cycle
        self._tenant = tenant
        state = cycle.state
        self._search = DividedSearch(cycle, tenant)
        self._limit = RowLimit(cycle.settings.row_limit, state.profile, state.search_history, cycle.now_ms)
        self.unread = UnreadPeriods(cycle, self._limit)
        self._windows_read = 0
        self._seen: dict[str, PendingRecord] = {}
        self._index: RecordIndex | None = None
        self.newest_ms = 0

    def run(self) -> bool:
        """Read until everything is read, time is over or enough records are due.

        This is at least one window, so that no backlog hides new messages.

        Returns:
            Whether the searches worked. A failure is in the counters, and the next cycle repeats the search.
        """
        cycle = self._cycle
        max_due = max(_MIN_DUE, _CYCLES_AHEAD * cycle.settings.max_messages)
        try:
            self._correct_clock()
            while not self._read_next_window():
                if len(cycle.due()) >= max_due:
                    cycle.counters.more_to_read = True
                    break
        except MimecastError as error:
            cycle.counters.more_to_read = True
            # Running out of time after a window is progress. Before one, the tenant may not be answering at all.
            if isinstance(error, DeadlineExceeded) and self._windows_read:
                return True
            cycle.counters.add_failure("Message tracking could not be searched", error)
            if isinstance(error, NotUnderstood) and error.form in NOTHING_FORMS:
                cycle.counters.add_problem(_NULL_ADVICE)
            return False
        finally:
            self.unread.report_unreadable()
        return True

    def next_range(self) -> tuple[int, int]:
        """The start of the next window, and the target of the poll, in unix milliseconds."""
        state, now_ms = self._cycle.state, self._cycle.now_ms
        if state.poll:
            return state.poll.reached_ms, max(state.poll.reached_ms, min(state.poll.target_ms, now_ms))
        start_ms = max(state.read_until_ms - self._cycle.settings.overlap_ms, state.start_ms)
        return start_ms, max(now_ms, state.read_until_ms)

    def read_late_rows(self, bounds: tuple[int, int]) -> int:
        """Read a window once more, and add the records that no earlier cycle saw.

        Args:
            bounds: start and end in unix milliseconds.

        Returns:
            How far it was read.

        Raises:
            MimecastError: a search failed; nothing counts as read.
        """
        counters = self._cycle.counters
        window = self._read(bounds)
        new_before = counters.new
        # Known rows are neither counted nor kept: there may be many, and each cycle counts those of the overlap.
        unknown = [message for message in window.rows.values() if not self._is_settled(message)]
        self.add_rows(
            unknown, bounds[0] - _SEARCH_PRECISION_MS, read_period(window, self._cycle.settings.status_filter)
        )
        counters.late += counters.new - new_before
        self.unread.add(window)
        return window.end_ms

    def _is_settled(self, message: TrackedMessage) -> bool:
        """Whether a row is known, or a filter on the row excludes it."""
        cycle, record_id = self._cycle, tracking_id(message)
        if record_id in self._seen or cycle.state.record_state(record_id, message.status) is not RecordState.NEW:
            return True
        return filters.by_row(cycle.settings, status=message.status, route=message.route) is not None

    def add_rows(self, messages: Iterable[TrackedMessage], earliest_ms: int, period: ReadPeriod | None = None) -> None:
        """Decide on rows of a search: known, filtered, or pending.

        Args:
            messages: the rows.
            earliest_ms: rows received before are ignored, because the search did not ask for them. A time that names no
                zone may be wrong by hours and says nothing about that.
            period: the period whose rows they are, if it was read completely: it shows which ids have disappeared.

        Raises:
            MimecastError: a search failed, or the time is over. The rows that are left count as not seen.
        """
        cycle = self._cycle
        new: dict[str, tuple[TrackedMessage, PendingRecord]] = {}
        for message in messages:
            defects = row_defects(message)
            if message.received and to_ms(message.received) < earliest_ms and NO_ZONE not in defects:
                continue
            record_id = tracking_id(message)
            if record_id in self._seen or record_id in new:
                continue
            cycle.row_defects.add(defects)
            note_time_form(cycle.state.profile, message, defects, cycle.now_ms)
            cycle.see_row()
            is_known = cycle.state.record_state(record_id, message.status) is not RecordState.NEW
            excluded_by = (
                None if is_known else filters.by_row(cycle.settings, status=message.status, route=message.route)
            )
            # The summary is for alerts. A row that is not delivered is kept for matching with the hold queue only.
            will_be_delivered = not is_known and not excluded_by
            record = PendingRecord.from_tracking(message, cycle.now_ms, with_summary=will_be_delivered)
            if message.received:
                self.newest_ms = max(self.newest_ms, record.received_ms)
            if will_be_delivered:
                new[record_id] = message, record
                continue
            self._remember(record)
            if is_known:
                cycle.skip_known(record_id)
            elif excluded_by:
                cycle.filter_row(record_id, excluded_by)
        for record in RenamedRows(cycle, period, self._search).new(list(new.values())):
            cycle.add_row(record)
        for _, record in new.values():
            self._remember(record)

    def record_index(self) -> RecordIndex:
        """All tracking records that this cycle has seen or that are pending, for matching with the hold queue."""
        if self._index is None:
            pending = (record for record in self._cycle.state.backlog if record.has_tracking_id)
            self._index = RecordIndex([*self._seen.values(), *pending])
        return self._index

    def _remember(self, record: PendingRecord) -> None:
        self._seen[record.id] = record
        if self._index is not None:
            self._index.add(record)

    def _read_next_window(self) -> bool:
        """Read one window. Returns whether everything up to now is read."""
        cycle, state = self._cycle, self._cycle.state
        cycle.check_time()
        start_ms, target_ms = self.next_range()
        earliest_ms = cycle.now_ms - MAX_SEARCH_AGE_MS
        if start_ms < earliest_ms:
            self._add_reach_gap(earliest_ms)
            start_ms, target_ms = max(start_ms, earliest_ms), max(target_ms, earliest_ms)
        bounds = next_window(start_ms, target_ms, state.window_ms)
        try:
            window = self._read(bounds)
        except MimecastError:
            if cycle.clock.update():  # Mimecast may have rejected a wrong time.
                self._correct_clock()
                return False
            raise
        if cycle.clock.update():  # The bounds come from a wrong time, so the window is read again.
            self._correct_clock()
            return False
        self._windows_read += 1
        self.add_rows(
            window.rows.values(), bounds[0] - _SEARCH_PRECISION_MS, read_period(window, cycle.settings.status_filter)
        )
        self.unread.add(window)
        if window.end_ms < bounds[1]:
            state.window_ms = max((window.end_ms - bounds[0]) // 2, MINUTE_MS)
        else:
            state.window_ms = next_length(state.window_ms, len(window.rows), self._limit.rows)
        state.mark_read(window.end_ms, target_ms)
        return state.poll is None and state.read_until_ms >= cycle.now_ms

    def _read(self, bounds: tuple[int, int]) -> Window:
        cycle = self._cycle
        window = read_window(
            self._tenant, cycle.settings, bounds, cycle.executor, cycle.check_time, self._limit, cycle.state.undecodable
        )
        for deviation in sorted(window.deviations):
            cycle.counters.add_note(f"Search replies differ from the documented form: {deviation}.")
        if window.only_rows:
            messages = "1 message" if window.only_rows == 1 else f"{window.only_rows} messages of one second"
            cycle.counters.add_note(
                f"No reply of Mimecast has had more than {messages} yet. Whether it returns more is not known until "
                "there are more messages."
            )
        return window

    def _correct_clock(self) -> None:
        """Let Mimecast confirm a surprising time, and repair a state that was written with a wrong one."""
        cycle, state = self._cycle, self._cycle.state
        start_ms, _ = self.next_range()
        if self._is_state_ahead() or start_ms < cycle.now_ms - MAX_SEARCH_AGE_MS:
            cycle.clock.verify()
        if not self._is_state_ahead():
            return
        # With a checkpoint in the future, nothing until then would be read. Delivered records are known by their ids,
        # back to the oldest id that is remembered; from there on, reading again repeats nothing.
        overlap_ms = cycle.settings.overlap_ms
        if state.start_ms > cycle.now_ms:
            state.start_ms = cycle.now_ms - cycle.settings.look_back_ms
        remembered_ms = state.processed_ids.oldest_ms
        resume_ms = max(
            state.start_ms,
            min(cycle.now_ms - overlap_ms, cycle.now_ms if remembered_ms is None else remembered_ms),
        )
        text = (
            "The clock of this machine was ahead of Mimecast's. Messages received before "
            f"{to_time(resume_ms):%Y-%m-%d %H:%M} UTC may have been skipped; reading continues from there. "
            "Look at the time before it in the Mimecast console."
        )
        cycle.add_gap(PendingRecord.from_gap(f"clock:{state.read_until_ms}", cycle.now_ms, text))
        state.give_up_before(min(resume_ms + overlap_ms, cycle.now_ms))

    def _is_state_ahead(self) -> bool:
        """Whether the state was written at a time in the future."""
        state, now_ms = self._cycle.state, self._cycle.now_ms
        return state.reached_ms > now_ms + _CLOCK_JUMP_MS or state.start_ms > now_ms

    def _add_reach_gap(self, earliest_ms: int) -> None:
        """Add an alert about the period that is too old for Mimecast's search."""
        state = self._cycle.state
        reached_ms = state.reached_ms
        if reached_ms >= earliest_ms:
            return  # Only the overlap is too old.
        text = (
            f"Messages received from {to_time(reached_ms):%Y-%m-%d %H:%M} to {to_time(earliest_ms):%Y-%m-%d %H:%M} UTC "
            "could not be read: Mimecast can only search the last 30 days. Look at them in the Mimecast console."
        )
        self._cycle.add_gap(PendingRecord.from_gap(f"{reached_ms}", reached_ms, text))
        state.give_up_before(earliest_ms)


def read_period(window: Window, statuses: Sequence[str]) -> ReadPeriod | None:
    """What a window shows about ids that have disappeared; None if rows of it may be missing."""
    if window.unreadable or window.unproved or window.missing:
        return None
    return ReadPeriod(window.start_ms, window.end_ms, window.rows.values(), statuses)


def request_time(tenant: Tenant, settings: ConnectorSettings, now_ms: int) -> None:
    """Send the cheapest search, so that a reply gives Mimecast's time. A rejected search gives the time too."""
    end = to_time(now_ms)
    with suppress(MimecastError):  # The searches that follow report the failure.
        tenant.search(settings.domains[0], Side.RECIPIENT, end - timedelta(minutes=1), end, settings.status_filter)
