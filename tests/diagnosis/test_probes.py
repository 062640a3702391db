"""Endpoint probes: harmless, and honest about what they cannot tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.api import ApiVersion, Endpoint
from mimecast_secops.api.client import endpoints
from mimecast_secops.api.observers import ObservedExchange
from mimecast_secops.api.resources import held, policies, tracking
from mimecast_secops.diagnosis import Finding, Verdict, check_permissions
from mimecast_secops.diagnosis.answers import UNKNOWN_ENDPOINT, Answer, Controls, probe_with
from mimecast_secops.diagnosis.probes import UNASSIGNED_ID, probe
from mimecast_secops.simulator import Simulator
from tests.diagnosis.permission_checks import check
from tests.tenants import client_for, runtime_without_sleep

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


@both_versions
@pytest.mark.parametrize("validates_nothing", [False, True])
def test_no_probe_makes_anything_on_a_tenant_that_validates_nothing(
    simulator: Simulator, api_version: ApiVersion, validates_nothing: bool
) -> None:
    tenant = simulator.tenant
    simulator.control("behaviour", {"validates_nothing": validates_nothing})
    try:
        findings = check(simulator, api_version)
    finally:
        simulator.control("behaviour", {"validates_nothing": False})
    assert (tenant.policies, tenant.managed_senders, tenant.decisions, tenant.reports) == ({}, {}, [], [])
    expected = Verdict.UNKNOWN if validates_nothing else Verdict.WORKS
    assert findings[f"function:{held.RELEASE.path}"].verdict is expected
    assert findings["action:Block Sender"].verdict is expected
    assert findings["action:Simple Archive Search"].verdict is Verdict.WORKS


@both_versions
def test_a_probe_of_an_endpoint_that_writes_has_nothing_to_act_on(
    simulator: Simulator, api_version: ApiVersion
) -> None:
    sent: list[ObservedExchange] = []
    with client_for(simulator, api_version, runtime_without_sleep()) as client, client.observed(sent.append):
        check_permissions(client, all_requirements())
    written = {endpoint.path for endpoint in endpoints() if endpoint.writes}
    writes = [exchange for exchange in sent if any(exchange.path.startswith(path) for path in written)]
    assert len(writes) >= 5
    for exchange in writes:
        is_unassigned = exchange.method == "DELETE" and exchange.path.endswith("/eNoDAAAAAAE")
        assert is_unassigned or json.loads(exchange.body or b"") == {"data": []}, exchange.path


class KnownControl(Controls):
    """The answer to an endpoint that does not exist, as a test defines it."""

    def __init__(self, answer: Answer | None) -> None:
        self._answer = answer

    def answer_for(self, endpoint: Endpoint) -> Answer | None:
        return self._answer


def probe_with_control(simulator: Simulator, endpoint: Endpoint, control: Answer | None) -> Finding:
    with client_for(simulator, ApiVersion.V2) as client:
        return probe(client, endpoint, KnownControl(control))


@pytest.fixture
def empty_tenant() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


def test_an_empty_list_shows_nothing_if_an_unknown_endpoint_also_gets_one(empty_tenant: Simulator) -> None:
    finding = probe_with_control(empty_tenant, held.LIST, Answer(200, "", "", "[]"))
    assert finding.verdict is Verdict.UNKNOWN
    assert "in the same way as for an endpoint that does not exist" in str(finding.why)


def test_an_empty_list_shows_that_the_endpoint_works_if_an_unknown_endpoint_is_refused(
    empty_tenant: Simulator,
) -> None:
    assert probe_with_control(empty_tenant, held.LIST, Answer(404, "", "", "")).verdict is Verdict.WORKS


def test_an_id_that_is_not_found_is_not_an_endpoint_that_is_not_found(simulator: Simulator) -> None:
    with client_for(simulator, ApiVersion.V2) as client:
        probed = probe_with(client, tracking.INFO.path, lambda client: client.tracking.info(UNASSIGNED_ID))
    assert probe_with_control(simulator, tracking.INFO, None).verdict is Verdict.WORKS
    assert probe_with_control(simulator, tracking.INFO, Answer(403, "app_forbidden", "", "")).verdict is Verdict.WORKS
    assert probe_with_control(simulator, tracking.INFO, probed.answer).verdict is Verdict.NOT_AVAILABLE


def test_a_product_that_has_the_endpoint_and_forbids_it_needs_the_permission(simulator: Simulator) -> None:
    """`app_forbidden` has two texts, and an endpoint that does not exist gets the other one."""
    simulator.control("rights", {"revoke": ["Cloud Gateway"]})
    control = Answer(403, "app_forbidden", "Forbidden to perform the requested operation", "")
    for endpoint in (held.LIST, policies.DELETE):
        finding = probe_with_control(simulator, endpoint, control)
        assert finding.verdict is Verdict.MISSING
        assert str(finding.remedy) == f'Grant the role permission "{endpoint.permission}".'


def test_without_an_answer_to_compare_with_the_code_decides(simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Cloud Gateway"]})
    assert probe_with_control(simulator, held.DETAIL, None).verdict is Verdict.NOT_AVAILABLE
    assert "product" in str(probe_with_control(simulator, held.LIST, None).remedy)


def test_an_endpoint_without_a_harmless_probe_is_unknown(simulator: Simulator) -> None:
    finding = probe_with_control(simulator, UNKNOWN_ENDPOINT, None)
    assert (finding.verdict, str(finding.why)) == (Verdict.UNKNOWN, "There is no harmless way to probe it.")


@pytest.mark.parametrize("has_permission", [True, False])
def test_api_2_without_the_legacy_path_still_creates_policies(simulator: Simulator, *, has_permission: bool) -> None:
    simulator.control("behaviour", {"legacy_policy_on_v2": False})
    if not has_permission:
        simulator.control("rights", {"revoke": [policies.CREATE.permission]})
    try:
        findings = check(simulator, ApiVersion.V2)
    finally:
        simulator.control("behaviour", {"legacy_policy_on_v2": True})
        simulator.control("rights", {"grant": [policies.CREATE.permission]})
    verdict = Verdict.WORKS if has_permission else Verdict.MISSING
    assert findings[f"function:{policies.CREATE.path}"].verdict is verdict
    assert simulator.tenant.policies == {}
