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
    RateLimited,
    Unavailable,
    Unreachable,
)
from mimecast_secops.ingest import ImportedState
from mimecast_secops.ingest.state import RecordState
from tests.ingest.conftest import Bench
from tests.ingest.model import Killed


def test_a_held_message_becomes_one_alert(bench: Bench) -> None:
    bench.receive("m1")
    report = bench.cycle()
    assert report.ok
    assert bench.host.tickets() == ["m1"]
    alert = bench.host.alerts[0]
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
    bench.receive("m1")
    with pytest.raises(OSError, match=r"ulimit -u.*Concurrent Requests") as refusal:
        bench.cycle()
    assert refusal.value.errno == errno.EAGAIN
    assert bench.host.parts == {}


def test_a_second_cycle_delivers_nothing_and_reads_no_details(bench: Bench) -> None:
    for number in range(20):
        bench.receive(f"m{number}")
    bench.cycle()
    bench.tenant.calls.clear()
    report = bench.cycle()
    assert (report.delivered, report.known, report.new) == (0, 20, 0)
    assert {name for name, _ in bench.tenant.calls} == {"search", "holds"}


def test_the_figures_add_up(bench: Bench) -> None:
    bench.receive("held")
    bench.receive("archived", status="archived")
    bench.settings = {"status_filter": ("held", "archived"), "route_filter": ("inbound",)}
    bench.receive("out", route="outbound")
    report = bench.cycle()
    assert report.seen == report.known + report.new + sum(report.filtered.values())
    assert report.filtered == {"route": 1}
    assert report.requests == len(bench.tenant.calls)


@pytest.mark.parametrize("endpoint", ["search", "info"])
def test_wrong_credentials_are_reported_and_lose_nothing(bench: Bench, endpoint: str) -> None:
    bench.receive("m1")
    bench.tenant.failing[endpoint] = AuthenticationFailed("Mimecast does not accept the credentials.")
    for _ in range(8):
        report = bench.cycle()
        bench.advance(600)
        assert not report.ok
    bench.tenant.failing.clear()
    bench.cycle()
    assert bench.host.tickets() == ["m1"]


@pytest.mark.parametrize("endpoint", ["search", "holds", "info"])
def test_a_cycle_that_ran_out_of_time_before_anything_was_read_is_not_ok(bench: Bench, endpoint: str) -> None:
    bench.receive("m1")
    bench.tenant.failing[endpoint] = DeadlineExceeded("There was no answer in time.")
    report = bench.cycle()
    assert (report.ok, report.delivered) == (False, 0)
    assert isinstance(report.error, DeadlineExceeded)
    assert "cycle NOT OK" in report.line()
    bench.tenant.failing.clear()
    bench.advance(60)
    report = bench.cycle()
    assert (report.ok, bench.host.tickets()) == (True, ["m1"])


def test_a_cycle_that_ran_out_of_time_after_a_window_was_read_is_ok_and_has_more_to_read(bench: Bench) -> None:
    bench.cycle()
    bench.advance(12 * 3600)
    search, answered = bench.tenant.search, []

    def answer_twice(*arguments: object) -> object:
        answered.append(arguments)
        if len(answered) > 2:
            raise DeadlineExceeded("The time of this cycle is over.")
        return search(*arguments)  # type: ignore[arg-type]

    bench.tenant.search = answer_twice  # type: ignore[method-assign,assignment]
    report = bench.cycle()
    assert (report.ok, report.more_to_read) == (True, True)


@pytest.mark.parametrize("where", ["before deliver", "after deliver", "flush", "before commit", "after commit"])
def test_a_kill_at_any_point_loses_and_repeats_nothing(bench: Bench, where: str) -> None:
    for number in range(5):
        bench.receive(f"m{number}", seconds_ago=100 - number, subject=str(number))
    bench.host.kill_at, bench.host.kill_after = where, 2 if "deliver" in where else 0
    with pytest.raises(Killed):
        bench.cycle()
    bench.cycle()
    assert sorted(bench.host.tickets()) == [f"m{number}" for number in range(5)]


def test_a_test_run_delivers_at_most_one_alert_and_stores_nothing(bench: Bench) -> None:
    for number in range(3):
        bench.receive(f"m{number}", subject=str(number))
    bench.cycle(test_run=True)
    assert len(bench.host.alerts) == 1
    assert bench.host.parts == {}


def test_a_cycle_without_time_loses_nothing(bench: Bench) -> None:
    bench.receive("m1")
    report = bench.cycle(deadline=Deadline(0.0))
    assert (report.delivered, report.more_to_read) == (0, True)
    bench.cycle()
    assert bench.host.tickets() == ["m1"]


@pytest.mark.parametrize("endpoint", ["search", "holds", "info"])
def test_a_stopped_cycle_is_interrupted_and_logs_no_error(
    bench: Bench, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench.receive("m1")
    deadline = Deadline.never()

    def end_the_cycle(*_: object) -> None:
        deadline.expire()
        raise DeadlineExceeded("There was no answer in time.")

    asked = getattr(bench.tenant, endpoint)
    setattr(bench.tenant, endpoint, end_the_cycle)
    report = bench.cycle(deadline=deadline)
    setattr(bench.tenant, endpoint, asked)
    assert (report.ok, report.interrupted, report.delivered) == (False, True, 0)
    assert "cycle interrupted" in report.line()
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []
    bench.cycle()
    assert bench.host.tickets() == ["m1"]


def test_a_failure_before_the_stop_is_reported(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "archived")}
    bench.receive("m1", status="archived")
    bench.tenant.failing["holds"] = Unavailable("Mimecast returned a server error.")
    deadline = Deadline.never()

    def end_the_cycle(*_: object) -> None:
        deadline.expire()
        raise DeadlineExceeded("There was no answer in time.")

    bench.tenant.info = end_the_cycle  # type: ignore[method-assign,assignment]
    report = bench.cycle(deadline=deadline)
    assert (report.ok, report.interrupted) == (False, False)
    assert "server error" in report.problems[0]


def test_the_state_of_another_connector_is_continued_without_loss_or_repeats(bench: Bench) -> None:
    delivered = bench.receive("delivered", seconds_ago=7200)
    bench.receive("new", seconds_ago=3600)
    bench.receive("ancient", seconds_ago=20 * 3600)
    imported = ImportedState(delivered.received_ms, ("delivered",))
    for _ in range(8):
        bench.cycle(imported=lambda: imported)
        bench.advance(60)
    assert bench.host.tickets() == ["new"]


def test_messages_that_another_connector_delivered_by_their_message_ids_do_not_come_again(bench: Bench) -> None:
    for number in range(5):
        bench.receive(f"old{number}", seconds_ago=7200 - number, subject=str(number), message_id=f"{number}@x.test")
    bench.receive("missed", seconds_ago=7100, message_id="missed@x.test")
    bench.receive("new", seconds_ago=3600, message_id="new@x.test")
    newest_ms = bench.tenant.records["missed"].received_ms
    imported = ImportedState(newest_ms, tuple(f"<{number}@x.test>" for number in range(5)))
    report = bench.cycle(imported=lambda: imported)
    assert (report.known, report.new, report.delivered) == (5, 2, 2)
    for _ in range(8):
        bench.advance(60)
        bench.cycle(imported=lambda: imported)
    assert sorted(bench.host.tickets()) == ["missed", "new"]


def test_a_sender_that_uses_an_imported_message_id_again_hides_nothing(bench: Bench) -> None:
    bench.receive("old", seconds_ago=7200, message_id="a@x.test")
    bench.receive("same time", seconds_ago=7200, subject="b", message_id="a@x.test")
    bench.receive("later", seconds_ago=3600, message_id="a@x.test")
    imported = ImportedState(bench.tenant.records["old"].received_ms, ("a@x.test",))
    bench.cycle(imported=lambda: imported)
    assert sorted(bench.host.tickets()) == ["later", "same time"]


def test_each_recipient_of_an_imported_message_is_known(bench: Bench) -> None:
    for name in ("ann", "bob"):
        bench.receive(name, seconds_ago=7200, recipient=f"{name}@example.com", message_id="a@x.test")
    imported = ImportedState(bench.tenant.records["ann"].received_ms, ("a@x.test",))
    bench.cycle(imported=lambda: imported)
    assert bench.host.tickets() == []


def test_with_a_full_id_list_nothing_before_its_timestamp_is_repeated(bench: Bench) -> None:
    newest = bench.receive("newest", seconds_ago=7200)
    bench.receive("dropped from the list", seconds_ago=7200 + 60)
    ids = ("newest", *(f"id{number}" for number in range(999)))
    bench.cycle(imported=lambda: ImportedState(newest.received_ms, ids))
    assert bench.host.tickets() == []


def test_processed_ids_are_forgotten_once_no_search_can_return_them(bench: Bench) -> None:
    bench.settings = {"deep_reread_hours": 0, "deep_reread_days": 0}
    for number in range(50):
        bench.receive(f"m{number}", subject=str(number))
    bench.cycle()
    assert len(bench.state().processed_ids) >= 50
    for record in bench.tenant.records.values():
        record.status = "archived"
    for _ in range(40):
        bench.advance(3600)
        bench.cycle()
    assert len(bench.state().processed_ids) == 0


def test_processed_ids_are_kept_longer_than_any_search_reaches_back(bench: Bench) -> None:
    bench.settings = {"held_hours": 1, "overlap_minutes": 60}
    bench.receive("m1")
    bench.cycle()
    bench.tenant.records["m1"].status = "archived"
    for _ in range(2):
        bench.advance(3600)
        bench.cycle()
    assert bench.state().record_state("m1") is RecordState.DONE


def test_a_search_that_fails_after_a_long_outage_repeats_nothing(bench: Bench) -> None:
    bench.receive("m1")
    bench.cycle()
    bench.advance(72 * 3600)
    bench.tenant.failing["search"] = Unreachable("No answer.")
    bench.cycle()
    bench.tenant.failing.clear()
    for _ in range(40):
        bench.advance(60)
        bench.cycle()
    assert bench.host.tickets() == ["m1"]


# rate limits


LIMITED_ENDPOINTS = ["search", "holds", "info", "detail", "file"]


@pytest.mark.parametrize("endpoint", LIMITED_ENDPOINTS)
def test_a_wait_for_a_rate_limit_is_a_state_and_afterwards_everything_comes(bench: Bench, endpoint: str) -> None:
    bench.settings = {"tries": 2}
    for number in range(3):
        bench.receive(f"m{number}", subject=f"{number}", attachments=(b"content",))
    bench.tenant.wait_for_rate_limit(endpoint, 600)
    until_ms = bench.tenant.now_ms + 600_000
    for _ in range(5):
        report = bench.cycle()
        assert not report.ok
        assert [(wait.endpoint, wait.until_ms) for wait in report.waiting] == [(endpoint, until_ms)]
        assert report.problems == (f"Waiting for Mimecast's rate limit on {endpoint} until 2026-09-21 14:23:20 UTC.",)
        assert isinstance(report.error, RateLimited)
        assert bench.host.tickets() == []
        assert bench.state().rate_limits == {endpoint: until_ms}
        bench.tenant.limited_until_ms.clear()  # A new process knows only what is stored.
    assert not [name for name, _ in bench.tenant.calls if name == endpoint]
    bench.advance(601)
    report = bench.cycle()
    assert report.ok
    assert report.waiting == ()
    assert sorted(bench.host.tickets()) == ["m0", "m1", "m2"]
    assert all(alert.complete and alert.files for alert in bench.host.alerts)
    assert bench.state().rate_limits == {}


def test_a_limited_search_does_not_stop_what_is_pending(bench: Bench) -> None:
    bench.settings = {"max_messages": 1}
    bench.receive("m0", seconds_ago=100)
    bench.receive("m1", seconds_ago=50)
    bench.cycle()
    bench.tenant.wait_for_rate_limit("search", 600)
    report = bench.cycle()
    assert not report.ok
    assert bench.host.tickets() == ["m0", "m1"]


def test_a_limited_hold_list_does_not_stop_what_needs_no_hold(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "rejected")}
    bench.receive("held")
    bench.receive("rejected", status="rejected")
    bench.tenant.wait_for_rate_limit("holds", 600)
    report = bench.cycle()
    assert not report.ok
    assert bench.host.tickets() == ["rejected"]
    assert report.pending == 1


def test_limited_details_do_not_stop_the_search(bench: Bench) -> None:
    bench.receive("m0")
    bench.tenant.wait_for_rate_limit("info", 600)
    report = bench.cycle()
    assert (report.new, report.delivered, report.pending) == (1, 0, 1)


def test_a_rate_limit_without_a_time_is_a_failure_and_no_wait(bench: Bench) -> None:
    bench.receive("m0")
    bench.tenant.failing["search"] = RateLimited("Rate limit exceeded.", endpoint="search")
    report = bench.cycle()
    assert report.problems == ("Message tracking could not be searched: Rate limit exceeded.",)
    assert report.waiting == ()
    assert bench.state().rate_limits == {}


def test_what_the_client_learned_is_in_the_profile_and_the_next_cycle_recalls_it(bench: Bench) -> None:
    bench.tenant.facts = {"hold_page_size": 50, "function /api/x": "HTTP 404"}
    report = bench.cycle()
    assert report.profile["hold_page_size"]["value"] == 50
    bench.tenant.facts = {}
    bench.advance(60)
    report = bench.cycle()
    assert bench.tenant.recalled == {"hold_page_size": 50}
    assert report.profile["function /api/x"]["value"] == "HTTP 404"


def test_what_the_client_learned_is_tried_again_after_a_week(bench: Bench) -> None:
    bench.tenant.facts = {"hold_page_size": 50}
    bench.cycle()
    bench.tenant.facts = {}
    bench.advance(8 * 24 * 3600)
    report = bench.cycle()
    assert bench.tenant.recalled == {}
    assert "hold_page_size" not in report.profile
