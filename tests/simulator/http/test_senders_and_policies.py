"""Managed senders and blocked-sender policies over HTTP."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    CREATE_POLICY,
    DELETE_POLICY,
    GET_POLICY,
    REST_POLICIES,
    SENDERS,
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


def test_the_last_word_about_a_sender_counts(simulator: Simulator, caller: Caller) -> None:
    item = {"sender": "bad@example.org", "to": "ann@example.com", "action": "block"}
    first = caller.call(SENDERS, item).data[0]
    assert first["type"] == "Block"
    second = caller.call(SENDERS, item | {"action": "permit", "sender": "BAD@example.org"}).data[0]
    assert (second["id"], second["type"]) == (first["id"], "Permit")
    assert len(simulator.tenant.managed_senders) == 1


def test_one_bad_address_does_not_stop_the_others(caller: Caller) -> None:
    good = {"sender": "bad@example.org", "to": "ann@example.com", "action": "block"}
    reply = caller.call(SENDERS, good, good | {"sender": "nonsense"}, good | {"action": "hug"}, {"sender": "a@b.co"})
    assert len(reply.data) == 1
    assert list(zip(reply.codes, reply.fields, strict=True)) == [
        ("err_validation_invalid_email_address", "sender"),
        ("err_validation_value_not_allowed", "action"),
        ("err_validation_null", "to"),
    ]
    assert reply.json["fail"][0]["key"] == good | {"sender": "nonsense"}


def test_a_policy_is_created_updated_listed_and_deleted_on_api_1(simulator: Simulator, v1: Caller) -> None:
    made = v1.call(CREATE_POLICY, POLICY).data[0]
    assert made["policy"]["fromValue"] == "bad@example.org"
    changed = v1.call(CREATE_POLICY, POLICY | {"id": made["id"], "option": "no_action"}).data[0]
    assert (changed["id"], changed["option"]) == (made["id"], "no_action")
    assert [one["id"] for one in v1.call(GET_POLICY).data] == [made["id"]]
    assert v1.call(GET_POLICY, {"id": made["id"]}).data[0]["option"] == "no_action"
    assert v1.call(DELETE_POLICY, {"id": made["id"]}).data == [{"id": made["id"]}]
    assert v1.call(DELETE_POLICY, {"id": made["id"]}).json["meta"]["status"] == 404
    assert v1.call(GET_POLICY).data == []


def test_deleting_policies_by_function_exists_on_api_2_only_when_switched_on(simulator: Simulator, v2: Caller) -> None:
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
def test_a_policy_that_makes_no_sense_is_refused(
    simulator: Simulator, caller: Caller, change: dict[str, object], code: str
) -> None:
    assert caller.call(CREATE_POLICY, POLICY | change).codes == [code]
    assert simulator.tenant.policies == {}


def test_the_rest_interface_of_policies_is_for_api_2(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    body = {"option": "block_sender", "description": "d", "fromType": "everyone"}
    made = v2.post(REST_POLICIES, body).json
    one = f"{REST_POLICIES}/{made['id']}"
    assert v2.get(REST_POLICIES).json == {"policies": [made], "nextToken": None}
    assert v2.post(one, {"description": "e"}, method="PATCH").json == made | {"description": "e"}
    assert v2.get(one).json["description"] == "e"
    assert v2.post(one, {}, method="DELETE").status == 204
    assert v2.get(one).status == 404
    assert v2.post(REST_POLICIES, {"option": "block_sender"}).status == 400
    assert v2.post(REST_POLICIES, {}, method="DELETE").status == 405
    assert v1.get(REST_POLICIES).status == 404
    assert v2.get(one + "/deeper").codes == ["app_forbidden"]
