"""A tenant whose hold queue shows messages in another way than message tracking: one alert for each message."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.ingest.profile import HOLD_DIFFERENCES, HOLD_TIME_OFFSET
from tests.ingest.conftest import Bench
from tests.ingest.message_tracking.test_hold_accounts import run

SUBJECT = "Invoice for the offices, due by the end of the month"


def address(text: str) -> dict[str, str]:
    return {"emailAddress": text}


VIEWS: dict[str, dict[str, Any]] = {
    "time": {"hold_seconds": 30},
    "time zone": {"hold_seconds": -7200},
    "sender": {"hold_fields": {"from": address("header@evil.test")}},
    "subject": {"hold_fields": {"subject": f"[EXTERNAL] {SUBJECT}"}},
    "recipient": {"hold_fields": {"to": address("alias@example.com")}},
}


def receive(bench: Bench, count: int, **fields: Any) -> None:
    for number in range(count):
        bench.receive(
            f"m{number}", seconds_ago=60 + 90 * number, sender=f"{number}@evil.test", subject=SUBJECT, **fields
        )


@pytest.mark.parametrize(
    ("view", "count"),
    # One message does not show that the clocks are hours apart.
    [*((view, 20) for view in VIEWS), *((view, 1) for view in VIEWS if view != "time zone")],
)
def test_a_message_with_two_views_is_one_alert(bench: Bench, view: str, count: int) -> None:
    run(bench, 1, 4 * 3600)
    receive(bench, count, **VIEWS[view])
    run(bench, 12)
    bench.advance(5 * 3600)
    run(bench, 8)
    assert sorted(bench.host.tickets()) == sorted(f"m{number}" for number in range(count))


def test_the_report_says_how_the_views_differ(bench: Bench) -> None:
    receive(bench, 20, hold_seconds=30, hold_fields={"subject": f"[EXTERNAL] {SUBJECT}"})
    report = bench.cycle()
    assert report.ok
    assert "20 held messages" in report.notes[0]
    assert "subject of 20" in report.notes[0]
    assert "+30 s" in report.notes[0]
    assert bench.state().profile.get(HOLD_TIME_OFFSET) == 30
    assert bench.state().profile.get(HOLD_DIFFERENCES) == "subject"
    assert {alert.events[0]["holdId"] for alert in bench.host.alerts} == {f"hold-m{number}" for number in range(20)}
    assert {alert.events[0]["holdEvidence"] for alert in bench.host.alerts} == {"content"}


def test_a_learned_offset_ties_the_next_message_although_it_is_alone(bench: Bench) -> None:
    run(bench, 1, 4 * 3600)
    receive(bench, 5, hold_seconds=-7200)
    run(bench, 2)
    bench.receive("late", seconds_ago=1, hold_seconds=-7200)
    report = bench.cycle()
    assert report.notes == ()
    assert bench.host.alerts[-1].events[0]["holdId"] == "hold-late"


def test_details_that_name_the_hold_decide_whatever_the_views_show(bench: Bench) -> None:
    twins: dict[str, Any] = {"hold_fields": {"subject": "something else", "from": address("header@evil.test")}}
    for name in ("m1", "m2"):
        bench.receive(name, queue_id=f"hold-{name}", **twins)
    run(bench, 8)
    assert {alert.ticket_id: alert.events[0]["holdId"] for alert in bench.host.alerts} == {
        "m1": "hold-m1",
        "m2": "hold-m2",
    }
    assert {alert.events[0]["holdEvidence"] for alert in bench.host.alerts} == {"ids"}


def incomparable(number: int) -> dict[str, Any]:
    return {"from": address("header@evil.test"), "subject": f"Rewritten {number}", "to": address("other@example.com")}


def test_many_messages_that_have_nothing_in_common_are_a_problem_and_no_second_alerts(bench: Bench) -> None:
    for number in range(10):
        bench.receive(f"m{number}", seconds_ago=60 + 90 * number, subject=SUBJECT, hold_fields=incomparable(number))
    report = bench.cycle()
    assert "10 entries of the hold queue and 10 tracking records" in report.problems[0]
    assert "10 have a sender" in report.problems[0]
    run(bench, 8)
    bench.advance(5 * 3600)
    run(bench, 8)
    assert sorted(bench.host.tickets()) == sorted(f"m{number}" for number in range(10))


def test_of_more_entries_than_records_the_rest_becomes_alerts(bench: Bench) -> None:
    for number in range(10):
        bench.receive(f"m{number}", seconds_ago=60 + 90 * number, subject=SUBJECT, hold_fields=incomparable(number))
    for number in range(10, 14):
        bench.receive(f"m{number}", seconds_ago=60 + 60 * number, listed=False, hold_fields=incomparable(number))
    report = bench.cycle()
    assert "4 are unaccounted for" in report.problems[0]
    run(bench, 12)
    assert len(bench.host.tickets()) == 14
    assert sum(ticket.startswith("hold:") for ticket in bench.host.tickets()) == 4


def test_a_few_messages_that_tracking_does_not_show_are_alerts_next_to_records_whose_holds_are_gone(
    bench: Bench,
) -> None:
    gone = [bench.receive(f"gone{number}", subject=f"gone {number}") for number in range(2)]
    run(bench, 1)
    for record in gone:
        record.status = "archived"
    for number in range(2):
        bench.receive(f"m{number}", listed=False, subject=f"new {number}", sender="new@evil.test")
    run(bench, 8)
    assert sorted(bench.host.tickets()) == ["gone0", "gone1", "hold:hold-m0", "hold:hold-m1"]
