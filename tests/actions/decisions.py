"""What the tests of decisions on held messages share."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator.tenant.records import HoldDecision, TrackingRecord
from tests.actions.runner import ActionRunner

RELEASE, REJECT = "/api/gateway/hold-release", "/api/gateway/hold-reject"
INFO = "/api/message-finder/get-message-info"


both_decisions = pytest.mark.parametrize(
    ("slug", "path", "decision"), [("release-message", RELEASE, "released"), ("reject-message", REJECT, "rejected")]
)


def decisions(runner: ActionRunner) -> list[HoldDecision]:
    return runner.simulator.tenant.decisions


def with_risk(runner: ActionRunner, risk: object) -> TrackingRecord:
    record = runner.receive_held()
    record.info = {"spamInfo": {"spamProcessingDetail": {"verdict": {"decision": "spam", "risk": risk}}}}
    return record
