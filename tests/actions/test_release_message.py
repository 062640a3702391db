"""Release Message: the sandbox and the check of the risk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.actions.decisions import INFO, RELEASE, decisions, with_risk
from tests.actions.runner import ActionRunner

SANDBOX = "/api/message-finder/release-held-email-to-sandbox"
UNREADABLE = ["severe", "critical", 7, True, ["high"], {"level": "high"}]


def test_a_release_to_the_sandbox_uses_its_own_endpoint_only(v1: ActionRunner) -> None:
    message = v1.receive_held(risk="high")
    result = v1.run("release-message", Message_ID=message.id, Release_To_Sandbox="true")
    assert result.message == f'Successfully released message with ID "{message.id}" in Mimecast.'
    assert result.json_result["state"] == "pending"
    assert v1.writes == [SANDBOX]
    assert [record.outcome for record in decisions(v1)] == ["released to sandbox"]


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


@pytest.mark.parametrize("risk", UNREADABLE, ids=str)
@pytest.mark.parametrize("by", ["id", "hold_id"])
def test_a_message_with_an_unreadable_risk_is_not_released(v2: ActionRunner, by: str, risk: object) -> None:
    record = with_risk(v2, risk)
    error = v2.fails("release-message", Message_ID=getattr(record, by))
    assert error.startswith("The risk of this message is unknown, so it was not released: Mimecast's verdict names")
    assert '"Allow High Risk"' in error
    assert (v2.writes, record.is_held) == ([], True)
    v2.succeeds("release-message", Message_ID=getattr(record, by), Allow_High_Risk=True)


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


def test_a_hold_without_a_tracking_record_is_released_only_with_the_override(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    record = runner.receive_held()
    record.row = {"received": "2020-01-01T00:00:00+0000"}  # no hold has the time of this row
    error = runner.fails("release-message", Message_ID=record.hold_id)
    assert "message tracking has no record that fits the held message" in error
    assert '"Allow High Risk"' in error
    assert (runner.writes, record.is_held) == ([], True)
    result = runner.succeeds("release-message", Message_ID=record.hold_id, Allow_High_Risk=True, Verify_Result=False)
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


def test_a_dry_run_of_a_release_to_the_sandbox_returns_the_exact_request(v1: ActionRunner) -> None:
    message = v1.receive_held()
    plan = v1.succeeds("release-message", Message_ID=message.id, Dry_Run=True, Release_To_Sandbox=True)
    assert plan["request"] == {"path": SANDBOX, "data": [{"id": message.id}]}


def test_a_release_of_a_rejected_message_is_a_failure(runner: ActionRunner) -> None:
    message = runner.receive_held()
    runner.succeeds("reject-message", Message_ID=message.id)
    assert 'its status is "rejected"' in runner.fails("release-message", Message_ID=message.id)
