"""Releasing and rejecting held mail: done only when Mimecast says so, and never what was not asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.simulator.tenant.records import HoldDecision, TrackingRecord
from tests.actions.bench import Bench

RELEASE, REJECT = "/api/gateway/hold-release", "/api/gateway/hold-reject"
SANDBOX = "/api/message-finder/release-held-email-to-sandbox"
INFO = "/api/message-finder/get-message-info"
HOLD_LIST = "/api/gateway/get-hold-message-list"
both = pytest.mark.parametrize(
    ("slug", "path", "what"), [("release-message", RELEASE, "released"), ("reject-message", REJECT, "rejected")]
)


def decisions(bench: Bench) -> list[HoldDecision]:
    return bench.simulator.tenant.decisions


@both
def test_a_success_is_one_write_that_mimecast_confirmed(bench: Bench, slug: str, path: str, what: str) -> None:
    one = bench.held()
    result = bench.succeeds(slug, Message_ID=one.id)
    assert bench.writes == [path]
    assert [(done.outcome, done.tracking_id) for done in decisions(bench)] == [(what, one.id)]
    assert (result["state"], result["already"]) == ("confirmed", False)
    assert result["undo"]["possible"] is False
    assert result["undo"]["why"]


@both
def test_what_is_known_of_the_message_is_in_the_result(bench: Bench, slug: str, path: str, what: str) -> None:
    one = bench.held("Offer", risk="medium", sender="eve@example.org")
    message = bench.succeeds(slug, Message_ID=one.id)["message"]
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
def test_what_mimecast_does_not_confirm_is_a_failure(bench: Bench, slug: str, path: str, what: str, way: str) -> None:
    """The queue shows it still, while somebody's decision has been taken already."""
    bench.switch(not_held=way, hold_delay=3600)
    one = bench.held()
    bench.simulator.tenant.decide(one.hold_id, "rejected" if what == "released" else "released")
    said = bench.fails(slug, Message_ID=one.id)
    assert bench.writes == [path]
    assert len(decisions(bench)) == 1
    if way == "fail":
        assert "err_simulated_not_held" in said
        assert "Message is not held" in said
    else:
        assert said.startswith(f"Mimecast did not confirm that the message was {what}")


@pytest.mark.parametrize("kind", ["html", "empty", "truncated"])
@both
def test_a_reply_that_cannot_be_read_is_no_success(bench: Bench, slug: str, path: str, what: str, kind: str) -> None:
    one = bench.held()
    bench.fault(kind, path)
    bench.fails(slug, Message_ID=one.id)


@both
def test_a_message_that_is_gone_when_its_turn_comes_is_a_failure(bench: Bench, slug: str, path: str, what: str) -> None:
    one = bench.held()
    bench.succeeds("release-message", Message_ID=one.id)
    bench.forget()
    assert 'its status is "archived"' in bench.fails(slug, Message_ID=one.id)
    assert bench.writes == []


# the sandbox


def test_a_release_into_the_sandbox_uses_its_own_function_and_nothing_else(v1: Bench) -> None:
    one = v1.held(risk="high")
    result = v1.do("release-message", Message_ID=one.id, Release_To_Sandbox="true")
    assert result.message == f'Successfully released message with ID "{one.id}" in Mimecast.'
    assert result.json_result["state"] == "pending"
    assert v1.writes == [SANDBOX]
    assert [done.outcome for done in decisions(v1)] == ["released to sandbox"]


@pytest.mark.parametrize("given", [True, "true", "True", "yes"])
def test_the_sandbox_on_api_2_is_an_error_before_any_call(v2: Bench, given: object) -> None:
    one = v2.held()
    said = v2.fails("release-message", Message_ID=one.id, Release_To_Sandbox=given)
    assert said.startswith('"Release To Sandbox" exists on API 1.0 only')
    assert v2.simulator.requests == []
    assert one.is_held


def test_a_sandbox_that_mimecast_refuses_is_never_a_plain_release(v1: Bench) -> None:
    one = v1.held()
    v1.fault("500", SANDBOX)
    v1.fails("release-message", Message_ID=one.id, Release_To_Sandbox=True)
    assert set(v1.writes) == {SANDBOX}
    assert (decisions(v1), one.is_held) == ([], True)


def test_the_sandbox_needs_the_record_of_message_tracking(v1: Bench) -> None:
    one = v1.held()
    v1.fault("html", "/api/message-finder/search")
    said = v1.fails("release-message", Message_ID=one.hold_id, Release_To_Sandbox=True)
    assert "record in message tracking" in said
    assert v1.writes == []


# the guard


@pytest.mark.parametrize("by", ["id", "hold_id", "message_id"])
def test_a_message_of_high_risk_is_not_released(bench: Bench, by: str) -> None:
    one = bench.held(risk="high")
    given = one.mail.message_id if by == "message_id" else getattr(one, by)
    result = bench.do("release-message", Message_ID=given)
    assert not result.is_success
    assert "high risk" in result.message
    assert '"Allow High Risk"' in result.message
    assert result.json_result[0]["trackingId"] == one.id
    assert (bench.writes, one.is_held) == ([], True)


def test_a_twin_does_not_hide_a_high_risk(bench: Bench) -> None:
    """Two alike arrive within seconds: which record of tracking is whose cannot be told, but both are high risk."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    one, _ = bench.held(risk="high", received=at), bench.held(risk="high", received=at)
    assert "high risk" in bench.fails("release-message", Message_ID=one.hold_id)
    assert bench.writes == []


def test_a_message_of_high_risk_is_released_where_somebody_says_so(bench: Bench) -> None:
    one = bench.held(risk="high")
    bench.succeeds("release-message", Message_ID=one.id, Allow_High_Risk="true")
    assert bench.writes == [RELEASE]


@pytest.mark.parametrize("risk", ["", "negligible", "low", "medium"])
def test_other_risks_do_not_stop_a_release(bench: Bench, risk: str) -> None:
    bench.succeeds("release-message", Message_ID=bench.held(risk=risk).id)


UNREADABLE = ["severe", "critical", 7, True, ["high"], {"level": "high"}]


def with_risk(bench: Bench, risk: object) -> TrackingRecord:
    record = bench.held()
    record.info = {"spamInfo": {"spamProcessingDetail": {"verdict": {"decision": "spam", "risk": risk}}}}
    return record


@pytest.mark.parametrize("risk", UNREADABLE, ids=str)
@pytest.mark.parametrize("by", ["id", "hold_id"])
def test_a_risk_that_cannot_be_read_does_not_count_as_harmless(bench: Bench, by: str, risk: object) -> None:
    record = with_risk(bench, risk)
    said = bench.fails("release-message", Message_ID=getattr(record, by))
    assert said.startswith("The risk of this message is not known, so it was not released: Mimecast's verdict names")
    assert '"Allow High Risk"' in said
    assert (bench.writes, record.is_held) == ([], True)
    bench.succeeds("release-message", Message_ID=getattr(record, by), Allow_High_Risk=True)


def test_a_message_with_an_unreadable_risk_may_be_rejected(bench: Bench) -> None:
    bench.succeeds("reject-message", Message_ID=with_risk(bench, "severe").id)


@pytest.mark.parametrize("risk", [None, "", "Low", " medium "])
@pytest.mark.parametrize("by", ["id", "hold_id"])
def test_a_verdict_without_a_risk_or_in_another_spelling_does_not_stop_a_release(
    bench: Bench, by: str, risk: object
) -> None:
    bench.succeeds("release-message", Message_ID=getattr(with_risk(bench, risk), by))


@pytest.mark.parametrize("path", ["/api/message-finder/search", INFO])
def test_a_hold_whose_risk_could_not_be_looked_up_is_not_released(bench: Bench, path: str) -> None:
    record = bench.held(risk="high")
    bench.fault("html", path)
    said = bench.fails("release-message", Message_ID=record.hold_id)
    assert "is not known, so it was not released: message tracking could not be read" in said
    assert (bench.writes, record.is_held) == ([], True)
    bench.succeeds("release-message", Message_ID=record.hold_id, Allow_High_Risk=True)


def test_a_hold_that_message_tracking_does_not_show_is_released(bench: Bench) -> None:
    record = bench.held()
    record.row = {"received": "2020-01-01T00:00:00+0000"}  # its row is at a time that no entry of the queue is at
    result = bench.succeeds("release-message", Message_ID=record.hold_id, Verify_Result=False)
    assert result["message"]["trackingId"] == ""


def test_a_record_matched_by_its_contents_is_released_only_with_a_known_risk(bench: Bench) -> None:
    bench.switch(queue_id_is_hold_id=False)
    record = bench.held()
    said = bench.fails("release-message", Message_ID=record.id)
    assert "comparing the held queue with message tracking, which names no risk" in said
    assert bench.writes == []
    bench.succeeds("release-message", Message_ID=record.id, Allow_High_Risk=True)


def test_the_guard_stops_a_dry_run_too_so_that_the_plan_is_honest(bench: Bench) -> None:
    assert "high risk" in bench.fails("release-message", Message_ID=bench.held(risk="high").id, Dry_Run=True)


def test_a_message_of_high_risk_may_always_be_rejected(bench: Bench) -> None:
    bench.succeeds("reject-message", Message_ID=bench.held(risk="high").id)


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
def test_a_reason_is_sent_in_the_words_of_mimecast(bench: Bench, reason: str, sent: str) -> None:
    bench.switch(strict_members=True)
    bench.succeeds("reject-message", Message_ID=bench.held().id, Reason=reason)
    assert decisions(bench)[0].reason == sent


def test_the_note_goes_to_the_sender_and_the_sender_is_told_only_where_wanted(bench: Bench) -> None:
    bench.succeeds("reject-message", Message_ID=bench.held().id, Note="Not this way.", Notify_Sender="true")
    bench.succeeds("reject-message", Message_ID=bench.held().id)
    told, untold = decisions(bench)
    assert (told.message, told.notify) == ("Not this way.", True)
    assert (untold.message, untold.notify) == ("", False)


# dry run


@both
def test_a_dry_run_writes_nothing_and_returns_the_plan(bench: Bench, slug: str, path: str, what: str) -> None:
    one = bench.held()
    result = bench.do(slug, Message_ID=one.id, Dry_Run="true")
    assert (result.is_success, result.message) == (True, "Dry run: nothing was done.")
    assert result.json_result["dryRun"] is True
    assert result.json_result["request"]["path"] == path
    [touched] = result.json_result["touches"]
    assert (touched["holdId"], touched["trackingId"], touched["subject"]) == (one.hold_id, one.id, "Offer")
    assert (bench.writes, one.is_held) == ([], True)


def test_the_plan_of_a_rejection_is_the_exact_request(bench: Bench) -> None:
    one = bench.held()
    more: dict[str, Any] = {"Note": "n", "Reason": "Restricted Content", "Notify Sender": True}
    plan = bench.succeeds("reject-message", {"Message ID": one.id, "Dry Run": True, **more})
    reason = "MESSAGE CONTAINS UNDESIRABLE CONTENT"
    assert plan["request"]["data"] == [{"ids": [one.hold_id], "message": "n", "reasonType": reason, "notify": True}]


def test_the_plan_of_a_sandbox_names_its_own_function(v1: Bench) -> None:
    one = v1.held()
    plan = v1.succeeds("release-message", Message_ID=one.id, Dry_Run=True, Release_To_Sandbox=True)
    assert plan["request"] == {"path": SANDBOX, "data": [{"id": one.id}]}


@both
def test_a_dry_run_refuses_what_the_real_one_would(bench: Bench, slug: str, path: str, what: str) -> None:
    assert "not held" in bench.fails(slug, Message_ID=bench.mail().id, Dry_Run=True)
    assert "knows the id" in bench.fails(slug, Message_ID="nonsense", Dry_Run=True)


# reading back


@both
def test_what_does_not_show_yet_is_pending(bench: Bench, slug: str, path: str, what: str) -> None:
    bench.switch(hold_delay=3600)
    assert bench.succeeds(slug, Message_ID=bench.held().id)["state"] == "pending"


@both
def test_without_message_tracking_the_queue_tells(bench: Bench, slug: str, path: str, what: str) -> None:
    bench.fault("html", "/api/message-finder/search")
    more = {"Allow High Risk": True}
    assert bench.succeeds(slug, more, Message_ID=bench.held().hold_id)["state"] == "confirmed"
    bench.switch(hold_delay=3600)
    assert bench.succeeds(slug, more, Message_ID=bench.held().hold_id)["state"] == "pending"


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("release-message", "rejected"),
        ("reject-message", "archived"),
        ("reject-message", "delivery"),
        ("reject-message", "accepted"),
    ],
)
def test_what_shows_the_opposite_is_contradicted_and_a_failure(bench: Bench, slug: str, status: str) -> None:
    one = bench.held()
    result = _with_status_after_the_write(bench, slug, one.id, status)
    assert not result.is_success
    assert "but shows the message as" in result.message
    assert result.json_result["state"] == "contradicted"
    assert len(decisions(bench)) == 1


def _with_status_after_the_write(bench: Bench, slug: str, tracking_id: str, status: str) -> Any:
    """Do it while the tenant shows `status` as soon as the decision has been taken."""
    record = bench.simulator.tenant.tracked[tracking_id]

    class Shown(dict[str, Any]):
        """Members of the details that change with the decision."""

        def __ror__(self, other: dict[str, Any]) -> dict[str, Any]:
            decided = bool(bench.simulator.tenant.decisions)
            return {**other, "status": status if decided else "held"}

    record.info = Shown()
    return bench.do(slug, Message_ID=tracking_id)


@both
def test_the_look_afterwards_can_be_switched_off(bench: Bench, slug: str, path: str, what: str) -> None:
    result = bench.succeeds(slug, Message_ID=bench.held().id, Verify_Result="false")
    assert result["state"] == "pending"
    assert bench.paths[-1] == path


@both
def test_a_look_that_fails_leaves_it_pending(bench: Bench, slug: str, path: str, what: str) -> None:
    one = bench.held()
    bench.fault("html", INFO, after=1)
    assert bench.succeeds(slug, Message_ID=one.id)["state"] == "pending"
    assert bench.paths[-1] == INFO


@both
def test_an_action_is_a_handful_of_calls(bench: Bench, slug: str, path: str, what: str) -> None:
    bench.succeeds(slug, Message_ID=bench.held().id)
    assert bench.paths == [INFO, HOLD_LIST, path, INFO]


# once is once


@pytest.mark.parametrize("by", ["id", "message_id"])
def test_a_rejection_a_second_time_says_already_and_does_nothing(bench: Bench, by: str) -> None:
    one = bench.held()
    given = one.mail.message_id if by == "message_id" else one.id
    first = bench.do("reject-message", Message_ID=given)
    bench.forget()
    again = bench.do("reject-message", Message_ID=given)
    assert (again.is_success, again.message) == (True, first.message)
    assert (again.json_result["state"], again.json_result["already"]) == ("confirmed", True)
    assert (bench.writes, len(decisions(bench))) == ([], 1)


def test_a_rejection_of_every_recipients_copy_a_second_time_says_already(bench: Bench) -> None:
    one = bench.held(to="ann@example.com, bob@example.com")
    for record in bench.simulator.tenant.by_message_id(one.mail.message_id):
        bench.succeeds("reject-message", Message_ID=record.id)
    assert bench.succeeds("reject-message", Message_ID=one.mail.message_id)["already"] is True


def test_a_dry_run_of_a_second_rejection_says_already(bench: Bench) -> None:
    one = bench.held()
    bench.succeeds("reject-message", Message_ID=one.id)
    assert bench.succeeds("reject-message", Message_ID=one.id, Dry_Run=True)["already"] is True


def test_a_message_that_the_gateway_refused_by_itself_was_not_rejected_by_us(bench: Bench) -> None:
    one = bench.mail()
    bench.simulator.tenant.set_status(one, "rejected")
    assert 'its status is "rejected"' in bench.fails("reject-message", Message_ID=one.id)


def test_a_release_of_a_rejected_message_is_a_failure(bench: Bench) -> None:
    one = bench.held()
    bench.succeeds("reject-message", Message_ID=one.id)
    assert 'its status is "rejected"' in bench.fails("release-message", Message_ID=one.id)
