"""The hold queue: hold ids for tracked messages, and held messages that message tracking does not show."""

from __future__ import annotations

import pytest

from mimecast_secops.api.errors import MissingPermission, Unavailable
from mimecast_secops.ingest.state import RecordState
from tests.ingest.conftest import Bench
from tests.ingest.model import DOMAIN, Holds


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


def test_without_permission_for_the_hold_queue_alerts_have_no_hold_id_and_the_report_has_a_problem(
    bench: Bench,
) -> None:
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
    bench.tenant.holds = lambda *time: Holds(h for h in original(*time) if h.id == "hold-m1")  # type: ignore[method-assign]
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


@pytest.mark.parametrize("statuses", [("held",), ("held", "accepted"), ()])
def test_a_held_message_that_tracking_shows_under_another_status_has_its_tracking_id(
    bench: Bench, statuses: tuple[str, ...]
) -> None:
    bench.settings = {"status_filter": statuses}
    bench.cycle()
    bench.receive("m1", lagging_status="processing", seconds_ago=5)
    for _ in range(8):
        bench.advance(60)
        bench.cycle()
    assert bench.host.tickets() == ["m1"]
    assert bench.host.alerts[0].complete


def test_a_tracking_record_that_catches_up_after_its_hold_was_delivered_is_no_second_alert(bench: Bench) -> None:
    record = bench.receive("m1", listed=False)
    for _ in range(6):
        bench.cycle()
        bench.advance(60)
    record.listed = True
    report = bench.cycle()
    assert bench.host.tickets() == ["hold:hold-m1"]
    assert (report.seen, report.known, report.new, report.delivered) == (1, 1, 0, 0)
    assert bench.state().record_state("m1") is RecordState.DONE


def test_many_unmatched_entries_need_few_searches_and_are_counted(bench: Bench) -> None:
    bench.cycle()
    for number in range(500):
        recipient = f"user{number}@example.com"
        bench.receive(f"m{number}", listed=False, subject=str(number), recipient=recipient, seconds_ago=0)
    bench.advance(60)
    bench.tenant.calls.clear()
    bench.settings = {"tries": 3, "max_messages": 1000}
    assert bench.cycle().requests < 10
    unaccounted = []
    for _ in range(3):
        bench.advance(60)
        bench.cycle()
        unaccounted.append(len(bench.state().unmatched_holds))
    assert unaccounted == [500, 0, 0]
    assert len(bench.host.tickets()) == 500


def test_holds_of_other_domains_and_routes_are_not_searched(bench: Bench) -> None:
    bench.settings = {"route_filter": ("inbound",), "tries": 1}
    bench.cycle()
    bench.receive("other domain", recipient="ann@elsewhere.test", listed=False, seconds_ago=0)
    bench.receive("other route", route="internal", listed=False, seconds_ago=0)
    bench.receive("ours", listed=False, seconds_ago=0)
    for _ in range(2):
        bench.advance(60)
        bench.cycle()
    assert bench.host.tickets() == ["hold:hold-ours"]


def test_a_deleted_entry_of_the_queue_is_no_longer_counted(bench: Bench) -> None:
    record = bench.receive("m1", listed=False)
    bench.cycle()
    assert bench.state().unmatched_holds == {"hold-m1": 1}
    record.deleted = True
    bench.advance(60)
    bench.cycle()
    assert bench.state().unmatched_holds == {}


def test_only_the_time_around_the_batch_is_listed_while_there_is_more_to_read(bench: Bench) -> None:
    bench.settings = {"max_messages": 1}
    for number in range(8):
        bench.receive(f"m{number}", seconds_ago=3000 - number, subject=str(number))
    bench.cycle()
    [(start, end)] = [argument for name, argument in bench.tenant.calls if name == "holds"]
    assert (end - start).total_seconds() < 1300


def test_without_held_messages_in_the_status_filter_the_queue_is_not_listed(bench: Bench) -> None:
    bench.settings = {"status_filter": ("accepted",)}
    bench.receive("m1", status="accepted")
    bench.cycle()
    assert bench.host.tickets() == ["m1"]
    assert "holds" not in {name for name, _ in bench.tenant.calls}


def test_a_queue_that_cannot_be_listed_defers_held_messages_until_their_last_try(bench: Bench) -> None:
    bench.settings = {"tries": 3}
    bench.receive("m1")
    bench.tenant.failing["holds"] = Unavailable("Mimecast returned a server error.")
    deferred = []
    for _ in range(4):
        deferred.append(bench.cycle().deferred)
        bench.advance(900)
    assert deferred == [1, 1, 0, 0]
    assert bench.host.tickets() == ["m1"]
    assert bench.host.alerts[0].events[0]["holdId"] == ""


def test_entries_older_than_the_held_window_are_not_delivered_again_with_an_old_pending_record(bench: Bench) -> None:
    bench.receive("overflowed", reason="Bomb", subject="a")
    bench.receive("delivered", subject="b")
    bench.host.overflowing = frozenset({"Bomb"})
    for _ in range(60):  # hours: longer than ids are kept
        bench.cycle()
        bench.advance(3600)
    assert bench.host.tickets() == ["delivered"]
    bench.host.overflowing = frozenset()
    bench.cycle()
    assert bench.host.tickets() == ["delivered", "overflowed"]
    assert bench.host.alerts[1].events[0]["holdId"] == "hold-overflowed"


def test_entries_of_identical_messages_are_matched_once_their_records_are_delivered(bench: Bench) -> None:
    bench.receive("m1")
    bench.receive("m2")
    for _ in range(2):
        bench.cycle()
    assert all(bench.state().is_hold_matched(f"hold-{name}") for name in ("m1", "m2"))
    bench.advance(3 * 3600)
    bench.tenant.calls.clear()
    bench.cycle()
    assert {argument[0] for name, argument in bench.tenant.calls if name == "search"} == {DOMAIN}
