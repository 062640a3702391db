"""The declarations of all endpoints, against the simulator."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.api import (
    ApiVersion,
    ArchiveQuery,
    MimecastClient,
    endpoints,
    errors,
)
from mimecast_secops.api.resources import (
    account,
    archive,
    domains,
    files,
    held,
    policies,
    release_log,
    senders,
    tracking,
)
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.routes import ENDPOINTS
from mimecast_secops.simulator.tenant.rights import PERMISSIONS
from tests.api.resources.tenant import ON_V2, UNKNOWN, V1, V2, policy, set_quirks


def test_every_endpoint_has_the_same_permission_in_the_simulator() -> None:
    simulated = {endpoint.path: endpoint for endpoint in ENDPOINTS}
    for endpoint in endpoints():
        if endpoint is policies.REST_DELETE:
            continue
        other = simulated[endpoint.path]
        assert other.permission == endpoint.permission
        assert {(V1, V2)[version - 1] for version in other.versions} == endpoint.api_versions
        assert endpoint.product in ("", other.product)


CALLS: dict[str, Any] = {
    account.GET.path: lambda client: client.account.get(),
    account.WHOAMI.path: lambda client: client.account.whoami(),
    domains.INTERNAL.path: lambda client: client.domains.internal(),
    tracking.SEARCH.path: lambda client: client.tracking.search(to="example.com"),
    tracking.INFO.path: lambda client: client.tracking.info(UNKNOWN),
    tracking.RELEASE_TO_SANDBOX.path: lambda client: client.tracking.release_to_sandbox(UNKNOWN),
    tracking.REPORT.path: lambda client: client.tracking.report(UNKNOWN, kind="spam"),
    held.LIST.path: lambda client: list(client.held.list()),
    held.RELEASE.path: lambda client: client.held.release(UNKNOWN),
    held.REJECT.path: lambda client: client.held.reject([UNKNOWN]),
    held.SUMMARY.path: lambda client: client.held.summary(),
    release_log.LIST.path: lambda client: list(client.release_log.list()),
    held.DETAIL.path: lambda client: client.held.detail(UNKNOWN),
    archive.SEARCH.path: lambda client: list(client.archive.search(ArchiveQuery(fields=["subject"]))),
    archive.DETAIL.path: lambda client: client.archive.message_detail(UNKNOWN),
    archive.PART.path: lambda client: client.archive.message_part(UNKNOWN, max_bytes=10).__enter__(),
    senders.PERMIT_OR_BLOCK.path: lambda client: client.senders.set("a@example.org", "ann@example.com", "block"),
    policies.CREATE.path: lambda client: client.policies.create(policy()),
    policies.GET.path: lambda client: client.policies.list(),
    policies.DELETE.path: lambda client: client.policies.delete(UNKNOWN),
    "/api/gateway/message/get-file": lambda client: client.files.download(UNKNOWN, max_bytes=10).__enter__(),
}


@pytest.mark.parametrize(
    "path", [endpoint.path for endpoint in endpoints() if endpoint.permission and endpoint.path in CALLS]
)
def test_an_endpoint_without_its_permission_names_it(
    simulator: Simulator, client: MimecastClient, api_version: ApiVersion, path: str
) -> None:
    endpoint = next(endpoint for endpoint in endpoints() if endpoint.path == path)
    if api_version not in endpoint.api_versions:
        with pytest.raises(
            errors.NotSupported, match=f"{api_version.value} does not have an endpoint to {endpoint.summary}"
        ):
            CALLS[path](client)
        assert simulator.requests == []
        return
    set_quirks(simulator, delete_policy_on_v2=True, release_log=True)
    simulator.control("rights", {"revoke": [endpoint.permission]})
    with pytest.raises(errors.MissingPermission) as caught:
        CALLS[path](client)
    assert caught.value.permission == endpoint.permission
    assert endpoint.permission in str(caught.value)
    assert caught.value.status == 403


def test_a_missing_permission_is_recognised_with_status_200(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, forbidden_status=200)
    simulator.control("rights", {"revoke": [account.GET.permission]})
    with pytest.raises(errors.MissingPermission) as caught:
        client.account.get()
    assert caught.value.status == 403


@ON_V2
@pytest.mark.parametrize(
    "endpoint", [endpoint for endpoint in endpoints() if endpoint.product], ids=lambda endpoint: endpoint.path
)
def test_an_endpoint_of_api_2_without_its_product_names_it(
    simulator: Simulator, client: MimecastClient, endpoint: Any
) -> None:
    simulator.control("rights", {"revoke": [endpoint.product]})
    with pytest.raises(errors.MissingPermission, match=f'the product "{endpoint.product}"') as caught:
        CALLS[endpoint.path](client)
    assert caught.value.product == endpoint.product


def test_every_endpoint_is_in_the_tests_of_permissions() -> None:
    assert set(CALLS) | {policies.REST_DELETE.path} == {endpoint.path for endpoint in endpoints()}


def test_the_simulator_grants_every_permission_that_the_client_declares() -> None:
    assert {endpoint.permission for endpoint in endpoints() if endpoint.permission} == PERMISSIONS


def test_the_endpoints_of_all_resources_are_declared_once() -> None:
    modules = (account, archive, domains, files, held, policies, release_log, senders, tracking)
    declared = [endpoint for module in modules for endpoint in module.ENDPOINTS]
    assert sorted(endpoint.path for endpoint in declared) == [endpoint.path for endpoint in endpoints()]
    assert len({endpoint.path for endpoint in declared}) == len(declared)
    assert all(endpoint.path.startswith("/") and endpoint.summary and endpoint.source for endpoint in declared)
