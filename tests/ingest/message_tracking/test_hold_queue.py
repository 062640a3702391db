"""The hold queue: hold ids for tracked messages, and held messages that message tracking does not show."""

from __future__ import annotations

from mimecast_secops.api.errors import (
    MissingPermission,
)
from tests.ingest.conftest import Bench
from tests.ingest.model import DOMAIN


def test_a_held_message_that_tracking_shows_after_the_overlap_is_found_through_the_hold_queue(bench: Bench) -> None:
    record = bench.receive("m1", status="processing", seconds_ago=10)
    bench.cycle()
    for _ in range(5):
        bench.advance(3600)
        bench.cycle()
    record.status = "held"
    bench.advance(60)
    bench.cycle()
    assert bench.host.tickets() == ["m1"]


def test_a_held_message_that_tracking_never_shows_becomes_one_alert_of_the_hold_queue(bench: Bench) -> None:
    record = bench.receive("m1", listed=False)
    for _ in range(8):
        bench.cycle()
        bench.advance(60)
    assert bench.host.tickets() == ["hold:hold-m1"]
    assert bench.host.alerts[0].events[0]["complete"] == "False"
    record.listed = True
    for _ in range(3):
        bench.cycle()
        bench.advance(60)
    assert bench.host.tickets() == ["hold:hold-m1"]


def test_messages_held_before_the_first_cycle_are_not_ingested(bench: Bench) -> None:
    bench.receive("old", seconds_ago=5 * 3600)
    for _ in range(8):
        bench.cycle()
        bench.advance(60)
    assert bench.host.tickets() == []


def test_without_the_permission_for_the_hold_queue_alerts_have_no_hold_id_and_the_report_says_so(bench: Bench) -> None:
    bench.receive("m1")
    bench.tenant.failing["holds"] = MissingPermission("Grant Account | Dashboard | Read.")
    report = bench.cycle()
    assert bench.host.tickets() == ["m1"]
    assert bench.host.alerts[0].events[0]["holdId"] == ""
    assert not report.ok
    assert "Dashboard" in report.problems[0]


def test_two_identical_messages_get_no_hold_id_instead_of_a_wrong_one(bench: Bench) -> None:
    bench.receive("m1")
    bench.receive("m2")
    bench.cycle()
    for alert in bench.host.alerts:
        assert alert.events[0]["holdId"] == ""
        assert "2 entries" in alert.events[0]["note_1"]


def test_two_records_that_match_one_entry_are_both_delivered_without_its_hold_id(bench: Bench) -> None:
    bench.receive("m1")
    twin = bench.receive("m2")
    twin.status = "held"
    bench.settings = {"max_messages": 10}
    bench.tenant.records["m2"].deleted = False
    original = bench.tenant.holds
    bench.tenant.holds = lambda *time: (h for h in original(*time) if h.id == "hold-m1")  # type: ignore[method-assign]
    bench.cycle()
    assert sorted(bench.host.tickets()) == ["m1", "m2"]
    assert {alert.events[0]["holdId"] for alert in bench.host.alerts} == {""}


def test_one_message_to_three_recipients_is_three_alerts_in_one_group(bench: Bench) -> None:
    for name in ("ann", "bob", "carol"):
        bench.receive(name, recipient=f"{name}@example.com", subject="Same")
    bench.cycle()
    assert len({alert.ticket_id for alert in bench.host.alerts}) == 3
    assert len({alert.grouping_id for alert in bench.host.alerts}) == 1
    assert {alert.events[0]["holdId"] for alert in bench.host.alerts} == {"hold-ann", "hold-bob", "hold-carol"}


def test_a_filtered_entry_of_the_queue_is_not_searched_again(bench: Bench) -> None:
    bench.settings = {"queue_reasons": ("Fraud Alert",), "tries": 1}
    bench.receive("spam", reason="Spam", listed=False)
    for _ in range(4):
        bench.cycle()
        bench.advance(60)
    bench.tenant.calls.clear()
    report = bench.cycle()
    assert (report.filtered, report.pending) == ({}, 0)
    assert {name for name, _ in bench.tenant.calls} == {"search", "holds"}
    assert sum(name == "search" for name, _ in bench.tenant.calls) == 2
    assert bench.host.tickets() == []


def test_a_matched_entry_of_the_queue_is_never_searched(bench: Bench) -> None:
    bench.receive("m1")
    bench.cycle()
    bench.advance(3 * 3600)
    bench.cycle()
    bench.tenant.calls.clear()
    bench.advance(60)
    bench.cycle()
    assert {what[0] for name, what in bench.tenant.calls if name == "search"} == {DOMAIN}
