"""Hold matching: an action never affects a message that is only similar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.actions.held_messages import KINDS, both_decisions, decided
from tests.actions.runner import ActionRunner


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def still_shown_as_held(runner: ActionRunner, record: TrackingRecord) -> dict[str, Any]:
    """Someone else decides on the message. It leaves the hold queue, but message tracking still shows it as held."""
    details = runner.client.tracking.info(record.id).raw
    runner.simulator.tenant.set_status(record, "archived")
    record.info, record.row = dict(details), {"status": "held"}
    runner.clear_requests()
    return record.info


exactly = pytest.mark.parametrize("exact", [True, False], ids=["queue id is hold id", "queue id differs"])


@exactly
@pytest.mark.parametrize("kind", ["tracking id", "Message-ID"])
@pytest.mark.parametrize("allow_high_risk", [False, True], ids=["guarded", "overridden"])
def test_a_release_does_not_touch_a_later_message_with_the_same_sender_and_subject(
    runner: ActionRunner, exact: bool, kind: str, allow_high_risk: bool
) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    older = runner.receive_held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = runner.receive_held("Offer", risk="high", received=now() - timedelta(minutes=1))
    still_shown_as_held(runner, older)
    result = runner.run("release-message", {"Message ID": KINDS[kind](older), "Allow High Risk": allow_high_risk})
    assert not result.is_success
    assert "does not show the message at the time of any held message like it" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [newer.hold_id]
    assert newer.hold_id in result.message
    assert (decided(runner), runner.writes, newer.is_held) == ([], [], True)


@exactly
@pytest.mark.parametrize("seconds", [0, 4, 6, 50])
def test_a_decided_message_is_not_confused_with_a_similar_one_received_seconds_later(
    runner: ActionRunner, exact: bool, seconds: int
) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    at = now() - timedelta(minutes=10)
    older = runner.receive_held("Offer", risk="low", received=at - timedelta(seconds=seconds))
    newer = runner.receive_held("Offer", risk="high", received=at)
    still_shown_as_held(runner, older)
    result = runner.run("reject-message", Message_ID=older.id)
    assert not result.is_success
    expected = "2 records that fit this held message" if seconds <= 5 else "no held message like it was"
    assert expected in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [newer.hold_id]
    assert (decided(runner), runner.writes) == ([], [])


@exactly
def test_a_decision_that_is_not_visible_yet_does_not_affect_a_similar_message(
    runner: ActionRunner, exact: bool
) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact, hold_delay=3600)
    older = runner.receive_held("Offer", risk="low", received=now() - timedelta(hours=2))
    newer = runner.receive_held("Offer", risk="high", received=now() - timedelta(minutes=1))
    runner.simulator.tenant.decide(older.hold_id, "released")
    assert "did not confirm" in runner.fails("release-message", Message_ID=older.id)
    assert decided(runner) == [("released", older.hold_id)]
    assert newer.next_status == ""


def test_the_received_time_distinguishes_messages_with_equal_contents(runner: ActionRunner) -> None:
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
@both_decisions
def test_a_record_with_a_missing_member_is_not_matched(
    runner: ActionRunner, slug: str, decision: str, block: str, member: str, missing: str
) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    wanted = runner.receive_held("Offer", risk="low")
    details = runner.client.tracking.info(wanted.id).raw
    parts = {"queueInfo": details["queueInfo"], "messageInfo": details["recipientInfo"]["messageInfo"]}
    parts[block][member] = None
    if missing == "recipient":
        details["recipientInfo"]["txInfo"]["to"] = None
    wanted.info = details
    runner.clear_requests()
    result = runner.run(slug, Message_ID=wanted.id)
    assert not result.is_success
    assert f"Message tracking does not name the {missing} of the message, so nothing was done" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [wanted.hold_id]
    assert runner.writes == []


def test_a_record_without_a_received_time_is_not_matched(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False, tracked_limit=1)
    wanted = runner.receive_held("Offer", risk="low", received=now() - timedelta(minutes=5))
    runner.receive("Newer", received=wanted.received + timedelta(seconds=30))
    assert "does not show the message at the time" in runner.fails("release-message", Message_ID=wanted.id)
    assert runner.writes == []


def test_too_many_messages_with_equal_contents_are_not_matched(runner: ActionRunner) -> None:
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
@both_decisions
def test_a_hold_that_contradicts_the_record_is_refused(
    runner: ActionRunner, slug: str, decision: str, changed: dict[str, str], word: str
) -> None:
    values: dict[str, Any] = {"subject": "Offer"} | changed
    wanted, other = runner.receive_held("Offer", risk="low"), runner.receive_held(**values)
    details = runner.client.tracking.info(wanted.id).raw
    wanted.info = {"queueInfo": details["queueInfo"] | {"id": other.hold_id}}
    runner.clear_requests()
    result = runner.run(slug, Message_ID=wanted.id)
    assert not result.is_success
    assert f"a held message whose {word} in the hold queue differs" in result.message
    assert [candidate["holdId"] for candidate in result.json_result] == [other.hold_id]
    assert runner.writes == []


def test_a_missing_hold_id_does_not_match_a_missing_queue_id(runner: ActionRunner) -> None:
    """Two ids that are both missing are not equal."""
    wanted = runner.receive_held("Offer", risk="low")
    details = runner.client.tracking.info(wanted.id).raw
    wanted.info = {"queueInfo": details["queueInfo"] | {"id": ""}}
    wanted.hold_id = ""
    runner.clear_requests()
    assert "the hold queue does not show it" in runner.fails("reject-message", Message_ID=wanted.id)
    assert runner.writes == []
