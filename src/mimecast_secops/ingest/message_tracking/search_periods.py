"""Dividing a period of message tracking into shorter ones. Times are unix milliseconds unless said otherwise.

Searches compare whole seconds, and it is not known whether one that ends at a second contains all of it. So adjacent
periods share a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from mimecast_secops.api import TrackedMessage
from mimecast_secops.ingest.clock import SECOND_MS, to_ms


def split_around(seconds: Collection[int], start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Periods that together cover one period and are as short as possible around some seconds, the latest first.

    Args:
        seconds: unix seconds.
        start_ms: the start of the period.
        end_ms: its end.
    """
    cuts = {(second + offset) * SECOND_MS for second in seconds for offset in (-1, 0, 1)}
    seams = [start_ms, *sorted(cut for cut in cuts if start_ms < cut < end_ms), end_ms]
    return list(pairwise(seams))[::-1]


def halves_of(start: int, end: int) -> list[tuple[int, int]]:
    """Two periods that cover one, the later first (a stack reads the earlier next); none below two seconds."""
    first, last = start // SECOND_MS, -(-end // SECOND_MS)
    if last - first <= 1:
        return []
    middle = (first + last) // 2 * SECOND_MS
    return [(middle, end), (start, middle)]


def dividing_time(rows: Sequence[TrackedMessage], start: int, end: int) -> int | None:
    """The time that divides the rows of a period, so that neither part has all of them.

    Returns:
        A second between the first and the last row, near the median. Without usable times the middle of the period.
        None if the rows are in one second or in two adjacent ones.
    """
    times = (to_ms(row.received) // SECOND_MS for row in rows if row.received)
    # A time that names no zone may be hours away from the period.
    seconds = sorted(second for second in times if start // SECOND_MS <= second <= end // SECOND_MS)
    if len(seconds) < len(rows) / 2:
        return next((middle for middle, _ in halves_of(start, end)), None)
    first, last = seconds[0], seconds[-1]
    if last - first <= 1:
        return None
    return min(max(seconds[len(seconds) // 2], first + 1), last - 1) * SECOND_MS


def undecodable_seconds(failed: Sequence[int], end_ms: int) -> Iterator[int]:
    """The seconds that undecodable periods have in common.

    A smallest period [s, s + 1] contains both of its seconds, and shares each with a neighbour: a broken row in second
    s makes [s - 1, s] and [s, s + 1] undecodable. A period without such a neighbour is at an edge of the window.

    Args:
        failed: the first seconds of the undecodable periods, in unix seconds.
        end_ms: the end of the window.
    """
    firsts = set(failed)
    for second in sorted(firsts):
        if second - 1 in firsts:
            yield second * SECOND_MS
        elif second + 1 not in firsts:
            at_end = (second + 1) * SECOND_MS >= end_ms
            yield (second + 1 if at_end else second) * SECOND_MS


def main_second(rows: Sequence[TrackedMessage], start: int) -> int:
    """The second that most rows of a smallest period have: its ends also belong to its neighbours."""
    seconds = Counter(to_ms(row.received) // SECOND_MS * SECOND_MS for row in rows if row.received)
    return seconds.most_common(1)[0][0] if seconds else start
