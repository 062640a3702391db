"""The search for one domain on one side: completely, although a reply may be cut or undecodable.

A part of the window whose reply is cut, or cannot be decoded, is divided and searched again, down to one second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Final

from mimecast_secops.api import (
    Completeness,
    CompletenessKind,
    Route,
    Status,
    TrackedMessage,
    TrackedMessages,
)
from mimecast_secops.api.errors import NotUnderstood, UndecodableReply
from mimecast_secops.ingest.clock import HOUR_MS, MINUTE_MS, SECOND_MS, to_time
from mimecast_secops.ingest.message_tracking.row_limit import Evidence, RowLimit
from mimecast_secops.ingest.message_tracking.search_periods import (
    dividing_time,
    halves_of,
    main_second,
    split_around,
    undecodable_seconds,
)
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.message_tracking.window import Defect, Progress, Window
from mimecast_secops.ingest.record import tracking_id
from mimecast_secops.ingest.settings import ConnectorSettings

# Fewer messages in one second are no reason for a problem in the report, unless replies are cut at their number.
_MIN_BURST: Final = 10
# How far back a search for a reply with more rows reaches, one after the other.
_WIDER_PERIODS_MS: Final = (10 * MINUTE_MS, 2 * HOUR_MS, 24 * HOUR_MS)
_WEEK_MS: Final = 7 * 24 * HOUR_MS
NOTHING_FORMS: Final = ("null", "{}")
"""The forms of a reply that Accept Null As Empty takes as an empty list (`NotUnderstood.form`)."""


class DomainSearch:
    """The search for one domain on one side of the messages.

    Args:
        tenant: where to search.
        settings: statuses and routes.
        domain: the domain.
        side: the side.
        executor: runs a second search at the same time. `read` itself may run in it.
        check_time: called before each search; raises when there is no time left.
        limit: decides which replies are cut.
        progress: shared by the searches of the window.
    """

    def __init__(
        self,
        tenant: Tenant,
        settings: ConnectorSettings,
        domain: str,
        side: Side,
        executor: Executor,
        check_time: Callable[[], None],
        limit: RowLimit,
        progress: Progress,
    ) -> None:
        self._tenant = tenant
        self._settings = settings
        self._statuses = settings.status_filter
        self._domain = domain
        self._side = side
        self._executor = executor
        self._check_time = check_time
        self._limit = limit
        self._progress = progress
        # The first seconds of the smallest parts whose replies are cut.
        self._cut: set[int] = set()

    def read(self, start_ms: int, end_ms: int, undecodable: Collection[int] = ()) -> Window:
        """Read the window, or as much of its beginning as there is room for: at least one search of a part of it."""
        window = Window(start_ms, end_ms)
        parts = split_around(undecodable, start_ms, end_ms)
        failed: list[int] = []
        error: UndecodableReply | None = None
        while parts:
            start, end = parts.pop()
            if self._progress.is_full and start > start_ms:
                window.end_ms = start
                break
            try:
                parts.extend(self._read_part(start, end, window))
            except UndecodableReply as failure:
                halves = halves_of(start, end)
                parts.extend(halves)
                if not halves:
                    error = failure
                    failed.append(start // SECOND_MS)
                    self._progress.add_undecodable(failure)
        if error is not None and not self._progress.decoded:
            raise error
        for second_ms in undecodable_seconds(failed, end_ms):
            window.unreadable.setdefault(second_ms, Defect.UNDECODABLE)
        for second in self._cut:
            # Both smallest parts that contain this second are cut, and each may show only rows of its other second.
            if second - 1 in self._cut:
                window.unreadable.setdefault(second * SECOND_MS, Defect.ROW_LIMIT)
        return window

    def _read_part(self, start: int, end: int, window: Window) -> list[tuple[int, int]]:
        """Search a part of the window. Returns the parts to search instead; none if this one is read."""
        reply = self._search(start, end, self._statuses)
        halves = halves_of(start, end)
        if halves and self._limit.is_cut_by_count(len(reply), reply.completeness):
            return halves  # Counted, not decoded: the halves return these rows again.
        window.deviations.update(reply.deviations)
        rows = list(reply)
        self._progress.add_decoded(window.add(rows))
        evidence = self._limit.judge(rows, reply.completeness)
        if evidence is Evidence.SUSPECT:
            evidence = self._compare(start, end, rows, reply.completeness, window)
        if evidence is Evidence.CUT and not halves:
            self._finish_second(start, end, rows, reply.completeness, window)
        return halves if evidence is Evidence.CUT else []

    def _search(
        self, start_ms: int, end_ms: int, statuses: Sequence[str], routes: Sequence[str] = ()
    ) -> TrackedMessages:
        self._check_time()
        try:
            return self._tenant.search(self._domain, self._side, to_time(start_ms), to_time(end_ms), statuses, routes)
        except NotUnderstood as error:
            if self._settings.null_is_empty and error.form in NOTHING_FORMS:
                return TrackedMessages()
            raise

    def _compare(
        self, start: int, end: int, rows: Sequence[TrackedMessage], completeness: Completeness, window: Window
    ) -> Evidence:
        """Compare a reply with those of shorter searches, until all of these have fewer rows than it."""
        first, last, longest = start, end, rows
        evidence = Evidence.SUSPECT
        while evidence is Evidence.SUSPECT:
            middle = dividing_time(longest, first, last)
            if middle is None:
                evidence = self._compare_burst(first, last, longest, window)
                continue
            earlier, later = self._search_both(first, middle, last)
            if self._add_new(window, earlier, later):
                evidence = Evidence.CUT
            elif max(len(earlier), len(later)) < len(rows):
                evidence = Evidence.PROVED
            elif len(earlier) >= len(later):
                last, longest = middle, earlier
            else:
                first, longest = middle, later
        if evidence is Evidence.CUT:
            return self._confirm_cut(start, end, rows, completeness, window)
        if evidence is Evidence.PROVED:
            self._limit.note_complete(rows)
        return evidence

    def _search_both(
        self, start: int, middle: int, end: int
    ) -> tuple[Sequence[TrackedMessage], Sequence[TrackedMessage]]:
        """Search both parts of a period at once, or one after the other if all workers are busy."""
        other = self._executor.submit(self._search, middle, end, self._statuses)
        try:
            earlier = list(self._search(start, middle, self._statuses))
            # The workers may all be waiting for searches like this one.
            later = self._search(middle, end, self._statuses) if other.cancel() else other.result()
        finally:
            other.cancel()
        return earlier, list(later)

    def _add_new(self, window: Window, *replies: Sequence[TrackedMessage]) -> int:
        new = sum(window.add(rows) for rows in replies)
        self._progress.add_decoded(new)
        return new

    def _confirm_cut(
        self, start: int, end: int, rows: Sequence[TrackedMessage], completeness: Completeness, window: Window
    ) -> Evidence:
        """Search once more: a message that was received meanwhile makes the reply longer, and a cut one stays short."""
        again = self._search(start, end, self._statuses)
        if len(again) > len(rows):
            self._limit.note_larger_reply(len(again))
            self._add_new(window, list(again))
            return Evidence.PLAUSIBLE
        self._limit.note_cut(len(rows), completeness)
        return Evidence.CUT

    def _compare_burst(self, start: int, end: int, rows: Sequence[TrackedMessage], window: Window) -> Evidence:
        """Compare a reply whose rows are in one second. PLAUSIBLE is noted in the window if there are many rows."""
        count = len(rows)
        if count < self._limit.most_rows:
            return Evidence.PLAUSIBLE
        second_ms = main_second(rows, start)
        if tuple(self._statuses) == (Status.HELD,):
            # The hold queue is listed anyway, and shows whether there are more.
            if count >= _MIN_BURST:
                window.unproved[second_ms] = count
            return Evidence.PLAUSIBLE
        if count < _MIN_BURST:
            return self._compare_few(second_ms, end, rows, window)
        if self._has_larger_reply(count, end, _WIDER_PERIODS_MS):
            return Evidence.PROVED
        before = len(window.rows)
        is_complete = self._is_divided_completely(start, end, rows, count, window)
        if len(window.rows) > before:
            return Evidence.CUT
        if is_complete:
            return Evidence.PROVED
        window.unproved[second_ms] = count
        return Evidence.PLAUSIBLE

    def _compare_few(self, second_ms: int, end: int, rows: Sequence[TrackedMessage], window: Window) -> Evidence:
        """Compare the few rows of one second with all that a search can return, under any status.

        PROVED if another reply has more rows. If there are no other messages at all, nothing proves that these are all;
        that is noted in the window. CUT if there are others, and yet no reply has more rows.
        """
        count, earliest = len(rows), self._limit.earliest_ms
        everything = end - earliest
        if self._has_larger_reply(count, end, (*_WIDER_PERIODS_MS, _WEEK_MS, everything)):
            return Evidence.PROVED
        others: set[str] = set()
        try:
            for start, last in ((earliest, second_ms - SECOND_MS), (second_ms + SECOND_MS, end)):
                if start < last:
                    others.update(map(tracking_id, self._search(start, last, ())))
            if others <= set(map(tracking_id, rows)):
                window.only_rows = max(window.only_rows, count)
                return Evidence.PROVED  # It is not compared again soon.
            # One of them may have been received meanwhile.
            if len(self._search(earliest, end, ())) > count:
                return Evidence.PROVED
        except UndecodableReply:
            return Evidence.PLAUSIBLE
        return Evidence.CUT

    def _has_larger_reply(self, count: int, end: int, periods_ms: Sequence[int]) -> bool:
        """Whether a search of a longer period, under any status, returns more rows: then fewer rows are not cut."""
        for period_ms in periods_ms:
            if end - period_ms < self._limit.earliest_ms:
                return False
            with suppress(UndecodableReply):
                reply = self._search(end - period_ms, end, ())
                if len(reply) > count:
                    self._limit.note_larger_reply(len(reply))
                    return True
        return False

    def _finish_second(
        self, start: int, end: int, rows: Sequence[TrackedMessage], completeness: Completeness, window: Window
    ) -> None:
        """Read the rest of a smallest part whose reply is cut, or note in the window that some is missing."""
        is_partial = completeness.kind is CompletenessKind.PARTIAL
        if not is_partial and len(rows) > self._limit.rows:
            # There are more than the limit, so replies are not cut there.
            if self._compare_burst(start, end, rows, window) is Evidence.CUT:
                self._cut.add(start // SECOND_MS)
                window.missing.setdefault(main_second(rows, start), 1)
                window.unreadable.setdefault(main_second(rows, start), Defect.ROW_LIMIT)
            return
        limit = len(rows) if is_partial else self._limit.rows
        if self._is_divided_completely(start, end, rows, limit, window):
            return
        self._cut.add(start // SECOND_MS)
        second_ms = main_second(rows, start)
        window.missing[second_ms] = max(completeness.missing or 1, window.missing.get(second_ms, 0))
        window.unreadable.setdefault(second_ms, Defect.ROW_LIMIT)
        if start == window.start_ms:
            # No other part of this window contains its first second, whose rows may be the missing ones.
            window.unreadable.setdefault(start // SECOND_MS * SECOND_MS, Defect.ROW_LIMIT)

    def _is_divided_completely(
        self, start: int, end: int, rows: Sequence[TrackedMessage], limit: int, window: Window
    ) -> bool:
        """Whether searches for each status and route have fewer rows than a limit, and together all known rows."""
        found: set[str] = set()
        statuses: Sequence[str] = self._statuses or tuple(Status)
        for status in statuses:
            reply = list(self._search(start, end, (status,))) if len(statuses) > 1 else rows
            if len(reply) >= limit:
                reply = []
                for route in self._settings.route_filter or tuple(Route):
                    part = list(self._search(start, end, (status,), (route,)))
                    self._add_new(window, part)
                    if len(part) >= limit:
                        return False
                    reply += part
            self._add_new(window, reply)
            found.update(map(tracking_id, reply))
        return found >= set(map(tracking_id, rows))
