"""Release Message and Reject Message: successful only if Mimecast confirms it, and never more than requested."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.simulator.tenant.records import Decision, Tracked
from tests.actions.runner import ActionRunner

RELEASE, REJECT = "/api/gateway/hold-release", "/api/gateway/hold-reject"
SANDBOX = "/api/message-finder/release-held-email-to-sandbox"
INFO = "/api/message-finder/get-message-info"
HOLD_LIST = "/api/gateway/get-hold-message-list"
both_decisions = pytest.mark.parametrize(
    ("slug", "path", "decision"), [("release-message", RELEASE, "released"), ("reject-message", REJECT, "rejected")]
)


def decisions(runner: ActionRunner) -> list[Decision]:
    return runner.simulator.tenant.decisions


@both_decisions
def test_a_decision_is_one_write_that_mimecast_confirms(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held()
    result = runner.succeeds(slug, Message_ID=message.id)
    assert runner.writes == [path]
    assert [(record.what, record.tracking_id) for record in decisions(runner)] == [(decision, message.id)]
    assert (result["state"], result["already"]) == ("confirmed", False)
    assert result["undo"]["possible"] is False
    assert result["undo"]["why"]


@both_decisions
def test_the_result_describes_the_message(runner: ActionRunner, slug: str, path: str, decision: str) -> None:
    held = runner.receive_held("Offer", risk="medium", sender="eve@example.org")
    message = runner.succeeds(slug, Message_ID=held.id)["message"]
    assert {name: message[name] for name in ("holdId", "trackingId", "subject", "sender", "recipient", "risk")} == {
        "holdId": held.hold_id,
        "trackingId": held.id,
        "subject": "Offer",
        "sender": "eve@example.org",
        "recipient": "ann@example.com",
        "risk": "medium",
    }
    assert message["reason"] == "Spam Signature"
    assert message["received"] == held.received.isoformat()


# Decisions that Mimecast does not confirm.


@pytest.mark.parametrize("reply", ["flag", "fail", "empty"])
@both_decisions
def test_a_decision_that_mimecast_does_not_confirm_is_a_failure(
    runner: ActionRunner, slug: str, path: str, decision: str, reply: str
) -> None:
    """The hold queue still shows the message, although another user already decided on it."""
    runner.set_quirks(not_held=reply, hold_delay=3600)
    message = runner.receive_held()
    runner.simulator.tenant.decide(message.hold_id, "rejected" if decision == "released" else "released")
    error = runner.fails(slug, Message_ID=message.id)
    assert runner.writes == [path]
    assert len(decisions(runner)) == 1
    if reply == "fail":
        assert "err_simulated_not_held" in error
        assert "Message is not held" in error
    else:
        assert error.startswith(f"Mimecast did not confirm that the message was {decision}")


@pytest.mark.parametrize("kind", ["html", "empty", "truncated"])
@both_decisions
def test_an_unreadable_reply_is_a_failure(runner: ActionRunner, slug: str, path: str, decision: str, kind: str) -> None:
    message = runner.receive_held()
    runner.add_fault(kind, path)
    runner.fails(slug, Message_ID=message.id)


@both_decisions
def test_a_released_message_cannot_be_decided_again(runner: ActionRunner, slug: str, path: str, decision: str) -> None:
    message = runner.receive_held()
    runner.succeeds("release-message", Message_ID=message.id)
    runner.clear_requests()
    assert 'its status is "archived"' in runner.fails(slug, Message_ID=message.id)
    assert runner.writes == []


# Release to the sandbox.


def test_a_release_to_the_sandbox_uses_its_own_endpoint_only(v1: ActionRunner) -> None:
    message = v1.receive_held(risk="high")
    result = v1.run("release-message", Message_ID=message.id, Release_To_Sandbox="true")
    assert result.message == f'Successfully released message with ID "{message.id}" in Mimecast.'
    assert result.json_result["state"] == "pending"
    assert v1.writes == [SANDBOX]
    assert [record.what for record in decisions(v1)] == ["released to sandbox"]


def test_a_release_to_the_sandbox_on_api_2_fails_before_any_request(v2: ActionRunner) -> None:
    message = v2.receive_held()
    error = v2.fails("release-message", Message_ID=message.id, Release_To_Sandbox=True)
    assert error.startswith('"Release To Sandbox" exists on API 1.0 only')
    assert v2.simulator.requests == []
    assert message.is_held


def test_a_failed_release_to_the_sandbox_is_never_a_plain_release(v1: ActionRunner) -> None:
    message = v1.receive_held()
    v1.add_fault("500", SANDBOX)
    v1.fails("release-message", Message_ID=message.id, Release_To_Sandbox=True)
    assert set(v1.writes) == {SANDBOX}
    assert (decisions(v1), message.is_held) == ([], True)


def test_a_release_to_the_sandbox_needs_the_tracking_record(v1: ActionRunner) -> None:
    message = v1.receive_held()
    v1.add_fault("html", "/api/message-finder/search")
    error = v1.fails("release-message", Message_ID=message.hold_id, Release_To_Sandbox=True)
    assert "tracking record" in error
    assert v1.writes == []


# The check of the risk.


@pytest.mark.parametrize("by", ["id", "hold_id", "message_id"])
def test_a_message_of_high_risk_is_not_released(runner: ActionRunner, by: str) -> None:
    message = runner.receive_held(risk="high")
    message_id = message.mail.message_id if by == "message_id" else getattr(message, by)
    result = runner.run("release-message", Message_ID=message_id)
    assert not result.is_success
    assert "high risk" in result.message
    assert '"Allow High Risk"' in result.message
    assert result.json_result[0]["trackingId"] == message.id
    assert (runner.writes, message.is_held) == ([], True)


def test_a_duplicate_message_does_not_hide_a_high_risk(runner: ActionRunner) -> None:
    """Two equal messages arrive within seconds. Either tracking record may match, but both have a high risk."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    message, _ = runner.receive_held(risk="high", received=at), runner.receive_held(risk="high", received=at)
    assert "high risk" in runner.fails("release-message", Message_ID=message.hold_id)
    assert runner.writes == []


def test_a_message_of_high_risk_is_released_with_the_override(runner: ActionRunner) -> None:
    message = runner.receive_held(risk="high")
    runner.succeeds("release-message", Message_ID=message.id, Allow_High_Risk="true")
    assert runner.writes == [RELEASE]


@pytest.mark.parametrize("risk", ["", "negligible", "low", "medium"])
def test_messages_of_lower_risk_are_released(runner: ActionRunner, risk: str) -> None:
    runner.succeeds("release-message", Message_ID=runner.receive_held(risk=risk).id)


UNREADABLE = ["severe", "critical", 7, True, ["high"], {"level": "high"}]


def with_risk(runner: ActionRunner, risk: object) -> Tracked:
    record = runner.receive_held()
    record.info = {"spamInfo": {"spamProcessingDetail": {"verdict": {"decision": "spam", "risk": risk}}}}
    return record


@pytest.mark.parametrize("risk", UNREADABLE, ids=str)
@pytest.mark.parametrize("by", ["id", "hold_id"])
def test_a_message_with_an_unreadable_risk_is_not_released(v2: ActionRunner, by: str, risk: object) -> None:
    record = with_risk(v2, risk)
    error = v2.fails("release-message", Message_ID=getattr(record, by))
    assert error.startswith("The risk of this message is unknown, so it was not released: Mimecast's verdict names")
    assert '"Allow High Risk"' in error
    assert (v2.writes, record.is_held) == ([], True)
    v2.succeeds("release-message", Message_ID=getattr(record, by), Allow_High_Risk=True)


def test_a_message_with_an_unreadable_risk_can_be_rejected(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=with_risk(runner, "severe").id)


@pytest.mark.parametrize("risk", [None, "", "Low", " medium "])
@pytest.mark.parametrize("by", ["id", "hold_id"])
def test_a_message_with_a_missing_or_oddly_spelled_risk_is_released(v2: ActionRunner, by: str, risk: object) -> None:
    v2.succeeds("release-message", Message_ID=getattr(with_risk(v2, risk), by))


@pytest.mark.parametrize("path", ["/api/message-finder/search", INFO])
def test_a_hold_is_not_released_if_the_risk_lookup_fails(runner: ActionRunner, path: str) -> None:
    record = runner.receive_held(risk="high")
    runner.add_fault("html", path)
    error = runner.fails("release-message", Message_ID=record.hold_id)
    assert "is unknown, so it was not released: message tracking could not be read" in error
    assert (runner.writes, record.is_held) == ([], True)
    runner.succeeds("release-message", Message_ID=record.hold_id, Allow_High_Risk=True)


def test_a_hold_without_a_tracking_record_is_released(runner: ActionRunner) -> None:
    record = runner.receive_held()
    record.row = {"received": "2020-01-01T00:00:00+0000"}  # no hold has the time of this row
    result = runner.succeeds("release-message", Message_ID=record.hold_id, Verify_Result=False)
    assert result["message"]["trackingId"] == ""


def test_a_message_matched_by_its_contents_is_released_only_if_its_risk_is_known(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    record = runner.receive_held()
    error = runner.fails("release-message", Message_ID=record.id)
    assert "comparing the hold queue with message tracking, which names no risk" in error
    assert runner.writes == []
    runner.succeeds("release-message", Message_ID=record.id, Allow_High_Risk=True)


def test_the_guard_also_refuses_a_dry_run(runner: ActionRunner) -> None:
    assert "high risk" in runner.fails("release-message", Message_ID=runner.receive_held(risk="high").id, Dry_Run=True)


def test_a_message_of_high_risk_can_be_rejected(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=runner.receive_held(risk="high").id)


# The members of a rejection.


@pytest.mark.parametrize(
    ("reason", "sent"),
    [
        ("Select One", ""),
        ("Inappropriate Communication", "INAPPROPRIATE COMMUNICATION"),
        ("Confidential Information", "MESSAGE CONTAINS CONFIDENTIAL INFORMATION"),
        ("Against Email Policy", "MESSAGE GOES AGAINST EMAIL POLICIES"),
        ("Restricted Content", "MESSAGE CONTAINS UNDESIRABLE CONTENT"),
        ("restricted content", "MESSAGE CONTAINS UNDESIRABLE CONTENT"),
    ],
)
def test_the_reason_is_sent_as_mimecast_names_it(runner: ActionRunner, reason: str, sent: str) -> None:
    runner.set_quirks(strict_members=True)
    runner.succeeds("reject-message", Message_ID=runner.receive_held().id, Reason=reason)
    assert decisions(runner)[0].reason == sent


def test_the_note_is_sent_and_the_sender_is_notified_only_if_requested(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=runner.receive_held().id, Note="Not this way.", Notify_Sender="true")
    runner.succeeds("reject-message", Message_ID=runner.receive_held().id)
    first, second = decisions(runner)
    assert (first.message, first.notify) == ("Not this way.", True)
    assert (second.message, second.notify) == ("", False)


# Dry run.


@both_decisions
def test_a_dry_run_writes_nothing_and_returns_the_request(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held()
    result = runner.run(slug, Message_ID=message.id, Dry_Run="true")
    assert (result.is_success, result.message) == (True, "Dry run: nothing was done.")
    assert result.json_result["dryRun"] is True
    assert result.json_result["request"]["path"] == path
    [touched] = result.json_result["touches"]
    assert (touched["holdId"], touched["trackingId"], touched["subject"]) == (message.hold_id, message.id, "Offer")
    assert (runner.writes, message.is_held) == ([], True)


def test_a_dry_run_of_a_rejection_returns_the_exact_request(runner: ActionRunner) -> None:
    message = runner.receive_held()
    values: dict[str, Any] = {"Note": "n", "Reason": "Restricted Content", "Notify Sender": True}
    plan = runner.succeeds("reject-message", {"Message ID": message.id, "Dry Run": True, **values})
    reason = "MESSAGE CONTAINS UNDESIRABLE CONTENT"
    assert plan["request"]["data"] == [{"ids": [message.hold_id], "message": "n", "reasonType": reason, "notify": True}]


def test_a_dry_run_of_a_release_to_the_sandbox_returns_the_exact_request(v1: ActionRunner) -> None:
    message = v1.receive_held()
    plan = v1.succeeds("release-message", Message_ID=message.id, Dry_Run=True, Release_To_Sandbox=True)
    assert plan["request"] == {"path": SANDBOX, "data": [{"id": message.id}]}


@both_decisions
def test_a_dry_run_fails_for_the_same_ids_as_a_decision(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    assert "not held" in runner.fails(slug, Message_ID=runner.receive().id, Dry_Run=True)
    assert "knows the ID" in runner.fails(slug, Message_ID="nonsense", Dry_Run=True)


# Verification.


@both_decisions
def test_a_decision_that_mimecast_does_not_show_yet_is_pending(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    runner.set_quirks(hold_delay=3600)
    assert runner.succeeds(slug, Message_ID=runner.receive_held().id)["state"] == "pending"


@both_decisions
def test_without_message_tracking_the_hold_queue_confirms_the_decision(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    runner.add_fault("html", "/api/message-finder/search")
    override = {"Allow High Risk": True}
    assert runner.succeeds(slug, override, Message_ID=runner.receive_held().hold_id)["state"] == "confirmed"
    runner.set_quirks(hold_delay=3600)
    assert runner.succeeds(slug, override, Message_ID=runner.receive_held().hold_id)["state"] == "pending"


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("release-message", "rejected"),
        ("reject-message", "archived"),
        ("reject-message", "delivery"),
        ("reject-message", "accepted"),
    ],
)
def test_a_decision_is_contradicted_if_mimecast_shows_the_reverse(runner: ActionRunner, slug: str, status: str) -> None:
    message = runner.receive_held()
    result = _run_with_status_after_the_write(runner, slug, message.id, status)
    assert not result.is_success
    assert "but shows the message as" in result.message
    assert result.json_result["state"] == "contradicted"
    assert len(decisions(runner)) == 1


def _run_with_status_after_the_write(runner: ActionRunner, slug: str, tracking_id: str, status: str) -> Any:
    """Run the action on a tenant that shows `status` as soon as there is a decision."""
    record = runner.simulator.tenant.tracked[tracking_id]

    class ChangingDetails(dict[str, Any]):
        """Details whose status changes with the decision."""

        def __ror__(self, other: dict[str, Any]) -> dict[str, Any]:
            decided = bool(runner.simulator.tenant.decisions)
            return {**other, "status": status if decided else "held"}

    record.info = ChangingDetails()
    return runner.run(slug, Message_ID=tracking_id)


@both_decisions
def test_verification_can_be_disabled(runner: ActionRunner, slug: str, path: str, decision: str) -> None:
    result = runner.succeeds(slug, Message_ID=runner.receive_held().id, Verify_Result="false")
    assert result["state"] == "pending"
    assert runner.paths[-1] == path


@both_decisions
def test_a_failed_verification_leaves_the_decision_pending(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held()
    runner.add_fault("html", INFO, after=1)
    assert runner.succeeds(slug, Message_ID=message.id)["state"] == "pending"
    assert runner.paths[-1] == INFO


@both_decisions
def test_a_decision_takes_four_requests(runner: ActionRunner, slug: str, path: str, decision: str) -> None:
    runner.succeeds(slug, Message_ID=runner.receive_held().id)
    assert runner.paths == [INFO, HOLD_LIST, path, INFO]


# Repeated decisions.


@pytest.mark.parametrize("by", ["id", "message_id"])
def test_a_second_rejection_reports_already_and_does_nothing(runner: ActionRunner, by: str) -> None:
    message = runner.receive_held()
    message_id = message.mail.message_id if by == "message_id" else message.id
    first = runner.run("reject-message", Message_ID=message_id)
    runner.clear_requests()
    again = runner.run("reject-message", Message_ID=message_id)
    assert (again.is_success, again.message) == (True, first.message)
    assert (again.json_result["state"], again.json_result["already"]) == ("confirmed", True)
    assert (runner.writes, len(decisions(runner))) == ([], 1)


def test_a_second_rejection_of_every_copy_reports_already(runner: ActionRunner) -> None:
    message = runner.receive_held(to="ann@example.com, bob@example.com")
    for record in runner.simulator.tenant.by_message_id(message.mail.message_id):
        runner.succeeds("reject-message", Message_ID=record.id)
    assert runner.succeeds("reject-message", Message_ID=message.mail.message_id)["already"] is True


def test_a_dry_run_of_a_second_rejection_reports_already(runner: ActionRunner) -> None:
    message = runner.receive_held()
    runner.succeeds("reject-message", Message_ID=message.id)
    assert runner.succeeds("reject-message", Message_ID=message.id, Dry_Run=True)["already"] is True


def test_a_message_that_the_gateway_rejected_without_a_hold_is_not_already_rejected(runner: ActionRunner) -> None:
    message = runner.receive()
    runner.simulator.tenant.set_status(message, "rejected")
    assert 'its status is "rejected"' in runner.fails("reject-message", Message_ID=message.id)


def test_a_release_of_a_rejected_message_is_a_failure(runner: ActionRunner) -> None:
    message = runner.receive_held()
    runner.succeeds("reject-message", Message_ID=message.id)
    assert 'its status is "rejected"' in runner.fails("release-message", Message_ID=message.id)
