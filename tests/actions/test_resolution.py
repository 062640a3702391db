"""The resolution of a `Message ID` to one held message. An ambiguous ID is an error."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.actions.held_messages import KINDS, both_decisions, decided
from tests.actions.runner import ActionRunner

LOGGED = {"tracking id": "is a tracking ID", "hold id": "is a hold ID"}


def held_for_three(runner: ActionRunner, **headers: Any) -> list[TrackingRecord]:
    to = "ann@example.com, bob@example.com, cat@example.com"
    message = runner.receive_held("Offer", to=to, **headers)
    return list(runner.simulator.tenant.by_message_id(message.mail.message_id))


UNKNOWN = ["nonsense", "eNoVzrEOgjAUQNF_6Wxi", "x" * 5000, "../../etc/passwd", '"><script>', "\u202eabc", "12345"]


@pytest.mark.parametrize("kind", KINDS)
@both_decisions
def test_each_kind_of_id_identifies_the_same_message(
    runner: ActionRunner, caplog: pytest.LogCaptureFixture, slug: str, decision: str, kind: str
) -> None:
    runner.receive_held("Another")
    wanted = runner.receive_held("Offer")
    runner.receive_held("A third")
    with caplog.at_level(logging.INFO):
        result = runner.succeeds(slug, Message_ID=KINDS[kind](wanted))
    assert decided(runner) == [(decision, wanted.hold_id)]
    assert result["message"]["holdId"] == wanted.hold_id
    assert result["message"]["trackingId"] == wanted.id
    error = LOGGED.get(kind, "an internet Message-ID")
    assert [record for record in caplog.records if error in record.getMessage()]


@pytest.mark.parametrize("kind", ["tracking id", "hold id"])
def test_an_id_that_the_platform_repeats_for_each_event_is_one_id(runner: ActionRunner, kind: str) -> None:
    wanted = runner.receive_held("Offer")
    one_id = KINDS[kind](wanted)
    result = runner.run("reject-message", Message_ID=f"{one_id},{one_id}, {one_id}")
    assert result.message == f'Successfully rejected message with ID "{one_id}" in Mimecast.'
    assert decided(runner) == [("rejected", wanted.hold_id)]


def test_a_message_id_that_repeats_the_one_of_another_message_does_not_identify_it(runner: ActionRunner) -> None:
    other = runner.receive_held("Offer").mail.message_id
    assert "no message with the Message-ID" in runner.fails("release-message", Message_ID=f"{other},{other}")
    assert decided(runner) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_found_if_its_queue_id_is_not_the_hold_id(runner: ActionRunner, kind: str) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    runner.receive_held("Another")
    wanted = runner.receive_held("Offer", risk="low")
    runner.succeeds("release-message", Message_ID=KINDS[kind](wanted))
    assert decided(runner) == [("released", wanted.hold_id)]


def test_the_log_does_not_contain_the_subject(runner: ActionRunner, caplog: pytest.LogCaptureFixture) -> None:
    wanted = runner.receive_held("Secret merger")
    with caplog.at_level(logging.INFO):
        runner.succeeds("release-message", Message_ID=wanted.id)
    assert "merger" not in caplog.text


@both_decisions
def test_a_message_id_of_several_held_messages_is_an_error_that_lists_them(
    runner: ActionRunner, slug: str, decision: str
) -> None:
    records = held_for_three(runner)
    result = runner.run(slug, Message_ID=records[0].mail.message_id)
    assert not result.is_success
    assert "matches 3 held messages, so nothing was done" in result.message
    assert {candidate["trackingId"] for candidate in result.json_result} == {record.id for record in records}
    assert {candidate["recipient"] for candidate in result.json_result} == {record.recipient for record in records}
    for record in records:
        assert record.id in result.message
    assert (decided(runner), runner.writes) == ([], [])


def test_a_listed_candidate_can_be_used(runner: ActionRunner) -> None:
    records = held_for_three(runner)
    candidates = runner.run("release-message", Message_ID=records[0].mail.message_id).json_result
    bob = next(candidate for candidate in candidates if candidate["recipient"] == "bob@example.com")
    runner.succeeds("release-message", Message_ID=bob["trackingId"])
    [decision] = runner.simulator.tenant.decisions
    assert decision.recipient == "bob@example.com"


@pytest.mark.parametrize("exact", [True, False])
def test_a_tracking_id_affects_only_its_own_recipient(runner: ActionRunner, exact: bool) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    records = held_for_three(runner)
    runner.succeeds("reject-message", Message_ID=records[1].id)
    assert decided(runner) == [("rejected", records[1].hold_id)]


def test_a_message_id_identifies_the_only_held_copy(runner: ActionRunner) -> None:
    records = held_for_three(runner)
    for record in records[1:]:
        runner.simulator.tenant.set_status(record, "archived")
    runner.succeeds("release-message", Message_ID=records[0].mail.message_id)
    assert decided(runner) == [("released", records[0].hold_id)]


def test_a_sender_who_reuses_a_message_id_makes_it_ambiguous(runner: ActionRunner) -> None:
    runner.receive_held("Offer", Message_ID="<same@evil.example.org>")
    runner.receive_held("Quite another", Message_ID="<same@evil.example.org>")
    error = runner.fails("release-message", Message_ID="same@evil.example.org")
    assert "matches 2 held messages" in error
    assert decided(runner) == []


@pytest.mark.parametrize("seconds", [0, 3])
def test_similar_holds_are_ambiguous(runner: ActionRunner, seconds: int) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    message = runner.receive_held("Offer", received=at)
    other = runner.receive_held("Offer", received=at - timedelta(seconds=seconds))
    result = runner.run("release-message", Message_ID=message.id)
    assert not result.is_success
    assert {candidate["holdId"] for candidate in result.json_result} == {message.hold_id, other.hold_id}
    assert runner.writes == []


@pytest.mark.parametrize("kind", ["tracking id", "Message-ID"])
@both_decisions
def test_a_message_that_is_not_held_is_an_error_that_names_its_status(
    runner: ActionRunner, slug: str, decision: str, kind: str
) -> None:
    message = runner.receive()
    for status in ("archived", "delivery", "accepted", "bounced", "deferred"):
        runner.simulator.tenant.set_status(message, status)
        result = runner.run(slug, Message_ID=KINDS[kind](message))
        assert result.message.endswith(f'The message is not held: its status is "{status}".')
        assert result.json_result == {"trackingId": message.id, "status": status}
        assert (result.is_success, runner.writes) == (False, [])


@both_decisions
def test_several_messages_that_are_not_held_are_an_error_that_names_their_statuses(
    runner: ActionRunner, slug: str, decision: str
) -> None:
    records = held_for_three(runner)
    for record, status in zip(records, ("archived", "bounced", "archived"), strict=True):
        runner.simulator.tenant.set_status(record, status)
    error = runner.fails(slug, Message_ID=records[0].mail.message_id)
    assert error.endswith("is held: their status is archived, bounced.")
    assert runner.writes == []


@pytest.mark.parametrize("reply", ["fail", "status"])
@both_decisions
def test_an_unknown_id_is_an_error(runner: ActionRunner, slug: str, decision: str, reply: str) -> None:
    runner.set_quirks(unknown_id=reply)
    runner.receive_held()
    for unknown_id in UNKNOWN:
        error = runner.fails(slug, Message_ID=unknown_id)
        assert error.startswith("No held message has the ID")
        assert len(error) < 400
    assert runner.writes == []


@both_decisions
def test_an_unknown_message_id_is_an_error(runner: ActionRunner, slug: str, decision: str) -> None:
    runner.receive_held()
    error = runner.fails(slug, Message_ID="<unknown@example.org>")
    assert error == 'Message tracking has no message with the Message-ID "unknown@example.org".'
    assert runner.writes == []


@both_decisions
def test_an_archive_id_does_not_identify_a_held_message(runner: ActionRunner, slug: str, decision: str) -> None:
    assert "No held message has the ID" in runner.fails(slug, Message_ID=runner.receive_held().archive_id)
    assert runner.writes == []


def test_a_message_that_aged_out_of_the_hold_queue_is_not_found(runner: ActionRunner) -> None:
    message = runner.receive_held(received=datetime.now(UTC) - timedelta(days=15))
    assert "the hold queue does not show it" in runner.fails("release-message", Message_ID=message.id)
    assert "have expired" in runner.fails("release-message", Message_ID=message.hold_id)
    assert runner.writes == []


def test_a_hold_id_is_found_beyond_the_first_page(runner: ActionRunner) -> None:
    runner.set_quirks(queue_page_limit=20)
    wanted = runner.receive_held("Offer", received=datetime.now(UTC) - timedelta(hours=1))
    runner.simulator.control("bulk", {"count": 70})
    runner.succeeds("release-message", Message_ID=wanted.hold_id, Verify_Result="false")
    assert decided(runner) == [("released", wanted.hold_id)]


def test_a_rejection_by_hold_id_does_not_need_message_tracking(runner: ActionRunner) -> None:
    wanted = runner.receive_held("Offer")
    runner.add_fault("html", "/api/message-finder/search")
    result = runner.succeeds("reject-message", Message_ID=wanted.hold_id)
    assert decided(runner) == [("rejected", wanted.hold_id)]
    assert (result["message"]["trackingId"], result["message"]["risk"]) == ("", None)


def test_details_with_another_id_are_refused(runner: ActionRunner) -> None:
    wanted, other = runner.receive_held("Offer"), runner.receive_held("Other")
    runner.simulator.control("record", {"id": wanted.id, "info": {"id": other.id}})
    runner.fails("release-message", Message_ID=wanted.id)
    assert decided(runner) == []


@pytest.mark.parametrize("slug", ["release-message", "reject-message", "report-message"])
def test_an_empty_id_or_placeholder_is_refused_before_any_write(v1: ActionRunner, slug: str) -> None:
    v1.receive_held()
    for message_id in ("<>", "<", "< >", " <> ", ">", "<\t>", "<[Event.messageId]>", "[Event.messageId]"):
        result = v1.run(slug, Message_ID=message_id)
        assert isinstance(result.error, InvalidParameter)
        assert '"Message ID" names no message' in result.message
        assert ("placeholder" in result.message) is ("Event" in message_id)
    assert v1.writes == []


@pytest.mark.parametrize("slug", ["release-message", "reject-message", "report-message"])
def test_a_placeholder_is_refused_before_any_request(runner: ActionRunner, slug: str) -> None:
    message_ids = "[Event.trackingId]" if slug != "report-message" else "eNoDAAAAAAE,[Event.trackingId]"
    assert "this is a placeholder of the playbook that no value replaced" in runner.fails(slug, Message_ID=message_ids)
    assert runner.simulator.requests == []


def test_an_empty_id_in_a_list_stops_the_whole_report(v1: ActionRunner) -> None:
    wanted = v1.receive_held()
    assert "names no message" in v1.fails("report-message", Message_ID=f"{wanted.id},<>")
    assert v1.simulator.tenant.reports == []


FOREIGN = ["fail", "http404_html", "http400", "flat200", "empty", "other_message"]


@pytest.mark.parametrize("answer", FOREIGN)
@pytest.mark.parametrize("kind", ["tracking id", "hold id", "Message-ID"])
@both_decisions
def test_each_kind_of_id_works_whatever_tracking_answers_to_an_id_that_is_not_its_own(
    runner: ActionRunner, slug: str, decision: str, kind: str, answer: str
) -> None:
    runner.set_quirks(foreign_id_info=answer)
    runner.receive_held("Another", risk="low")
    wanted = runner.receive_held("Offer", risk="low")
    runner.receive_held("A third", risk="low")
    result = runner.succeeds(slug, Message_ID=KINDS[kind](wanted))
    assert decided(runner) == [(decision, wanted.hold_id)]
    assert result["message"]["trackingId"] == wanted.id


@pytest.mark.parametrize("answer", FOREIGN)
@both_decisions
def test_an_unknown_id_identifies_nothing_whatever_tracking_answers(
    runner: ActionRunner, slug: str, decision: str, answer: str
) -> None:
    runner.set_quirks(foreign_id_info=answer)
    runner.receive_held()
    assert runner.fails(slug, Message_ID=runner.unknown_id()).startswith("No held message has the ID")
    assert runner.writes == []


@pytest.mark.parametrize("form", ["object", "list", "list of objects"])
@pytest.mark.parametrize("exact", [True, False], ids=["queue id is hold id", "queue id differs"])
@both_decisions
def test_a_tracking_id_works_with_each_form_of_the_addresses(
    runner: ActionRunner, slug: str, decision: str, exact: bool, form: str
) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    wanted = runner.receive_held("Offer", risk="low", received=datetime.now(UTC) - timedelta(minutes=5))
    details = runner.client.tracking.info(wanted.id).raw

    def formed(address: str) -> Any:
        value = {"emailAddress": address}
        return {"object": value, "list": [address], "list of objects": [value]}[form]

    for block in (details["queueInfo"], details["recipientInfo"]["messageInfo"]):
        for name in ("fromEnvelope", "fromHeader"):
            block[name] = formed(block[name])
    details["queueInfo"]["to"] = formed(details["queueInfo"]["to"])
    wanted.info = {"queueInfo": details["queueInfo"], "recipientInfo": details["recipientInfo"]}
    runner.succeeds(slug, {"Verify Result": False}, Message_ID=wanted.id)
    assert decided(runner) == [(decision, wanted.hold_id)]


def test_details_without_an_id_do_not_outweigh_the_hold_queue(runner: ActionRunner) -> None:
    """Mimecast answers to a hold ID with the details of another message, and does not say whose they are."""
    wanted = runner.receive_held("Offer", risk="low")
    other = runner.receive_held("Other", risk="low")
    other.info = {"id": None}
    runner.set_quirks(foreign_id_info="other_message")
    runner.succeeds("reject-message", Message_ID=wanted.hold_id)
    assert decided(runner) == [("rejected", wanted.hold_id)]


def test_the_entry_that_the_details_name_is_found_under_an_alias_of_the_recipient(runner: ActionRunner) -> None:
    wanted = runner.receive_held("Offer", risk="low")
    details = runner.client.tracking.info(wanted.id).raw
    wanted.info = {"queueInfo": details["queueInfo"] | {"to": "alias@example.com"}}
    runner.succeeds("reject-message", {"Verify Result": False}, Message_ID=wanted.id)
    assert decided(runner) == [("rejected", wanted.hold_id)]
