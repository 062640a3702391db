"""Dividing periods of message tracking."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import TrackedMessage
from mimecast_secops.ingest.message_tracking.search_periods import (
    dividing_time,
    halves_of,
    main_second,
    split_around,
    undecodable_seconds,
)
from tests.ingest.model import SECOND, Record


def rows_at(*seconds: int) -> list[TrackedMessage]:
    return [TrackedMessage.read(Record(f"m{number}", at * SECOND, 0).row()) for number, at in enumerate(seconds)]


UNDATED = TrackedMessage.read({"id": "undated"})


@given(
    start=st.integers(0, 100_000),
    length=st.integers(1, 100_000),
    seconds=st.sets(st.integers(-5, 205), max_size=5),
)
def test_split_windows_cover_the_window_and_are_shortest_around_the_seconds(
    start: int, length: int, seconds: set[int]
) -> None:
    end = start + length
    parts = split_around(seconds, start, end)[::-1]
    assert (parts[0][0], parts[-1][1]) == (start, end)
    assert all(left[1] == right[0] for left, right in pairwise(parts))
    assert all(part_start < part_end for part_start, part_end in parts)
    for second in seconds:
        for part_start, part_end in parts:
            inside = part_start < (second + 1) * SECOND and part_end > second * SECOND
            assert not inside or part_end - part_start <= SECOND


@pytest.mark.parametrize(
    ("second", "cuts"), [(5, [0, 4, 5, 6, 10]), (0, [0, 1, 10]), (10, [0, 9, 10]), (1, [0, 1, 2, 10]), (20, [0, 10])]
)
def test_a_window_is_split_before_at_and_after_a_second(second: int, cuts: list[int]) -> None:
    parts = split_around({second}, 0, 10 * SECOND)
    assert parts[::-1] == [(start * SECOND, end * SECOND) for start, end in pairwise(cuts)]


@pytest.mark.parametrize(
    ("start", "end", "halves"),
    [(0, 4000, [(2000, 4000), (0, 2000)]), (500, 1900, [(1000, 1900), (500, 1000)]), (0, 1000, []), (500, 900, [])],
)
def test_a_period_is_halved_at_a_second(start: int, end: int, halves: list[tuple[int, int]]) -> None:
    assert halves_of(start, end) == halves


@given(st.lists(st.integers(0, 50), min_size=2, max_size=40))
def test_neither_part_has_all_rows(seconds: list[int]) -> None:
    middle = dividing_time(rows_at(*seconds), 0, 60 * SECOND)
    if max(seconds) - min(seconds) <= 1:
        assert middle is None
    else:
        assert middle is not None
        assert min(seconds) * SECOND < middle < max(seconds) * SECOND


def test_rows_without_usable_times_are_divided_in_the_middle() -> None:
    assert dividing_time([UNDATED, UNDATED], 0, 60 * SECOND) == 30 * SECOND
    assert dividing_time(rows_at(7200, 7200, 7300), 0, 60 * SECOND) == 30 * SECOND
    assert dividing_time([UNDATED], 0, SECOND) is None


def test_the_second_with_most_rows_is_the_main_one() -> None:
    assert main_second(rows_at(5, 6, 6), 0) == 6 * SECOND
    assert main_second([UNDATED], 7 * SECOND) == 7 * SECOND


@pytest.mark.parametrize(("failed", "seconds"), [([3, 4], [4]), ([3], [3]), ([9], [10]), ([], [])])
def test_the_undecodable_second_is_the_one_that_failed_periods_share(failed: list[int], seconds: list[int]) -> None:
    assert list(undecodable_seconds(failed, 10 * SECOND)) == [second * SECOND for second in seconds]
