"""Managed senders."""

from __future__ import annotations

import re
from typing import Any, Final

from mimecast_secops.simulator.http.requests import Call
from mimecast_secops.simulator.http.responses import Answer, error, json_answer, missing

_ADDRESS: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+\Z")


def permit_or_block(call: Call) -> Answer:
    """`/api/managedsender/permit-or-block-sender` (API notes 9)."""
    if not call.items:
        return missing({}, "data")
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for item in call.items[:100]:
        problem = _problem(item)
        if problem:
            failed.append({"key": item, "errors": [problem]})
            continue
        entry = call.tenant.manage(item["sender"], item["to"], item["action"])
        done.append({"id": entry.id, "sender": entry.sender, "to": entry.to, "type": entry.action.title()})
    return json_answer({"meta": {"status": 200}, "data": done, "fail": failed})


def _problem(item: dict[str, Any]) -> dict[str, Any] | None:
    for name in ("sender", "to"):
        if name not in item:
            return error("err_validation_null", "This field is mandatory; it cannot be NULL", name)
        if not isinstance(item[name], str) or not _ADDRESS.match(item[name]):
            return error("err_validation_invalid_email_address", "Email address is not valid", name)
    if item.get("action") not in ("permit", "block"):
        return error("err_validation_value_not_allowed", "Field must be one of [permit,block]", "action")
    return None
