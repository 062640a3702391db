"""The period of a hold list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mimecast_secops.api import Connection, Runtime
from mimecast_secops.api.resources.held_periods import LIST_REACH, Period, PeriodChoice, halves_of
from mimecast_secops.api.session import Session
from tests.api.clients import APPLICATION

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def session() -> Session:
    return Session(Connection("https://api.example.com", APPLICATION), Runtime(clock=lambda: NOW))


def choice(
    session: Session,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    window: timedelta | None = None,
) -> PeriodChoice:
    return PeriodChoice(session, start=start, end=end, window=window)


def test_a_list_starts_less_than_30_days_back_and_ends_now(session: Session) -> None:
    assert choice(session).current() == Period(NOW - LIST_REACH, NOW)
    assert timedelta(days=29) < LIST_REACH < timedelta(days=30)
    assert choice(session, window=timedelta(days=3)).current().start == NOW - timedelta(days=3)


@pytest.mark.parametrize(("skew", "end"), [(None, NOW), (1.5, NOW), (600.0, NOW - timedelta(minutes=10))])
def test_the_end_is_not_later_than_the_time_of_the_server(session: Session, skew: float | None, end: datetime) -> None:
    session.server_clock.skew = skew
    assert choice(session, end=NOW + timedelta(hours=1)).current().end == end
    past = NOW - timedelta(hours=2)
    assert choice(session, end=past).current().end == past


def test_a_period_that_ended_too_early_is_outdated(session: Session) -> None:
    chosen = choice(session)
    sent = chosen.current()
    assert not chosen.is_outdated(sent)
    session.server_clock.skew = -600.0
    assert chosen.is_outdated(sent)
    assert not choice(session, end=NOW).is_outdated(sent)


def test_a_refused_period_is_made_smaller_until_nothing_is_left(session: Session) -> None:
    chosen = choice(session)
    periods = [chosen.current()]
    while chosen.try_next():
        periods.append(chosen.current())
    assert [period.end for period in periods] == [NOW, NOW - timedelta(seconds=1), None, NOW, NOW]
    assert [NOW - period.start for period in periods[3:]] == [timedelta(days=14), timedelta(days=7)]
    assert [period.shortened for period in periods] == [False, False, False, False, True]


def test_an_accepted_form_is_remembered(session: Session) -> None:
    first = choice(session)
    assert first.try_next()
    first.accept()
    assert choice(session).current().end == NOW - timedelta(seconds=1)


@pytest.mark.parametrize("offsets", [[0], [3], [10], [0, 0, 9], [1, 2, 3]])
def test_halves_share_one_second_and_are_shorter_than_the_period(offsets: list[int]) -> None:
    period = Period(NOW, NOW + timedelta(seconds=10))
    later, earlier = halves_of(period, [NOW + timedelta(seconds=offset) for offset in offsets], NOW)
    assert (earlier.start, later.end) == (period.start, period.end)
    assert earlier.end == later.start
    assert period.start < later.start < NOW + timedelta(seconds=10)


def test_an_open_period_ends_now() -> None:
    later, _ = halves_of(Period(NOW - timedelta(hours=1), None), [NOW], NOW)
    assert later == Period(NOW - timedelta(seconds=1), None)


def test_a_second_and_a_period_without_known_times_are_not_divided() -> None:
    assert halves_of(Period(NOW, NOW + timedelta(seconds=1)), [NOW], NOW) == ()
    assert halves_of(Period(NOW, NOW + timedelta(hours=1)), [], NOW) == ()
