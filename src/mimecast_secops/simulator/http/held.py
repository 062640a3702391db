"""Endpoints of the hold queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.simulator.http.hold_forms import alias_of, list_response, refused_window, row_in_form
from mimecast_secops.simulator.http.paging import offset_of, page_meta, size_of
from mimecast_secops.simulator.http.requests import ApiRequest, parse_time
from mimecast_secops.simulator.http.responses import ApiResponse, data, error, failure, format_time, invalid_id, missing
from mimecast_secops.simulator.http.schemas.envelope import Address
from mimecast_secops.simulator.http.schemas.messages import (
    HeldMessage,
    HoldSummary,
    MessageDetail,
)
from mimecast_secops.simulator.ids import is_well_formed
from mimecast_secops.simulator.tenant.hold_queue import QueueKey
from mimecast_secops.simulator.tenant.records import TrackingRecord

_SEARCH_FIELDS: Final = {
    1: ("all", "subject", "sender", "recipient", "reason_code"),
    2: ("all", "subject", "sender", "recipient", "reasonCode", "senderIP"),
}
_SENDER_IP: Final = "203.0.113.20"


def get_hold_message_list(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/get-hold-message-list` (docs/reference/mimecast-api.md#list-held-messages)."""
    item = request.item
    criteria = item.get("searchBy")
    criteria = criteria if isinstance(criteria, dict) else {}
    fields = _SEARCH_FIELDS[request.version]
    if criteria and criteria.get("fieldName") not in fields:
        text = f"Field must be one of [{','.join(fields)}]"
        return failure([error("err_validation_value_not_allowed", text, "fieldName")], key=item)
    offset = offset_of(request.pagination, "hold")
    if offset is None:
        return invalid_id(item, "pageToken")
    if item.get("admin") is not True:
        # An application has no mailbox, and no message is addressed to the user of the API 1.0 keys.
        return data([], page_meta("hold", 0, 1, 0, 0))
    start, end = parse_time(item.get("start")), parse_time(item.get("end"))
    if start is None and request.tenant.quirks.hold_list_hours > 0:
        start = request.tenant.clock.now() - timedelta(hours=request.tenant.quirks.hold_list_hours)
    if refusal := refused_window(request, end):
        return refusal
    offset_of_times = timedelta(seconds=request.tenant.quirks.hold_time_offset)
    held = request.tenant.held_keys(start and start - offset_of_times, end and end - offset_of_times)
    if criteria.get("value") and criteria.get("fieldName"):
        held = [key for key in held if _matches_search(request.tenant.tracked[key[1]], criteria)]
    size = size_of(request.pagination, 50, request.tenant.quirks.queue_page_limit)
    is_newest_first = request.tenant.quirks.hold_order == "newest"
    keys = _newest_first(held, offset, size) if is_newest_first else held[offset : offset + size]
    page = [request.tenant.tracked[record_id] for _, record_id in keys]
    rows = [row_in_form(request, record, held_message(record)) for record in page]
    return list_response(request, rows, offset=offset, size=size, total=len(held))


def _newest_first(keys: Sequence[QueueKey], offset: int, size: int) -> Sequence[QueueKey]:
    """A page of the keys in reverse order."""
    last = max(0, len(keys) - offset)
    return keys[max(0, last - size) : last][::-1]


def _matches_search(record: TrackingRecord, criteria: dict[str, Any]) -> bool:
    value, field = str(criteria.get("value", "")).lower(), criteria.get("fieldName")
    mail = record.mail
    texts = {
        "subject": mail.subject,
        "sender": f"{mail.sender} {mail.header_from}",
        "recipient": f"{record.recipient} {alias_of(record.recipient)}",
        "reason_code": _reason_code(record),
        "reasonCode": _reason_code(record),
        "senderIP": _SENDER_IP,
        "all": f"{mail.subject} {mail.sender} {record.recipient}",
    }
    return value in texts[str(field)].lower()


def _reason_code(record: TrackingRecord) -> str:
    reason = record.hold.detail if record.hold else ""
    return reason.removesuffix(" policy").replace(" - ", " ").replace(" ", "_").lower()


def _address(email: str, name: str = "") -> Address:
    return {"displayableName": name, "emailAddress": email}


def held_message(record: TrackingRecord) -> HeldMessage:
    """The entry of the hold queue for a held record."""
    mail, code = record.mail, _reason_code(record)
    return {
        "id": record.hold_id,
        "reason": record.hold.detail if record.hold else "",
        "reasonId": code.upper(),
        "reasonCode": code,
        "from": _address(mail.sender),
        "fromHeader": _address(mail.header_from, mail.header_from_name),
        "to": _address(record.recipient),
        "toHeader": _address(record.recipient),
        "subject": record.subject,
        "route": record.route.upper(),
        "hasAttachments": bool(mail.attachments),
        "size": len(mail.raw),
        "dateReceived": format_time(record.received),
        "policyInfo": record.hold.policy if record.hold else "",
    }


def unknown_id_response(request: ApiRequest, item: dict[str, Any]) -> ApiResponse:
    """The failure for an unknown id, as the quirks define it (docs/reference/mimecast-api.md#simulator-defaults)."""
    quirks = request.tenant.quirks
    if request.version == 2 and quirks.damaged_id_empty_400 and not is_well_formed(item.get("id")):
        return ApiResponse(400)
    if quirks.unknown_id == "status":
        return failure([error("xdk_failure", "0007 Invalid token", "id")], key=item, meta_status=404)
    return invalid_id(item)


def get_hold_summary_list(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/get-hold-summary-list` (docs/reference/mimecast-api.md#count-held-messages)."""
    counts: dict[str, int] = {}
    for record in request.tenant.held():
        policy = record.hold.policy if record.hold else ""
        counts[policy] = counts.get(policy, 0) + 1
    items: list[HoldSummary] = [
        {"policyInfo": policy, "numberOfItems": number} for policy, number in sorted(counts.items())
    ]
    return data(items, {"pageSize": len(items)})


def get_message_detail(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/message/get-message-detail` (docs/reference/mimecast-api.md#get-held-message-details)."""
    hold_id = request.item_id
    if hold_id is None:
        return missing(request.item, "id")
    record = request.tenant.by_hold_id.get(hold_id)
    if record is None:
        return unknown_id_response(request, request.item)
    return data([message_detail(request, record, hold_id, "ACTIVE")])


def message_detail(request: ApiRequest, record: TrackingRecord, message_id: str, status: str) -> MessageDetail:
    """A message with its headers and attachments; `message_id` is its id in the queue or in the archive."""
    mail = record.mail
    return {
        "id": message_id,
        "status": status,
        "smash": record.archive_id[-40:].lower(),
        "mimeMessageId": f"<{mail.message_id}>" if mail.message_id else "",
        "subject": record.subject,
        "size": len(mail.raw),
        "received": format_time(record.received),
        "processed": format_time(record.received),
        "headerDate": format_time(mail.sent or record.received),
        "envelopeFrom": _address(mail.sender),
        "from": _address(mail.header_from, mail.header_from_name),
        "replyTo": _address(mail.header_from),
        "to": [_address(record.recipient)],
        "cc": [_address(address) for address in mail.cc],
        "hasHtmlBody": bool(mail.html),
        "hasTextBody": bool(mail.text),
        "isPassthrough": False,
        "headers": [{"name": name, "values": [value]} for name, value in mail.headers],
        "attachments": [
            {
                "id": request.tenant.file_id(part),
                "filename": part.name,
                "extension": part.extension,
                "contentType": part.content_type,
                "contentId": "",
                "size": len(part.content),
                "bodyType": 5,
                "sha256": part.sha256,
            }
            for part in mail.attachments
        ],
    }
