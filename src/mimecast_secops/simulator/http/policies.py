"""Blocked-sender policies: the functions of both generations, and the REST replacement of API 2.0."""

from __future__ import annotations

import re
from typing import Any, Final

from mimecast_secops.simulator.http.requests import Call, moment
from mimecast_secops.simulator.http.responses import (
    Answer,
    data,
    error,
    failure,
    gateway_failure,
    json_answer,
    missing,
    stamp,
)
from mimecast_secops.simulator.tenant.records import Policy

_ETERNAL_START: Final = "1900-01-01T00:00:00+0000"
_ETERNAL_END: Final = "2100-01-01T23:59:59+0000"
_VALUE: Final = {
    "individual_email_address": "emailAddress",
    "email_domain": "emailDomain",
    "header_display_name": "headerDisplayName",
    "profile_group": "groupId",
}
_PLAIN: Final = {"everyone", "internal_addresses", "external_addresses", "address_attribute_value", "free_mail_domains"}
_ADDRESS: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+\Z")
_DOMAIN: Final = re.compile(r"[^@\s<>,;]+\.[^@\s<>,;.]+\Z")


def create(call: Call) -> Answer:
    """`/api/policy/blockedsenders/create-policy`; with an `id` it updates (API notes 10.1)."""
    item = call.item
    policy = item.get("policy")
    if item.get("option") not in ("no_action", "block_sender"):
        text = "Field must be one of [no_action,block_sender]"
        return failure([error("err_validation_value_not_allowed", text, "option")], key={"option": item.get("option")})
    if not isinstance(policy, dict):
        return missing(item, "policy")
    if not policy.get("description"):
        return missing(item, "policy.description")
    for side, legacy in (("from", "fromType"), ("to", "toType")):
        if not _target_is_valid(_target(policy, side, legacy)):
            name = f"{side}Value"
            problem = error(f"err_policy_invalid_{side}_value", f"Invalid {name}", "policy", retryable=True)
            return failure([problem], key={"option": item["option"]})
    now = call.tenant.clock.now()
    known = call.tenant.policies.get(str(item.get("id", "")))
    if item.get("id") and known is None:
        return failure([error("xdk_failure", "0007 Invalid token", "id")], key=item)
    policy_id = known.id if known else call.tenant.ids.new("policy")
    record = Policy(policy_id, item["option"], policy, known.created if known else now, now)
    call.tenant.policies[policy_id] = record
    return data([shown(record)])


def get(call: Call) -> Answer:
    """`/api/policy/blockedsenders/get-policy` (API notes 10.2)."""
    asked = call.item_id
    if asked is None:
        records = [shown(record) for record in call.tenant.policies.values()]
        return data(records, {"pageSize": len(records)})
    record = call.tenant.policies.get(asked)
    if record is None:
        return failure([error("xdk_failure", "0007 Invalid token", "id")], key=call.item)
    return data([shown(record)])


def delete(call: Call) -> Answer:
    """`/api/policy/blockedsenders/delete-policy` (API notes 10.2)."""
    asked = call.item_id
    if asked is None:
        return missing(call.item, "id")
    if call.tenant.policies.pop(asked, None) is None:
        return json_answer({"meta": {"status": 404}, "data": [], "fail": []})
    return data([{"id": asked}])


def shown(record: Policy) -> dict[str, Any]:
    """A policy as the functions show it."""
    policy = record.policy
    sides = {side: _target(policy, side, f"{side}Type") for side in ("from", "to")}
    start, end = moment(policy.get("fromDate")), moment(policy.get("toDate"))
    return {
        "option": record.option,
        "id": record.id,
        "policy": {
            "description": policy.get("description", ""),
            "fromPart": policy.get("fromPart", "envelope_from"),
            "from": sides["from"],
            "to": sides["to"],
            "fromType": sides["from"].get("type", ""),
            **_legacy_value("fromValue", sides["from"]),
            "toType": sides["to"].get("type", ""),
            **_legacy_value("toValue", sides["to"]),
            "fromEternal": policy.get("fromEternal", True),
            "toEternal": policy.get("toEternal", True),
            "fromDate": stamp(start) if start and policy.get("fromEternal") is False else _ETERNAL_START,
            "toDate": stamp(end) if end and policy.get("toEternal") is False else _ETERNAL_END,
            "override": policy.get("override", False),
            "bidirectional": policy.get("bidirectional", False),
            "conditions": policy.get("conditions", {}),
            "enabled": policy.get("enabled", True),
            "enforced": policy.get("enforced", True),
            "createTime": stamp(record.created),
            "lastUpdated": stamp(record.updated),
        },
    }


def rest(call: Call, method: str) -> Answer:
    """The REST replacement of API 2.0 (API notes 10.3)."""
    policies = call.tenant.policies
    if call.tail:
        return _rest_one(call, method, call.tail)
    if method == "GET":
        return json_answer({"policies": [_flat(record) for record in policies.values()], "nextToken": None})
    now = call.tenant.clock.now()
    policy = {name: value for name, value in call.body.items() if name != "option"}
    if call.body.get("option") not in ("no_action", "block_sender") or not policy.get("description"):
        return gateway_failure(400, "validation_error", "option and description are mandatory")
    record = Policy(call.tenant.ids.new("policy"), call.body["option"], policy, now, now)
    policies[record.id] = record
    return json_answer(_flat(record))


def _rest_one(call: Call, method: str, policy_id: str) -> Answer:
    policies = call.tenant.policies
    record = policies.get(policy_id)
    if record is None:
        return gateway_failure(404, "not_found", "Policy not found")
    if method == "DELETE":
        del policies[policy_id]
        return Answer(204)
    if method == "PATCH":
        record.policy = record.policy | {name: value for name, value in call.body.items() if name != "option"}
        record.option = str(call.body.get("option", record.option))
    return json_answer(_flat(record))


def _flat(record: Policy) -> dict[str, Any]:
    return {"id": record.id, "option": record.option, **record.policy}


def _target(policy: dict[str, Any], side: str, legacy: str) -> dict[str, Any]:
    target = policy.get(side)
    if isinstance(target, dict):
        return target
    kind = policy.get(legacy)
    member = _VALUE.get(str(kind))
    return {"type": kind, **({member: policy.get(f"{side}Value")} if member else {})} if kind else {}


def _target_is_valid(target: dict[str, Any]) -> bool:
    kind = str(target.get("type"))
    if kind in _PLAIN:
        return True
    value = target.get(_VALUE.get(kind, ""))
    if not isinstance(value, str) or not value:
        return False
    shapes = {"individual_email_address": _ADDRESS, "email_domain": _DOMAIN}
    shape = shapes.get(kind)
    return bool(shape.match(value)) if shape else True


def _legacy_value(name: str, target: dict[str, Any]) -> dict[str, Any]:
    member = _VALUE.get(str(target.get("type")))
    return {name: target[member]} if member and member in target else {}
