"""Blocked-sender policy endpoints."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    CREATE_POLICY,
    DELETE_POLICY,
    GET_POLICY,
    REST_POLICIES,
    Caller,
)

POLICY = {
    "option": "block_sender",
    "policy": {
        "description": "Blocked by the SOC",
        "from": {"type": "individual_email_address", "emailAddress": "bad@example.org"},
        "to": {"type": "everyone"},
    },
}


def test_a_policy_is_created_updated_listed_and_deleted_on_api_1(simulator: Simulator, v1: Caller) -> None:
    made = v1.call(CREATE_POLICY, POLICY).data[0]
    assert made["policy"]["fromValue"] == "bad@example.org"
    changed = v1.call(CREATE_POLICY, POLICY | {"id": made["id"], "option": "no_action"}).data[0]
    assert (changed["id"], changed["option"]) == (made["id"], "no_action")
    assert [policy["id"] for policy in v1.call(GET_POLICY).data] == [made["id"]]
    assert v1.call(GET_POLICY, {"id": made["id"]}).data[0]["option"] == "no_action"
    assert v1.call(DELETE_POLICY, {"id": made["id"]}).data == [{"id": made["id"]}]
    assert v1.call(DELETE_POLICY, {"id": made["id"]}).json["meta"]["status"] == 404
    assert v1.call(GET_POLICY).data == []


def test_delete_policy_exists_on_api_2_only_with_the_quirk(simulator: Simulator, v2: Caller) -> None:
    made = v2.call(CREATE_POLICY, POLICY).data[0]
    assert v2.call(DELETE_POLICY, {"id": made["id"]}).codes == ["app_forbidden"]
    simulator.tenant.quirks.delete_policy_on_v2 = True
    assert v2.call(DELETE_POLICY, {"id": made["id"]}).data == [{"id": made["id"]}]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"option": "explode"}, "err_validation_value_not_allowed"),
        ({"policy": None}, "err_validation_null"),
        ({"policy": {"from": {"type": "everyone"}}}, "err_validation_null"),
        (
            {"policy": POLICY["policy"] | {"from": {"type": "individual_email_address", "emailAddress": "x"}}},  # type: ignore[operator]
            "err_policy_invalid_from_value",
        ),
        (
            {"policy": POLICY["policy"] | {"to": {"type": "email_domain", "emailDomain": "x@y"}}},  # type: ignore[operator]
            "err_policy_invalid_to_value",
        ),
        ({"policy": POLICY["policy"] | {"from": {"type": ["everyone"]}}}, "err_policy_invalid_from_value"),  # type: ignore[operator]
        ({"policy": POLICY["policy"] | {"to": {"type": {"a": 1}}}}, "err_policy_invalid_to_value"),  # type: ignore[operator]
        ({"id": "unknown"}, "xdk_failure"),
        ({"id": ["unknown"]}, "xdk_failure"),
    ],
)
def test_an_invalid_policy_is_refused(
    simulator: Simulator, caller: Caller, change: dict[str, object], code: str
) -> None:
    assert caller.call(CREATE_POLICY, POLICY | change).codes == [code]
    assert simulator.tenant.policies == {}


def test_the_rest_endpoints_exist_only_on_api_2(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    body = {"option": "block_sender", "description": "d", "fromType": "everyone", "toType": "everyone"}
    made = v2.post(REST_POLICIES, body).json
    path = f"{REST_POLICIES}/{made['id']}"
    assert v2.get(REST_POLICIES).json == {"policies": [made], "nextToken": None}
    assert v2.post(path, {"description": "e"}, method="PATCH").json == made | {"description": "e"}
    assert v2.get(path).json["description"] == "e"
    assert v2.post(path, {}, method="DELETE").status == 204
    assert v2.get(path).status == 404
    assert v2.post(REST_POLICIES, {"option": "block_sender"}).status == 400
    assert v2.post(REST_POLICIES, {}, method="DELETE").status == 405
    assert v1.get(REST_POLICIES).status == 404
    assert v2.get(path + "/deeper").codes == ["app_forbidden"]


@pytest.mark.parametrize("kind", ["free_mail_domains", "header_display_name", "no_such_type"])
def test_the_rest_endpoint_refuses_some_senders(simulator: Simulator, v2: Caller, kind: str) -> None:
    target = {"type": kind, "headerDisplayName": "The Boss"}
    body = {"option": "block_sender", "description": "d", "from": target, "to": {"type": "everyone"}}
    assert v2.post(REST_POLICIES, body).status == 400
    assert simulator.tenant.policies == {}
