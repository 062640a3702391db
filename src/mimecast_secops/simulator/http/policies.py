"""Blocked-sender policy endpoints of both API versions, and the REST endpoints of API 2.0."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from mimecast_secops.simulator.http import policy_forms
from mimecast_secops.simulator.http.requests import ApiRequest, parse_time
from mimecast_secops.simulator.http.responses import (
    ApiResponse,
    data,
    error,
    failure,
    format_time,
    gateway_failure,
    json_response,
    missing,
)
from mimecast_secops.simulator.http.schemas.envelope import ObjectId
from mimecast_secops.simulator.http.schemas.policies import (
    PolicyEntry,
    PolicySettings,
    RestPolicies,
    RestPolicy,
)
from mimecast_secops.simulator.tenant.records import Policy

_ETERNAL_START: Final = "1900-01-01T00:00:00+0000"
_ETERNAL_END: Final = "2100-01-01T23:59:59+0000"
_VALUE_MEMBERS: Final = {
    "individual_email_address": "emailAddress",
    "email_domain": "emailDomain",
    "header_display_name": "headerDisplayName",
    "profile_group": "groupId",
}
_TYPES_WITHOUT_VALUE: Final = {
    "everyone",
    "internal_addresses",
    "external_addresses",
    "address_attribute_value",
    "free_mail_domains",
}
_NOT_ON_REST: Final = frozenset({"free_mail_domains", "header_display_name"})
_ADDRESS: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+\Z")
_DOMAIN: Final = re.compile(r"[^@\s<>,;]+\.[^@\s<>,;.]+\Z")


def create_policy(request: ApiRequest) -> ApiResponse:
    """`/api/policy/blockedsenders/create-policy`; with an `id` it updates.

    Source: docs/reference/mimecast-api.md#create-or-update-a-policy.
    """
    item = request.item
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
    now = request.tenant.clock.now()
    existing = request.tenant.policies.get(str(item.get("id", "")))
    if item.get("id") and existing is None:
        return failure([error("xdk_failure", "0007 Invalid token", "id")], key=item)
    policy_id = existing.id if existing else request.tenant.ids.new("policy")
    settings = policy_forms.settings_kept(request.tenant.quirks, policy)
    record = Policy(policy_id, item["option"], settings, existing.created if existing else now, now)
    request.tenant.policies[policy_id] = record
    return policy_forms.creation_reply(request.tenant.quirks, policy_entry(record))


def get_policy(request: ApiRequest) -> ApiResponse:
    """`/api/policy/blockedsenders/get-policy` (docs/reference/mimecast-api.md#get-and-delete-policies)."""
    policy_id = request.item_id
    if policy_id is None:
        records = [policy_entry(record) for record in request.tenant.policies.values()]
        return policy_forms.listing_reply(request.tenant.quirks, records)
    record = request.tenant.policies.get(policy_id)
    if record is None:
        return failure([error("xdk_failure", "0007 Invalid token", "id")], key=request.item)
    return policy_forms.listing_reply(request.tenant.quirks, [policy_entry(record)])


def delete_policy(request: ApiRequest) -> ApiResponse:
    """`/api/policy/blockedsenders/delete-policy` (docs/reference/mimecast-api.md#get-and-delete-policies)."""
    policy_id = request.item_id
    if policy_id is None:
        return missing(request.item, "id")
    if request.tenant.policies.pop(policy_id, None) is None:
        return json_response({"meta": {"status": 404}, "data": [], "fail": []})
    result: ObjectId = {"id": policy_id}
    return data([] if request.tenant.quirks.policy_delete_reply == "empty" else [result])


def policy_entry(record: Policy) -> PolicyEntry:
    """A policy in the format of `get-policy` and `create-policy`."""
    policy = record.policy
    sender, recipient = (_target(policy, side, f"{side}Type") for side in ("from", "to"))
    start, end = parse_time(policy.get("fromDate")), parse_time(policy.get("toDate"))
    settings: PolicySettings = {
        "description": policy.get("description", ""),
        "fromPart": policy.get("fromPart", "envelope_from"),
        "from": sender,
        "to": recipient,
        "fromType": sender.get("type", ""),
        "toType": recipient.get("type", ""),
        "fromEternal": policy.get("fromEternal", True),
        "toEternal": policy.get("toEternal", True),
        "fromDate": format_time(start) if start and policy.get("fromEternal") is False else _ETERNAL_START,
        "toDate": format_time(end) if end and policy.get("toEternal") is False else _ETERNAL_END,
        "override": policy.get("override", False),
        "bidirectional": policy.get("bidirectional", False),
        "conditions": policy.get("conditions", {}),
        "enabled": policy.get("enabled", True),
        "enforced": policy.get("enforced", True),
        "createTime": format_time(record.created),
        "lastUpdated": format_time(record.updated),
    }
    if (value := _value_of(sender)) is not None:
        settings["fromValue"] = value
    if (value := _value_of(recipient)) is not None:
        settings["toValue"] = value
    return {"option": record.option, "id": record.id, "policy": settings}


def rest(request: ApiRequest, method: str) -> ApiResponse:
    """The REST endpoints of API 2.0 (docs/reference/mimecast-api.md#rest-endpoints-for-policies)."""
    policies = request.tenant.policies
    if request.policy_id:
        return _rest_policy_by_id(request, method, request.policy_id)
    if method == "GET":
        listing: RestPolicies = {"policies": [_rest_policy(record) for record in policies.values()], "nextToken": None}
        return json_response(listing)
    now = request.tenant.clock.now()
    sent = {name: value for name, value in request.body.items() if name != "option"}
    policy = policy_forms.settings_kept(request.tenant.quirks, sent)
    if request.body.get("option") not in ("no_action", "block_sender") or not policy.get("description"):
        return gateway_failure(400, "validation_error", "option and description are mandatory")
    for side in ("from", "to"):
        target = _target(policy, side, f"{side}Type")
        if target.get("type") in _NOT_ON_REST or not _target_is_valid(target):
            return gateway_failure(400, "validation_error", f"{side} is not valid")
    record = Policy(request.tenant.ids.new("policy"), request.body["option"], policy, now, now)
    policies[record.id] = record
    created = dict(_rest_policy(record))
    if not request.tenant.quirks.policy_create_id:
        del created["id"]
    return json_response(created)


def _rest_policy_by_id(request: ApiRequest, method: str, policy_id: str) -> ApiResponse:
    policies = request.tenant.policies
    record = policies.get(policy_id)
    if record is None:
        return gateway_failure(404, "not_found", "Policy not found")
    if method == "DELETE":
        del policies[policy_id]
        return ApiResponse(204)
    if method == "PATCH":
        record.policy = record.policy | {name: value for name, value in request.body.items() if name != "option"}
        record.option = str(request.body.get("option", record.option))
    return json_response(_rest_policy(record))


def _rest_policy(record: Policy) -> RestPolicy:
    return cast("RestPolicy", {"id": record.id, "option": record.option, **record.policy})


def _target(policy: dict[str, Any], side: str, legacy: str) -> dict[str, Any]:
    target = policy.get(side)
    if isinstance(target, dict):
        return target
    kind = policy.get(legacy)
    member = _VALUE_MEMBERS.get(str(kind))
    return {"type": kind, **({member: policy.get(f"{side}Value")} if member else {})} if kind else {}


def _target_is_valid(target: dict[str, Any]) -> bool:
    kind = str(target.get("type"))
    if kind in _TYPES_WITHOUT_VALUE:
        return True
    value = target.get(_VALUE_MEMBERS.get(kind, ""))
    if not isinstance(value, str) or not value:
        return False
    shapes = {"individual_email_address": _ADDRESS, "email_domain": _DOMAIN}
    shape = shapes.get(kind)
    return bool(shape.match(value)) if shape else True


def _value_of(target: dict[str, Any]) -> Any:
    """The value of a target, None for a type without one."""
    return target.get(_VALUE_MEMBERS.get(str(target.get("type")), ""))
