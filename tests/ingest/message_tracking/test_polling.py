"""Polling message tracking: what every cycle reads, and what it cannot read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.api.errors import NotUnderstood, UnexpectedReply
from tests.ingest.conftest import Bench
from tests.ingest.model import SECOND, START, Record


def test_a_record_that_is_held_later_is_ingested(bench: Bench) -> None:
    record = bench.receive("m1", status="processing")
    assert bench.cycle().delivered == 0
    bench.advance(600)
    record.status = "held"
    bench.cycle()
    assert bench.host.tickets() == ["m1"]


def test_a_late_record_is_ingested_within_the_overlap(bench: Bench) -> None:
    bench.cycle()
    bench.receive("late", seconds_ago=0, visible_ms=START + 100 * 60 * SECOND)
    for _ in range(12):
        bench.advance(600)
        bench.cycle()
    assert bench.host.tickets() == ["late"]


def test_more_messages_in_one_second_than_the_row_limit_are_delivered(bench: Bench) -> None:
    bench.settings = {"max_messages": 500, "row_limit": 250, "concurrency": 4}
    for number in range(1000):
        bench.tenant.add(Record(f"m{number:03}", START - 5 * SECOND, START - 5 * SECOND, subject=str(number)))
    reports = [bench.cycle() for _ in range(3)]
    assert [report.delivered for report in reports] == [500, 500, 0]
    assert len(set(bench.host.tickets())) == 1000
    assert not any(report.gaps for report in reports)


def test_a_second_that_cannot_be_read_completely_becomes_one_alert(bench: Bench) -> None:
    bench.tenant.max_rows = 10
    bench.settings = {"row_limit": 10, "max_messages": 100}
    for number in range(30):
        bench.tenant.add(Record(f"m{number}", START - 90 * SECOND, START - 90 * SECOND, subject=str(number)))
    bench.cycle()
    bench.advance(60)
    bench.cycle()
    gaps = [alert for alert in bench.host.alerts if alert.ticket_id.startswith("gap:")]
    assert len(gaps) == 1
    assert "could be read" in gaps[0].description


def test_after_an_outage_reading_continues_at_the_checkpoint(bench: Bench) -> None:
    bench.cycle()
    bench.advance(60)
    bench.receive("missed", seconds_ago=0)
    bench.advance(72 * 3600)
    for _ in range(30):
        bench.cycle()
    assert bench.host.tickets() == ["missed"]


def test_a_period_beyond_the_reach_of_the_search_becomes_an_alert(bench: Bench) -> None:
    bench.cycle()
    bench.advance(45 * 86_400)
    bench.receive("fresh")
    for _ in range(150):
        if not bench.cycle().more_to_read:
            break
    kinds = [ticket.split(":")[0] for ticket in bench.host.tickets()]
    assert kinds == ["gap", "fresh"]
    assert bench.host.alerts[0].name == "Unread Period"


def test_the_longest_look_back_causes_no_gap_alert(bench: Bench) -> None:
    bench.settings = {"max_hours_backwards": 720}
    bench.receive("m1", seconds_ago=29 * 24 * 3600)
    for _ in range(400):
        bench.advance(60)
        if not bench.cycle().more_to_read:
            break
    assert bench.host.tickets() == ["m1"]


@pytest.mark.parametrize("endpoint", ["search", "holds"])
def test_an_unexpected_reply_does_not_count_as_empty(bench: Bench, endpoint: str) -> None:
    bench.settings = {"status_filter": ("held", "archived")}
    bench.cycle()
    bench.receive("m1", status="archived", seconds_ago=0)
    bench.tenant.failing[endpoint] = UnexpectedReply("Mimecast answered with JSON that is not a list.")
    for _ in range(15):
        bench.advance(600)
        assert not bench.cycle().ok
    bench.tenant.failing.clear()
    bench.advance(600)
    assert bench.cycle().ok
    assert bench.host.tickets() == ["m1"]


def test_a_record_without_recipients_or_sender_becomes_an_alert(bench: Bench) -> None:
    bench.receive("nobody", recipients=[], subject="a")
    bench.receive("bounce", sender="", subject="b")
    for _ in range(8):
        bench.cycle()
        bench.advance(60)
    assert sorted(bench.host.tickets()) == ["bounce", "nobody"]


def test_a_record_without_an_id_becomes_one_alert_with_a_note(bench: Bench) -> None:
    bench.receive("x").id = ""
    for _ in range(2):
        bench.cycle()
    tickets = bench.host.tickets()
    assert len([ticket for ticket in tickets if ticket.startswith("unreadable:")]) == 1
    assert "id" in bench.host.alerts[0].events[0]["note_1"] + bench.host.alerts[0].events[0].get("note_2", "")


@pytest.mark.parametrize(("form", "is_advised"), [("null", True), ("{}", True), ("members a, b", False)])
def test_a_reply_without_a_list_is_a_problem_that_names_the_setting(bench: Bench, form: str, is_advised: bool) -> None:
    bench.tenant.failing["search"] = NotUnderstood("Not a list.", form=form)
    report = bench.cycle()
    assert not report.ok
    assert any("Accept Null As Empty" in problem for problem in report.problems) is is_advised


class TimedRecord(Record):
    """A record whose time has the form of `form`."""

    form = "%Y-%m-%dT%H:%M:%S"
    hours = 0

    def row(self) -> dict[str, Any]:
        time = datetime.fromtimestamp(self.received_ms / 1000, UTC) + timedelta(hours=self.hours)
        return super().row() | {"received": time.strftime(self.form)}


@pytest.mark.parametrize("hours", [-7, 0, 9])
def test_messages_whose_times_name_no_zone_are_delivered_once_and_reported(bench: Bench, hours: int) -> None:
    bench.settings = {"status_filter": ("rejected",)}
    for number in range(20):
        record = TimedRecord(f"m{number}", START - number * 100 * SECOND, START, status="rejected", subject=str(number))
        record.hours = hours
        bench.tenant.add(record)
    for _ in range(4):
        report = bench.cycle()
        bench.advance(60)
    assert sorted(bench.host.tickets()) == sorted(bench.tenant.records)
    assert '"received (no time zone)"' in report.problems[0]
    assert bench.state().profile.get("time_form") == "no time zone"


@pytest.mark.parametrize(("seconds_back", "is_taken"), [(59, True), (180, False)])
def test_a_row_whose_time_was_cut_to_the_minute_is_taken(bench: Bench, seconds_back: int, is_taken: bool) -> None:
    bench.settings = {"status_filter": ("archived",), "max_hours_backwards": 1, "route_filter": ("inbound",)}
    record = TimedRecord("m1", START - 3599 * SECOND, START, status="archived")
    record.form, shown = "%Y-%m-%dT%H:%M:%S+0000", record.received_ms - seconds_back * SECOND
    row = record.row() | {"received": datetime.fromtimestamp(shown / 1000, UTC).strftime(record.form)}
    record.row = lambda: row  # type: ignore[method-assign]
    bench.tenant.add(record)
    bench.cycle()
    assert bench.host.tickets() == (["m1"] if is_taken else [])
