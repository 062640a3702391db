"""Decisions whose reply is unclear: done, not done, or unknown, and never sent twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.actions.decision_evidence import Evidence, investigate
from mimecast_secops.actions.resolution import resolve
from mimecast_secops.api import ApiVersion, Decision, Runtime
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.actions.decisions import INFO, both_decisions, decisions
from tests.actions.held_messages import KINDS
from tests.actions.runner import ActionRunner
from tests.tenants import client_for

HOLD_LIST = "/api/gateway/get-hold-message-list"
SEARCH = "/api/message-finder/search"
DONE = ["text", "named", "other_id", "empty", "drop_done", "gateway_timeout_done"]
UNDONE = ["drop_undone", "gateway_timeout_undone"]


@pytest.fixture(params=list(ApiVersion), ids=["api1", "api2"])
def waiting_runner(simulator: Simulator, request: pytest.FixtureRequest) -> Iterator[ActionRunner]:
    """A runner whose waits advance the clock of the tenant instead of taking time."""
    slept = 0.0

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds
        simulator.tenant.clock.offset += timedelta(seconds=seconds)

    runtime = Runtime(monotonic=lambda: time.monotonic() + slept, sleep=sleep)
    with client_for(simulator, request.param, runtime) as client:
        yield ActionRunner(simulator, client)


def status_of(decision: str) -> str:
    return {"released": "archived", "rejected": "rejected"}[decision]


@pytest.mark.parametrize("kind", ["tracking id", "hold id", "Message-ID"])
@pytest.mark.parametrize("reply", DONE)
@both_decisions
def test_what_was_done_is_reported_as_done_whatever_the_reply_says(
    runner: ActionRunner, slug: str, path: str, decision: str, reply: str, kind: str
) -> None:
    message = runner.receive_held(risk="low")
    runner.set_quirks(decision_reply=reply)
    message_id = KINDS[kind](message)
    result = runner.run(slug, Message_ID=message_id)
    assert result.message == f'Successfully {decision} message with ID "{message_id}" in Mimecast.'
    assert (result.json_result["state"], result.json_result["confirmed"]) == ("confirmed", True)
    assert (runner.writes, message.status, len(decisions(runner))) == ([path], status_of(decision), 1)


@pytest.mark.parametrize("kind", ["tracking id", "hold id", "Message-ID"])
@pytest.mark.parametrize("reply", UNDONE)
@both_decisions
def test_what_was_not_done_is_a_failure_that_reports_it(
    runner: ActionRunner, slug: str, path: str, decision: str, reply: str, kind: str
) -> None:
    message = runner.receive_held(risk="low")
    runner.set_quirks(decision_reply=reply)
    error = runner.fails(slug, Message_ID=KINDS[kind](message))
    assert error.startswith(f"Mimecast did not confirm that the message was {decision}: ")
    assert f"The hold queue still shows it, so it was not {decision}. Check" in error
    assert (runner.writes, message.is_held, decisions(runner)) == ([path], True, [])


@both_decisions
def test_a_confirmation_without_an_effect_is_not_reported_as_plainly_done(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held(risk="low")
    runner.set_quirks(decision_reply="lie")
    result = runner.run(slug, Message_ID=message.hold_id)
    assert result.message == (
        f'Successfully {decision} message with ID "{message.hold_id}" in Mimecast. It is not confirmed yet: the hold '
        "queue still shows the message."
    )
    assert (result.json_result["state"], result.json_result["confirmed"]) == ("pending", False)
    assert runner.writes == [path]


@pytest.mark.parametrize("reply", [*DONE, "documented"])
@both_decisions
def test_a_decision_that_is_visible_late_is_waited_for(
    waiting_runner: ActionRunner, slug: str, path: str, decision: str, reply: str
) -> None:
    message = waiting_runner.receive_held(risk="low")
    waiting_runner.set_quirks(decision_reply=reply, decision_visible_after=2.5)
    assert waiting_runner.succeeds(slug, Message_ID=message.id)["state"] == "confirmed"
    assert waiting_runner.writes == [path]


@pytest.mark.parametrize("reply", ["flag", "fail"])
@both_decisions
def test_an_error_code_stays_an_error_though_the_message_left_the_queue(
    waiting_runner: ActionRunner, slug: str, path: str, decision: str, reply: str
) -> None:
    """Another user made the same decision, and it becomes visible only after the reply."""
    waiting_runner.set_quirks(not_held=reply, decision_visible_after=1)
    message = waiting_runner.receive_held(risk="low")
    waiting_runner.simulator.tenant.decide(message.hold_id, decision)
    waiting_runner.fails(slug, Message_ID=message.id)
    assert (waiting_runner.writes, len(decisions(waiting_runner))) == ([path], 1)


@both_decisions
def test_the_opposite_decision_is_a_failure_that_names_it(
    waiting_runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    waiting_runner.set_quirks(not_held="empty", decision_visible_after=1)
    message = waiting_runner.receive_held(risk="low")
    opposite, shown = ("rejected", "rejected") if decision == "released" else ("released", "delivered")
    waiting_runner.simulator.tenant.decide(message.hold_id, opposite)
    result = waiting_runner.run(slug, Message_ID=message.id)
    assert result.message.endswith(f"the message was {decision}. Message tracking shows it as {shown}.")
    assert result.json_result["state"] == "contradicted"
    assert waiting_runner.writes == [path]


def _without_tracking_after_the_decision(runner: ActionRunner, record: TrackingRecord) -> None:
    """Message tracking fails after the details of the record were read once."""
    runner.add_fault("html", INFO, after=1)
    runner.add_fault("html", SEARCH)


@pytest.mark.parametrize("reply", ["empty", "drop_done", "gateway_timeout_done"])
@both_decisions
def test_a_message_that_only_left_the_queue_is_unknown(
    runner: ActionRunner, slug: str, path: str, decision: str, reply: str
) -> None:
    message = runner.receive_held(risk="low")
    runner.set_quirks(decision_reply=reply)
    _without_tracking_after_the_decision(runner, message)
    error = runner.fails(slug, Message_ID=message.id)
    assert f"It has left the hold queue, but nothing shows whether it was {decision}. Check the status" in error
    assert (runner.writes, len(decisions(runner))) == ([path], 1)


@pytest.mark.parametrize("reply", ["empty", "drop_done", "gateway_timeout_done"])
@both_decisions
def test_the_release_log_shows_how_a_message_was_decided(
    runner: ActionRunner, slug: str, path: str, decision: str, reply: str
) -> None:
    message = runner.receive_held(risk="low")
    runner.set_quirks(decision_reply=reply, release_log=True)
    _without_tracking_after_the_decision(runner, message)
    assert runner.succeeds(slug, Message_ID=message.id)["state"] == "confirmed"
    assert runner.writes == [path]


@both_decisions
def test_the_release_log_shows_the_opposite_decision(
    waiting_runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    waiting_runner.set_quirks(not_held="empty", decision_visible_after=1, release_log=True)
    message = waiting_runner.receive_held(risk="low")
    waiting_runner.simulator.tenant.decide(message.hold_id, "rejected" if decision == "released" else "released")
    _without_tracking_after_the_decision(waiting_runner, message)
    assert waiting_runner.run(slug, Message_ID=message.id).json_result["state"] == "contradicted"
    assert waiting_runner.writes == [path]


@pytest.mark.parametrize("headers", [{"sender": "eve@example.net"}, {"to": "bob@example.com"}, {"subject": "Another"}])
def test_a_decision_on_a_similar_message_in_the_release_log_proves_nothing(
    runner: ActionRunner, headers: dict[str, Any]
) -> None:
    runner.set_quirks(release_log=True)
    other, message = runner.receive_held(**headers), runner.receive_held()
    target = resolve(runner.context(), message.id)
    runner.simulator.tenant.decide(other.hold_id, "released")
    runner.simulator.tenant.set_status(message, "archived")
    for path in (INFO, SEARCH):
        runner.add_fault("html", path)
    since = datetime.now(UTC)
    assert investigate(runner.context(), target, Decision.RELEASE, since=since) is Evidence.LEFT_QUEUE
    runner.simulator.control("faults", {"clear": True})
    assert investigate(runner.context(), target, Decision.RELEASE, since=since) is Evidence.DECIDED


@both_decisions
def test_a_decision_is_unknown_if_nothing_can_be_read(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held(risk="low")
    runner.set_quirks(decision_reply="drop_done")
    _without_tracking_after_the_decision(runner, message)
    runner.add_fault("html", HOLD_LIST, after=1)
    error = runner.fails(slug, Message_ID=message.id)
    assert "Neither message tracking nor the hold queue could be read" in error
    assert runner.writes == [path]


@both_decisions
def test_a_record_whose_id_changes_with_its_status_is_found_by_a_search(
    runner: ActionRunner, slug: str, path: str, decision: str
) -> None:
    message = runner.receive_held(risk="low")
    runner.set_quirks(decision_reply="drop_done")
    runner.add_fault("empty", INFO, after=1)
    assert runner.succeeds(slug, Message_ID=message.id)["state"] == "confirmed"
    assert runner.writes == [path]


def test_a_release_to_the_sandbox_without_a_reply_is_unknown_while_the_message_is_held(v1: ActionRunner) -> None:
    message = v1.receive_held()
    sandbox = "/api/message-finder/release-held-email-to-sandbox"
    v1.add_fault("500", sandbox)
    error = v1.fails("release-message", Message_ID=message.id, Release_To_Sandbox=True)
    assert "It is still held, which does not show whether it was released. Check" in error
    assert v1.writes == [sandbox]
