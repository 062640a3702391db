"""Domain endpoints."""

from __future__ import annotations

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import Caller


def test_the_internal_domains_are_those_of_the_tenant(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.domains = {"second.example", "first.example"}
    items = caller.call("/api/domain/get-internal-domain").data
    assert [item["domain"] for item in items] == ["first.example", "second.example"]
    assert len({item["id"] for item in items}) == 2
