"""Which held message a `Message ID` means: found out, named in the log, and never guessed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.simulator.tenant.records import Tracked
from tests.actions.runner import ActionRunner

DECISIONS = [("release-message", "released"), ("reject-message", "rejected")]
both = pytest.mark.parametrize(("slug", "done"), DECISIONS)
KINDS = {
    "tracking id": lambda one: one.id,
    "hold id": lambda one: one.hold_id,
    "Message-ID": lambda one: one.mail.message_id,
    "Message-ID in brackets": lambda one: f"<{one.mail.message_id}>",
    "Message-ID with blanks": lambda one: f"  <{one.mail.message_id}>\n",
}
LOGGED = {"tracking id": "is a tracking ID", "hold id": "is a hold ID"}


def decided(runner: ActionRunner) -> list[tuple[str, str]]:
    return [(one.what, one.hold_id) for one in runner.simulator.tenant.decisions]


def held_for_three(runner: ActionRunner, **more: str) -> list[Tracked]:
    to = "ann@example.com, bob@example.com, cat@example.com"
    one = runner.receive_held("Offer", to=to, **more)
    return list(runner.simulator.tenant.by_message_id(one.mail.message_id))


@pytest.mark.parametrize("kind", KINDS)
@both
def test_each_kind_of_id_means_the_same_message(
    runner: ActionRunner, caplog: pytest.LogCaptureFixture, slug: str, done: str, kind: str
) -> None:
    runner.receive_held("Another")
    wanted = runner.receive_held("Offer")
    runner.receive_held("A third")
    with caplog.at_level(logging.INFO):
        result = runner.succeeds(slug, Message_ID=KINDS[kind](wanted))
    assert decided(runner) == [(done, wanted.hold_id)]
    assert result["message"]["holdId"] == wanted.hold_id
    assert result["message"]["trackingId"] == wanted.id
    said = LOGGED.get(kind, "an internet Message-ID")
    assert [record for record in caplog.records if said in record.getMessage()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_queue_need_not_use_the_id_that_the_details_name(runner: ActionRunner, kind: str) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    runner.receive_held("Another")
    wanted = runner.receive_held("Offer", risk="low")
    runner.succeeds("release-message", Message_ID=KINDS[kind](wanted))
    assert decided(runner) == [("released", wanted.hold_id)]


def test_what_is_logged_says_nothing_of_the_mail(runner: ActionRunner, caplog: pytest.LogCaptureFixture) -> None:
    wanted = runner.receive_held("Secret merger")
    with caplog.at_level(logging.INFO):
        runner.succeeds("release-message", Message_ID=wanted.id)
    assert "merger" not in caplog.text


# several


@both
def test_a_message_id_of_several_held_messages_does_nothing_and_lists_them(
    runner: ActionRunner, slug: str, done: str
) -> None:
    records = held_for_three(runner)
    result = runner.run(slug, Message_ID=records[0].mail.message_id)
    assert not result.is_success
    assert "matches 3 held messages, so nothing was done" in result.message
    assert {one["trackingId"] for one in result.json_result} == {record.id for record in records}
    assert {one["recipient"] for one in result.json_result} == {record.recipient for record in records}
    for record in records:
        assert record.id in result.message
    assert (decided(runner), runner.writes) == ([], [])


def test_a_candidate_that_was_listed_can_be_used(runner: ActionRunner) -> None:
    records = held_for_three(runner)
    listed = runner.run("release-message", Message_ID=records[0].mail.message_id).json_result
    bob = next(one for one in listed if one["recipient"] == "bob@example.com")
    runner.succeeds("release-message", Message_ID=bob["trackingId"])
    [decision] = runner.simulator.tenant.decisions
    assert decision.recipient == "bob@example.com"


@pytest.mark.parametrize("exact", [True, False])
def test_a_tracking_id_of_one_recipient_leaves_the_others_alone(runner: ActionRunner, exact: bool) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    records = held_for_three(runner)
    runner.succeeds("reject-message", Message_ID=records[1].id)
    assert decided(runner) == [("rejected", records[1].hold_id)]


def test_the_one_that_is_held_is_meant_where_the_others_are_not(runner: ActionRunner) -> None:
    records = held_for_three(runner)
    for record in records[1:]:
        runner.simulator.tenant.set_status(record, "archived")
    runner.succeeds("release-message", Message_ID=records[0].mail.message_id)
    assert decided(runner) == [("released", records[0].hold_id)]


def test_a_sender_who_reuses_a_message_id_makes_it_ambiguous(runner: ActionRunner) -> None:
    runner.receive_held("Offer", Message_ID="<same@evil.example.org>")
    runner.receive_held("Quite another", Message_ID="<same@evil.example.org>")
    said = runner.fails("release-message", Message_ID="same@evil.example.org")
    assert "matches 2 held messages" in said
    assert decided(runner) == []


@pytest.mark.parametrize("seconds", [0, 3])
def test_look_alikes_in_the_queue_are_not_guessed_between(runner: ActionRunner, seconds: int) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    one = runner.receive_held("Offer", received=at)
    other = runner.receive_held("Offer", received=at - timedelta(seconds=seconds))
    result = runner.run("release-message", Message_ID=one.id)
    assert not result.is_success
    assert {candidate["holdId"] for candidate in result.json_result} == {one.hold_id, other.hold_id}
    assert runner.writes == []


# none


@pytest.mark.parametrize("status", ["archived", "delivery", "accepted", "bounced", "deferred"])
@pytest.mark.parametrize("kind", ["tracking id", "Message-ID"])
@both
def test_a_message_that_is_not_held_says_what_its_status_is(
    runner: ActionRunner, slug: str, done: str, kind: str, status: str
) -> None:
    one = runner.receive()
    runner.simulator.tenant.set_status(one, status)
    result = runner.run(slug, Message_ID=KINDS[kind](one))
    assert result.message.endswith(f'The message is not held: its status is "{status}".')
    assert result.json_result == {"trackingId": one.id, "status": status}
    assert (result.is_success, runner.writes) == (False, [])


@both
def test_several_that_are_not_held_say_what_their_status_is(runner: ActionRunner, slug: str, done: str) -> None:
    records = held_for_three(runner)
    for record, status in zip(records, ("archived", "bounced", "archived"), strict=True):
        runner.simulator.tenant.set_status(record, status)
    said = runner.fails(slug, Message_ID=records[0].mail.message_id)
    assert said.endswith("is held: their status is archived, bounced.")
    assert runner.writes == []


UNKNOWN = ["nonsense", "eNoVzrEOgjAUQNF_6Wxi", "x" * 5000, "../../etc/passwd", '"><script>', "\u202eabc", "12345"]


@pytest.mark.parametrize("given", UNKNOWN, ids=range(len(UNKNOWN)))
@pytest.mark.parametrize("way", ["fail", "status"])
@both
def test_an_id_that_nobody_knows_is_a_failure_that_says_so(
    runner: ActionRunner, slug: str, done: str, given: str, way: str
) -> None:
    runner.set_quirks(unknown_id=way)
    runner.receive_held()
    said = runner.fails(slug, Message_ID=given)
    assert said.startswith("Neither message tracking nor the hold queue knows the ID")
    assert len(said) < 400
    assert runner.writes == []


@both
def test_a_message_id_that_nobody_knows_is_a_failure_that_says_so(runner: ActionRunner, slug: str, done: str) -> None:
    runner.receive_held()
    said = runner.fails(slug, Message_ID="<nobody@example.org>")
    assert said == 'Message tracking has no message with the Message-ID "nobody@example.org".'
    assert runner.writes == []


@both
def test_an_archive_id_is_no_id_of_a_held_message(runner: ActionRunner, slug: str, done: str) -> None:
    assert "knows the ID" in runner.fails(slug, Message_ID=runner.receive_held().archive_id)
    assert runner.writes == []


def test_a_message_that_aged_out_of_the_queue_is_not_there_any_more(runner: ActionRunner) -> None:
    one = runner.receive_held(received=datetime.now(UTC) - timedelta(days=15))
    assert "the hold queue does not show it" in runner.fails("release-message", Message_ID=one.id)
    assert "has aged out" in runner.fails("release-message", Message_ID=one.hold_id)
    assert runner.writes == []


# many


def test_a_hold_id_is_found_beyond_the_first_page_of_the_queue(runner: ActionRunner) -> None:
    runner.set_quirks(queue_page_limit=20)
    wanted = runner.receive_held("Offer", received=datetime.now(UTC) - timedelta(hours=1))
    runner.simulator.control("bulk", {"count": 70})
    runner.succeeds("release-message", Message_ID=wanted.hold_id, Verify_Result="false")
    assert decided(runner) == [("released", wanted.hold_id)]


def test_a_hold_id_is_enough_to_reject_where_message_tracking_does_not_answer(runner: ActionRunner) -> None:
    wanted = runner.receive_held("Offer")
    runner.add_fault("html", "/api/message-finder/search")
    result = runner.succeeds("reject-message", Message_ID=wanted.hold_id)
    assert decided(runner) == [("rejected", wanted.hold_id)]
    assert (result["message"]["trackingId"], result["message"]["risk"]) == ("", None)


def test_details_of_another_message_are_not_believed(runner: ActionRunner) -> None:
    wanted, other = runner.receive_held("Offer"), runner.receive_held("Other")
    runner.simulator.control("record", {"id": wanted.id, "info": {"id": other.id}})
    runner.fails("release-message", Message_ID=wanted.id)
    assert decided(runner) == []


# a message that was decided elsewhere, and another one like it


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def still_shown_as_held(runner: ActionRunner, record: Tracked) -> dict[str, Any]:
    """Someone decides on the message elsewhere: it leaves the queue, and tracking goes on saying that it is held."""
    shown = runner.client.tracking.info(record.id).raw
    runner.simulator.tenant.set_status(record, "archived")
    record.info, record.row = dict(shown), {"status": "held"}
    runner.clear_requests()
    return record.info


exactly = pytest.mark.parametrize("exact", [True, False], ids=["queue id is hold id", "queue id is another"])


@exactly
@pytest.mark.parametrize("kind", ["tracking id", "Message-ID"])
@pytest.mark.parametrize("more", [{}, {"Allow High Risk": True}], ids=["guarded", "overridden"])
def test_a_release_does_not_touch_a_later_message_with_the_same_sender_and_subject(
    runner: ActionRunner, exact: bool, kind: str, more: dict[str, object]
) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    older = runner.receive_held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = runner.receive_held("Offer", risk="high", received=now() - timedelta(minutes=1))
    still_shown_as_held(runner, older)
    result = runner.run("release-message", {"Message ID": KINDS[kind](older), **more})
    assert not result.is_success
    assert "does not show the message at the time of any held message like it" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [newer.hold_id]
    assert newer.hold_id in result.message
    assert (decided(runner), runner.writes, newer.is_held) == ([], [], True)


@exactly
@both
@pytest.mark.parametrize("seconds", [0, 4, 6, 50])
def test_a_decided_message_is_not_mistaken_for_one_that_came_seconds_later(
    runner: ActionRunner, exact: bool, slug: str, done: str, seconds: int
) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    at = now() - timedelta(minutes=10)
    older = runner.receive_held("Offer", risk="low", received=at - timedelta(seconds=seconds))
    newer = runner.receive_held("Offer", risk="high", received=at)
    still_shown_as_held(runner, older)
    result = runner.run(slug, Message_ID=older.id)
    assert not result.is_success
    expected = "2 records that fit this held message" if seconds <= 5 else "no held message like it was"
    assert expected in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [newer.hold_id]
    assert (decided(runner), runner.writes) == ([], [])


@exactly
def test_a_decision_that_does_not_show_yet_does_not_lead_to_another_message(runner: ActionRunner, exact: bool) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact, hold_delay=3600)
    older = runner.receive_held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = runner.receive_held("Offer", risk="high", received=now() - timedelta(minutes=1))
    runner.simulator.tenant.decide(older.hold_id, "released")
    assert "did not confirm" in runner.fails("release-message", Message_ID=older.id)
    assert decided(runner) == [("released", older.hold_id)]
    assert newer.next_status == ""


def test_the_time_of_receipt_tells_messages_with_the_same_contents_apart(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    older = runner.receive_held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = runner.receive_held("Offer", risk="low", received=now() - timedelta(minutes=1))
    runner.succeeds("release-message", Message_ID=older.id)
    assert decided(runner) == [("released", older.hold_id)]
    runner.succeeds("release-message", Message_ID=newer.id)
    assert decided(runner)[1:] == [("released", newer.hold_id)]


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
    runner: ActionRunner, slug: str, done: str, block: str, member: str, missing: str
) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    wanted = runner.receive_held("Offer", risk="low")
    shown = runner.client.tracking.info(wanted.id).raw
    parts = {"queueInfo": shown["queueInfo"], "messageInfo": shown["recipientInfo"]["messageInfo"]}
    parts[block][member] = None
    if missing == "recipient":
        shown["recipientInfo"]["txInfo"]["to"] = None
    wanted.info = shown
    runner.clear_requests()
    result = runner.run(slug, Message_ID=wanted.id)
    assert not result.is_success
    assert f"Message tracking does not name the {missing} of the message, so nothing was done" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [wanted.hold_id]
    assert runner.writes == []


def test_a_record_whose_time_is_not_shown_is_not_matched(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False, tracked_limit=1)
    wanted = runner.receive_held("Offer", risk="low", received=now() - timedelta(minutes=5))
    runner.receive("Newer", received=wanted.received + timedelta(seconds=30))
    assert "does not show the message at the time" in runner.fails("release-message", Message_ID=wanted.id)
    assert runner.writes == []


def test_too_many_messages_with_the_same_contents_are_not_searched_through(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    records = [
        runner.receive_held("Offer", risk="low", received=now() - timedelta(minutes=number)) for number in range(11)
    ]
    result = runner.run("release-message", Message_ID=records[5].id)
    assert "11 held messages have this sender, recipient and subject" in result.message
    assert len(result.json_result) == 11
    assert runner.paths.count("/api/message-finder/search") == 0


@pytest.mark.parametrize(
    ("changed", "word"), [({"subject": "Other"}, "subject"), ({"sender": "other@example.org"}, "sender")]
)
@both
def test_an_entry_that_contradicts_the_record_is_not_acted_on(
    runner: ActionRunner, slug: str, done: str, changed: dict[str, str], word: str
) -> None:
    wanted, other = runner.receive_held("Offer", risk="low"), runner.receive_held(**({"subject": "Offer"} | changed))
    shown = runner.client.tracking.info(wanted.id).raw
    wanted.info = {"queueInfo": shown["queueInfo"] | {"id": other.hold_id}}
    runner.clear_requests()
    result = runner.run(slug, Message_ID=wanted.id)
    assert not result.is_success
    assert f"a held message whose {word} in the hold queue differs" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [other.hold_id]
    assert runner.writes == []


def test_an_entry_without_an_id_is_not_the_one_of_a_record_without_a_queue_id(runner: ActionRunner) -> None:
    """Two ids that are both missing are not equal."""
    wanted = runner.receive_held("Offer", risk="low")
    shown = runner.client.tracking.info(wanted.id).raw
    wanted.info = {"queueInfo": shown["queueInfo"] | {"id": ""}}
    wanted.hold_id = ""
    runner.clear_requests()
    assert "the hold queue does not show it" in runner.fails("reject-message", Message_ID=wanted.id)
    assert runner.writes == []


# an id that names no message


@pytest.mark.parametrize("given", ["<>", "<", "< >", " <> ", ">", "<\t>", "<[Event.messageId]>", "[Event.messageId]"])
@pytest.mark.parametrize("slug", ["release-message", "reject-message", "report-message"])
def test_an_id_that_names_no_message_is_refused_before_any_call(v1: ActionRunner, slug: str, given: str) -> None:
    v1.receive_held()
    result = v1.run(slug, Message_ID=given)
    assert isinstance(result.error, InvalidParameter)
    assert '"Message ID" names no message' in result.message
    assert ("placeholder" in result.message) is ("Event" in given)
    assert v1.writes == []


def test_one_empty_id_in_a_list_keeps_a_report_from_being_sent(v1: ActionRunner) -> None:
    wanted = v1.receive_held()
    assert "names no message" in v1.fails("report-message", Message_ID=f"{wanted.id},<>")
    assert v1.simulator.tenant.reports == []
