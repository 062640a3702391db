"""What the figures of a whole cycle show."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.cycle_findings import add_findings
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.report import CycleCounters
from mimecast_secops.ingest.state import State
from tests.ingest.conftest import new_cycle
from tests.ingest.model import START


@pytest.fixture
def cycle() -> Iterator[Cycle]:
    with new_cycle(tries=3) as cycle:
        yield cycle


def problems(cycle: Cycle, unaccounted: int, overdue: int | None = None) -> list[str]:
    """The problems of the next cycle."""
    cycle.counters = CycleCounters(unaccounted_holds=unaccounted, overdue_holds=overdue)
    add_findings(cycle)
    return cycle.counters.problems


def test_held_messages_without_an_alert_are_a_problem_after_the_tries(cycle: Cycle) -> None:
    assert [len(problems(cycle, 2)) for _ in range(5)] == [0, 0, 0, 1, 1]
    assert problems(cycle, 2)[0].startswith("2 of 2 held messages without an alert are overdue")


def test_a_cycle_without_such_messages_begins_the_count_again(cycle: Cycle) -> None:
    assert [len(problems(cycle, count)) for count in (1, 1, 1, 0, 1, 1, 1)] == [0] * 7


def test_the_count_is_kept_in_the_state(cycle: Cycle) -> None:
    for _ in range(3):
        problems(cycle, 1)
    state = State.decode(cycle.state.encode())
    assert state is not None
    cycle.state = state
    assert len(problems(cycle, 1)) == 1


def test_messages_that_are_known_to_be_overdue_are_a_problem_at_once(cycle: Cycle) -> None:
    assert problems(cycle, 5, overdue=2)[0].startswith("2 of 5 held messages")
    assert [problems(cycle, 5, overdue=0) for _ in range(9)] == [[]] * 9


def test_members_that_too_many_records_miss_are_problems(cycle: Cycle) -> None:
    for _ in range(3):
        cycle.row_defects.add(["route"])
        cycle.detail_defects.add(["risk"])
    assert len(problems(cycle, 0)) == 2


def test_rows_without_an_outcome_are_unaccounted_unless_there_is_more_to_read(cycle: Cycle) -> None:
    for _ in range(3):
        cycle.see_row()
    cycle.skip_known("m1")
    cycle.counters.more_to_read = True
    add_findings(cycle)
    assert (cycle.counters.unaccounted, cycle.counters.problems) == (0, [])
    cycle.counters.more_to_read = False
    add_findings(cycle)
    assert cycle.counters.unaccounted == 2
    assert cycle.counters.problems[0].startswith("2 of 3 records are not decided yet")


def test_a_pending_record_that_disappears_without_an_outcome_is_unaccounted(cycle: Cycle) -> None:
    for name in ("m1", "m2", "m3"):
        cycle.add_row(PendingRecord(id=name, received_ms=START))
    cycle.mark_delivered(PendingRecord(id="m1", received_ms=START), "", is_incomplete=False)
    cycle.state.backlog.remove("m2")
    add_findings(cycle)
    assert cycle.counters.unaccounted == 1
    assert cycle.counters.problems[0].startswith("1 pending records have disappeared without an outcome")


def test_records_that_were_pending_before_count_too(cycle: Cycle) -> None:
    cycle.add_pending(PendingRecord(id="m1", received_ms=START))
    later = dataclasses.replace(cycle)
    assert later.lost_records == 0
    later.state.backlog.remove("m1")
    assert later.lost_records == 1
