"""The risk on which a release depends: a risk that cannot be read never opens the guard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.rights import TRACKING_READ
from tests.actions.held_messages import KINDS, decided
from tests.actions.runner import ActionRunner

RELEASE = "release-message"


def with_verdict(runner: ActionRunner, verdict: Any) -> TrackingRecord:
    record = runner.receive_held()
    record.info = {"spamInfo": {"spamProcessingDetail": {"verdict": verdict}} if verdict is not None else None}
    return record


def categories(*risks: object) -> dict[str, Any]:
    return {"decision": "spam", "categories": [{"name": "x", "risk": risk} for risk in risks]}


@pytest.mark.parametrize("kind", ["tracking id", "hold id", "Message-ID"])
@pytest.mark.parametrize("verdict", [None, {}, {"decision": "spam", "categories": []}], ids=str)
def test_a_verdict_that_names_no_risk_is_said_in_the_message(runner: ActionRunner, verdict: Any, kind: str) -> None:
    record = with_verdict(runner, verdict)
    message_id = KINDS[kind](record)
    result = runner.run(RELEASE, Message_ID=message_id)
    assert result.message == (
        f'Successfully released message with ID "{message_id}" in Mimecast. Mimecast names no risk for it.'
    )


@pytest.mark.parametrize("kind", ["tracking id", "hold id"])
@pytest.mark.parametrize(
    ("risks", "reason"),
    [
        (("high",), "is high risk"),
        (("low", "HIGH"), "is high risk"),
        (("low", "severe"), "names a risk that is not"),
        ((9,), "names a risk that is not"),
    ],
    ids=str,
)
def test_the_highest_risk_of_a_category_counts_if_the_verdict_has_none(
    runner: ActionRunner, kind: str, risks: tuple[object, ...], reason: str
) -> None:
    record = with_verdict(runner, categories(*risks))
    error = runner.fails(RELEASE, Message_ID=KINDS[kind](record))
    assert reason in error
    assert '"Allow High Risk"' in error
    assert (runner.writes, record.is_held) == ([], True)


def test_a_low_risk_of_a_category_is_a_risk(runner: ActionRunner) -> None:
    result = runner.succeeds(RELEASE, Message_ID=with_verdict(runner, categories("low", "")).id)
    assert result["message"]["risk"] == "low"


@pytest.mark.parametrize("kind", ["search", "get-message-info"])
def test_a_hold_id_is_refused_where_message_tracking_cannot_be_read(runner: ActionRunner, kind: str) -> None:
    record = runner.receive_held(risk="high")
    runner.add_fault("html", f"/api/message-finder/{kind}")
    error = runner.fails(RELEASE, Message_ID=record.hold_id)
    assert "The risk of this message is unknown, so it was not released: message tracking could not be read" in error
    assert '"Allow High Risk"' in error
    assert runner.writes == []


def test_a_hold_id_is_refused_without_the_permission_to_read_message_tracking(runner: ActionRunner) -> None:
    record = runner.receive_held(risk="low")
    runner.revoke(TRACKING_READ)
    error = runner.fails(RELEASE, Message_ID=record.hold_id)
    assert TRACKING_READ in error
    assert '"Allow High Risk"' in error
    runner.succeeds(RELEASE, Message_ID=record.hold_id, Allow_High_Risk=True)
    assert decided(runner) == [("released", record.hold_id)]


@pytest.mark.parametrize("exact", [True, False], ids=["queue id is hold id", "queue id differs"])
@pytest.mark.parametrize(
    "row",
    [
        {"received": -30},
        {"received": 30},
        {"subject": "[EXTERNAL] Offer of the day"},
        {"subject": "Offer of"},
        {"fromEnv": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("risk", ["low", "high"])
def test_a_record_that_tracking_shows_differently_is_tied_to_the_hold(
    runner: ActionRunner, exact: bool, row: dict[str, Any], risk: str
) -> None:
    runner.set_quirks(queue_id_is_hold_id=exact)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    record = runner.receive_held("Offer of the day", risk=risk, received=at)
    moved = {"received": (at + timedelta(seconds=row["received"])).isoformat()} if "received" in row else row
    record.row = moved
    if risk == "high":
        assert "high risk" in runner.fails(RELEASE, Message_ID=record.hold_id)
    else:
        assert runner.succeeds(RELEASE, Message_ID=record.hold_id)["message"]["risk"] == "low"


def test_the_risk_of_another_message_does_not_count_if_the_details_name_the_hold(runner: ActionRunner) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    wanted = runner.receive_held("Offer", risk="low", received=at)
    runner.receive_held("Offer", risk="high", received=at)
    assert runner.succeeds(RELEASE, Message_ID=wanted.hold_id)["message"]["trackingId"] == wanted.id


def test_the_highest_risk_counts_if_nothing_names_the_hold(runner: ActionRunner) -> None:
    runner.set_quirks(queue_id_is_hold_id=False)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    wanted = runner.receive_held("Offer", risk="low", received=at)
    runner.receive_held("Offer", risk="high", received=at + timedelta(seconds=20))
    assert "high risk" in runner.fails(RELEASE, Message_ID=wanted.hold_id)
