"""The log of releases and rejections."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.simulator.http.paging import offset_of, page_meta, size_of
from mimecast_secops.simulator.http.requests import ApiRequest, parse_time
from mimecast_secops.simulator.http.responses import (
    ApiResponse,
    data,
    format_time,
    invalid_id,
)
from mimecast_secops.simulator.http.schemas.messages import HeldReleaseLog
from mimecast_secops.simulator.tenant.records import HoldDecision, TrackingRecord

_OPERATOR: Final = "analyst@example.com"
_STATUSES: Final = {"released": "released", "rejected": "rejected", "released to sandbox": "released"}
_MAX_PAGE: Final = 500


def get_held_release_logs(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/get-held-release-logs` (docs/reference/mimecast-api.md#list-released-and-rejected-messages)."""
    offset = offset_of(request.pagination, "release log")
    if offset is None:
        return invalid_id(request.item, "pageToken")
    rows = [
        _row(decision, record)
        for decision, record in _visible_decisions(request)
        if _matches(request.item, decision, record)
    ]
    size = size_of(request.pagination, 50, _MAX_PAGE)
    page = rows[offset : offset + size]
    return data([{"heldReleaseLogs": page}], page_meta("release log", offset, size, len(page), len(rows)))


def _visible_decisions(request: ApiRequest) -> list[tuple[HoldDecision, TrackingRecord]]:
    tenant, item = request.tenant, request.item
    latest = tenant.clock.now() - timedelta(seconds=tenant.quirks.decision_visible_after)
    start, end = parse_time(item.get("start")), parse_time(item.get("end"))
    return [
        (decision, tenant.tracked[decision.tracking_id])
        for decision in reversed(tenant.decisions)
        if decision.at <= latest
        and (start is None or decision.at >= start)
        and (end is None or decision.at.replace(microsecond=0) <= end)
    ]


def _matches(item: dict[str, Any], decision: HoldDecision, record: TrackingRecord) -> bool:
    criteria, filters = item.get("searchBy"), item.get("filterBy")
    if isinstance(criteria, dict) and criteria.get("value"):
        texts = {"from": record.mail.sender, "to": record.recipient, "subject": record.subject, "operator": _OPERATOR}
        name = str(criteria.get("fieldName", "all"))
        text = " ".join(texts.values()) if name == "all" else texts.get(name, "")
        if str(criteria["value"]).lower() not in text.lower():
            return False
    entries = [entry for entry in filters if isinstance(entry, dict)] if isinstance(filters, list) else []
    # Both forms of a filter are documented (docs/reference/mimecast-api.md#list-held-messages).
    wanted = {str(entry["status"]) for entry in entries if "status" in entry}
    wanted |= {str(entry.get("value", "")) for entry in entries if entry.get("fieldName") == "status"}
    return not wanted or _STATUSES[decision.outcome] in wanted


def _row(decision: HoldDecision, record: TrackingRecord) -> HeldReleaseLog:
    mail = record.mail
    digest = hashlib.sha256(f"{decision.at}:{decision.hold_id}".encode()).hexdigest()
    return {
        "id": f"eNoNjt0KgjAYQN9l{digest}",
        "status": _STATUSES[decision.outcome],
        "released": format_time(decision.at),
        "operator": {"displayableName": "", "emailAddress": _OPERATOR},
        "fromEnv": {"displayableName": "", "emailAddress": mail.sender},
        "fromHdr": {"displayableName": mail.header_from_name, "emailAddress": mail.header_from},
        "to": [{"displayableName": "", "emailAddress": record.recipient}],
        "subject": record.subject,
        "heldReason": record.hold.policy if record.hold else "",
        "policy": record.hold.policy if record.hold else "",
        "rejectReason": decision.reason.capitalize(),
        "messageInfo": "",
        "route": record.route,
        "size": len(mail.raw),
        "attachments": bool(mail.attachments),
        "detectionLevel": "relaxed",
        "spamScore": 9,
    }
