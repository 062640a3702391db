"""Managed senders."""

from __future__ import annotations

import re
from typing import Any, Final

from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, error, json_response, missing

_ADDRESS: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+\Z")


def permit_or_block(request: ApiRequest) -> ApiResponse:
    """`/api/managedsender/permit-or-block-sender` (API notes 9)."""
    if not request.items:
        return missing({}, "data")
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for item in request.items[:100]:
        problem = _validation_error(item)
        if problem:
            failed.append({"key": item, "errors": [problem]})
            continue
        entry = request.tenant.manage_sender(item["sender"], item["to"], item["action"])
        done.append({"id": entry.id, "sender": entry.sender, "to": entry.to, "type": entry.action.title()})
    return json_response({"meta": {"status": 200}, "data": done, "fail": failed})


def _validation_error(item: dict[str, Any]) -> dict[str, Any] | None:
    for name in ("sender", "to"):
        if name not in item:
            return error("err_validation_null", "This field is mandatory; it cannot be NULL", name)
        if not isinstance(item[name], str) or not _ADDRESS.match(item[name]):
            return error("err_validation_invalid_email_address", "Email address is not valid", name)
    if item.get("action") not in ("permit", "block"):
        return error("err_validation_value_not_allowed", "Field must be one of [permit,block]", "action")
    return None
