"""What Release Message and Reject Message have in common: a confirmed write, the result and the dry run."""

from __future__ import annotations

import pytest

from tests.actions.decisions import both_decisions, decisions
from tests.actions.runner import ActionRunner


@both_decisions
def test_a_decision_is_one_write_that_mimecast_confirms(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held()
    result = runner.succeeds(slug, Message_ID=message.id)
    assert runner.writes == [path]
    assert [(record.outcome, record.tracking_id) for record in decisions(runner)] == [(decision, message.id)]
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


@pytest.mark.parametrize("kind", ["html", "empty"])
@both_decisions
def test_an_unreadable_reply_is_a_failure(runner: ActionRunner, slug: str, path: str, decision: str, kind: str) -> None:
    message = runner.receive_held()
    runner.add_fault(kind, path)  # the tenant does not carry out the decision
    error = runner.fails(slug, Message_ID=message.id)
    assert error.startswith(f"Mimecast did not confirm that the message was {decision}: the reply is unreadable. ")
    assert f"The hold queue still shows it, so it was not {decision}." in error
    assert runner.writes == [path]


@both_decisions
def test_a_released_message_cannot_be_decided_again(runner: ActionRunner, slug: str, path: str, decision: str) -> None:
    message = runner.receive_held()
    runner.succeeds("release-message", Message_ID=message.id)
    runner.clear_requests()
    assert 'its status is "archived"' in runner.fails(slug, Message_ID=message.id)
    assert runner.writes == []


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


@both_decisions
def test_a_dry_run_fails_for_the_same_ids_as_a_decision(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    assert "not held" in runner.fails(slug, Message_ID=runner.receive().id, Dry_Run=True)
    assert "No held message has the ID" in runner.fails(slug, Message_ID="nonsense", Dry_Run=True)
