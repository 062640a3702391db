"""The connection check: credentials and clock."""

from __future__ import annotations

import socket

import pytest

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.api import ApiVersion
from mimecast_secops.diagnosis import Verdict, check_permissions
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.rights import DASHBOARD
from tests.diagnosis.permission_checks import check
from tests.tenants import client_for


def test_a_wrong_clock_is_reported(simulator: Simulator) -> None:
    simulator.control("clock", {"advance": -600})
    try:
        findings = check(simulator, ApiVersion.V2)
    finally:
        simulator.control("clock", {"advance": 600})
    assert findings["connection:Clock"].verdict is Verdict.MISSING
    assert "ahead of Mimecast's" in str(findings["connection:Clock"].why)


def test_wrong_credentials_end_the_check(simulator: Simulator) -> None:
    client_secret = simulator.tenant.application.client_secret
    with client_for(simulator, ApiVersion.V2) as client:
        simulator.tenant.application.client_secret = "another"
        try:
            findings = check_permissions(client, all_requirements())
        finally:
            simulator.tenant.application.client_secret = client_secret
    assert {finding.kind for finding in findings} == {"connection"}
    assert any(finding.subject == "Credentials" and finding.verdict is Verdict.MISSING for finding in findings)


def test_a_host_that_cannot_be_resolved_ends_the_check(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with client_for(simulator, ApiVersion.V2) as client:
        [finding] = check_permissions(client, all_requirements())
    assert (finding.subject, finding.verdict) == ("Name resolution", Verdict.MISSING)
    assert "cannot be resolved (Name or service not known)" in str(finding.why)


def test_credentials_work_without_permission_to_read_the_account(simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": [DASHBOARD]})
    findings = check(simulator, ApiVersion.V1)
    assert findings["connection:Credentials"].verdict is Verdict.WORKS
    assert findings["connection:Account"].verdict is Verdict.UNKNOWN
