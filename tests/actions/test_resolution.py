"""Which held message a `Message ID` means: found out, named in the log, and never guessed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.actions.bench import Bench

DECISIONS = [("release-message", "released"), ("reject-message", "rejected")]
both = pytest.mark.parametrize(("slug", "done"), DECISIONS)
KINDS = {
    "tracking id": lambda one: one.id,
    "hold id": lambda one: one.hold_id,
    "Message-ID": lambda one: one.mail.message_id,
    "Message-ID in brackets": lambda one: f"<{one.mail.message_id}>",
    "Message-ID with blanks": lambda one: f"  <{one.mail.message_id}>\n",
}
LOGGED = {"tracking id": "is a tracking id", "hold id": "an entry of the held queue"}


def decided(bench: Bench) -> list[tuple[str, str]]:
    return [(one.outcome, one.hold_id) for one in bench.simulator.tenant.decisions]


def held_for_three(bench: Bench, **more: str) -> list[TrackingRecord]:
    to = "ann@example.com, bob@example.com, cat@example.com"
    one = bench.held("Offer", to=to, **more)
    return list(bench.simulator.tenant.by_message_id(one.mail.message_id))


@pytest.mark.parametrize("kind", KINDS)
@both
def test_each_kind_of_id_means_the_same_message(
    bench: Bench, caplog: pytest.LogCaptureFixture, slug: str, done: str, kind: str
) -> None:
    bench.held("Another")
    wanted = bench.held("Offer")
    bench.held("A third")
    with caplog.at_level(logging.INFO):
        result = bench.succeeds(slug, Message_ID=KINDS[kind](wanted))
    assert decided(bench) == [(done, wanted.hold_id)]
    assert result["message"]["holdId"] == wanted.hold_id
    assert result["message"]["trackingId"] == wanted.id
    said = LOGGED.get(kind, "an internet Message-ID")
    assert [record for record in caplog.records if said in record.getMessage()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_queue_need_not_use_the_id_that_the_details_name(bench: Bench, kind: str) -> None:
    bench.switch(queue_id_is_hold_id=False)
    bench.held("Another")
    wanted = bench.held("Offer", risk="low")
    bench.succeeds("release-message", Message_ID=KINDS[kind](wanted))
    assert decided(bench) == [("released", wanted.hold_id)]


def test_what_is_logged_says_nothing_of_the_mail(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    wanted = bench.held("Secret merger")
    with caplog.at_level(logging.INFO):
        bench.succeeds("release-message", Message_ID=wanted.id)
    assert "merger" not in caplog.text


# several


@both
def test_a_message_id_of_several_held_messages_does_nothing_and_lists_them(bench: Bench, slug: str, done: str) -> None:
    records = held_for_three(bench)
    result = bench.do(slug, Message_ID=records[0].mail.message_id)
    assert not result.is_success
    assert "means 3 held messages, so nothing was done" in result.message
    assert {one["trackingId"] for one in result.json_result} == {record.id for record in records}
    assert {one["recipient"] for one in result.json_result} == {record.recipient for record in records}
    for record in records:
        assert record.id in result.message
    assert (decided(bench), bench.writes) == ([], [])


def test_a_candidate_that_was_listed_can_be_used(bench: Bench) -> None:
    records = held_for_three(bench)
    listed = bench.do("release-message", Message_ID=records[0].mail.message_id).json_result
    bob = next(one for one in listed if one["recipient"] == "bob@example.com")
    bench.succeeds("release-message", Message_ID=bob["trackingId"])
    [decision] = bench.simulator.tenant.decisions
    assert decision.recipient == "bob@example.com"


@pytest.mark.parametrize("exact", [True, False])
def test_a_tracking_id_of_one_recipient_leaves_the_others_alone(bench: Bench, exact: bool) -> None:
    bench.switch(queue_id_is_hold_id=exact)
    records = held_for_three(bench)
    bench.succeeds("reject-message", Message_ID=records[1].id)
    assert decided(bench) == [("rejected", records[1].hold_id)]


def test_the_one_that_is_held_is_meant_where_the_others_are_not(bench: Bench) -> None:
    records = held_for_three(bench)
    for record in records[1:]:
        bench.simulator.tenant.set_status(record, "archived")
    bench.succeeds("release-message", Message_ID=records[0].mail.message_id)
    assert decided(bench) == [("released", records[0].hold_id)]


def test_a_sender_who_reuses_a_message_id_makes_it_ambiguous(bench: Bench) -> None:
    bench.held("Offer", Message_ID="<same@evil.example.org>")
    bench.held("Quite another", Message_ID="<same@evil.example.org>")
    said = bench.fails("release-message", Message_ID="same@evil.example.org")
    assert "means 2 held messages" in said
    assert decided(bench) == []


@pytest.mark.parametrize("seconds", [0, 3])
def test_look_alikes_in_the_queue_are_not_guessed_between(bench: Bench, seconds: int) -> None:
    bench.switch(queue_id_is_hold_id=False)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    one = bench.held("Offer", received=at)
    other = bench.held("Offer", received=at - timedelta(seconds=seconds))
    result = bench.do("release-message", Message_ID=one.id)
    assert not result.is_success
    assert {candidate["holdId"] for candidate in result.json_result} == {one.hold_id, other.hold_id}
    assert bench.writes == []


# none


@pytest.mark.parametrize("status", ["archived", "delivery", "accepted", "bounced", "deferred"])
@pytest.mark.parametrize("kind", ["tracking id", "Message-ID"])
@both
def test_a_message_that_is_not_held_says_what_its_status_is(
    bench: Bench, slug: str, done: str, kind: str, status: str
) -> None:
    one = bench.mail()
    bench.simulator.tenant.set_status(one, status)
    result = bench.do(slug, Message_ID=KINDS[kind](one))
    assert result.message.endswith(f'The message is not held: its status is "{status}".')
    assert result.json_result == {"trackingId": one.id, "status": status}
    assert (result.is_success, bench.writes) == (False, [])


@both
def test_several_that_are_not_held_say_what_their_status_is(bench: Bench, slug: str, done: str) -> None:
    records = held_for_three(bench)
    for record, status in zip(records, ("archived", "bounced", "archived"), strict=True):
        bench.simulator.tenant.set_status(record, status)
    said = bench.fails(slug, Message_ID=records[0].mail.message_id)
    assert said.endswith("is held: their status is archived, bounced.")
    assert bench.writes == []


UNKNOWN = ["nonsense", "eNoVzrEOgjAUQNF_6Wxi", "x" * 5000, "../../etc/passwd", '"><script>', "\u202eabc", "12345"]


@pytest.mark.parametrize("given", UNKNOWN, ids=range(len(UNKNOWN)))
@pytest.mark.parametrize("way", ["fail", "status"])
@both
def test_an_id_that_nobody_knows_is_a_failure_that_says_so(
    bench: Bench, slug: str, done: str, given: str, way: str
) -> None:
    bench.switch(unknown_id=way)
    bench.held()
    said = bench.fails(slug, Message_ID=given)
    assert said.startswith("Neither message tracking nor the held queue knows the id")
    assert len(said) < 400
    assert bench.writes == []


@both
def test_a_message_id_that_nobody_knows_is_a_failure_that_says_so(bench: Bench, slug: str, done: str) -> None:
    bench.held()
    said = bench.fails(slug, Message_ID="<nobody@example.org>")
    assert said == 'Message tracking has no message with the Message-ID "nobody@example.org".'
    assert bench.writes == []


@both
def test_an_archive_id_is_no_id_of_a_held_message(bench: Bench, slug: str, done: str) -> None:
    assert "knows the id" in bench.fails(slug, Message_ID=bench.held().archive_id)
    assert bench.writes == []


def test_a_message_that_aged_out_of_the_queue_is_not_there_any_more(bench: Bench) -> None:
    one = bench.held(received=datetime.now(UTC) - timedelta(days=15))
    assert "the held queue does not show it" in bench.fails("release-message", Message_ID=one.id)
    assert "has aged out" in bench.fails("release-message", Message_ID=one.hold_id)
    assert bench.writes == []


# many


def test_a_hold_id_is_found_beyond_the_first_page_of_the_queue(bench: Bench) -> None:
    bench.switch(queue_page_limit=20)
    wanted = bench.held("Offer", received=datetime.now(UTC) - timedelta(hours=1))
    bench.simulator.control("bulk", {"count": 70})
    bench.succeeds("release-message", Message_ID=wanted.hold_id, Verify_Result="false")
    assert decided(bench) == [("released", wanted.hold_id)]


def test_a_hold_id_is_enough_to_reject_where_message_tracking_does_not_answer(bench: Bench) -> None:
    wanted = bench.held("Offer")
    bench.fault("html", "/api/message-finder/search")
    result = bench.succeeds("reject-message", Message_ID=wanted.hold_id)
    assert decided(bench) == [("rejected", wanted.hold_id)]
    assert (result["message"]["trackingId"], result["message"]["risk"]) == ("", None)


def test_details_of_another_message_are_not_believed(bench: Bench) -> None:
    wanted, other = bench.held("Offer"), bench.held("Other")
    bench.simulator.control("record", {"id": wanted.id, "info": {"id": other.id}})
    bench.fails("release-message", Message_ID=wanted.id)
    assert decided(bench) == []


# a message that was decided elsewhere, and another one like it


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def still_shown_as_held(bench: Bench, record: TrackingRecord) -> dict[str, Any]:
    """Someone decides on the message elsewhere: it leaves the queue, and tracking goes on saying that it is held."""
    shown = bench.client.tracking.info(record.id).raw
    bench.simulator.tenant.set_status(record, "archived")
    record.info, record.row = dict(shown), {"status": "held"}
    bench.forget()
    return record.info


exactly = pytest.mark.parametrize("exact", [True, False], ids=["queue id is hold id", "queue id is another"])


@exactly
@pytest.mark.parametrize("kind", ["tracking id", "Message-ID"])
@pytest.mark.parametrize("more", [{}, {"Allow High Risk": True}], ids=["guarded", "overridden"])
def test_a_release_does_not_touch_a_later_message_with_the_same_sender_and_subject(
    bench: Bench, exact: bool, kind: str, more: dict[str, object]
) -> None:
    bench.switch(queue_id_is_hold_id=exact)
    older = bench.held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = bench.held("Offer", risk="high", received=now() - timedelta(minutes=1))
    still_shown_as_held(bench, older)
    result = bench.do("release-message", {"Message ID": KINDS[kind](older), **more})
    assert not result.is_success
    assert "does not show the message at the time of any held message like it" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [newer.hold_id]
    assert newer.hold_id in result.message
    assert (decided(bench), bench.writes, newer.is_held) == ([], [], True)


@exactly
@both
@pytest.mark.parametrize("seconds", [0, 4, 6, 50])
def test_a_decided_message_is_not_mistaken_for_one_that_came_seconds_later(
    bench: Bench, exact: bool, slug: str, done: str, seconds: int
) -> None:
    bench.switch(queue_id_is_hold_id=exact)
    at = now() - timedelta(minutes=10)
    older = bench.held("Offer", risk="low", received=at - timedelta(seconds=seconds))
    newer = bench.held("Offer", risk="high", received=at)
    still_shown_as_held(bench, older)
    result = bench.do(slug, Message_ID=older.id)
    assert not result.is_success
    expected = "2 records that fit this held message" if seconds <= 5 else "no held message like it was"
    assert expected in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [newer.hold_id]
    assert (decided(bench), bench.writes) == ([], [])


@exactly
def test_a_decision_that_does_not_show_yet_does_not_lead_to_another_message(bench: Bench, exact: bool) -> None:
    bench.switch(queue_id_is_hold_id=exact, hold_delay=3600)
    older = bench.held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = bench.held("Offer", risk="high", received=now() - timedelta(minutes=1))
    bench.simulator.tenant.decide(older.hold_id, "released")
    assert "did not confirm" in bench.fails("release-message", Message_ID=older.id)
    assert decided(bench) == [("released", older.hold_id)]
    assert newer.next_status == ""


def test_the_time_of_receipt_tells_messages_with_the_same_contents_apart(bench: Bench) -> None:
    bench.switch(queue_id_is_hold_id=False)
    older = bench.held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = bench.held("Offer", risk="low", received=now() - timedelta(minutes=1))
    bench.succeeds("release-message", Message_ID=older.id)
    assert decided(bench) == [("released", older.hold_id)]
    bench.succeeds("release-message", Message_ID=newer.id)
    assert decided(bench)[1:] == [("released", newer.hold_id)]


@pytest.mark.parametrize(
    ("block", "member", "missing"),
    [
        ("queueInfo", "to", "recipient"),
        ("messageInfo", "subject", "subject"),
        ("messageInfo", "fromEnvelope", "sender"),
    ],
)
@both
def test_a_record_that_does_not_name_enough_is_not_matched(
    bench: Bench, slug: str, done: str, block: str, member: str, missing: str
) -> None:
    bench.switch(queue_id_is_hold_id=False)
    wanted = bench.held("Offer", risk="low")
    shown = bench.client.tracking.info(wanted.id).raw
    parts = {"queueInfo": shown["queueInfo"], "messageInfo": shown["recipientInfo"]["messageInfo"]}
    parts[block][member] = None
    if missing == "recipient":
        shown["recipientInfo"]["txInfo"]["to"] = None
    wanted.info = shown
    bench.forget()
    result = bench.do(slug, Message_ID=wanted.id)
    assert not result.is_success
    assert f"Message tracking does not name the {missing} of the message, so nothing was done" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [wanted.hold_id]
    assert bench.writes == []


def test_a_record_whose_time_is_not_shown_is_not_matched(bench: Bench) -> None:
    bench.switch(queue_id_is_hold_id=False, tracked_limit=1)
    wanted = bench.held("Offer", risk="low", received=now() - timedelta(minutes=5))
    bench.mail("Newer", received=wanted.received + timedelta(seconds=30))
    assert "does not show the message at the time" in bench.fails("release-message", Message_ID=wanted.id)
    assert bench.writes == []


def test_too_many_messages_with_the_same_contents_are_not_searched_through(bench: Bench) -> None:
    bench.switch(queue_id_is_hold_id=False)
    records = [bench.held("Offer", risk="low", received=now() - timedelta(minutes=number)) for number in range(11)]
    result = bench.do("release-message", Message_ID=records[5].id)
    assert "11 held messages have this sender, recipient and subject" in result.message
    assert len(result.json_result) == 11
    assert bench.paths.count("/api/message-finder/search") == 0


@pytest.mark.parametrize(
    ("changed", "word"), [({"subject": "Other"}, "subject"), ({"sender": "other@example.org"}, "sender")]
)
@both
def test_an_entry_that_contradicts_the_record_is_not_acted_on(
    bench: Bench, slug: str, done: str, changed: dict[str, str], word: str
) -> None:
    wanted, other = bench.held("Offer", risk="low"), bench.held(**({"subject": "Offer"} | changed))
    shown = bench.client.tracking.info(wanted.id).raw
    wanted.info = {"queueInfo": shown["queueInfo"] | {"id": other.hold_id}}
    bench.forget()
    result = bench.do(slug, Message_ID=wanted.id)
    assert not result.is_success
    assert f"a held message whose {word} in the held queue differs" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [other.hold_id]
    assert bench.writes == []


def test_an_entry_without_an_id_is_not_the_one_of_a_record_without_a_queue_id(bench: Bench) -> None:
    """Two ids that are both missing are not equal."""
    wanted = bench.held("Offer", risk="low")
    shown = bench.client.tracking.info(wanted.id).raw
    wanted.info = {"queueInfo": shown["queueInfo"] | {"id": ""}}
    wanted.hold_id = ""
    bench.forget()
    assert "the held queue does not show it" in bench.fails("reject-message", Message_ID=wanted.id)
    assert bench.writes == []


# an id that names no message


@pytest.mark.parametrize("given", ["<>", "<", "< >", " <> ", ">", "<\t>", "<[Event.messageId]>", "[Event.messageId]"])
@pytest.mark.parametrize("slug", ["release-message", "reject-message", "report-message"])
def test_an_id_that_names_no_message_is_refused_before_any_call(v1: Bench, slug: str, given: str) -> None:
    v1.held()
    result = v1.do(slug, Message_ID=given)
    assert isinstance(result.error, InvalidParameter)
    assert '"Message ID" names no message' in result.message
    assert ("placeholder" in result.message) is ("Event" in given)
    assert v1.writes == []


def test_one_empty_id_in_a_list_keeps_a_report_from_being_sent(v1: Bench) -> None:
    wanted = v1.held()
    assert "names no message" in v1.fails("report-message", Message_ID=f"{wanted.id},<>")
    assert v1.simulator.tenant.reports == []
