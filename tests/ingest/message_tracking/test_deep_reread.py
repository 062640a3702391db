"""Re-reads of older periods: what appears late is delivered once, and the requests are bounded."""

from __future__ import annotations

import json

import pytest

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import MimecastError, RateLimited, Unavailable
from mimecast_secops.ingest.progress import RereadProgress
from tests.ingest.conftest import Bench
from tests.ingest.model import HOUR, SECOND, START


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """A connector of rejected messages: the hold queue does not show those that are late."""
    bench.settings = {"status_filter": ("rejected",)}
    return bench


def searches(bench: Bench) -> int:
    return sum(name == "search" for name, _ in bench.tenant.calls)


def test_records_that_appear_three_hours_late_are_delivered_once(bench: Bench) -> None:
    bench.cycle()
    for number in range(50):
        visible = START + (3 * HOUR if number % 10 == 0 else 0)
        bench.receive(f"m{number}", seconds_ago=-number, subject=str(number), visible_ms=visible, status="rejected")
    late = 0
    for _ in range(26):
        bench.advance(600)
        late += bench.cycle().late
    assert sorted(bench.host.tickets()) == sorted(bench.tenant.records)
    assert late == 5


def test_a_record_that_appears_five_days_late_is_delivered_once(bench: Bench) -> None:
    bench.cycle()
    bench.receive("late", seconds_ago=0, visible_ms=START + 5 * 24 * HOUR, status="rejected")
    for _ in range(7 * 24):
        bench.advance(3600)
        bench.cycle()
    assert bench.host.tickets() == ["late"]


def test_a_record_of_an_older_period_that_turns_rejected_is_delivered(bench: Bench) -> None:
    record = bench.receive("m1", status="processing")
    bench.cycle()
    bench.advance(10 * 3600)
    record.status = "rejected"
    for _ in range(2):
        bench.cycle()
        bench.advance(3600)
    assert bench.host.tickets() == ["m1"]


def test_nothing_from_before_the_start_is_delivered(bench: Bench) -> None:
    bench.receive("before", seconds_ago=2 * 3600, status="rejected")
    bench.cycle()
    for _ in range(30):
        bench.advance(3600)
        bench.cycle()
    assert bench.host.tickets() == []


def test_the_settings_can_switch_both_re_reads_off(bench: Bench) -> None:
    bench.settings |= {"deep_reread_hours": 0, "deep_reread_days": 0}
    bench.cycle()
    bench.receive("late", seconds_ago=0, visible_ms=START + 5 * HOUR, status="rejected")
    for _ in range(10):
        bench.advance(3600)
        bench.cycle()
    assert bench.host.tickets() == []


def test_a_re_read_is_due_once_an_hour(bench: Bench) -> None:
    bench.settings |= {"route_filter": ("inbound",), "max_hours_backwards": 12, "deep_reread_days": 0}
    for _ in range(12):
        bench.cycle()
    requests = []
    for _ in range(12):
        bench.advance(600)
        bench.tenant.calls.clear()
        bench.cycle()
        requests.append(searches(bench))
    assert sum(count > 2 for count in requests) == 2


def test_the_windows_of_one_cycle_are_bounded_and_the_next_cycle_continues(bench: Bench) -> None:
    bench.cycle()
    state = bench.state()
    state.start_ms = state.remembered_ms = START - 8 * 24 * HOUR
    state.rereads = {"days": RereadProgress(begun_ms=START - 25 * HOUR)}
    bench.host.parts = state.encode()
    counts, ends = [], []
    for _ in range(8):
        bench.advance(10)
        bench.tenant.calls.clear()
        bench.cycle()
        counts.append(searches(bench))
        ends.append(bench.state().rereads["days"])
    assert max(counts) <= 2 * 2 + 2 * 16  # the poll reads one window or two
    assert [progress.reached_ms for progress in ends[:4]] == sorted({progress.reached_ms for progress in ends[:4]})
    assert ends[-1] == RereadProgress(begun_ms=START + 10 * SECOND)


def test_a_re_read_ends_with_the_time_of_the_cycle(bench: Bench) -> None:
    bench.cycle()
    bench.advance(2 * 3600)
    bench.tenant.calls.clear()
    assert bench.cycle(deadline=Deadline.after(0)).late == 0
    assert searches(bench) == 0


@pytest.mark.parametrize(
    ("error", "problems"),
    [
        (Unavailable("Mimecast returned a server error."), ["Older messages could not be searched again"]),
        (RateLimited("Too many requests."), []),
    ],
)
def test_a_re_read_that_fails_continues_later(bench: Bench, error: MimecastError, problems: list[str]) -> None:
    bench.cycle()
    bench.receive("late", seconds_ago=0, visible_ms=START + 5 * HOUR, status="rejected")
    bench.advance(5 * 3600)
    real_search, calls = bench.tenant.search, []

    def failing_search(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) > 13:  # those of the poll
            raise error
        return real_search(*arguments)  # type: ignore[arg-type]

    bench.tenant.search = failing_search  # type: ignore[assignment,method-assign]
    report = bench.cycle()
    assert [problem.partition(":")[0] for problem in report.problems] == problems
    bench.tenant.search = real_search  # type: ignore[method-assign]
    bench.advance(60)
    assert bench.cycle().ok
    assert bench.host.tickets() == ["late"]


def test_the_state_of_an_older_version_is_not_read_again_where_its_ids_are_forgotten(bench: Bench) -> None:
    bench.receive("m1", status="rejected")
    bench.cycle()
    bench.advance(30 * 3600)
    bench.cycle()
    state = bench.state()
    state.processed_ids.forget_before(bench.tenant.now_ms)
    parts = state.encode()
    meta = json.loads(parts["meta"])
    del meta["remembered_ms"], meta["rereads"]
    bench.host.parts = parts | {"meta": json.dumps(meta).encode()}
    for _ in range(60):
        bench.advance(3600)
        bench.cycle()
    assert bench.host.tickets() == ["m1"]


@pytest.mark.parametrize("ahead", [0.0, 40 * 24 * 3600.0])
def test_a_clock_that_was_ahead_does_not_end_the_re_reads(bench: Bench, ahead: float) -> None:
    bench.tenant.machine_ahead = ahead
    bench.cycle()
    bench.tenant.machine_ahead = 0.0
    bench.receive("late", seconds_ago=0, visible_ms=START + 5 * HOUR, status="rejected")
    for _ in range(8):
        bench.advance(3600)
        bench.cycle()
    assert "late" in bench.host.tickets()
