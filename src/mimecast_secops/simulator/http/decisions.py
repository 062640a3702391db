"""Endpoints that release and reject held messages, and the forms of their replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mimecast_secops.simulator.http.held import unknown_id_response
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data, error, failure, gateway_failure, missing
from mimecast_secops.simulator.http.schemas.messages import HoldReject, HoldRelease

REASON_TYPES: Final = (
    "MESSAGE CONTAINS UNDESIRABLE CONTENT",
    "MESSAGE CONTAINS CONFIDENTIAL INFORMATION",
    "REVIEWER DISAPPROVES OF CONTENT",
    "INAPPROPRIATE COMMUNICATION",
    "MESSAGE GOES AGAINST EMAIL POLICIES",
)
# The values of the quirk `decision_reply` with which the tenant does not carry out the decision.
_WITHOUT_EFFECT: Final = frozenset({"lie", "drop_undone", "gateway_timeout_undone"})
_OTHER_NAMES: Final = {"release": "released", "reject": "rejected"}


def hold_release(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/hold-release` (docs/reference/mimecast-api.md#release-a-held-message)."""
    hold_id = request.item_id
    if hold_id is None:
        return missing(request.item, "id")
    if not _is_hold_id(request, hold_id):
        return unknown_id_response(request, request.item)
    result: HoldRelease = {"id": hold_id, "release": _decide(request, hold_id, "released")}
    if not result["release"]:
        return _not_held_response(request, request.item, result)
    return _confirmation(request, [dict(result)], "release")


def hold_reject(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/hold-reject` (docs/reference/mimecast-api.md#reject-held-messages)."""
    item = request.item
    ids, reason = item.get("ids"), item.get("reasonType")
    if not isinstance(ids, list) or not ids:
        return missing(item, "ids")
    if reason is not None and reason not in REASON_TYPES:
        text = f"Field must be one of [{','.join(REASON_TYPES)}]"
        return failure([error("err_validation_value_not_allowed", text, "reasonType")], key=item)
    unknown_ids = [hold_id for hold_id in ids if not _is_hold_id(request, hold_id)]
    if unknown_ids:
        return unknown_id_response(request, item | {"id": unknown_ids[0]})
    notice = {
        "reason": str(reason or ""),
        "message": str(item.get("message", "")),
        "notify": item.get("notify") is True,
    }
    results: list[HoldReject] = [
        {"id": hold_id, "reject": _decide(request, hold_id, "rejected", **notice)} for hold_id in ids
    ]
    if not any(result["reject"] for result in results):
        return _not_held_response(request, item, results[0])
    return _confirmation(request, [dict(result) for result in results], "reject")


def _decide(request: ApiRequest, hold_id: str, outcome: str, **notice: Any) -> bool:
    """Carry out the decision, or with some values of `decision_reply` only confirm it. Returns what the reply says."""
    tenant = request.tenant
    if tenant.quirks.decision_reply in _WITHOUT_EFFECT:
        record = tenant.by_hold_id.get(hold_id) or tenant.tracked.get(hold_id)
        return record is not None and record.is_held
    return tenant.decide(hold_id, outcome, **notice)


def _confirmation(request: ApiRequest, results: Sequence[dict[str, Any]], member: str) -> ApiResponse:
    """The reply to a decision, in the form of the quirk `decision_reply`.

    Args:
        request: the request.
        results: the documented results.
        member: the member of a result that confirms the decision.
    """
    reply = request.tenant.quirks.decision_reply
    if reply.startswith("drop"):
        return ApiResponse(is_dropped=True)
    if reply.startswith("gateway_timeout"):
        return gateway_failure(504, "GatewayTimeout", "Connection to service has timed out")
    if reply == "empty":
        return data([])
    if reply == "text":
        return data([result | {member: str(result[member]).lower()} for result in results])
    if reply == "named":
        return data([{"id": result["id"], _OTHER_NAMES[member]: result[member]} for result in results])
    if reply == "other_id":
        return data([result | {"id": request.tenant.ids.new("decision")} for result in results])
    return data(results)


def _is_hold_id(request: ApiRequest, hold_id: object) -> bool:
    tenant = request.tenant
    if not isinstance(hold_id, str):
        return False
    return hold_id in tenant.by_hold_id or (tenant.quirks.hold_accepts_tracking_id and hold_id in tenant.tracked)


def _not_held_response(request: ApiRequest, item: dict[str, Any], result: HoldRelease | HoldReject) -> ApiResponse:
    """The response for a message that is not held, as the quirks define it.

    Source: docs/reference/mimecast-api.md#messages-that-are-not-held [inferred].
    """
    quirk = request.tenant.quirks.not_held
    if quirk == "fail":
        return failure([error("err_simulated_not_held", "Message is not held")], key=item)
    return data([] if quirk == "empty" else [result])
