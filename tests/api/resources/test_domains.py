"""Internal domains of the tenant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion, MimecastClient, errors
from mimecast_secops.api.resources import domains
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http import routes
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data
from mimecast_secops.simulator.http.schemas.envelope import Pagination
from tests.tenants import client_for


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture(params=list(ApiVersion), ids=lambda api_version: api_version.name)
def client(simulator: Simulator, request: pytest.FixtureRequest) -> Iterator[MimecastClient]:
    simulator.tenant.domains = {"example.com"}
    with client_for(simulator, request.param) as connected:
        yield connected


def answering(monkeypatch: pytest.MonkeyPatch, *pages: list[Any]) -> None:
    """Make the simulated tenant reply with these pages of entries."""

    def answer(call: ApiRequest) -> ApiResponse:
        number = int(str(call.pagination.get("pageToken", "0")))
        pagination: Pagination = {"pageSize": len(pages[number])}
        if number + 1 < len(pages):
            pagination["next"] = str(number + 1)
        return data(pages[number], pagination)

    endpoint = routes.BY_PATH[domains.INTERNAL.path]
    changed = replace(endpoint, handler=answer)
    monkeypatch.setitem(routes.BY_PATH, endpoint.path, changed)


def test_every_domain_of_the_tenant_is_listed(simulator: Simulator, client: MimecastClient) -> None:
    simulator.tenant.domains = {"example.com", "second.example", "xn--mnchen-3ya.de"}
    listed = client.domains.internal()
    assert [domain.domain for domain in listed] == ["example.com", "second.example", "xn--mnchen-3ya.de"]
    assert len({domain.id for domain in listed}) == 3
    assert {(domain.send_only, domain.local, domain.inbound_type) for domain in listed} == {(False, True, "any")}


def test_a_list_of_several_pages_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch, client: MimecastClient) -> None:
    answering(monkeypatch, [{"domain": "a.example"}], [{"domain": " b.example "}], [{"domain": "c.example"}])
    assert [domain.domain for domain in client.domains.internal()] == ["a.example", "b.example", "c.example"]


@pytest.mark.parametrize(
    "entries",
    [[], [{}], [None], ["example.com"], [{"domain": ""}], [{"domain": ["x"]}], [{"domain": "a.example"}, {"id": "2"}]],
    ids=str,
)
def test_a_list_that_cannot_be_read_in_full_is_an_error(
    monkeypatch: pytest.MonkeyPatch, client: MimecastClient, entries: list[Any]
) -> None:
    answering(monkeypatch, entries)
    with pytest.raises(errors.UnreadableReply, match="internal domain"):
        client.domains.internal()


def test_the_missing_permission_is_named(simulator: Simulator, client: MimecastClient) -> None:
    simulator.control("rights", {"revoke": [domains.INTERNAL.permission]})
    try:
        with pytest.raises(errors.MissingPermission) as refused:
            client.domains.internal()
    finally:
        simulator.control("rights", {"grant": [domains.INTERNAL.permission]})
    assert refused.value.permission == "Directories | Internal | Read"
