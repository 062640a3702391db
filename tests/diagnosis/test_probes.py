"""Endpoint probes: harmless, and honest about what they cannot tell."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.resources import held
from mimecast_secops.diagnosis import Verdict
from mimecast_secops.simulator import Simulator
from tests.diagnosis.permission_checks import check

both_versions = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


@both_versions
def test_no_probe_changes_the_tenant(simulator: Simulator, api_version: ApiVersion) -> None:
    def state() -> dict[str, Any]:
        state = simulator.control("state")
        return {name: value for name, value in state.items() if "time" not in name and "now" not in name}

    def statuses() -> dict[str, str]:
        return {record_id: record.status for record_id, record in simulator.tenant.tracked.items()}

    state_before, statuses_before = state(), statuses()
    check(simulator, api_version)
    assert state() == state_before
    assert statuses() == statuses_before
    assert simulator.tenant.decisions == []
    assert simulator.tenant.policies == {}
    assert simulator.tenant.managed_senders == {}


def test_a_probe_with_an_unreadable_reply_has_an_unknown_verdict(simulator: Simulator) -> None:
    simulator.control("faults", {"add": [{"kind": "html", "path": held.LIST.path}]})
    try:
        findings = check(simulator, ApiVersion.V2)
    finally:
        simulator.control("faults", {"clear": True})
    assert findings[f"function:{held.LIST.path}"].verdict is Verdict.UNKNOWN
    assert findings["connector:Message Tracking Connector"].verdict is Verdict.UNKNOWN
    assert findings["action:Block Sender"].verdict is Verdict.WORKS
