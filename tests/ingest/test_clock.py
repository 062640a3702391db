"""Cycles on a machine whose clock is wrong: Mimecast's time decides, or an alert says what may be missing."""

from __future__ import annotations

import pytest

from mimecast_secops.api.errors import ApiError, Unreachable
from tests.ingest.conftest import Bench
from tests.ingest.model import HOUR, START

DAY = 24 * 3600
STATUSES = {"status_filter": ("held", "archived")}


def gaps(bench: Bench) -> list[str]:
    return [ticket for ticket in bench.host.tickets() if ticket.startswith("gap:")]


def receive_in_every_cycle(bench: Bench, cycles: int, first: int = 0) -> list[str]:
    names = []
    for number in range(first, first + cycles):
        bench.advance(600)
        names.append(bench.receive(f"m{number}", seconds_ago=60, status="archived", subject=str(number)).id)
        bench.cycle()
    return names


@pytest.mark.parametrize("ahead", [-40 * DAY, -30 * 3600, -5 * 3600, 5 * 3600, 30 * 3600, 40 * DAY])
def test_a_wrong_clock_in_some_cycles_loses_and_repeats_nothing(bench: Bench, ahead: int) -> None:
    bench.settings = STATUSES
    names = receive_in_every_cycle(bench, 6)
    bench.tenant.machine_ahead = ahead
    names += receive_in_every_cycle(bench, 6, first=6)
    bench.tenant.machine_ahead = 0
    names += receive_in_every_cycle(bench, 6, first=12)
    assert bench.host.tickets() == names


@pytest.mark.parametrize("ahead", [-40 * DAY, -5 * 3600, 20 * 3600, 40 * DAY])
def test_a_wrong_clock_in_the_first_cycle_does_not_move_the_start(bench: Bench, ahead: int) -> None:
    bench.tenant.machine_ahead = ahead
    bench.receive("within the look-back", seconds_ago=1800, subject="a")
    bench.receive("before the look-back", seconds_ago=5 * 3600, subject="b")
    bench.cycle()
    bench.tenant.machine_ahead = 0
    bench.advance(60)
    bench.cycle()
    assert bench.host.tickets() == ["within the look-back"]
    assert bench.state().start_ms == START - HOUR


def test_a_wrong_clock_is_reported(bench: Bench) -> None:
    bench.tenant.machine_ahead = 600
    report = bench.cycle()
    assert report.ok
    assert report.clock_skew_seconds == 600
    assert "600 s ahead of Mimecast's" in report.notes[0]


def test_a_clock_that_differs_by_less_than_a_minute_is_left_alone(bench: Bench) -> None:
    bench.tenant.machine_ahead = 50
    report = bench.cycle()
    assert (report.clock_skew_seconds, report.notes) == (0, ())


def test_an_unverified_clock_forgets_no_ids(bench: Bench) -> None:
    bench.tenant.tells_time = False
    for number in range(20):
        bench.receive(f"m{number}", subject=str(number))
    bench.cycle()
    bench.tenant.machine_ahead = 30 * 3600
    bench.cycle()
    bench.tenant.machine_ahead = 0
    for _ in range(3):
        bench.advance(60)
        bench.cycle()
    tickets = [ticket for ticket in bench.host.tickets() if ticket not in gaps(bench)]
    assert sorted(tickets) == sorted(f"m{number}" for number in range(20))


def test_a_period_that_an_unverified_clock_may_have_skipped_becomes_one_alert(bench: Bench) -> None:
    bench.tenant.tells_time = False
    bench.settings = STATUSES
    bench.cycle()
    bench.tenant.machine_ahead = 5 * 3600
    bench.advance(60)
    bench.cycle()
    bench.tenant.machine_ahead = 0
    for number in range(4):
        bench.advance(600)
        bench.receive(f"m{number}", seconds_ago=0, status="archived", subject=str(number))
        bench.cycle()
    assert len(gaps(bench)) == 1
    assert "was ahead of Mimecast's" in bench.host.alerts[0].description
    assert {"m0", "m1", "m2", "m3"} <= set(bench.host.tickets())


def test_a_window_rejected_because_of_the_wrong_time_is_read_again(bench: Bench) -> None:
    bench.cycle()
    bench.receive("m1", seconds_ago=0)
    bench.advance(60)
    bench.tenant.machine_ahead = -40 * DAY
    search = bench.tenant.search
    rejected: list[bool] = []

    def reject_once(*arguments: object) -> object:
        if not rejected:
            rejected.append(True)
            bench.tenant.calls.append(("search", arguments))
            raise ApiError("Start date must be within the last 30 days")
        return search(*arguments)  # type: ignore[arg-type]

    bench.tenant.search = reject_once  # type: ignore[method-assign,assignment]
    report = bench.cycle()
    assert report.ok
    assert bench.host.tickets() == ["m1"]


def test_a_record_deferred_at_a_wrong_time_does_not_wait_for_it(bench: Bench) -> None:
    bench.tenant.tells_time = False
    bench.receive("m1")
    bench.tenant.failing["m1"] = Unreachable("No answer.")
    bench.tenant.machine_ahead = 30 * 3600
    bench.cycle()
    bench.tenant.machine_ahead = 0
    bench.tenant.failing.clear()
    bench.advance(60)
    bench.cycle()
    assert "m1" in bench.host.tickets()
