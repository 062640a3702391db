"""What the figures of a whole cycle show."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mimecast_secops.api import Deadline
from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.ingest.clock import CycleClock
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.cycle_findings import add_findings
from mimecast_secops.ingest.report import CycleCounters
from mimecast_secops.ingest.state import State
from tests.ingest.model import DOMAIN, START


@pytest.fixture
def cycle() -> Iterator[Cycle]:
    settings = ConnectorSettings(domains=(DOMAIN,), tries=3)
    clock = CycleClock(lambda: START / 1000, lambda: None, lambda _: None)
    with ThreadPoolExecutor(1) as executor:
        yield Cycle(settings, State(start_ms=0), executor, clock, Deadline.never(), logging.getLogger("test"))


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
