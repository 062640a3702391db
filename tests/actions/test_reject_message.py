"""Reject Message: the members of the request and repeated rejections."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.decisions import decisions, with_risk
from tests.actions.runner import ActionRunner


def test_a_message_with_an_unreadable_risk_can_be_rejected(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=with_risk(runner, "severe").id)


def test_a_message_of_high_risk_can_be_rejected(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=runner.receive_held(risk="high").id)


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


def test_a_dry_run_of_a_rejection_returns_the_exact_request(runner: ActionRunner) -> None:
    message = runner.receive_held()
    values: dict[str, Any] = {"Note": "n", "Reason": "Restricted Content", "Notify Sender": True}
    plan = runner.succeeds("reject-message", {"Message ID": message.id, "Dry Run": True, **values})
    reason = "MESSAGE CONTAINS UNDESIRABLE CONTENT"
    assert plan["request"]["data"] == [{"ids": [message.hold_id], "message": "n", "reasonType": reason, "notify": True}]


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
