"""Delivering pending records: in order, within limits, and again after a failure."""

from __future__ import annotations

from mimecast_secops.api.errors import (
    NotFound,
    RateLimited,
    Unavailable,
    Unreachable,
)
from tests.ingest.conftest import Bench


def test_max_messages_bounds_a_cycle_and_the_oldest_come_first(bench: Bench) -> None:
    bench.settings = {"max_messages": 3}
    for number in range(8):
        bench.receive(f"m{number}", seconds_ago=1000 - number)
    for _ in range(3):
        bench.cycle()
    assert bench.host.tickets() == [f"m{number}" for number in range(8)]
    assert sum(name == "info" for name, _ in bench.tenant.calls) == 8


def test_a_message_released_before_its_turn_is_delivered_as_held(bench: Bench) -> None:
    bench.settings = {"max_messages": 1}
    bench.receive("first", seconds_ago=100)
    second = bench.receive("second", seconds_ago=50)
    bench.cycle()
    second.status = "archived"
    bench.cycle()
    assert bench.host.tickets() == ["first", "second"]
    assert bench.host.alerts[1].name == "Held Message"
    assert bench.host.alerts[1].events[0]["currentStatus"] == "archived"


def test_an_overflowed_alert_stays_pending_and_is_delivered_later(bench: Bench) -> None:
    bench.receive("m1")
    bench.host.overflowing = frozenset({"Spam"})
    report = bench.cycle()
    assert (report.overflowed, report.pending) == (1, 1)
    assert bench.state().checkpoint_ms <= bench.tenant.records["m1"].received_ms
    bench.host.overflowing = frozenset()
    bench.advance(601)
    bench.cycle()
    assert bench.host.tickets() == ["m1"]


def test_overflowing_messages_do_not_delay_others(bench: Bench) -> None:
    bench.settings = {"max_messages": 2}
    for number in range(20):
        bench.receive(f"bomb{number}", reason="Bomb", seconds_ago=500, subject=str(number))
    bench.host.overflowing = frozenset({"Bomb"})
    bench.cycle()
    bench.receive("other", seconds_ago=1)
    for _ in range(5):
        bench.advance(60)
        bench.cycle()
    assert "other" in bench.host.tickets()


def test_a_record_that_keeps_failing_is_delivered_incomplete(bench: Bench) -> None:
    bench.settings = {"tries": 3}
    bench.receive("bad", subject="bad")
    bench.receive("good", subject="good")
    bench.tenant.failing["bad"] = NotFound("Mimecast does not know the id.")
    first = bench.cycle()
    assert (first.delivered, first.deferred) == (1, 1)
    for _ in range(10):
        bench.advance(600)
        bench.cycle()
    assert bench.host.tickets() == ["good", "bad"]
    degraded = bench.host.alerts[1]
    assert not degraded.complete
    assert "could not be read in 3 tries" in degraded.events[0]["note_1"]
    assert degraded.events[0]["subject"] == "bad"


def test_a_record_that_recovers_is_delivered_complete(bench: Bench) -> None:
    bench.receive("bad")
    bench.tenant.failing["bad"] = Unavailable("Mimecast returned a server error.")
    bench.cycle()
    bench.tenant.failing.clear()
    bench.advance(600)
    bench.cycle()
    assert bench.host.alerts[0].complete


def test_failed_reads_during_an_outage_do_not_count_as_tries(bench: Bench) -> None:
    bench.settings = {"tries": 2, "max_messages": 1}
    bench.receive("m1", seconds_ago=100)
    bench.receive("m2", seconds_ago=50)
    bench.cycle()
    for endpoint in ("search", "info", "holds"):
        bench.tenant.failing[endpoint] = Unreachable("No answer.")
    for _ in range(10):
        bench.advance(600)
        report = bench.cycle()
        assert not report.ok
        assert isinstance(report.error, Unreachable)
    bench.tenant.failing.clear()
    bench.advance(600)
    assert bench.cycle().ok
    assert bench.host.tickets() == ["m1", "m2"]
    assert bench.host.alerts[1].complete


def test_a_rate_limit_leaves_the_rest_for_the_next_cycle(bench: Bench) -> None:
    bench.receive("m1")
    bench.tenant.failing["info"] = RateLimited("Rate limit exceeded.")
    assert bench.cycle().pending == 1
    bench.tenant.failing.clear()
    assert bench.cycle().delivered == 1


def test_a_deferred_record_is_not_read_before_its_time(bench: Bench) -> None:
    bench.receive("bad")
    bench.tenant.failing["bad"] = NotFound("Mimecast does not know the id.")
    bench.cycle()
    bench.tenant.calls.clear()
    bench.advance(10)
    assert bench.cycle().deferred == 0
    assert not [name for name, _ in bench.tenant.calls if name == "info"]
    bench.advance(30)
    assert bench.cycle().deferred == 1


def test_an_overflowed_alert_is_not_offered_again_for_ten_minutes(bench: Bench) -> None:
    bench.receive("m1")
    bench.host.overflowing = frozenset({"Spam"})
    offers = []
    for _ in range(13):
        offers.append(bench.cycle().overflowed)
        bench.advance(60)
    assert offers == [1, *[0] * 9, 1, 0, 0]


def test_tries_wait_twice_as_long_each_time_up_to_a_quarter_of_an_hour(bench: Bench) -> None:
    bench.settings = {"tries": 10}
    bench.receive("bad")
    bench.tenant.failing["bad"] = NotFound("Mimecast does not know the id.")
    waits = []
    for _ in range(8):
        bench.cycle()
        [record] = bench.state().backlog
        waits.append((record.after_ms - bench.tenant.now_ms) // 1000)
        bench.tenant.now_ms = record.after_ms
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_tenant_whose_details_all_fail_stops_the_delivery(bench: Bench) -> None:
    for number in range(50):
        bench.receive(f"m{number:02}", seconds_ago=100 - number, subject=str(number))
    bench.tenant.failing["info"] = Unavailable("Mimecast returned a server error.")
    report = bench.cycle()
    assert not report.ok
    assert "Message details could not be read" in report.problems[0]
    assert report.deferred == 7  # twice the concurrency, and the three reads in flight


def test_no_more_records_are_read_than_may_be_delivered(bench: Bench) -> None:
    bench.settings = {"max_messages": 2, "queue_reasons": ("Fraud",)}
    for number in range(20):
        bench.receive(f"m{number:02}", seconds_ago=100 - number, subject=str(number), reason="Spam")
    report = bench.cycle()
    assert sum(name == "info" for name, _ in bench.tenant.calls) == 6  # three per alert
    assert (report.filtered, report.pending) == ({"queue reason": 6}, 14)
