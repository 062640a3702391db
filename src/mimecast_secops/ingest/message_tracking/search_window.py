"""Reading a window of message tracking completely, although its search has no pages and may truncate a reply silently.

No pages and no limit of rows are documented (docs/reference/mimecast-api.md#search-message-tracking). A reply counts as
truncated if it has as many rows as the row limit, or if its rows leave a part of the window empty in which a second
search then finds some. Such a window is split in halves and searched again, down to one second. So is a window whose
reply cannot be decoded or is too large.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Final

from mimecast_secops.api import Status, TrackedMessage
from mimecast_secops.api.errors import UndecodableReply
from mimecast_secops.ingest.clock import HOUR_MS, MINUTE_MS, SECOND_MS, to_ms, to_time
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.record import tracking_id
from mimecast_secops.ingest.settings import ConnectorSettings

FIRST_WINDOW_MS: Final = HOUR_MS
# Replies are decoded as a whole: a longer window could be a reply that takes more memory than a service should have.
# The default overlap and the pause between two cycles still fit into one window.
MAX_WINDOW_MS: Final = 2 * HOUR_MS + 15 * MINUTE_MS
# Fewer rows than this say nothing about whether the reply was truncated.
_MIN_ROWS_TO_JUDGE: Final = 50
# An edge without rows is suspicious from this many mean distances between rows on.
_SUSPICIOUS_DISTANCES: Final = 3
# Seconds that may be undecodable before any reply was decoded. More of them are an outage, not a broken row.
_MAX_UNDECODABLE: Final = 3


class Defect(Enum):
    """Why a second of message tracking could not be read completely."""

    ROW_LIMIT = "one search returns at most {limit} of its messages"
    UNDECODABLE = "Mimecast's reply about it cannot be decoded"


@dataclass(slots=True)
class RowLimit:
    """At how many rows a reply counts as truncated: the setting, or less once replies were truncated below it."""

    rows: int

    def learn(self, rows: int, probed_rows: int) -> None:
        """A truncated reply and the search for its missing rows both returned this many rows: that is the limit."""
        if rows == probed_rows:
            self.rows = min(self.rows, rows)


@dataclass(slots=True)
class Window:
    """The rows of one window.

    Attributes:
        start_ms: its start, in unix milliseconds.
        end_ms: how far it was read: less than requested if there were more rows than are read at once.
        rows: id → row.
        unreadable: second, in unix milliseconds → why it could not be read completely.
    """

    start_ms: int
    end_ms: int
    rows: dict[str, TrackedMessage] = field(default_factory=dict)
    unreadable: dict[int, Defect] = field(default_factory=dict)

    def add(self, messages: Iterable[TrackedMessage]) -> int:
        """Add rows. Returns how many were new."""
        before = len(self.rows)
        for message in messages:
            self.rows.setdefault(tracking_id(message), message)
        return len(self.rows) - before


class _Progress:
    """What the searches of one window share: how many rows may still be read, and whether any reply was decoded."""

    def __init__(self, max_rows: int) -> None:
        self._lock = threading.Lock()
        self._rows_left = max_rows
        self._undecodable = 0
        self.decoded = False

    @property
    def is_full(self) -> bool:
        return self._rows_left <= 0

    def add_decoded(self, rows: int) -> None:
        """Count the rows of a decoded reply."""
        with self._lock:
            self._rows_left -= rows
            self.decoded = True

    def add_undecodable(self, error: UndecodableReply) -> None:
        """Count a second whose reply is undecodable. Raises the error if it looks like an outage."""
        with self._lock:
            self._undecodable += 1
            if self._undecodable >= _MAX_UNDECODABLE and not self.decoded:
                raise error


def sides(settings: ConnectorSettings) -> tuple[Side, ...]:
    """The sides of a message on which the domains are searched, given the route filter."""
    if settings.route_filter == ("inbound",):
        return (Side.RECIPIENT,)
    if settings.route_filter == ("outbound",):
        return (Side.SENDER,)
    return (Side.RECIPIENT, Side.SENDER)


def next_window(start_ms: int, target_ms: int, window_ms: int) -> tuple[int, int]:
    """The bounds of the next window. Adjacent windows share one second."""
    return start_ms, min(start_ms + (window_ms or FIRST_WINDOW_MS), target_ms)


def next_length(window_ms: int, rows: int, row_limit: int) -> int:
    """The length of the next window, in milliseconds, chosen so that replies stay well below the row limit.

    Args:
        window_ms: the length of the last window; 0 for the first.
        rows: how many rows it had.
        row_limit: see `RowLimit`.
    """
    length = window_ms or FIRST_WINDOW_MS
    if rows >= row_limit:
        return max(length // 4, MINUTE_MS)
    if rows > row_limit // 2:
        return max(length // 2, MINUTE_MS)
    return min(length * 2, MAX_WINDOW_MS) if rows < row_limit // 5 else length


def read_window(
    tenant: Tenant,
    settings: ConnectorSettings,
    bounds: tuple[int, int],
    executor: Executor,
    check_time: Callable[[], None],
    limit: RowLimit | None = None,
    undecodable: Collection[int] = (),
) -> Window:
    """Read all rows between two times, both included, or the earlier part of them.

    Args:
        tenant: where to search.
        settings: domains, statuses, row limit.
        bounds: start and end in unix milliseconds.
        executor: runs the searches of the domains in parallel.
        check_time: called before each search; raises when there is no time left.
        limit: what earlier windows have learned about truncated replies.
        undecodable: unix seconds whose replies could not be decoded before; the window is split around them at once.

    Raises:
        MimecastError: a search failed; nothing of the window counts as read.
    """
    window = Window(*bounds)
    row_limit = limit or RowLimit(settings.row_limit)
    # Rows are kept in memory until the window is read, so their number determines the memory of a cycle.
    progress = _Progress(max_rows=2 * row_limit.rows)
    searches = [
        _DomainSearch(tenant, settings, domain, side, check_time, row_limit, progress)
        for domain in settings.domains
        for side in sides(settings)
    ]
    for part in executor.map(lambda search: search.read(*bounds, undecodable), searches):
        window.add(part.rows.values())
        window.unreadable |= part.unreadable
        window.end_ms = min(window.end_ms, part.end_ms)
    return window


class _DomainSearch:
    """The search for one domain on one side."""

    def __init__(
        self,
        tenant: Tenant,
        settings: ConnectorSettings,
        domain: str,
        side: Side,
        check_time: Callable[[], None],
        limit: RowLimit,
        progress: _Progress,
    ) -> None:
        self._tenant = tenant
        self._statuses = settings.status_filter
        self._domain = domain
        self._side = side
        self._check_time = check_time
        self._limit = limit
        self._progress = progress

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
                halves = _halves(start, end)
                parts.extend(halves)
                if not halves:
                    error = failure
                    failed.append(start // SECOND_MS)
                    self._progress.add_undecodable(failure)
        if error is not None and not self._progress.decoded:
            raise error
        for second_ms in _undecodable_seconds(failed, end_ms):
            window.unreadable.setdefault(second_ms, Defect.UNDECODABLE)
        return window

    def _read_part(self, start: int, end: int, window: Window) -> list[tuple[int, int]]:
        """Search a part of the window. Returns the parts to search instead; none if this one is read."""
        rows = self._search(start, end, self._statuses)
        halves = _halves(start, end)
        if len(rows) >= self._limit.rows and halves:
            return halves  # Counted, not decoded: the halves return these rows again.
        messages = list(rows)
        self._progress.add_decoded(window.add(messages))
        if not self._is_truncated(messages, start, end, window):
            return []
        if not halves and not self._is_second_complete(start, end, messages, window):
            window.unreadable.setdefault(_main_second(messages, start), Defect.ROW_LIMIT)
            if start == window.start_ms:
                # No other part of this window contains its first second, whose rows may be the missing ones.
                window.unreadable.setdefault(start // SECOND_MS * SECOND_MS, Defect.ROW_LIMIT)
        return halves

    def _search(self, start_ms: int, end_ms: int, statuses: Sequence[str]) -> Sequence[TrackedMessage]:
        self._check_time()
        return self._tenant.search(self._domain, self._side, to_time(start_ms), to_time(end_ms), statuses)

    def _is_truncated(self, rows: Sequence[TrackedMessage], start: int, end: int, window: Window) -> bool:
        if len(rows) >= self._limit.rows:
            return True
        for empty_start, empty_end in _suspicious_edges(rows, start, end):
            probe = self._search(empty_start, empty_end, self._statuses)
            if window.add(probe):
                self._limit.learn(len(rows), len(probe))
                return True
        return False

    def _is_second_complete(self, start: int, end: int, rows: Sequence[TrackedMessage], window: Window) -> bool:
        """Whether all rows of one second with as many rows as the limit are read, after a search for each status."""
        if len(rows) > self._limit.rows:
            return True  # There are more than the limit, so replies are not truncated there.
        statuses = self._statuses or tuple(Status)
        replies = [self._search(start, end, (status,)) for status in statuses]
        new = sum(window.add(reply) for reply in replies)
        return max(map(len, replies)) != self._limit.rows and not (new and len(statuses) == 1)


def split_around(seconds: Collection[int], start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Windows that together cover one window and are as short as possible around some seconds, the latest first.

    Args:
        seconds: unix seconds.
        start_ms: unix milliseconds.
        end_ms: unix milliseconds.
    """
    cuts = {(second + offset) * SECOND_MS for second in seconds for offset in (-1, 0, 1)}
    seams = [start_ms, *sorted(cut for cut in cuts if start_ms < cut < end_ms), end_ms]
    return list(pairwise(seams))[::-1]


def _halves(start: int, end: int) -> list[tuple[int, int]]:
    """Two windows that cover one, the later first (a stack reads the earlier next); none below two seconds."""
    first, last = start // SECOND_MS, -(-end // SECOND_MS)
    if last - first <= 1:
        return []
    middle = (first + last) // 2 * SECOND_MS
    return [(middle, end), (start, middle)]


def _suspicious_edges(rows: Sequence[TrackedMessage], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The edges of a window that are emptier than the density of its rows explains.

    A server that truncates a reply drops the newest or the oldest rows. The row limit is not documented, so a reply
    below the configured limit may be truncated too. Then its rows (`x`) do not reach one edge of the window:

        start                                                    end
          |                                x xx x  xx x xx x x x |     the oldest rows are missing
          |<-------- suspicious --------->|                      |
          |xx x x  xx x x x xx                                   |     the newest rows are missing
          |                   |<---------- suspicious ---------->|
          |  x     x    x  x       x    x     x     x   x      x |     complete: edges like the other distances

    With n rows, their mean distance is at most (end - start) / n. An edge longer than three times that is suspicious.
    It is searched once more: if rows come, the reply was truncated and the window is split; if none do, there was just
    no traffic. Fewer than 50 rows are not judged: their distances vary too much.
    """
    if len(rows) < _MIN_ROWS_TO_JUDGE:
        return
    times = sorted(to_ms(row.received) for row in rows if row.received)
    if not times:
        return
    longest = max((end - start) * _SUSPICIOUS_DISTANCES // len(rows), SECOND_MS)
    if times[0] - start > longest:
        yield start, times[0]
    if end - times[-1] > longest:
        yield times[-1], end


def _undecodable_seconds(failed: Sequence[int], end_ms: int) -> Iterator[int]:
    """The seconds that undecodable parts have in common, in unix milliseconds.

    A smallest part [s, s + 1] contains both of its seconds, and shares each with a neighbour: a broken row in second s
    makes [s - 1, s] and [s, s + 1] undecodable. A part without an undecodable neighbour is at an edge of the window.

    Args:
        failed: the first seconds of the undecodable parts, in unix seconds.
        end_ms: the end of the window, in unix milliseconds.
    """
    firsts = set(failed)
    for second in sorted(firsts):
        if second - 1 in firsts:
            yield second * SECOND_MS
        elif second + 1 not in firsts:
            at_end = (second + 1) * SECOND_MS >= end_ms
            yield (second + 1 if at_end else second) * SECOND_MS


def _main_second(rows: Sequence[TrackedMessage], start: int) -> int:
    """The second that most rows of a smallest window have: its ends also belong to its neighbours."""
    seconds = Counter(to_ms(row.received) // SECOND_MS * SECOND_MS for row in rows if row.received)
    return seconds.most_common(1)[0][0] if seconds else start
