"""Verification: what Mimecast shows after a decision on a held message."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.decisions import INFO, both_decisions, decisions
from tests.actions.runner import ActionRunner

HOLD_LIST = "/api/gateway/get-hold-message-list"


def _run_with_status_after_the_write(runner: ActionRunner, slug: str, tracking_id: str, status: str) -> Any:
    """Run the action on a tenant that shows `status` as soon as there is a decision."""
    record = runner.simulator.tenant.tracked[tracking_id]

    class ChangingDetails(dict[str, Any]):
        """Details whose status changes with the decision."""

        def __ror__(self, other: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]
            decided = bool(runner.simulator.tenant.decisions)
            return {**other, "status": status if decided else "held"}

    record.info = ChangingDetails()
    return runner.run(slug, Message_ID=tracking_id)


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
    runner.add_fault("html", HOLD_LIST, after=1)
    result = runner.run(slug, Message_ID=message.id)
    assert result.is_success
    assert "It is not confirmed yet: neither message tracking nor the hold queue could be read." in result.message
    assert (result.json_result["state"], result.json_result["confirmed"]) == ("pending", False)


@both_decisions
def test_the_hold_queue_confirms_a_decision_if_the_details_cannot_be_read(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held()
    runner.add_fault("html", INFO, after=1)
    assert runner.succeeds(slug, Message_ID=message.id)["state"] == "confirmed"


@both_decisions
def test_a_decision_takes_four_requests(runner: ActionRunner, slug: str, path: str, decision: str) -> None:
    runner.succeeds(slug, Message_ID=runner.receive_held().id)
    assert runner.paths == [INFO, HOLD_LIST, path, INFO]
