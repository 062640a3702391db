"""What a report says about seconds that could not be read completely."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.conftest import Bench
from tests.ingest.model import HOUR, SECOND, START, ModelTenant, Record


def burst(bench: Bench, count: int, status: str) -> None:
    for number in range(count):
        received = START - 90 * SECOND
        bench.tenant.add(Record(f"m{number}", received, received, subject=str(number), status=status))


def gaps(bench: Bench) -> list[str]:
    return [ticket for ticket in bench.host.tickets() if ticket.startswith("gap:")]


def test_a_cut_second_makes_every_cycle_not_ok_and_is_one_alert(bench: Bench) -> None:
    bench.tenant.max_rows = 20
    bench.settings = {"status_filter": ("rejected",), "max_messages": 1000}
    burst(bench, 60, "rejected")
    for _ in range(5):
        report = bench.cycle()
        assert not report.ok
        assert report.unaccounted >= 1
        assert report.error is None
        bench.advance(60)
    assert len(gaps(bench)) == 1
    assert f"gap:second:{START - 90 * SECOND}" in bench.host.tickets()


def test_the_problem_has_numbers(bench: Bench) -> None:
    bench.tenant.max_rows = 20
    bench.settings = {"status_filter": ("rejected",), "max_messages": 1000, "row_limit": 20}
    burst(bench, 60, "rejected")
    [problem] = bench.cycle().problems
    assert problem.startswith(
        "At least 1 message is missing. Of 1 second, not everything could be read: one search returns at most 20 of "
        "its messages. The first is 2026-09-21 14:11:50 UTC."
    )


def test_a_second_that_nothing_proves_is_told_with_the_number_of_its_rows(bench: Bench) -> None:
    bench.settings = {"status_filter": ("rejected",)}
    burst(bench, 12, "rejected")
    report = bench.cycle()
    assert "a reply has 12 messages received at 2026-09-21 14:11:50 UTC" in report.problems[0]
    assert report.unaccounted == 1
    bench.advance(60)
    bench.cycle()
    assert len(gaps(bench)) == 1
    assert len(bench.host.tickets()) == 13


def test_more_messages_of_the_tenant_prove_a_second_later(bench: Bench) -> None:
    bench.settings = {"status_filter": ("rejected",)}
    burst(bench, 12, "rejected")
    assert not bench.cycle().ok
    for number in range(13):
        bench.receive(f"other{number}", status="accepted", seconds_ago=number * 9)
    bench.advance(60)
    assert bench.cycle().ok


@pytest.mark.parametrize("count", [12, 300])
def test_the_hold_queue_proves_a_second_if_only_held_messages_are_ingested(bench: Bench, count: int) -> None:
    burst(bench, count, "held")
    reports = [bench.cycle() for _ in range(4)]
    assert all(report.ok for report in reports)
    assert gaps(bench) == []
    assert len(bench.host.tickets()) == count


def test_a_held_second_with_a_message_that_tracking_does_not_show_is_told(bench: Bench) -> None:
    burst(bench, 12, "held")
    bench.receive("hidden", listed=False, seconds_ago=90, subject="hidden")
    assert "whether all messages of 1 second were read" in bench.cycle().problems[0]
    assert len(bench.host.tickets()) == 13


def test_a_held_second_waits_for_the_hold_queue_while_older_records_are_pending(bench: Bench) -> None:
    bench.settings = {"max_messages": 6}
    burst(bench, 12, "held")
    first, second = bench.cycle(), bench.cycle()
    assert (first.pending, first.ok) == (6, True)
    assert (second.pending, second.ok) == (0, True)


def test_a_few_messages_without_any_others_are_a_note(bench: Bench) -> None:
    bench.settings = {"status_filter": ("rejected",)}
    burst(bench, 2, "rejected")
    report = bench.cycle()
    assert report.ok
    assert report.notes[0].startswith("No reply of Mimecast has had more than 2 messages of one second yet.")
    bench.receive("other", status="accepted", seconds_ago=700)
    bench.advance(60)
    assert [report.notes for report in (bench.cycle() for _ in range(6))] == [()] * 6


@settings(max_examples=60, deadline=None)
@given(
    seconds=st.lists(st.integers(1, 3599) | st.integers(100, 103), max_size=120),
    cap=st.integers(1, 40),
    order=st.sampled_from(["newest", "oldest", "none"]),
    status=st.sampled_from(["held", "rejected"]),
)
def test_with_any_cap_and_order_all_messages_come_or_the_last_cycle_is_not_ok(
    seconds: list[int], cap: int, order: str, status: str
) -> None:
    tenant = ModelTenant(max_rows=cap, newest_first=order == "newest", shuffled=order == "none")
    bench = Bench(tenant, settings={"status_filter": (status,), "max_messages": 1000, "tries": 2})
    for number, seconds_ago in enumerate(seconds):
        bench.receive(f"m{number}", seconds_ago=seconds_ago, status=status, subject=str(number))
    tenant.add(Record("other", START - 9 * HOUR, START, status="accepted"))
    for _ in range(3):
        report = bench.cycle()
        bench.advance(60)
    came = {ticket.removeprefix("hold:hold-") for ticket in bench.host.tickets()}
    assert came >= set(tenant.records) - {"other"} or (not report.ok and report.unaccounted > 0)
    assert len(bench.host.tickets()) == len(set(bench.host.tickets()))
