"""The table of endpoints."""

from __future__ import annotations

from mimecast_secops.api import endpoints
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.openapi import openapi_document
from mimecast_secops.simulator.http.routes import ENDPOINTS
from tests.simulator.caller import (
    Caller,
)

DOCUMENT = openapi_document()


def test_every_described_path_exists_for_its_api_versions(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    for endpoint in ENDPOINTS:
        operation = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
        assert operation["tags"] == [f"API {version}.0" for version in endpoint.versions]
        for version, caller in ((1, v1), (2, v2)):
            post = endpoint.method == "POST"
            reply = caller.post(endpoint.path, {"data": []}) if post else caller.get(endpoint.path)
            needs_quirk = endpoint.quirk and version in endpoint.quirk_versions
            is_available = version in endpoint.versions and (
                not needs_quirk or getattr(simulator.tenant.quirks, endpoint.quirk)
            )
            assert (reply.status in (403, 404)) is not is_available


def test_client_and_simulator_require_the_same_permission_for_each_endpoint() -> None:
    simulated = {endpoint.path: endpoint.permission for endpoint in ENDPOINTS}
    known = {endpoint.path: endpoint.permission for endpoint in endpoints() if endpoint.permission}
    assert known | simulated == simulated | known
    assert len(set(known) & set(simulated)) > 15
