"""Messages that are known under another id: no alert comes again, and none is lost."""

from __future__ import annotations

import base64
import itertools
import json
import zlib
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mimecast_secops.api.errors import Unavailable
from tests.ingest.conftest import Bench
from tests.ingest.message_tracking.test_hold_accounts import run
from tests.ingest.model import DOMAIN, SECOND, ModelTenant

ALL: dict[str, Any] = {"status_filter": ()}


def subjects(bench: Bench) -> Counter[str]:
    """The alerts for messages. A gap alert has no subject."""
    return Counter(alert.events[0]["subject"] for alert in bench.host.alerts if "subject" in alert.events[0])


def receive_with_second_rows(bench: Bench, count: int, second_rows: int) -> None:
    for number in range(count):
        bench.receive(f"m{number}", seconds_ago=60 + number, subject=str(number))
        if number < second_rows:
            bench.receive(f"second{number}", seconds_ago=60 + number, subject=str(number), status="accepted")


@pytest.mark.parametrize("status", ["archived", "rejected", "accepted", "bounced", "a new status"])
def test_a_message_whose_id_names_its_status_is_one_alert(bench: Bench, status: str) -> None:
    bench.tenant.id_form, bench.settings = "status", ALL
    record = bench.receive("m1")
    run(bench, 2)
    record.status = status
    report = bench.cycle()
    assert bench.host.tickets() == ["m1|held"]
    assert (report.known, report.new) == (1, 0)
    assert "1 messages have another tracking ID" in report.notes[-1]
    run(bench, 3)
    assert bench.host.tickets() == ["m1|held"]


def test_an_archived_row_that_is_cut_to_the_minute_is_the_held_message(bench: Bench) -> None:
    bench.tenant.id_form, bench.settings = "status", ALL
    record = bench.receive("m1", seconds_ago=60)
    run(bench, 2)
    record.status, record.received_ms = "archived", record.received_ms // 60_000 * 60_000
    run(bench, 2)
    assert bench.host.tickets() == ["m1|held"]


def test_a_message_that_turns_held_after_it_was_processing_is_one_alert(bench: Bench) -> None:
    bench.tenant.id_form, bench.settings = "status", ALL
    record = bench.receive("m1", status="processing")
    run(bench, 2)
    record.status = "held"
    run(bench, 2)
    assert bench.host.tickets() == ["m1|processing"]


def test_an_identical_message_that_is_held_after_the_first_one_was_decided_is_an_alert(bench: Bench) -> None:
    bench.tenant.id_form, bench.settings = "status", ALL
    first = bench.receive("m1", seconds_ago=60)
    run(bench, 2)
    first.status = "archived"
    bench.receive("m2", seconds_ago=180)
    run(bench, 3)
    assert bench.host.tickets() == ["m1|held", "m2|held"]


def test_an_identical_message_that_is_held_when_the_first_one_disappears_is_an_alert(bench: Bench) -> None:
    bench.tenant.id_form = "status"
    first = bench.receive("m1", seconds_ago=60)
    run(bench, 2)
    first.deleted = True
    bench.receive("m2", seconds_ago=180)
    run(bench, 3)
    assert bench.host.tickets() == ["m1|held", "m2|held"]


def test_one_known_message_explains_one_new_row(bench: Bench) -> None:
    bench.tenant.id_form, bench.settings = "status", ALL
    first = bench.receive("m1", seconds_ago=60)
    run(bench, 2)
    first.status = "archived"
    bench.receive("m2", seconds_ago=180, status="archived")
    run(bench, 3)
    assert len(bench.host.tickets()) == 2


def test_a_pending_message_is_read_under_its_new_id(bench: Bench) -> None:
    bench.tenant.id_form, bench.settings = "status", {"max_messages": 1, **ALL}
    bench.receive("first", seconds_ago=90, subject="first")
    record = bench.receive("m1", seconds_ago=30)
    bench.cycle()
    record.status = "archived"
    bench.cycle()
    assert bench.host.tickets() == ["first|held", "m1|archived"]
    assert bench.host.alerts[1].name == "Held Message"


@pytest.mark.parametrize("count", [1, 20])
def test_nothing_comes_again_with_other_credentials(bench: Bench, count: int) -> None:
    bench.tenant.id_form = "caller"
    for number in range(count):
        bench.receive(f"m{number}", seconds_ago=30 + number, subject=str(number))
    run(bench, 2)
    bench.tenant.caller = "another"
    run(bench, 3)
    assert len(bench.host.tickets()) == count
    bench.receive("new", seconds_ago=1, subject="0")
    run(bench, 2)
    assert len(bench.host.tickets()) == count + 1


def test_nothing_comes_again_if_nearly_all_ids_are_other_texts(bench: Bench) -> None:
    bench.tenant.id_form = "stable"
    for number in range(20):
        bench.receive(f"m{number}", seconds_ago=30 + number, subject=str(number))
    run(bench, 2)
    bench.tenant.id_form = "caller"
    run(bench, 3)
    assert len(bench.host.tickets()) == 20


@pytest.mark.parametrize("statuses", [("held",), ("held", "archived"), ()])
@pytest.mark.parametrize("form", ["stable", "status", "caller"])
@pytest.mark.parametrize("read_with_new_credentials", [True, False])
def test_an_identical_message_after_a_decision_is_an_alert_also_with_other_credentials(
    bench: Bench, form: str, statuses: tuple[str, ...], *, read_with_new_credentials: bool
) -> None:
    bench.tenant.id_form, bench.settings = form, {"status_filter": statuses}
    bench.cycle()
    if read_with_new_credentials:
        bench.tenant.caller = "another"
    first = bench.receive("m1", seconds_ago=30)
    run(bench, 2)
    bench.tenant.caller, first.status = "another", "archived"
    bench.receive("m2").received_ms = first.received_ms
    run(bench, 3)
    assert len(bench.host.tickets()) == 2


@pytest.mark.parametrize("form", ["stable", "status", "caller"])
def test_an_identical_message_is_an_alert_after_all_messages_were_decided_at_once(bench: Bench, form: str) -> None:
    bench.tenant.id_form = form
    records = [bench.receive(f"m{number}", seconds_ago=30 + number, subject=str(number)) for number in range(20)]
    run(bench, 2)
    for record in records:
        record.status = "archived"
    bench.receive("twin", subject="7").received_ms = records[7].received_ms
    run(bench, 3)
    assert len(bench.host.tickets()) == 21


def test_an_identical_message_is_an_alert_if_the_first_one_has_a_status_that_is_not_searched(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "archived")}
    first = bench.receive("m1", seconds_ago=60)
    run(bench, 2)
    first.status = "rejected"
    bench.receive("m2", status="archived").received_ms = first.received_ms
    run(bench, 3)
    assert bench.host.tickets() == ["m1", "m2"]


def test_nothing_comes_again_with_other_credentials_if_held_messages_have_accepted_rows(bench: Bench) -> None:
    bench.tenant.id_form = "caller"
    receive_with_second_rows(bench, 20, 20)
    run(bench, 2)
    bench.tenant.caller = "another"
    run(bench, 3)
    assert len(bench.host.tickets()) == 20


def test_a_message_comes_again_if_its_minute_cannot_be_read_completely(bench: Bench) -> None:
    bench.tenant.id_form, bench.settings = "caller", {"row_limit": 3}
    first = bench.receive("m1")
    for number in range(5):
        bench.receive(f"archived{number}", status="archived", subject="other").received_ms = first.received_ms
    run(bench, 2)
    bench.tenant.caller = "another"
    run(bench, 3)
    assert bench.host.tickets() == ["m1|caller", "m1|another"]


def test_the_next_cycle_repeats_a_comparison_that_failed(bench: Bench) -> None:
    bench.tenant.id_form = "caller"
    for number in range(3):
        bench.receive(f"m{number}", seconds_ago=60 + number, subject=str(number))
    run(bench, 2)
    bench.tenant.caller = "another"
    bench.receive("new", seconds_ago=1, subject="new")
    bench.tenant.failing[f"ann@{DOMAIN}"] = Unavailable("The connection broke.")
    failed = bench.cycle()
    assert failed.problems == ("Message tracking could not be searched: The connection broke.",)
    assert failed.unaccounted == 0
    del bench.tenant.failing[f"ann@{DOMAIN}"]
    run(bench, 2)
    assert len(bench.host.tickets()) == 4


def test_each_message_that_may_have_another_id_costs_one_search(bench: Bench) -> None:
    bench.tenant.id_form = "caller"
    for number in range(20):
        bench.receive(f"m{number}", seconds_ago=60 + number, subject=str(number))
    run(bench, 2)
    bench.tenant.caller = "another"
    searches = []
    for _ in range(2):
        bench.tenant.calls.clear()
        bench.cycle()
        searches.append(sum(name == "search" and argument[0] != DOMAIN for name, argument in bench.tenant.calls))
    assert searches == [20, 0]


def test_a_message_that_was_filtered_by_its_details_is_compared_with_the_filters_again(bench: Bench) -> None:
    bench.tenant.id_form = "status"
    bench.settings = {"queue_reasons": ("Fraud",), **ALL}
    record = bench.receive("m1", status="accepted", reason="Spam")
    run(bench, 2)
    record.status, record.reason = "held", "Fraud"
    run(bench, 2)
    assert bench.host.tickets() == ["m1|held"]


def test_accepted_rows_of_nearly_all_held_messages_are_no_alerts(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "accepted")}
    receive_with_second_rows(bench, 20, 20)
    assert bench.cycle().notes[0].startswith("20 held messages also have a record with the status accepted")
    run(bench, 3)
    assert sorted(bench.host.tickets()) == sorted(f"m{number}" for number in range(20))


def test_accepted_rows_of_a_few_held_messages_are_alerts(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "accepted")}
    receive_with_second_rows(bench, 20, 5)
    run(bench, 3)
    assert len(bench.host.tickets()) == 25


def test_two_rows_whose_ids_have_one_queue_number_are_one_alert(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "accepted")}
    ids = {
        status: base64.urlsafe_b64encode(
            zlib.compress(json.dumps({"messageStatusType": status, "messageQueueId": 7}).encode())
        ).decode()
        for status in ("held", "accepted")
    }
    for status, tracking_id in ids.items():
        bench.receive(tracking_id, seconds_ago=60, status=status)
    run(bench, 3)
    assert bench.host.tickets() == [ids["held"]]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("opaque", "discloses no number"),
        (base64.urlsafe_b64encode(zlib.compress(b'{"messageQueueId": 7}')).decode(), "discloses a number"),
    ],
)
def test_the_form_of_the_ids_is_in_the_profile(bench: Bench, name: str, form: str) -> None:
    bench.receive(name)
    assert bench.cycle().profile["tracking_id_form"]["value"] == form


class OtherIds(RuleBasedStateMachine):
    """Identical messages, changes of status and of credentials, with each form of ids.

    Invariant: of each content, there are at least as many alerts as messages that a cycle could see, and exactly as
    many if ids are stable.
    """

    @initialize(
        form=st.sampled_from(["stable", "status", "caller"]),
        statuses=st.sampled_from([("held",), ("held", "archived"), ()]),
    )
    def begin(self, form: str, statuses: tuple[str, ...]) -> None:
        self.bench = Bench(tenant=ModelTenant(id_form=form))
        self.bench.settings = {"tries": 3, "status_filter": statuses}
        self.numbers = itertools.count()
        self.seen: dict[str, str] = {}
        self.bench.cycle()

    @rule(
        count=st.integers(1, 6),
        subject=st.sampled_from("ab"),
        status=st.sampled_from(["held", "held", "archived", "rejected"]),
    )
    def arrive(self, count: int, subject: str, status: str) -> None:
        for _ in range(count):
            second = self.bench.tenant.now_ms // (600 * SECOND) * 600 * SECOND
            name = f"m{next(self.numbers)}"
            record = self.bench.receive(name, subject=f"{subject}{second}", status=status)
            record.received_ms = second

    @rule(data=st.data(), status=st.sampled_from(["archived", "rejected", "held"]))
    def change(self, data: st.DataObject, status: str) -> None:
        if self.bench.tenant.records:
            record = self.bench.tenant.records[data.draw(st.sampled_from(sorted(self.bench.tenant.records)))]
            if record.status == "held":
                record.status = status

    @rule()
    def decide_all(self) -> None:
        for record in self.bench.tenant.records.values():
            record.status = "archived"

    @rule(caller=st.sampled_from(["one", "two"]))
    def change_credentials(self, caller: str) -> None:
        self.bench.tenant.caller = caller

    @rule(seconds=st.sampled_from([60, 600]))
    def cycle(self, seconds: int) -> None:
        self.bench.cycle()
        statuses = self.bench.settings["status_filter"]
        for record in self.bench.tenant.visible():
            if record.status in statuses or not statuses:
                self.seen[record.id] = record.subject
        self.bench.advance(seconds)

    @invariant()
    def no_message_is_lost(self) -> None:
        if not hasattr(self, "bench"):
            return
        alerts, messages = subjects(self.bench), Counter(self.seen.values())
        if self.bench.tenant.id_form == "stable":
            assert alerts == messages
        else:
            assert all(alerts[subject] >= count for subject, count in messages.items())


TestOtherIds = OtherIds.TestCase
TestOtherIds.settings = settings(
    max_examples=100, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
