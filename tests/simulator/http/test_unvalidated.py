"""A tenant that validates nothing acts on every item, and on no item if there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    CREATE_POLICY,
    DELETE_POLICY,
    HOLD_LIST,
    REJECT,
    RELEASE,
    REST_POLICIES,
    SENDERS,
    Caller,
    held_eml,
)

REPORT = "/api/message-finder/report-message"
SANDBOX = "/api/message-finder/release-held-email-to-sandbox"


@pytest.fixture(autouse=True)
def lenient(simulator: Simulator) -> Iterator[None]:
    simulator.tenant.quirks.validates_nothing = True
    simulator.tenant.quirks.delete_policy_on_v2 = True
    yield
    simulator.tenant.quirks.validates_nothing = False


def test_it_creates_what_the_items_say(simulator: Simulator, caller: Caller) -> None:
    assert caller.call(CREATE_POLICY, {"nonsense": 1}).status == 200
    assert caller.call(SENDERS, {"sender": "not an address", "to": "not an address", "action": "permit"}).status == 200
    assert len(simulator.tenant.policies) == 1
    assert len(simulator.tenant.managed_senders) == 1
    caller.call(DELETE_POLICY, {"id": next(iter(simulator.tenant.policies))})
    assert simulator.tenant.policies == {}


def test_it_decides_what_the_items_name(simulator: Simulator, caller: Caller) -> None:
    first, second = simulator.tenant.receive(held_eml())[0], simulator.tenant.receive(held_eml())[0]
    assert caller.call(RELEASE, {"id": first.hold_id}).data == [{"id": first.hold_id, "release": True}]
    caller.call(REJECT, {"ids": [second.hold_id]})
    assert [decision.outcome for decision in simulator.tenant.decisions] == ["released", "rejected"]


def test_its_rest_endpoints_create_policies_from_any_body(simulator: Simulator, v2: Caller) -> None:
    policy_id = v2.post(REST_POLICIES, {"nonsense": 1}).json["id"]
    assert list(simulator.tenant.policies) == [policy_id]
    assert v2.post(f"{REST_POLICIES}/another", {}, method="DELETE").status == 204
    assert list(simulator.tenant.policies) == [policy_id]


@pytest.mark.parametrize("path", [CREATE_POLICY, DELETE_POLICY, SENDERS, RELEASE, REJECT])
def test_a_request_without_items_succeeds_and_changes_nothing(simulator: Simulator, caller: Caller, path: str) -> None:
    reply = caller.call(path)
    assert (reply.status, reply.data) == (200, [])
    assert simulator.tenant.policies == {}
    assert simulator.tenant.managed_senders == {}
    assert simulator.tenant.decisions == []


def test_an_endpoint_that_reads_is_not_affected(caller: Caller) -> None:
    assert caller.call(HOLD_LIST, {"admin": True}).status == 200
