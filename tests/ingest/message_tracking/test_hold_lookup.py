"""Looking for held messages in message tracking with few searches."""

from __future__ import annotations

from mimecast_secops.ingest import Side
from tests.ingest.conftest import Bench
from tests.ingest.model import DOMAIN, HOUR


def searches(bench: Bench) -> list[tuple[str, Side, int, int]]:
    """The searches that are not those of the poll, which end at the time of the cycle."""
    return [
        argument for name, argument in bench.tenant.calls if name == "search" and argument[3] != bench.tenant.now_ms
    ]


def test_messages_that_turned_held_after_the_overlap_are_found_with_two_searches(bench: Bench) -> None:
    records = [
        bench.receive(f"m{number}", status="processing", seconds_ago=10 + number, subject=str(number))
        for number in range(20)
    ]
    bench.cycle()
    for _ in range(5):
        bench.advance(3600)
        bench.cycle()
    for record in records:
        record.status = "held"
    bench.advance(60)
    bench.tenant.calls.clear()
    bench.cycle()
    assert sorted(bench.host.tickets()) == sorted(record.id for record in records)
    assert {search[0] for search in searches(bench)} == {DOMAIN}
    assert len(searches(bench)) == 1


def test_a_single_message_is_searched_by_its_recipient(bench: Bench) -> None:
    bench.receive("m1", listed=False)
    bench.cycle()
    assert {search[0] for search in searches(bench)} == {"ann@example.com"}


def test_messages_of_a_day_need_a_search_for_each_hour_at_most_twice(bench: Bench) -> None:
    bench.cycle()
    for number in range(600):
        bench.receive(f"m{number}", listed=False, subject=str(number), seconds_ago=-120 * number)
    bench.advance(21 * 3600)
    bench.cycle()
    bench.tenant.calls.clear()
    bench.advance(60)
    bench.cycle()
    assert 0 < len(searches(bench)) <= 2 * 22
    assert all(search[3] - search[2] <= 1.2 * HOUR for search in searches(bench))


def test_a_search_with_as_many_rows_as_the_limit_is_divided(bench: Bench) -> None:
    bench.tenant.max_rows = 5
    bench.settings = {"row_limit": 5, "max_messages": 100}
    records = [
        bench.receive(f"m{number}", status="processing", seconds_ago=10 + 7 * number, subject=str(number))
        for number in range(20)
    ]
    bench.cycle()
    for _ in range(5):
        bench.advance(3600)
        bench.cycle()
    for record in records:
        record.status = "held"
    bench.advance(60)
    bench.cycle()
    assert sorted(bench.host.tickets()) == sorted(record.id for record in records)


def test_a_message_from_before_the_first_cycle_does_not_become_an_alert(bench: Bench) -> None:
    bench.receive("old", seconds_ago=3602)
    bench.receive("new", seconds_ago=3599, listed=False)
    bench.settings = {"tries": 2}
    for _ in range(4):
        bench.cycle()
        bench.advance(60)
    assert bench.host.tickets() == ["hold:hold-new"]


def test_a_search_for_one_recipient_says_nothing_about_the_ids_of_other_messages(bench: Bench) -> None:
    for number in range(9):
        bench.receive(f"other{number}", recipient=f"bob@{DOMAIN}", subject=str(number))
    first = bench.receive("m1")
    bench.cycle()
    first.deleted = True
    late = bench.receive("m2", status="processing")
    for _ in range(5):
        bench.advance(3600)
        bench.cycle()
    late.status = "held"
    bench.advance(60)
    bench.cycle()
    assert bench.host.tickets()[-1] == "m2"
    assert len(bench.host.tickets()) == 11
