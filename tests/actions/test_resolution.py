"""Which held message a `Message ID` means: found out, named in the log, and never guessed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from mimecast_secops.simulator.tenant.records import Tracked
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
    return [(one.what, one.hold_id) for one in bench.simulator.tenant.decisions]


def held_for_three(bench: Bench, **more: str) -> list[Tracked]:
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
    wanted = bench.held("Offer")
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


def test_a_hold_id_is_enough_to_act_where_message_tracking_does_not_answer(bench: Bench) -> None:
    wanted = bench.held("Offer")
    bench.fault("html", "/api/message-finder/search")
    result = bench.succeeds("release-message", Message_ID=wanted.hold_id)
    assert decided(bench) == [("released", wanted.hold_id)]
    assert (result["message"]["trackingId"], result["message"]["risk"]) == ("", None)


def test_details_of_another_message_are_not_believed(bench: Bench) -> None:
    wanted, other = bench.held("Offer"), bench.held("Other")
    bench.simulator.control("record", {"id": wanted.id, "info": {"id": other.id}})
    bench.fails("release-message", Message_ID=wanted.id)
    assert decided(bench) == []
