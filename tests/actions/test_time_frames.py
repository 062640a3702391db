"""Time frames as pairs of times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions.time_frames import OPTIONS, time_frame
from tests.actions.archive import NOW, naive, utc


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("Last Hour", "2026-03-11T11:34:56", "2026-03-11T12:34:56"),
        ("Last 6 Hours", "2026-03-11T06:34:56", "2026-03-11T12:34:56"),
        ("Last 24 Hours", "2026-03-10T12:34:56", "2026-03-11T12:34:56"),
        ("Last Week", "2026-03-02T00:00:00", "2026-03-09T00:00:00"),
        ("Last Month", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
    ],
)
def test_a_time_frame_has_a_start_and_an_end(name: str, start: str, end: str) -> None:
    assert time_frame(name, None, None, NOW) == (utc(start), utc(end))


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-03-09T00:00:00", "2026-03-02"),
        ("2026-03-08T23:59:59", "2026-02-23"),
        ("2026-01-01T00:00:00", "2025-12-22"),
        ("2024-03-04T10:00:00", "2024-02-26"),
    ],
)
def test_last_week_is_the_previous_week_from_monday_to_monday(now: str, monday: str) -> None:
    start = utc(monday)
    assert time_frame("Last Week", None, None, utc(now)) == (start, start + timedelta(days=7))


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-01-01T00:00:00", "2025-12-01", "2026-01-01"),
        ("2024-03-31T23:59:59", "2024-02-01", "2024-03-01"),
        ("2026-12-31T12:00:00", "2026-11-01", "2026-12-01"),
    ],
)
def test_last_month_is_the_previous_calendar_month(now: str, start: str, end: str) -> None:
    assert time_frame("Last Month", None, None, utc(now)) == (utc(start), utc(end))


@given(st.datetimes(min_value=naive(1971), max_value=naive(2200), timezones=st.just(UTC)))
def test_time_frames_end_by_now_and_weeks_and_months_are_whole(now: datetime) -> None:
    for name in OPTIONS[:-1]:
        start, end = time_frame(name, None, None, now)
        assert start < end <= now
        assert start.tzinfo == end.tzinfo == UTC
    start, end = time_frame("Last Week", None, None, now)
    assert (start.weekday(), end - start, now - end < timedelta(days=7)) == (0, timedelta(days=7), True)
    start, end = time_frame("Last Month", None, None, now)
    assert (start.day, end.day) == (1, 1)
    assert (end - timedelta(days=1)).month == start.month
