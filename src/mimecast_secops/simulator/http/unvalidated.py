"""Endpoints that write, on a tenant that validates nothing: they act on every item as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data
from mimecast_secops.simulator.tenant.records import Policy


def accept(request: ApiRequest, path: str) -> ApiResponse | None:
    """Act on each item of a request without looking at it.

    Returns:
        The reply; None for an endpoint that does not write.
    """
    act = _ACTS.get(path)
    if act is None:
        return None
    return data([act(request, item) for item in request.items])


def create(request: ApiRequest, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Create a policy with whatever members the request has."""
    now = request.tenant.clock.now()
    record = Policy(request.tenant.ids.new("policy"), str(policy.get("option")), dict(policy), now, now)
    request.tenant.policies[record.id] = record
    return {"id": record.id, **policy}


def _delete(request: ApiRequest, item: Mapping[str, Any]) -> dict[str, Any]:
    request.tenant.policies.pop(str(item.get("id")), None)
    return dict(item)


def _manage(request: ApiRequest, item: Mapping[str, Any]) -> dict[str, Any]:
    sender = request.tenant.manage_sender(str(item.get("sender")), str(item.get("to")), str(item.get("action")))
    return {"id": sender.id, "sender": sender.sender, "to": sender.to, "type": sender.action.title()}


def _release(request: ApiRequest, item: Mapping[str, Any]) -> dict[str, Any]:
    request.tenant.decide(str(item.get("id")), "released")
    return {"id": item.get("id"), "release": True}


def _reject(request: ApiRequest, item: Mapping[str, Any]) -> dict[str, Any]:
    ids = item.get("ids")
    for hold_id in ids if isinstance(ids, list) else []:
        request.tenant.decide(str(hold_id), "rejected")
    return {"ids": ids, "reject": True}


def _report(request: ApiRequest, item: Mapping[str, Any]) -> dict[str, Any]:
    record = request.tenant.tracking_record(str(item.get("id")))
    if record is not None:
        request.tenant.report(record, str(item.get("type")), str(item.get("comment", "")))
    return dict(item)


_ACTS: Final[Mapping[str, Callable[[ApiRequest, Mapping[str, Any]], dict[str, Any]]]] = {
    "/api/policy/blockedsenders/create-policy": create,
    "/api/policy/blockedsenders/delete-policy": _delete,
    "/api/managedsender/permit-or-block-sender": _manage,
    "/api/gateway/hold-release": _release,
    "/api/gateway/hold-reject": _reject,
    "/api/message-finder/release-held-email-to-sandbox": _release,
    "/api/message-finder/reject-held-email": _release,
    "/api/message-finder/report-message": _report,
}
