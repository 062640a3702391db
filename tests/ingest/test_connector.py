"""The promises of the connector, one by one."""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Iterator

import pytest

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    MissingPermission,
    NotFound,
    RateLimited,
    Unavailable,
    UnexpectedReply,
    Unreachable,
)
from mimecast_secops.ingest import ImportedState
from mimecast_secops.ingest.state import RecordState, State
from tests.ingest.conftest import Bench
from tests.ingest.model import DOMAIN, SECOND, START, Killed, Record


def test_a_held_message_becomes_one_alert(bench: Bench) -> None:
    bench.mail("m1")
    report = bench.cycle()
    assert report.ok
    assert bench.kept.tickets() == ["m1"]
    alert = bench.kept.alerts[0]
    assert (alert.name, alert.rule_generator, alert.vendor, alert.priority) == ("Held Message", "Spam", "Mimecast", 60)
    assert alert.start_ms == alert.end_ms == bench.tenant.records["m1"].received_ms
    assert alert.events[0]["holdId"] == alert.events[0]["holdMessageMetadataID"] == "hold-m1"


@pytest.fixture
def no_threads() -> Iterator[None]:
    former = threading.stack_size(2**46)  # No machine has room for such a thread, so the system refuses it.
    yield
    threading.stack_size(former)


@pytest.mark.usefixtures("no_threads")
def test_a_refused_thread_names_the_limits_and_the_setting(bench: Bench) -> None:
    bench.mail("m1")
    with pytest.raises(OSError, match=r"ulimit -u.*Concurrent Requests") as refusal:
        bench.cycle()
    assert refusal.value.errno == errno.EAGAIN
    assert bench.kept.parts == {}


def test_a_second_cycle_brings_nothing_and_asks_for_no_details(bench: Bench) -> None:
    for number in range(20):
        bench.mail(f"m{number}")
    bench.cycle()
    bench.tenant.calls.clear()
    report = bench.cycle()
    assert (report.delivered, report.known, report.new) == (0, 20, 0)
    assert {name for name, _ in bench.tenant.calls} == {"search", "holds"}


def test_the_figures_add_up(bench: Bench) -> None:
    bench.mail("held")
    bench.mail("archived", status="archived")
    bench.settings = {"status_filter": ("held", "archived"), "route_filter": ("inbound",)}
    bench.mail("out", route="outbound")
    report = bench.cycle()
    assert report.seen == report.known + report.new + sum(report.filtered.values())
    assert report.filtered == {"route": 1}
    assert report.requests == len(bench.tenant.calls)


def test_a_record_that_turns_held_later_is_ingested(bench: Bench) -> None:
    record = bench.mail("m1", status="processing")
    assert bench.cycle().delivered == 0
    bench.later(600)
    record.status = "held"
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]


def test_a_record_that_a_detail_filter_took_is_looked_at_again_when_it_turns_held(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "accepted"), "queue_reasons": ("Sandbox",)}
    record = bench.mail("m1", status="accepted", reason="")
    assert bench.cycle().filtered == {"queue reason": 1}
    record.status, record.reason = "held", "Sandbox"
    bench.later(60)
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]


def test_a_record_that_turns_up_late_is_ingested_within_the_overlap(bench: Bench) -> None:
    bench.cycle()
    bench.mail("late", seconds_ago=0, visible_ms=START + 100 * 60 * SECOND)
    for _ in range(12):
        bench.later(600)
        bench.cycle()
    assert bench.kept.tickets() == ["late"]


def test_held_mail_that_tracking_shows_after_the_overlap_is_found_through_the_held_queue(bench: Bench) -> None:
    record = bench.mail("m1", status="processing", seconds_ago=10)
    bench.cycle()
    for _ in range(5):
        bench.later(3600)
        bench.cycle()
    record.status = "held"
    bench.later(60)
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]


def test_held_mail_that_tracking_never_shows_becomes_an_alert_of_the_held_queue_once(bench: Bench) -> None:
    record = bench.mail("m1", listed=False)
    for _ in range(8):
        bench.cycle()
        bench.later(60)
    assert bench.kept.tickets() == ["hold:hold-m1"]
    assert bench.kept.alerts[0].events[0]["complete"] == "False"
    record.listed = True
    for _ in range(3):
        bench.cycle()
        bench.later(60)
    assert bench.kept.tickets() == ["hold:hold-m1"]


def test_held_mail_from_before_the_first_run_is_left_alone(bench: Bench) -> None:
    bench.mail("old", seconds_ago=5 * 3600)
    for _ in range(8):
        bench.cycle()
        bench.later(60)
    assert bench.kept.tickets() == []


def test_max_messages_bounds_a_cycle_and_the_oldest_come_first(bench: Bench) -> None:
    bench.settings = {"max_messages": 3}
    for number in range(8):
        bench.mail(f"m{number}", seconds_ago=1000 - number)
    for _ in range(3):
        bench.cycle()
    assert bench.kept.tickets() == [f"m{number}" for number in range(8)]
    assert sum(name == "info" for name, _ in bench.tenant.calls) == 8


def test_a_message_released_before_its_turn_comes_as_what_it_was(bench: Bench) -> None:
    bench.settings = {"max_messages": 1}
    bench.mail("first", seconds_ago=100)
    second = bench.mail("second", seconds_ago=50)
    bench.cycle()
    second.status = "archived"
    bench.cycle()
    assert bench.kept.tickets() == ["first", "second"]
    assert bench.kept.alerts[1].name == "Held Message"
    assert bench.kept.alerts[1].events[0]["currentStatus"] == "archived"


def test_ten_thousand_in_one_second_are_no_special_case(bench: Bench) -> None:
    bench.settings = {"max_messages": 5000, "concurrency": 4}
    for number in range(10_000):
        bench.tenant.add(Record(f"m{number:05}", START - 5 * SECOND, START - 5 * SECOND, subject=str(number)))
    reports = [bench.cycle() for _ in range(3)]
    assert [report.delivered for report in reports] == [5000, 5000, 0]
    assert len(set(bench.kept.tickets())) == 10_000
    assert not any(report.gaps for report in reports)


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("most_rows", [60, 200])
def test_a_reply_that_was_cut_is_recognised_and_the_window_split(
    bench: Bench, most_rows: int, newest_first: bool
) -> None:
    bench.tenant.most_rows, bench.tenant.newest_first = most_rows, newest_first
    bench.settings = {"row_limit": most_rows, "max_messages": 5000}
    for number in range(900):
        bench.mail(f"m{number:03}", seconds_ago=3000 - number * 3, subject=str(number))
    bench.cycle()
    assert len(set(bench.kept.tickets())) == 900


def test_a_cut_at_an_unexpected_number_is_recognised_by_what_the_reply_does_not_reach(bench: Bench) -> None:
    bench.tenant.most_rows = 100
    bench.settings = {"max_messages": 5000}
    for number in range(500):
        bench.mail(f"m{number:03}", seconds_ago=1500 - number * 3, subject=str(number))
    bench.cycle()
    assert len(set(bench.kept.tickets())) == 500


def test_a_second_that_cannot_be_read_whole_is_an_alert_of_its_own_once(bench: Bench) -> None:
    bench.tenant.most_rows = 10
    bench.settings = {"row_limit": 10, "max_messages": 100}
    for number in range(30):
        bench.tenant.add(Record(f"m{number}", START - 90 * SECOND, START - 90 * SECOND, subject=str(number)))
    bench.cycle()
    bench.later(60)
    bench.cycle()
    gaps = [alert for alert in bench.kept.alerts if alert.ticket_id.startswith("gap:")]
    assert len(gaps) == 1
    assert "could be read" in gaps[0].description


def test_after_an_outage_it_goes_on_from_its_checkpoint_not_from_the_look_back(bench: Bench) -> None:
    bench.cycle()
    bench.later(60)
    bench.mail("missed", seconds_ago=0)
    bench.later(72 * 3600)
    for _ in range(30):
        bench.cycle()
    assert bench.kept.tickets() == ["missed"]


def test_a_gap_that_mimecast_no_longer_lets_anybody_read_is_an_alert_of_its_own(bench: Bench) -> None:
    bench.cycle()
    bench.later(45 * 86_400)
    bench.mail("fresh")
    for _ in range(150):
        if not bench.cycle().unread:
            break
    kinds = [ticket.split(":")[0] for ticket in bench.kept.tickets()]
    assert kinds == ["gap", "fresh"]
    assert bench.kept.alerts[0].name == "Unread Period"


def test_the_longest_look_back_causes_no_gap_alert(bench: Bench) -> None:
    bench.settings = {"max_hours_backwards": 720}
    bench.mail("m1", seconds_ago=29 * 24 * 3600)
    for _ in range(400):
        bench.later(60)
        if not bench.cycle().unread:
            break
    assert bench.kept.tickets() == ["m1"]


def test_an_overflowed_alert_stays_unsettled_and_comes_later(bench: Bench) -> None:
    bench.mail("m1")
    bench.kept.overflowing = frozenset({"Spam"})
    report = bench.cycle()
    assert (report.overflowed, report.pending) == (1, 1)
    assert bench.state().checkpoint_ms <= bench.tenant.records["m1"].received_ms
    bench.kept.overflowing = frozenset()
    bench.later(601)
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]


def test_overflowing_mail_does_not_keep_other_mail_waiting(bench: Bench) -> None:
    bench.settings = {"max_messages": 2}
    for number in range(20):
        bench.mail(f"bomb{number}", reason="Bomb", seconds_ago=500, subject=str(number))
    bench.kept.overflowing = frozenset({"Bomb"})
    bench.cycle()
    bench.mail("other", seconds_ago=1)
    for _ in range(5):
        bench.later(60)
        bench.cycle()
    assert "other" in bench.kept.tickets()


def test_a_record_that_fails_is_tried_again_and_then_delivered_with_what_is_missing(bench: Bench) -> None:
    bench.settings = {"tries": 3}
    bench.mail("bad", subject="bad")
    bench.mail("good", subject="good")
    bench.tenant.failing["bad"] = NotFound("Mimecast does not know the id.")
    first = bench.cycle()
    assert (first.delivered, first.deferred) == (1, 1)
    for _ in range(10):
        bench.later(600)
        bench.cycle()
    assert bench.kept.tickets() == ["good", "bad"]
    degraded = bench.kept.alerts[1]
    assert not degraded.complete
    assert "could not be read in 3 tries" in degraded.events[0]["note_1"]
    assert degraded.events[0]["subject"] == "bad"


def test_a_record_that_recovers_in_between_is_delivered_whole(bench: Bench) -> None:
    bench.mail("bad")
    bench.tenant.failing["bad"] = Unavailable("Mimecast has trouble of its own.")
    bench.cycle()
    bench.tenant.failing.clear()
    bench.later(600)
    bench.cycle()
    assert bench.kept.alerts[0].complete


def test_an_outage_burns_no_tries(bench: Bench) -> None:
    bench.settings = {"tries": 2, "max_messages": 1}
    bench.mail("m1", seconds_ago=100)
    bench.mail("m2", seconds_ago=50)
    bench.cycle()
    for endpoint in ("search", "info", "holds"):
        bench.tenant.failing[endpoint] = Unreachable("No answer.")
    for _ in range(10):
        bench.later(600)
        report = bench.cycle()
        assert not report.ok
        assert isinstance(report.error, Unreachable)
    bench.tenant.failing.clear()
    bench.later(600)
    assert bench.cycle().ok
    assert bench.kept.tickets() == ["m1", "m2"]
    assert bench.kept.alerts[1].complete


@pytest.mark.parametrize("endpoint", ["search", "info"])
def test_wrong_credentials_end_the_cycle_honestly_and_lose_nothing(bench: Bench, endpoint: str) -> None:
    bench.mail("m1")
    bench.tenant.failing[endpoint] = AuthenticationFailed("Mimecast does not accept the credentials.")
    for _ in range(8):
        report = bench.cycle()
        bench.later(600)
        assert not report.ok
    bench.tenant.failing.clear()
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]


@pytest.mark.parametrize("endpoint", ["search", "holds", "info"])
def test_a_cycle_that_ran_out_of_time_before_anything_was_read_is_not_ok(bench: Bench, endpoint: str) -> None:
    bench.mail("m1")
    bench.tenant.failing[endpoint] = DeadlineExceeded("There was no answer in time.")
    report = bench.cycle()
    assert (report.ok, report.delivered) == (False, 0)
    assert isinstance(report.error, DeadlineExceeded)
    assert "cycle NOT OK" in report.line()
    bench.tenant.failing.clear()
    bench.later(60)
    report = bench.cycle()
    assert (report.ok, bench.kept.tickets()) == (True, ["m1"])


def test_a_cycle_that_ran_out_of_time_after_a_window_was_read_is_ok_and_has_more_to_read(bench: Bench) -> None:
    bench.cycle()
    bench.later(12 * 3600)
    search, answered = bench.tenant.search, []

    def answer_twice(*arguments: object) -> object:
        answered.append(arguments)
        if len(answered) > 2:
            raise DeadlineExceeded("The time of this cycle is over.")
        return search(*arguments)  # type: ignore[arg-type]

    bench.tenant.search = answer_twice  # type: ignore[method-assign,assignment]
    report = bench.cycle()
    assert (report.ok, report.unread) == (True, True)


@pytest.mark.parametrize("endpoint", ["search", "holds"])
def test_a_reply_that_is_not_understood_is_no_empty_answer(bench: Bench, endpoint: str) -> None:
    bench.settings = {"status_filter": ("held", "archived")}
    bench.cycle()
    bench.mail("m1", status="archived", seconds_ago=0)
    bench.tenant.failing[endpoint] = UnexpectedReply("Mimecast answered with JSON that is not a list.")
    for _ in range(15):
        bench.later(600)
        assert not bench.cycle().ok
    bench.tenant.failing.clear()
    bench.later(600)
    assert bench.cycle().ok
    assert bench.kept.tickets() == ["m1"]


def test_a_rate_limit_leaves_the_rest_for_the_next_cycle(bench: Bench) -> None:
    bench.mail("m1")
    bench.tenant.failing["info"] = RateLimited("Used up.")
    assert bench.cycle().pending == 1
    bench.tenant.failing.clear()
    assert bench.cycle().delivered == 1


def test_without_the_right_to_the_held_queue_alerts_come_without_hold_id_and_the_report_says_so(bench: Bench) -> None:
    bench.mail("m1")
    bench.tenant.failing["holds"] = MissingPermission("Grant Account | Dashboard | Read.")
    report = bench.cycle()
    assert bench.kept.tickets() == ["m1"]
    assert bench.kept.alerts[0].events[0]["holdId"] == ""
    assert not report.ok
    assert "Dashboard" in report.problems[0]


def test_two_mails_that_look_alike_get_no_hold_id_rather_than_the_wrong_one(bench: Bench) -> None:
    bench.mail("m1")
    bench.mail("m2")
    bench.cycle()
    for alert in bench.kept.alerts:
        assert alert.events[0]["holdId"] == ""
        assert "2 entries" in alert.events[0]["note_1"]


def test_two_records_that_fit_one_entry_of_the_queue_are_both_delivered_and_neither_is_tied(bench: Bench) -> None:
    bench.mail("m1")
    twin = bench.mail("m2")
    twin.status = "held"
    bench.settings = {"max_messages": 10}
    bench.tenant.records["m2"].deleted = False
    original = bench.tenant.holds
    bench.tenant.holds = lambda *time: (h for h in original(*time) if h.id == "hold-m1")  # type: ignore[method-assign]
    bench.cycle()
    assert sorted(bench.kept.tickets()) == ["m1", "m2"]
    assert {alert.events[0]["holdId"] for alert in bench.kept.alerts} == {""}


def test_one_mail_to_three_recipients_is_three_alerts_in_one_group(bench: Bench) -> None:
    for name in ("ann", "bob", "carol"):
        bench.mail(name, recipient=f"{name}@example.com", subject="Same")
    bench.cycle()
    assert len({alert.ticket_id for alert in bench.kept.alerts}) == 3
    assert len({alert.grouping_id for alert in bench.kept.alerts}) == 1
    assert {alert.events[0]["holdId"] for alert in bench.kept.alerts} == {"hold-ann", "hold-bob", "hold-carol"}


@pytest.mark.parametrize("where", ["before offer", "after offer", "finish", "before commit", "after commit"])
def test_a_kill_at_any_point_loses_nothing_and_repeats_nothing(bench: Bench, where: str) -> None:
    for number in range(5):
        bench.mail(f"m{number}", seconds_ago=100 - number, subject=str(number))
    bench.kept.kill_at, bench.kept.kill_after = where, 2 if "offer" in where else 0
    with pytest.raises(Killed):
        bench.cycle()
    bench.cycle()
    assert sorted(bench.kept.tickets()) == [f"m{number}" for number in range(5)]


def test_a_test_run_shows_at_most_one_alert_and_stores_nothing(bench: Bench) -> None:
    for number in range(3):
        bench.mail(f"m{number}", subject=str(number))
    bench.cycle(test_run=True)
    assert len(bench.kept.alerts) == 1
    assert bench.kept.parts == {}


def test_a_cycle_without_time_does_nothing_and_leaves_everything(bench: Bench) -> None:
    bench.mail("m1")
    report = bench.cycle(deadline=Deadline(0.0))
    assert (report.delivered, report.unread) == (0, True)
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]


@pytest.mark.parametrize("endpoint", ["search", "holds", "info"])
def test_a_cycle_that_somebody_ended_is_cut_short_and_raises_no_alarm(
    bench: Bench, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench.mail("m1")
    deadline = Deadline.never()

    def end_the_cycle(*_: object) -> None:
        deadline.expire()
        raise DeadlineExceeded("There was no answer in time.")

    asked = getattr(bench.tenant, endpoint)
    setattr(bench.tenant, endpoint, end_the_cycle)
    report = bench.cycle(deadline=deadline)
    setattr(bench.tenant, endpoint, asked)
    assert (report.ok, report.cut_short, report.delivered) == (False, True, 0)
    assert "cycle cut short" in report.line()
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]


def test_a_failure_before_the_cycle_was_ended_is_told(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "archived")}
    bench.mail("m1", status="archived")
    bench.tenant.failing["holds"] = Unavailable("Mimecast has trouble of its own.")
    deadline = Deadline.never()

    def end_the_cycle(*_: object) -> None:
        deadline.expire()
        raise DeadlineExceeded("There was no answer in time.")

    bench.tenant.info = end_the_cycle  # type: ignore[method-assign,assignment]
    report = bench.cycle(deadline=deadline)
    assert (report.ok, report.cut_short) == (False, False)
    assert "trouble" in report.problems[0]


def test_the_state_of_another_connector_is_taken_over_without_loss_or_flood(bench: Bench) -> None:
    delivered = bench.mail("delivered", seconds_ago=7200)
    bench.mail("new", seconds_ago=3600)
    bench.mail("ancient", seconds_ago=20 * 3600)
    imported = ImportedState(delivered.received_ms, ("delivered",))
    for _ in range(8):
        bench.cycle(imported=lambda: imported)
        bench.later(60)
    assert bench.kept.tickets() == ["new"]


def test_with_a_full_id_list_nothing_before_its_timestamp_is_repeated(bench: Bench) -> None:
    newest = bench.mail("newest", seconds_ago=7200)
    bench.mail("dropped from the list", seconds_ago=7200 + 60)
    ids = ("newest", *(f"id{number}" for number in range(999)))
    bench.cycle(imported=lambda: ImportedState(newest.received_ms, ids))
    assert bench.kept.tickets() == []


def test_the_ledger_forgets_what_no_search_can_bring_back(bench: Bench) -> None:
    for number in range(50):
        bench.mail(f"m{number}", subject=str(number))
    bench.cycle()
    assert len(bench.state().ledger) >= 50
    for record in bench.tenant.records.values():
        record.status = "archived"
    for _ in range(40):
        bench.later(3600)
        bench.cycle()
    assert len(bench.state().ledger) == 0


def test_a_hundred_thousand_settled_ids_take_two_megabytes_at_most() -> None:
    state = State(floor_ms=0)
    for number in range(100_000):
        state.delivered(f"eNoVzMEKwiAAANB_8dwhc065VxsUFAQd-{number}", number * 36)
    assert sum(len(part) for part in state.encode().values()) <= 2_000_000


def test_a_record_without_recipients_or_with_a_null_sender_still_becomes_an_alert(bench: Bench) -> None:
    bench.mail("nobody", recipients=[], subject="a")
    bench.mail("bounce", sender="", subject="b")
    for _ in range(8):
        bench.cycle()
        bench.later(60)
    assert sorted(bench.kept.tickets()) == ["bounce", "nobody"]


def test_a_record_without_an_id_becomes_an_alert_that_says_so_once(bench: Bench) -> None:
    bench.mail("x").id = ""
    for _ in range(2):
        bench.cycle()
    tickets = bench.kept.tickets()
    assert len([ticket for ticket in tickets if ticket.startswith("unreadable:")]) == 1
    assert "id" in bench.kept.alerts[0].events[0]["note_1"] + bench.kept.alerts[0].events[0].get("note_2", "")


def test_attachments_of_held_mail_come_with_the_alert(bench: Bench) -> None:
    bench.mail("m1", attachments=(b"hello", b""))
    bench.cycle()
    files = bench.kept.alerts[0].files
    assert [(file.name, file.extension, file.size) for file in files] == [("file-0", ".txt", 5), ("file-1", ".txt", 0)]


def test_an_attachment_that_is_too_large_becomes_a_note(bench: Bench) -> None:
    bench.settings = {"file_kilobytes": 1}
    bench.mail("m1", attachments=(b"x" * 2000, b"small"))
    bench.cycle()
    alert = bench.kept.alerts[0]
    assert len(alert.files) == 1
    assert "2000 bytes are more" in alert.events[0]["note_1"]


def test_a_failing_attachment_costs_no_alert(bench: Bench) -> None:
    bench.mail("m1", attachments=(b"x",))
    bench.tenant.failing["file"] = Unavailable("Mimecast has trouble of its own.")
    bench.cycle()
    assert bench.kept.tickets() == ["m1"]
    assert "could not be fetched" in bench.kept.alerts[0].events[0]["note_1"]


def test_without_attachments_one_detail_request_per_alert_is_enough(bench: Bench) -> None:
    for number in range(10):
        bench.mail(f"m{number}", subject=str(number))
    bench.cycle()
    per_record = [name for name, _ in bench.tenant.calls if name in ("info", "detail", "file")]
    assert per_record == ["info"] * 10


def test_a_filter_on_details_takes_one_record_and_no_other(bench: Bench) -> None:
    bench.settings = {"queue_reasons": ("Fraud Alert",)}
    bench.mail("spam", reason="Spam", subject="a")
    assert bench.cycle().filtered == {"queue reason": 1}
    bench.mail("fraud", reason="Fraud Alert", subject="b")
    bench.mail("more spam", reason="Spam", subject="c")
    bench.tenant.calls.clear()
    assert bench.cycle().filtered == {"queue reason": 1}
    assert bench.kept.tickets() == ["fraud"]
    assert sorted(what for name, what in bench.tenant.calls if name == "info") == ["fraud", "more spam"]


def test_a_held_entry_that_a_filter_took_is_not_looked_for_again(bench: Bench) -> None:
    bench.settings = {"queue_reasons": ("Fraud Alert",), "tries": 1}
    bench.mail("spam", reason="Spam", listed=False)
    for _ in range(4):
        bench.cycle()
        bench.later(60)
    bench.tenant.calls.clear()
    report = bench.cycle()
    assert (report.filtered, report.pending) == ({}, 0)
    assert {name for name, _ in bench.tenant.calls} == {"search", "holds"}
    assert sum(name == "search" for name, _ in bench.tenant.calls) == 2
    assert bench.kept.tickets() == []


def test_a_record_that_failed_is_not_asked_for_again_before_its_time(bench: Bench) -> None:
    bench.mail("bad")
    bench.tenant.failing["bad"] = NotFound("Mimecast does not know the id.")
    bench.cycle()
    bench.tenant.calls.clear()
    bench.later(10)
    assert bench.cycle().deferred == 0
    assert not [name for name, _ in bench.tenant.calls if name == "info"]
    bench.later(30)
    assert bench.cycle().deferred == 1


def test_what_is_settled_is_known_for_longer_than_any_search_reaches_back(bench: Bench) -> None:
    bench.settings = {"held_hours": 1, "overlap_minutes": 60}
    bench.mail("m1")
    bench.cycle()
    bench.tenant.records["m1"].status = "archived"
    for _ in range(2):
        bench.later(3600)
        bench.cycle()
    assert bench.state().standing("m1") is RecordState.SETTLED


def test_an_entry_of_the_queue_that_is_accounted_for_is_never_looked_for(bench: Bench) -> None:
    bench.mail("m1")
    bench.cycle()
    bench.later(3 * 3600)
    bench.cycle()
    bench.tenant.calls.clear()
    bench.later(60)
    bench.cycle()
    assert {what[0] for name, what in bench.tenant.calls if name == "search"} == {DOMAIN}
