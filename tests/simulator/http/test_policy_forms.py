"""Policies in the forms that no document excludes."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import CREATE_POLICY, DELETE_POLICY, GET_POLICY, REST_POLICIES, Caller

POLICY: dict[str, Any] = {
    "option": "block_sender",
    "policy": {
        "description": "Blocked by the SOC",
        "from": {"type": "email_domain", "emailDomain": "evil.example.org"},
        "to": {"type": "everyone"},
        "bidirectional": False,
    },
}


@pytest.mark.parametrize(
    ("form", "members", "settings"),
    [
        ("full", {"id", "option", "policy"}, {"enabled", "enforced"}),
        ("documented", {"id", "option", "policy"}, set()),
        ("wrapped", {"policies"}, set()),
        ("renamed", {"policyId", "action", "definition"}, set()),
    ],
)
def test_a_list_of_policies_has_the_form_of_the_quirk(
    simulator: Simulator, caller: Caller, form: str, members: set[str], settings: set[str]
) -> None:
    simulator.tenant.quirks.change("policy_get", form)
    caller.call(CREATE_POLICY, POLICY)
    [entry] = caller.call(GET_POLICY).data
    assert set(entry) == members
    assert {"enabled", "enforced"} & set(entry.get("policy", ())) == settings
    assert "evil.example.org" in str(entry)


def test_a_list_of_policies_can_be_empty_although_there_is_one(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.policy_get = "empty"
    caller.call(CREATE_POLICY, POLICY)
    assert (caller.call(GET_POLICY).data, len(simulator.tenant.policies)) == ([], 1)


def test_a_policy_is_created_without_an_id_in_the_reply(simulator: Simulator, caller: Caller, v2: Caller) -> None:
    simulator.tenant.quirks.policy_create_id = False
    assert "id" not in caller.call(CREATE_POLICY, POLICY).data[0]
    assert "id" not in v2.post(REST_POLICIES, {"option": "block_sender", **POLICY["policy"]}).json
    assert len(simulator.tenant.policies) == 2


def test_the_tenant_can_make_each_policy_bidirectional(simulator: Simulator, caller: Caller, v2: Caller) -> None:
    simulator.tenant.quirks.policy_forced_bidirectional = True
    caller.call(CREATE_POLICY, POLICY)
    v2.post(REST_POLICIES, {"option": "block_sender", **POLICY["policy"]})
    assert [record.policy["bidirectional"] for record in simulator.tenant.policies.values()] == [True, True]


def test_the_reply_to_a_deletion_can_be_empty(simulator: Simulator, v1: Caller) -> None:
    made = v1.call(CREATE_POLICY, POLICY).data[0]
    simulator.tenant.quirks.policy_delete_reply = "empty"
    assert (v1.call(DELETE_POLICY, {"id": made["id"]}).data, simulator.tenant.policies) == ([], {})


def test_api_2_can_lack_the_legacy_paths(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    simulator.tenant.quirks.legacy_policy_on_v2 = False
    for path in (CREATE_POLICY, GET_POLICY):
        assert v2.call(path, POLICY).codes == ["app_forbidden"]
    assert len(v1.call(CREATE_POLICY, POLICY).data) == 1
