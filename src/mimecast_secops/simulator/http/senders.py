"""Managed sender endpoints."""

from __future__ import annotations

import re
from typing import Any, Final

from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, error, json_response, missing
from mimecast_secops.simulator.http.schemas.envelope import Error, Failure
from mimecast_secops.simulator.http.schemas.policies import ManagedSenderEntry
from mimecast_secops.simulator.tenant.tenant import Tenant

_ADDRESS: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+\Z")
_MAX_ITEMS: Final = 100


def permit_or_block_sender(request: ApiRequest) -> ApiResponse:
    """`/api/managedsender/permit-or-block-sender` (docs/reference/mimecast-api.md#permit-or-block-a-sender)."""
    if not request.items:
        return missing({}, "data")
    entries: list[ManagedSenderEntry] = []
    failures: list[Failure] = []
    for item in request.items[:_MAX_ITEMS]:
        problem = _validation_error(item) or _recipient_error(request.tenant, item["to"])
        if problem:
            failures.append({"key": item, "errors": [problem]})
            continue
        sender = request.tenant.manage_sender(item["sender"], item["to"], item["action"])
        entry: ManagedSenderEntry = {
            "id": sender.id,
            "sender": sender.sender,
            "to": sender.to,
            "type": _type(request.tenant, sender.action),
        }
        entries.append(entry)
    if request.tenant.quirks.sender_reply == "empty":
        entries = []
    return json_response({"meta": {"status": 200}, "data": entries, "fail": failures})


def _type(tenant: Tenant, action: str) -> str:
    """The type of an entry, as the quirk `sender_reply` spells it."""
    spelled = {"block": "Blocked", "permit": "Permitted"} if tenant.quirks.sender_reply == "spelled" else {}
    text = spelled.get(action, action.title())
    return text.upper() if tenant.quirks.sender_reply == "upper" else text


def _recipient_error(tenant: Tenant, recipient: str) -> Error | None:
    """The failure for a recipient that the tenant does not manage.

    Source: docs/reference/mimecast-api.md#permit-or-block-a-sender.
    """
    quirks = tenant.quirks
    if quirks.accept_outside_recipients or quirks.unmanaged_recipient == "accept" or tenant.is_internal(recipient):
        return None
    code, text = "err_xdk_operation_forbidden_for_address", "0003 Forbidden To Perform Operation For Address"
    return error(code, text, "to")


def _validation_error(item: dict[str, Any]) -> Error | None:
    for name in ("sender", "to"):
        if name not in item:
            return error("err_validation_null", "This field is mandatory; it cannot be NULL", name)
        if not isinstance(item[name], str) or not _ADDRESS.match(item[name]):
            return error("err_validation_invalid_email_address", "Email address is not valid", name)
    if item.get("action") not in ("permit", "block"):
        return error("err_validation_value_not_allowed", "Field must be one of [permit,block]", "action")
    return None
