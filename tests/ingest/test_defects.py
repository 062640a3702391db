"""Members that too many records miss or garble."""

from __future__ import annotations

import pytest

from mimecast_secops.ingest.defects import DefectCounter
from tests.ingest.conftest import Bench
from tests.ingest.model import Record


@pytest.mark.parametrize(
    ("broken", "whole", "is_problem"), [(2, 0, False), (3, 0, True), (3, 56, True), (3, 57, False), (0, 100, False)]
)
def test_a_member_that_more_than_one_in_twenty_records_miss_is_a_problem(
    broken: int, whole: int, is_problem: bool
) -> None:
    counter = DefectCounter("search rows")
    for _ in range(broken):
        counter.add(["status"])
    for _ in range(whole):
        counter.add([])
    assert bool(list(counter.problems())) is is_problem
    assert counter.count("status") == broken


def test_the_problem_names_the_member_and_how_many_records_miss_it() -> None:
    counter = DefectCounter("message details")
    for _ in range(4):
        counter.add(["risk", "risk"])
    [problem] = counter.problems()
    assert problem.startswith('"risk" is missing or unreadable in 4 of 4 message details.')


def test_names_are_limited_in_length_and_number() -> None:
    counter = DefectCounter("search rows")
    for _ in range(3):
        counter.add([f"{number}" + "x" * 1000 for number in range(500)])
    problems = list(counter.problems())
    assert len(problems) == 100
    assert all(len(problem) < 250 for problem in problems)


class StatuslessRecord(Record):
    """A record whose row has no status."""

    def row(self) -> dict[str, object]:
        row = super().row()
        del row["status"]
        return row


def test_rows_without_a_status_become_alerts_and_one_problem(bench: Bench) -> None:
    received = bench.tenant.now_ms - 60_000
    for number in range(5):
        bench.tenant.add(StatuslessRecord(f"m{number}", received - number * 5000, received, subject=str(number)))
    report = bench.cycle()
    assert report.delivered == 5
    assert not report.ok
    [problem] = [problem for problem in report.problems if '"status"' in problem]
    assert problem == (
        '"status" is missing or unreadable in 5 of 5 search rows. Alerts may lack it, and filters that need it let '
        "these messages through."
    )


def test_a_risk_that_cannot_be_read_lets_messages_through_and_is_reported(bench: Bench) -> None:
    bench.settings = {"lowest_risk": "medium", "without_risk": False}
    for number in range(8):
        bench.receive(f"m{number}", risk="severe", subject=str(number))
    report = bench.cycle()
    assert report.delivered == 8
    assert {alert.priority for alert in bench.host.alerts} == {80}
    assert not report.ok
    assert '"risk" is missing or unreadable in 8 of 8 message details' in report.problems[0]


def test_one_risk_that_cannot_be_read_is_noted(bench: Bench) -> None:
    bench.settings = {"lowest_risk": "medium", "without_risk": False}
    bench.receive("m1", risk="severe")
    report = bench.cycle()
    assert report.ok
    assert report.delivered == 1
    assert report.notes == ("No risk filter applied to 1 messages whose risk could not be read.",)


@pytest.mark.parametrize(("left", "is_problem"), [(0, False), (2, False), (3, True)])
def test_held_messages_that_the_hold_queue_does_not_show_are_a_problem(
    bench: Bench, left: int, is_problem: bool
) -> None:
    for number in range(10):
        status = "released" if number < left else "held"
        bench.receive(f"m{number}", subject=str(number), status=status, lagging_status="held")
    report = bench.cycle()
    assert report.delivered == 10
    assert (f'"hold ID" is missing or unreadable in {left} of 10 held messages' in str(report.problems)) is is_problem
