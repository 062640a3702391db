"""Reading message tracking whole, though its search has no pages and may cut a reply without saying so.

No pages and no limit of rows are documented (API notes 6.1). A reply is taken for cut when it has as many rows as the
row limit, or when its rows leave a part of the window empty in which a second search then finds some. Such a window is
halved and asked for again, down to one second. So is a window whose reply cannot be decoded or is too large.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from itertools import pairwise
from typing import Final

from mimecast_secops.api import Route, Status, TrackedMessage
from mimecast_secops.api.errors import UndecodableReply
from mimecast_secops.ingest.interfaces import Side, Tenant
from mimecast_secops.ingest.record import to_ms, unreadable_id
from mimecast_secops.ingest.settings import Rules

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
FIRST_SPAN: Final = HOUR
# Replies are decoded whole: a longer window could be a reply that takes more memory than a service should have.
# The default overlap and the pause between two cycles still fit into one.
LONGEST_SPAN: Final = 2 * HOUR + 15 * MINUTE
# Fewer rows than this say nothing about whether the reply was cut.
_FEW: Final = 50
# How many mean distances between rows an empty stretch must be long to be looked at.
_STRIKING: Final = 3
# Seconds that may be undecodable before any reply was decoded. More of them are an outage, not a broken row.
_MOST_UNDECODABLE: Final = 3


class Defect(Enum):
    """Why a second of message tracking could not be read whole."""

    ROW_LIMIT = "one search returns at most {limit} of its messages"
    UNDECODABLE = "Mimecast's reply about it cannot be decoded"


@dataclass(slots=True)
class RowLimit:
    """At how many rows a reply is taken for cut: as set, or lower once replies were found to be cut there."""

    rows: int

    def learn(self, rows: int, probed: int) -> None:
        """A reply was cut, and so was the one that looked for the rest, at the same number: that is the limit."""
        if rows == probed:
            self.rows = min(self.rows, rows)


@dataclass(slots=True)
class Window:
    """What one window held.

    `end_ms` is how far it was read: less than was asked for when there were more rows than are read at once.
    `unreadable` are the seconds of which a part stayed out of reach, in unix milliseconds.
    """

    start_ms: int
    end_ms: int
    rows: dict[str, TrackedMessage] = field(default_factory=dict)
    unreadable: dict[int, Defect] = field(default_factory=dict)

    def add(self, messages: Iterable[TrackedMessage]) -> int:
        """Take rows in; returns how many were new."""
        before = len(self.rows)
        for message in messages:
            self.rows.setdefault(message.id or unreadable_id(message.raw), message)
        return len(self.rows) - before


class _Progress:
    """What the searches of one window share: the rows that may still be read, and whether any reply was decoded."""

    def __init__(self, most_rows: int) -> None:
        self._lock = threading.Lock()
        self._rows_left = most_rows
        self._undecodable = 0
        self.decoded = False

    @property
    def is_full(self) -> bool:
        return self._rows_left <= 0

    def count(self, rows: int) -> None:
        """A reply was decoded."""
        with self._lock:
            self._rows_left -= rows
            self.decoded = True

    def fail(self, error: UndecodableReply) -> None:
        """A single second is undecodable. Raises the error when it looks like an outage."""
        with self._lock:
            self._undecodable += 1
            if self._undecodable >= _MOST_UNDECODABLE and not self.decoded:
                raise error


def sides(rules: Rules) -> tuple[Side, ...]:
    """On which side of a message our domains have to be looked for, under the route filter."""
    if rules.routes == (Route.INBOUND,):
        return (Side.RECIPIENT,)
    if rules.routes == (Route.OUTBOUND,):
        return (Side.SENDER,)
    return (Side.RECIPIENT, Side.SENDER)


def next_window(start_ms: int, target_ms: int, span_ms: int) -> tuple[int, int]:
    """The next window from `start_ms` on. Windows meet in one second that both contain."""
    return start_ms, min(start_ms + (span_ms or FIRST_SPAN), target_ms)


def next_span(span_ms: int, rows: int, limit: int) -> int:
    """How long the next window should be: so that replies stay well below the row limit."""
    span = span_ms or FIRST_SPAN
    if rows >= limit:
        return max(span // 4, MINUTE)
    if rows > limit // 2:
        return max(span // 2, MINUTE)
    return min(span * 2, LONGEST_SPAN) if rows < limit // 5 else span


def read_window(
    tenant: Tenant,
    rules: Rules,
    bounds: tuple[int, int],
    executor: Executor,
    checkpoint: Callable[[], None],
    limit: RowLimit | None = None,
    undecodable: Collection[int] = (),
) -> Window:
    """Everything that the search shows between two times, both included, or the earlier part of it.

    Args:
        tenant: who is asked.
        rules: domains, statuses, row limit.
        bounds: start and end in unix milliseconds.
        executor: runs the searches of the domains side by side.
        checkpoint: called before each search; raises when there is no time left.
        limit: what was learned about cut replies so far.
        undecodable: unix seconds whose replies could not be decoded before; the window is divided around them at once.

    Raises:
        MimecastError: a search failed; nothing of the window counts as read.
    """
    window = Window(*bounds)
    learned = limit or RowLimit(rules.row_limit)
    # Rows are kept in memory until the window is read, so their number bounds the memory of a cycle.
    progress = _Progress(most_rows=2 * learned.rows)
    places = [(domain, side) for domain in rules.domains for side in sides(rules)]

    def read(place: tuple[str, Side]) -> Window:
        return _Searcher(tenant, rules, place, checkpoint, learned, progress).read(*bounds, undecodable)

    for part in executor.map(read, places):
        window.add(part.rows.values())
        window.unreadable |= part.unreadable
        window.end_ms = min(window.end_ms, part.end_ms)
    return window


class _Searcher:
    """Reads one domain on one side."""

    def __init__(
        self,
        tenant: Tenant,
        rules: Rules,
        place: tuple[str, Side],
        checkpoint: Callable[[], None],
        limit: RowLimit,
        progress: _Progress,
    ) -> None:
        self._tenant = tenant
        self._limit = limit
        self._statuses = rules.statuses
        self._domain, self._side = place
        self._checkpoint = checkpoint
        self._progress = progress

    def read(self, start_ms: int, end_ms: int, known: Collection[int] = ()) -> Window:
        """The window, or as much of its beginning as there is room for: at least one search of a part of it."""
        whole = Window(start_ms, end_ms)
        pending = divided(start_ms, end_ms, known)
        undecodable: list[int] = []
        error: UndecodableReply | None = None
        while pending:
            start, end = pending.pop()
            if self._progress.is_full and start > start_ms:
                whole.end_ms = start
                break
            try:
                pending.extend(self._read_part(start, end, whole))
            except UndecodableReply as failure:
                halves = _halves(start, end)
                pending.extend(halves)
                if not halves:
                    error = failure
                    undecodable.append(start // SECOND)
                    self._progress.fail(failure)
        if error is not None and not self._progress.decoded:
            raise error
        for second in _seconds_between(undecodable, end_ms):
            whole.unreadable.setdefault(second, Defect.UNDECODABLE)
        return whole

    def _read_part(self, start: int, end: int, whole: Window) -> list[tuple[int, int]]:
        """Search a part of the window. Returns the parts of it to search instead, none where it is read."""
        rows = self._search(start, end, self._statuses)
        halves = _halves(start, end)
        if len(rows) >= self._limit.rows and halves:
            return halves  # Counted, not decoded: the halves bring these rows again.
        messages = list(rows)
        self._progress.count(whole.add(messages))
        if not self._looks_cut(messages, start, end, whole):
            return []
        if not halves and not self._second_is_whole(start, end, messages, whole):
            whole.unreadable.setdefault(_second_of(messages, start), Defect.ROW_LIMIT)
        return halves

    def _search(self, start_ms: int, end_ms: int, statuses: Sequence[str]) -> Sequence[TrackedMessage]:
        self._checkpoint()
        return self._tenant.search(self._domain, self._side, moment(start_ms), moment(end_ms), statuses)

    def _looks_cut(self, rows: Sequence[TrackedMessage], start: int, end: int, whole: Window) -> bool:
        if len(rows) >= self._limit.rows:
            return True
        for empty in _striking_gaps(rows, start, end):
            probed = self._search(*empty, self._statuses)
            if whole.add(probed):
                self._limit.learn(len(rows), len(probed))
                return True
        return False

    def _second_is_whole(self, start: int, end: int, rows: Sequence[TrackedMessage], whole: Window) -> bool:
        """Whether one second with as many rows as the limit can be trusted, after asking status by status."""
        if len(rows) > self._limit.rows:
            return True  # More than the limit came, so this is not where replies are cut.
        statuses = self._statuses or tuple(Status)
        parts = [self._search(start, end, (status,)) for status in statuses]
        new = sum(whole.add(part) for part in parts)
        return max(map(len, parts)) != self._limit.rows and not (new and len(statuses) == 1)


def _seconds_between(parts: Sequence[int], end_ms: int) -> Iterator[int]:
    """The seconds that undecodable parts have in common, in unix milliseconds.

    A smallest part [s, s + 1] contains both of its seconds, and its neighbour the second between them again: a broken
    row of second s makes [s - 1, s] and [s, s + 1] undecodable. Alone, a part lies at an edge of the window.
    """
    failed = set(parts)
    for second in sorted(failed):
        if second - 1 in failed:
            yield second * SECOND
        elif second + 1 not in failed:
            at_end = (second + 1) * SECOND >= end_ms
            yield (second + 1 if at_end else second) * SECOND


def _second_of(rows: Sequence[TrackedMessage], start: int) -> int:
    """The second that the rows of a smallest window are of: its two ends belong to its neighbours too."""
    seconds = Counter(to_ms(row.received) // SECOND * SECOND for row in rows if row.received)
    return seconds.most_common(1)[0][0] if seconds else start


def divided(start: int, end: int, seconds: Collection[int]) -> list[tuple[int, int]]:
    """Windows that cover one and are smallest around some seconds, the latest first.

    Args:
        start: unix milliseconds.
        end: unix milliseconds.
        seconds: unix seconds.
    """
    inside = {(second + offset) * SECOND for second in seconds for offset in (-1, 0, 1)}
    seams = [start, *sorted(seam for seam in inside if start < seam < end), end]
    return list(pairwise(seams))[::-1]


def _halves(start: int, end: int) -> list[tuple[int, int]]:
    """Two windows that cover one, the later first (a stack reads the earlier one next); none below two seconds."""
    first, last = start // SECOND, -(-end // SECOND)
    if last - first <= 1:
        return []
    middle = (first + last) // 2 * SECOND
    return [(middle, end), (start, middle)]


def _striking_gaps(rows: Sequence[TrackedMessage], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches at the edges of a window that are emptier than the density of its rows explains."""
    if len(rows) < _FEW:
        return
    times = sorted(to_ms(row.received) for row in rows if row.received)
    if not times:
        return
    striking = max((end - start) * _STRIKING // len(rows), SECOND)
    if times[0] - start > striking:
        yield start, times[0]
    if end - times[-1] > striking:
        yield times[-1], end


def moment(time_ms: int) -> datetime:
    """Unix milliseconds as an aware time."""
    return datetime.fromtimestamp(time_ms / 1000, UTC)
