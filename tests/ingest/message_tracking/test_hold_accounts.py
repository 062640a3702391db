"""Accounting for the hold queue: one alert for each held message."""

from __future__ import annotations

from mimecast_secops.api.errors import Unavailable
from tests.ingest.conftest import Bench
from tests.ingest.model import Killed


def run(bench: Bench, cycles: int, seconds: float = 60) -> None:
    for _ in range(cycles):
        bench.cycle()
        bench.advance(seconds)


def test_an_identical_message_that_is_held_after_the_first_one_was_decided_is_an_alert(bench: Bench) -> None:
    first = bench.receive("m1")
    run(bench, 2)
    first.status = "archived"
    bench.receive("m2", seconds_ago=180, listed=False)
    run(bench, 8)
    assert bench.host.tickets() == ["m1", "hold:hold-m2"]


def test_identical_messages_whose_records_appear_after_their_holds_were_delivered_are_no_more_alerts(
    bench: Bench,
) -> None:
    twins = [bench.receive(name, listed=False) for name in ("m1", "m2")]
    run(bench, 8)
    assert sorted(bench.host.tickets()) == ["hold:hold-m1", "hold:hold-m2"]
    for twin in twins:
        twin.listed = True
    run(bench, 4)
    assert sorted(bench.host.tickets()) == ["hold:hold-m1", "hold:hold-m2"]


def test_a_third_identical_message_after_two_delivered_holds_is_an_alert(bench: Bench) -> None:
    twins = [bench.receive(name, listed=False) for name in ("m1", "m2")]
    run(bench, 8)
    for twin in twins:
        twin.listed = True
    run(bench, 2)
    bench.receive("m3", seconds_ago=660)
    run(bench, 4)
    assert sorted(bench.host.tickets()) == ["hold:hold-m1", "hold:hold-m2", "m3"]


def test_identical_messages_that_lag_under_another_status_are_alerts_with_their_tracking_ids(bench: Bench) -> None:
    bench.cycle()
    for name in ("m1", "m2"):
        bench.receive(name, lagging_status="processing", seconds_ago=5)
    bench.advance(60)
    run(bench, 8)
    assert sorted(bench.host.tickets()) == ["m1", "m2"]


def test_a_record_that_the_route_filter_excludes_is_no_alert_because_of_its_hold(bench: Bench) -> None:
    bench.settings = {"route_filter": ("inbound",), "tries": 2}
    bench.receive("out", route="outbound")
    bench.receive("in")
    run(bench, 4)
    assert bench.host.tickets() == ["in"]


def test_entries_that_wait_for_their_records_are_counted(bench: Bench) -> None:
    bench.settings = {"tries": 3}
    bench.receive("m1", listed=False)
    bench.cycle()
    assert bench.state().unmatched_holds == {"hold-m1": 1}
    bench.tenant.failing["search"] = Unavailable("x")
    bench.cycle()
    assert bench.state().unmatched_holds == {"hold-m1": 1}
    bench.tenant.failing.clear()
    run(bench, 2)
    assert bench.host.tickets() == ["hold:hold-m1"]


def test_a_tracking_record_that_appears_while_its_hold_is_pending_is_one_alert(bench: Bench) -> None:
    record = bench.receive("m1", listed=False)
    bench.settings = {"tries": 1}
    bench.host.kill_at = "before deliver"
    try:
        bench.cycle()
    except Killed:
        record.listed = True
    run(bench, 3)
    assert len(bench.host.tickets()) == 1


def test_a_message_that_a_filter_excluded_by_its_details_is_not_delivered_from_the_hold_queue(bench: Bench) -> None:
    bench.settings = {"queue_reasons": ("Fraud",), "tries": 1}
    bench.receive("m1", hold_fields={"from": {"emailAddress": "header@evil.test"}, "policyInfo": "Fraud"})
    run(bench, 3)
    bench.advance(3 * 3600)
    run(bench, 3)
    assert bench.host.tickets() == []
