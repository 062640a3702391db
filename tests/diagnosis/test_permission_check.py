"""The permission check against a simulated tenant with one permission or product revoked."""

from __future__ import annotations

import pytest

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.api import ApiVersion, Endpoint
from mimecast_secops.api.resources import files, held, policies
from mimecast_secops.diagnosis import Verdict
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.rights import PERMISSIONS, PRODUCTS
from tests.diagnosis.permission_checks import check

both_versions = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


def endpoints() -> dict[str, Endpoint]:
    return {
        endpoint.path: endpoint
        for required in all_requirements()
        for endpoint in (*required.endpoints, *required.optional_endpoints)
    }


def expected_verdict(api_version: ApiVersion, endpoint: Endpoint, revoked: str) -> Verdict:
    """The verdict that follows from the configuration of the tenant."""
    not_in_catalog = api_version is ApiVersion.V2 and endpoint.path == held.DETAIL.path
    if api_version not in endpoint.api_versions or not_in_catalog:
        return Verdict.NOT_AVAILABLE
    return Verdict.MISSING if endpoint.permission == revoked else Verdict.WORKS


@both_versions
@pytest.mark.parametrize("revoked", [*sorted(PERMISSIONS), ""])
def test_the_verdicts_match_the_tenant_and_name_the_missing_permission(
    simulator: Simulator, api_version: ApiVersion, revoked: str
) -> None:
    if revoked:
        simulator.control("rights", {"revoke": [revoked]})
    findings = check(simulator, api_version)
    # The simulator checks downloads under a permission that depends on the API version
    # (docs/reference/mimecast-api.md#download-a-file), and the two ways to delete a policy are alternatives of which a
    # tenant has one.
    excluded = {files.GET.path, policies.DELETE.path, policies.REST_DELETE.path}
    checked = {path: endpoint for path, endpoint in endpoints().items() if path not in excluded}
    assert {path: findings[f"function:{path}"].verdict for path in checked} == {
        path: expected_verdict(api_version, endpoint, revoked) for path, endpoint in checked.items()
    }
    for finding in findings.values():
        assert finding.verdict is not Verdict.MISSING or revoked in str(finding.remedy), finding


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_a_missing_product_is_not_reported_as_a_missing_permission(simulator: Simulator, product: str) -> None:
    simulator.control("rights", {"revoke": [product]})
    findings = check(simulator, ApiVersion.V2).values()
    missing = [finding for finding in findings if finding.verdict is Verdict.MISSING]
    assert missing
    assert all("product" in str(finding.remedy) for finding in missing if finding.kind == "function")
    assert not any("role permission" in str(finding.remedy) for finding in missing)


@both_versions
def test_the_verdict_on_actions_and_connector_follows_from_their_endpoints(
    simulator: Simulator, api_version: ApiVersion
) -> None:
    simulator.control("rights", {"revoke": ["Account | Monitoring | Held | Edit"]})
    findings = check(simulator, api_version)
    assert findings["action:Release Message"].verdict is Verdict.MISSING
    assert findings["action:Reject Message"].verdict is Verdict.MISSING
    assert findings["action:Simple Archive Search"].verdict is Verdict.WORKS
    assert findings["connector:Message Tracking Connector"].verdict is Verdict.WORKS
    report = findings["action:Report Message"].verdict
    assert report is (Verdict.NOT_AVAILABLE if api_version is ApiVersion.V2 else Verdict.WORKS)
