"""One search, divided where a reply may be cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import DeadlineExceeded, Unavailable
from mimecast_secops.ingest import Side
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.divided_search import DividedSearch, FoundRows
from mimecast_secops.ingest.profile import SEARCH_ROW_LIMIT
from tests.ingest.conftest import Bench, new_cycle
from tests.ingest.model import DOMAIN, SECOND, START


@pytest.fixture
def cycle() -> Iterator[Cycle]:
    with new_cycle(row_limit=5) as cycle:
        yield cycle


def find(cycle: Cycle, bench: Bench) -> FoundRows:
    """The rows of the last minute."""
    return DividedSearch(cycle, bench.tenant).find(DOMAIN, Side.RECIPIENT, START - 60 * SECOND, START, ())


def receive(bench: Bench, count: int, seconds_apart: int = 2) -> None:
    for number in range(count):
        bench.receive(f"m{number}", seconds_ago=1 + number * seconds_apart)


def test_a_reply_with_fewer_rows_than_the_limit_is_complete(cycle: Cycle, bench: Bench) -> None:
    receive(bench, 4)
    found = find(cycle, bench)
    assert (len(found.rows), found.is_complete, len(bench.tenant.calls)) == (4, True, 1)


@pytest.mark.parametrize("max_rows", [0, 5])
def test_a_reply_that_may_be_cut_is_divided_until_all_rows_are_there(cycle: Cycle, bench: Bench, max_rows: int) -> None:
    bench.tenant.max_rows = max_rows
    receive(bench, 20)
    found = find(cycle, bench)
    assert {row.id for row in found.rows} == set(bench.tenant.records)
    assert found.is_complete


def test_a_limit_that_was_learned_counts(cycle: Cycle, bench: Bench) -> None:
    bench.tenant.max_rows = 3
    cycle.state.profile.note(SEARCH_ROW_LIMIT, 3, START)
    receive(bench, 10)
    assert len({row.id for row in find(cycle, bench).rows}) == 10


def test_a_reply_that_announces_more_rows_is_divided(cycle: Cycle, bench: Bench) -> None:
    bench.tenant.max_rows, bench.tenant.paging = 2, "total"
    receive(bench, 4)
    assert len({row.id for row in find(cycle, bench).rows}) == 4


def test_a_second_with_as_many_rows_as_the_limit_is_not_complete(cycle: Cycle, bench: Bench) -> None:
    receive(bench, 6, seconds_apart=0)
    found = find(cycle, bench)
    assert {row.id for row in found.rows} == set(bench.tenant.records)
    assert not found.is_complete


def test_an_undecodable_second_is_left_out_and_the_result_is_not_complete(cycle: Cycle, bench: Bench) -> None:
    receive(bench, 3)
    bench.tenant.undecodable = {START // SECOND - 3}
    found = find(cycle, bench)
    assert {row.id for row in found.rows} == {"m0", "m2"}
    assert not found.is_complete


def test_a_failed_search_is_an_error(cycle: Cycle, bench: Bench) -> None:
    bench.tenant.failing["search"] = Unavailable("Mimecast is not available.")
    with pytest.raises(Unavailable):
        find(cycle, bench)


def test_without_time_nothing_is_searched(cycle: Cycle, bench: Bench) -> None:
    cycle.deadline = Deadline(0)
    with pytest.raises(DeadlineExceeded):
        find(cycle, bench)
    assert bench.tenant.calls == []
