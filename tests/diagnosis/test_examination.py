"""The doctor against a tenant whose rights are taken away one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mimecast_secops.actions import Context, execute, find
from mimecast_secops.actions.check_permissions import subjects
from mimecast_secops.api import ApiVersion, Endpoint
from mimecast_secops.api.resources import held, policies
from mimecast_secops.diagnosis import Finding, Verdict, examine
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.rights import CLOUD_GATEWAY, PERMISSIONS, PRODUCTS
from tests.tenants import client_for

BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda one: one.name)
# The catalogue of API 2.0 does not have these; the simulated tenant follows it unless told otherwise.
NOT_ON_V2 = {held.DETAIL.path, policies.DELETE.path}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


@pytest.fixture(autouse=True)
def all_rights(simulator: Simulator) -> None:
    simulator.control("rights", {"grant": sorted(PERMISSIONS | PRODUCTS)})


def endpoints() -> dict[str, Endpoint]:
    return {one.path: one for subject in subjects() for one in (*subject.endpoints, *subject.optional_endpoints)}


def examined(simulator: Simulator, api_version: ApiVersion) -> dict[str, Finding]:
    with client_for(simulator, api_version) as client:
        return {f"{one.kind}:{one.path or one.subject}": one for one in examine(client, subjects())}


def matrix(findings: dict[str, Finding]) -> dict[str, Verdict]:
    """Verdicts by function path."""
    return {path: findings[f"function:{path}"].verdict for path in endpoints() if path != policies.REST_DELETE.path}


def expected(api_version: ApiVersion, missing: str) -> dict[str, Verdict]:
    """What was configured, said without the doctor."""
    verdicts = {}
    for path, endpoint in endpoints().items():
        if path == policies.REST_DELETE.path:
            continue
        absent = api_version is ApiVersion.V2 and path in NOT_ON_V2 and path != policies.DELETE.path
        if api_version not in endpoint.api_versions or absent:
            verdicts[path] = Verdict.NOT_AVAILABLE
        else:
            verdicts[path] = Verdict.MISSING if endpoint.permission == missing else Verdict.WORKS
    return verdicts


@BOTH
@pytest.mark.parametrize("permission", [*sorted(PERMISSIONS), ""])
def test_the_matrix_is_exactly_the_one_configured(
    simulator: Simulator, api_version: ApiVersion, permission: str
) -> None:
    if permission:
        simulator.control("rights", {"revoke": [permission]})
    found = matrix(examined(simulator, api_version))
    wanted = expected(api_version, permission)
    # Downloads are checked under the permission of the generation (API notes 7.7), which differs.
    for path in ("/api/gateway/message/get-file",):
        found.pop(path)
        wanted.pop(path)
    if api_version is ApiVersion.V2:
        found.pop(policies.DELETE.path)
        wanted.pop(policies.DELETE.path)
    assert found == wanted


@BOTH
@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_a_missing_permission_is_named_with_what_to_grant(
    simulator: Simulator, api_version: ApiVersion, permission: str
) -> None:
    simulator.control("rights", {"revoke": [permission]})
    missing = [one for one in examined(simulator, api_version).values() if one.verdict is Verdict.MISSING]
    for finding in missing:
        assert permission in finding.remedy, finding


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_a_missing_product_is_told_from_a_missing_permission(simulator: Simulator, product: str) -> None:
    simulator.control("rights", {"revoke": [product]})
    findings = examined(simulator, ApiVersion.V2).values()
    missing = [one for one in findings if one.verdict is Verdict.MISSING]
    assert missing
    assert all("product" in one.remedy for one in missing if one.kind == "function")
    assert not any("role permission" in one.remedy for one in missing)


@BOTH
def test_no_probe_changes_anything_in_the_tenant(simulator: Simulator, api_version: ApiVersion) -> None:
    def state() -> dict[str, Any]:
        shown = simulator.control("state")
        return {key: value for key, value in shown.items() if "time" not in key and "now" not in key}

    before = state()
    statuses = {name: one.status for name, one in simulator.tenant.tracked.items()}
    examined(simulator, api_version)
    assert state() == before
    assert {name: one.status for name, one in simulator.tenant.tracked.items()} == statuses
    assert simulator.tenant.decisions == []
    assert simulator.tenant.policies == {}
    assert simulator.tenant.managed_senders == {}


@BOTH
def test_actions_and_connector_follow_from_their_functions(simulator: Simulator, api_version: ApiVersion) -> None:
    simulator.control("rights", {"revoke": ["Account | Monitoring | Held | Edit"]})
    found = examined(simulator, api_version)
    assert found["action:Release Message"].verdict is Verdict.MISSING
    assert found["action:Reject Message"].verdict is Verdict.MISSING
    assert found["action:Simple Archive Search"].verdict is Verdict.WORKS
    assert found["connector:Message Tracking Connector"].verdict is Verdict.WORKS
    report = found["action:Report Message"].verdict
    assert report is (Verdict.NOT_AVAILABLE if api_version is ApiVersion.V2 else Verdict.WORKS)


def test_a_clock_that_is_far_off_is_found(simulator: Simulator) -> None:
    simulator.control("clock", {"advance": -600})
    try:
        found = examined(simulator, ApiVersion.V2)
    finally:
        simulator.control("clock", {"advance": 600})
    assert found["connection:Clock"].verdict is Verdict.MISSING
    assert "ahead of Mimecast's" in found["connection:Clock"].why


def test_wrong_credentials_end_the_examination_at_that_point(simulator: Simulator) -> None:
    good = simulator.tenant.application.client_secret
    with client_for(simulator, ApiVersion.V2) as client:
        simulator.tenant.application.client_secret = "another"
        try:
            findings = examine(client, subjects())
        finally:
            simulator.tenant.application.client_secret = good
    assert [one.kind for one in findings] == ["connection"] * len(findings)
    assert any(one.subject == "Credentials" and one.verdict is Verdict.MISSING for one in findings)


@BOTH
def test_the_action_says_how_much_works_and_can_be_strict(simulator: Simulator, api_version: ApiVersion) -> None:
    simulator.control("rights", {"revoke": [CLOUD_GATEWAY, "Gateway | Policies | Edit"]})
    action = find("check-permissions")
    with client_for(simulator, api_version) as client:
        lenient = execute(action, {}, lambda: Context(client=client))
        strict = execute(action, {"Fail On Missing": "true"}, lambda: Context(client=client))
    assert lenient.is_success
    assert lenient.tables[0].title == "Permissions"
    assert not strict.is_success
    assert "Grant" in strict.message or "product" in strict.message
    verdicts = [[(one["subject"], one["verdict"]) for one in result.json_result] for result in (strict, lenient)]
    assert verdicts[0] == verdicts[1]
