"""Releasing and rejecting held mail: done only when Mimecast says so, and never what was not asked."""

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
both = pytest.mark.parametrize(
    ("slug", "path", "what"), [("release-message", RELEASE, "released"), ("reject-message", REJECT, "rejected")]
)


def decisions(runner: ActionRunner) -> list[Decision]:
    return runner.simulator.tenant.decisions


@both
def test_a_success_is_one_write_that_mimecast_confirmed(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    one = runner.receive_held()
    result = runner.succeeds(slug, Message_ID=one.id)
    assert runner.writes == [path]
    assert [(done.what, done.tracking_id) for done in decisions(runner)] == [(what, one.id)]
    assert (result["state"], result["already"]) == ("confirmed", False)
    assert result["undo"]["possible"] is False
    assert result["undo"]["why"]


@both
def test_what_is_known_of_the_message_is_in_the_result(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    one = runner.receive_held("Offer", risk="medium", sender="eve@example.org")
    message = runner.succeeds(slug, Message_ID=one.id)["message"]
    assert {name: message[name] for name in ("holdId", "trackingId", "subject", "sender", "recipient", "risk")} == {
        "holdId": one.hold_id,
        "trackingId": one.id,
        "subject": "Offer",
        "sender": "eve@example.org",
        "recipient": "ann@example.com",
        "risk": "medium",
    }
    assert message["reason"] == "Spam Signature"
    assert message["received"] == one.received.isoformat()


# not confirmed


@pytest.mark.parametrize("way", ["flag", "fail", "empty"])
@both
def test_what_mimecast_does_not_confirm_is_a_failure(
    runner: ActionRunner, slug: str, path: str, what: str, way: str
) -> None:
    """The queue shows it still, while somebody's decision has been taken already."""
    runner.set_quirks(not_held=way, hold_delay=3600)
    one = runner.receive_held()
    runner.simulator.tenant.decide(one.hold_id, "rejected" if what == "released" else "released")
    said = runner.fails(slug, Message_ID=one.id)
    assert runner.writes == [path]
    assert len(decisions(runner)) == 1
    if way == "fail":
        assert "err_simulated_not_held" in said
        assert "Message is not held" in said
    else:
        assert said.startswith(f"Mimecast did not confirm that the message was {what}")


@pytest.mark.parametrize("kind", ["html", "empty", "truncated"])
@both
def test_a_reply_that_cannot_be_read_is_no_success(
    runner: ActionRunner, slug: str, path: str, what: str, kind: str
) -> None:
    one = runner.receive_held()
    runner.add_fault(kind, path)
    runner.fails(slug, Message_ID=one.id)


@both
def test_a_message_that_is_gone_when_its_turn_comes_is_a_failure(
    runner: ActionRunner, slug: str, path: str, what: str
) -> None:
    one = runner.receive_held()
    runner.succeeds("release-message", Message_ID=one.id)
    runner.clear_requests()
    assert 'its status is "archived"' in runner.fails(slug, Message_ID=one.id)
    assert runner.writes == []


# the sandbox


def test_a_release_into_the_sandbox_uses_its_own_function_and_nothing_else(v1: ActionRunner) -> None:
    one = v1.receive_held(risk="high")
    result = v1.run("release-message", Message_ID=one.id, Release_To_Sandbox="true")
    assert result.message == f'Successfully released message with ID "{one.id}" in Mimecast.'
    assert result.json_result["state"] == "pending"
    assert v1.writes == [SANDBOX]
    assert [done.what for done in decisions(v1)] == ["released to sandbox"]


@pytest.mark.parametrize("given", [True, "true", "True", "yes"])
def test_the_sandbox_on_api_2_is_an_error_before_any_call(v2: ActionRunner, given: object) -> None:
    one = v2.receive_held()
    said = v2.fails("release-message", Message_ID=one.id, Release_To_Sandbox=given)
    assert said.startswith('"Release To Sandbox" exists on API 1.0 only')
    assert v2.simulator.requests == []
    assert one.is_held


def test_a_sandbox_that_mimecast_refuses_is_never_a_plain_release(v1: ActionRunner) -> None:
    one = v1.receive_held()
    v1.add_fault("500", SANDBOX)
    v1.fails("release-message", Message_ID=one.id, Release_To_Sandbox=True)
    assert set(v1.writes) == {SANDBOX}
    assert (decisions(v1), one.is_held) == ([], True)


def test_the_sandbox_needs_the_record_of_message_tracking(v1: ActionRunner) -> None:
    one = v1.receive_held()
    v1.add_fault("html", "/api/message-finder/search")
    said = v1.fails("release-message", Message_ID=one.hold_id, Release_To_Sandbox=True)
    assert "tracking record" in said
    assert v1.writes == []


# the guard


@pytest.mark.parametrize("by", ["id", "hold_id", "message_id"])
def test_a_message_of_high_risk_is_not_released(runner: ActionRunner, by: str) -> None:
    one = runner.receive_held(risk="high")
    given = one.mail.message_id if by == "message_id" else getattr(one, by)
    result = runner.run("release-message", Message_ID=given)
    assert not result.is_success
    assert "high risk" in result.message
    assert '"Allow High Risk"' in result.message
    assert result.json_result[0]["trackingId"] == one.id
    assert (runner.writes, one.is_held) == ([], True)


def test_a_twin_does_not_hide_a_high_risk(runner: ActionRunner) -> None:
    """Two alike arrive within seconds: which record of tracking is whose cannot be told, but both are high risk."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    one, _ = runner.receive_held(risk="high", received=at), runner.receive_held(risk="high", received=at)
    assert "high risk" in runner.fails("release-message", Message_ID=one.hold_id)
    assert runner.writes == []


def test_a_message_of_high_risk_is_released_where_somebody_says_so(runner: ActionRunner) -> None:
    one = runner.receive_held(risk="high")
    runner.succeeds("release-message", Message_ID=one.id, Allow_High_Risk="true")
    assert runner.writes == [RELEASE]


@pytest.mark.parametrize("risk", ["", "negligible", "low", "medium"])
def test_other_risks_do_not_stop_a_release(runner: ActionRunner, risk: str) -> None:
    runner.succeeds("release-message", Message_ID=runner.receive_held(risk=risk).id)


UNREADABLE = ["severe", "critical", 7, True, ["high"], {"level": "high"}]


def with_risk(runner: ActionRunner, risk: object) -> Tracked:
    record = runner.receive_held()
    record.info = {"spamInfo": {"spamProcessingDetail": {"verdict": {"decision": "spam", "risk": risk}}}}
    return record


@pytest.mark.parametrize("risk", UNREADABLE, ids=str)
@pytest.mark.parametrize("by", ["id", "hold_id"])
def test_a_risk_that_cannot_be_read_does_not_count_as_harmless(runner: ActionRunner, by: str, risk: object) -> None:
    record = with_risk(runner, risk)
    said = runner.fails("release-message", Message_ID=getattr(record, by))
    assert said.startswith("The risk of this message is unknown, so it was not released: Mimecast's verdict names")
    assert '"Allow High Risk"' in said
    assert (runner.writes, record.is_held) == ([], True)
    runner.succeeds("release-message", Message_ID=getattr(record, by), Allow_High_Risk=True)


def test_a_message_with_an_unreadable_risk_may_be_rejected(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=with_risk(runner, "severe").id)


@pytest.mark.parametrize("risk", [None, "", "Low", " medium "])
@pytest.mark.parametrize("by", ["id", "hold_id"])
def test_a_verdict_without_a_risk_or_in_another_spelling_does_not_stop_a_release(
    runner: ActionRunner, by: str, risk: object
) -> None:
    runner.succeeds("release-message", Message_ID=getattr(with_risk(runner, risk), by))


@pytest.mark.parametrize("path", ["/api/message-finder/search", INFO])
def test_a_hold_whose_risk_could_not_be_looked_up_is_not_released(runner: ActionRunner, path: str) -> None:
    record = runner.receive_held(risk="high")
    runner.add_fault("html", path)
    said = runner.fails("release-message", Message_ID=record.hold_id)
    assert "is unknown, so it was not released: message tracking could not be read" in said
    assert (runner.writes, record.is_held) == ([], True)
    runner.succeeds("release-message", Message_ID=record.hold_id, Allow_High_Risk=True)


def test_a_hold_that_message_tracking_does_not_show_is_released(runner: ActionRunner) -> None:
    record = runner.receive_held()
    record.row = {"received": "2020-01-01T00:00:00+0000"}  # its row is at a time that no entry of the queue is at
    result = runner.succeeds("release-message", Message_ID=record.hold_id, Verify_Result=False)
    assert result["message"]["trackingId"] == ""


def test_a_record_matched_by_its_contents_is_released_only_with_a_known_risk(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    record = runner.receive_held()
    said = runner.fails("release-message", Message_ID=record.id)
    assert "comparing the hold queue with message tracking, which names no risk" in said
    assert runner.writes == []
    runner.succeeds("release-message", Message_ID=record.id, Allow_High_Risk=True)


def test_the_guard_stops_a_dry_run_too_so_that_the_plan_is_honest(runner: ActionRunner) -> None:
    assert "high risk" in runner.fails("release-message", Message_ID=runner.receive_held(risk="high").id, Dry_Run=True)


def test_a_message_of_high_risk_may_always_be_rejected(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=runner.receive_held(risk="high").id)


# what a rejection carries


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
def test_a_reason_is_sent_in_the_words_of_mimecast(runner: ActionRunner, reason: str, sent: str) -> None:
    runner.set_quirks(strict_members=True)
    runner.succeeds("reject-message", Message_ID=runner.receive_held().id, Reason=reason)
    assert decisions(runner)[0].reason == sent


def test_the_note_goes_to_the_sender_and_the_sender_is_told_only_where_wanted(runner: ActionRunner) -> None:
    runner.succeeds("reject-message", Message_ID=runner.receive_held().id, Note="Not this way.", Notify_Sender="true")
    runner.succeeds("reject-message", Message_ID=runner.receive_held().id)
    told, untold = decisions(runner)
    assert (told.message, told.notify) == ("Not this way.", True)
    assert (untold.message, untold.notify) == ("", False)


# dry run


@both
def test_a_dry_run_writes_nothing_and_returns_the_plan(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    one = runner.receive_held()
    result = runner.run(slug, Message_ID=one.id, Dry_Run="true")
    assert (result.is_success, result.message) == (True, "Dry run: nothing was done.")
    assert result.json_result["dryRun"] is True
    assert result.json_result["request"]["path"] == path
    [touched] = result.json_result["touches"]
    assert (touched["holdId"], touched["trackingId"], touched["subject"]) == (one.hold_id, one.id, "Offer")
    assert (runner.writes, one.is_held) == ([], True)


def test_the_plan_of_a_rejection_is_the_exact_request(runner: ActionRunner) -> None:
    one = runner.receive_held()
    more: dict[str, Any] = {"Note": "n", "Reason": "Restricted Content", "Notify Sender": True}
    plan = runner.succeeds("reject-message", {"Message ID": one.id, "Dry Run": True, **more})
    reason = "MESSAGE CONTAINS UNDESIRABLE CONTENT"
    assert plan["request"]["data"] == [{"ids": [one.hold_id], "message": "n", "reasonType": reason, "notify": True}]


def test_the_plan_of_a_sandbox_names_its_own_function(v1: ActionRunner) -> None:
    one = v1.receive_held()
    plan = v1.succeeds("release-message", Message_ID=one.id, Dry_Run=True, Release_To_Sandbox=True)
    assert plan["request"] == {"path": SANDBOX, "data": [{"id": one.id}]}


@both
def test_a_dry_run_refuses_what_the_real_one_would(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    assert "not held" in runner.fails(slug, Message_ID=runner.receive().id, Dry_Run=True)
    assert "knows the ID" in runner.fails(slug, Message_ID="nonsense", Dry_Run=True)


# reading back


@both
def test_what_does_not_show_yet_is_pending(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    runner.set_quirks(hold_delay=3600)
    assert runner.succeeds(slug, Message_ID=runner.receive_held().id)["state"] == "pending"


@both
def test_without_message_tracking_the_queue_tells(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    runner.add_fault("html", "/api/message-finder/search")
    more = {"Allow High Risk": True}
    assert runner.succeeds(slug, more, Message_ID=runner.receive_held().hold_id)["state"] == "confirmed"
    runner.set_quirks(hold_delay=3600)
    assert runner.succeeds(slug, more, Message_ID=runner.receive_held().hold_id)["state"] == "pending"


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("release-message", "rejected"),
        ("reject-message", "archived"),
        ("reject-message", "delivery"),
        ("reject-message", "accepted"),
    ],
)
def test_what_shows_the_opposite_is_contradicted_and_a_failure(runner: ActionRunner, slug: str, status: str) -> None:
    one = runner.receive_held()
    result = _with_status_after_the_write(runner, slug, one.id, status)
    assert not result.is_success
    assert "but shows the message as" in result.message
    assert result.json_result["state"] == "contradicted"
    assert len(decisions(runner)) == 1


def _with_status_after_the_write(runner: ActionRunner, slug: str, tracking_id: str, status: str) -> Any:
    """Do it while the tenant shows `status` as soon as the decision has been taken."""
    record = runner.simulator.tenant.tracked[tracking_id]

    class Shown(dict[str, Any]):
        """Members of the details that change with the decision."""

        def __ror__(self, other: dict[str, Any]) -> dict[str, Any]:
            decided = bool(runner.simulator.tenant.decisions)
            return {**other, "status": status if decided else "held"}

    record.info = Shown()
    return runner.run(slug, Message_ID=tracking_id)


@both
def test_the_look_afterwards_can_be_switched_off(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    result = runner.succeeds(slug, Message_ID=runner.receive_held().id, Verify_Result="false")
    assert result["state"] == "pending"
    assert runner.paths[-1] == path


@both
def test_a_look_that_fails_leaves_it_pending(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    one = runner.receive_held()
    runner.add_fault("html", INFO, after=1)
    assert runner.succeeds(slug, Message_ID=one.id)["state"] == "pending"
    assert runner.paths[-1] == INFO


@both
def test_an_action_is_a_handful_of_calls(runner: ActionRunner, slug: str, path: str, what: str) -> None:
    runner.succeeds(slug, Message_ID=runner.receive_held().id)
    assert runner.paths == [INFO, HOLD_LIST, path, INFO]


# once is once


@pytest.mark.parametrize("by", ["id", "message_id"])
def test_a_rejection_a_second_time_says_already_and_does_nothing(runner: ActionRunner, by: str) -> None:
    one = runner.receive_held()
    given = one.mail.message_id if by == "message_id" else one.id
    first = runner.run("reject-message", Message_ID=given)
    runner.clear_requests()
    again = runner.run("reject-message", Message_ID=given)
    assert (again.is_success, again.message) == (True, first.message)
    assert (again.json_result["state"], again.json_result["already"]) == ("confirmed", True)
    assert (runner.writes, len(decisions(runner))) == ([], 1)


def test_a_rejection_of_every_recipients_copy_a_second_time_says_already(runner: ActionRunner) -> None:
    one = runner.receive_held(to="ann@example.com, bob@example.com")
    for record in runner.simulator.tenant.by_message_id(one.mail.message_id):
        runner.succeeds("reject-message", Message_ID=record.id)
    assert runner.succeeds("reject-message", Message_ID=one.mail.message_id)["already"] is True


def test_a_dry_run_of_a_second_rejection_says_already(runner: ActionRunner) -> None:
    one = runner.receive_held()
    runner.succeeds("reject-message", Message_ID=one.id)
    assert runner.succeeds("reject-message", Message_ID=one.id, Dry_Run=True)["already"] is True


def test_a_message_that_the_gateway_refused_by_itself_was_not_rejected_by_us(runner: ActionRunner) -> None:
    one = runner.receive()
    runner.simulator.tenant.set_status(one, "rejected")
    assert 'its status is "rejected"' in runner.fails("reject-message", Message_ID=one.id)


def test_a_release_of_a_rejected_message_is_a_failure(runner: ActionRunner) -> None:
    one = runner.receive_held()
    runner.succeeds("reject-message", Message_ID=one.id)
    assert 'its status is "rejected"' in runner.fails("release-message", Message_ID=one.id)
