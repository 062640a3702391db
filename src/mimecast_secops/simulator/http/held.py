"""The hold queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mimecast_secops.simulator.http.paging import offset_of, page_meta, size_of
from mimecast_secops.simulator.http.requests import Call, moment
from mimecast_secops.simulator.http.responses import Answer, data, error, failure, invalid_id, missing, stamp
from mimecast_secops.simulator.ids import is_well_formed
from mimecast_secops.simulator.tenant.hold_queue import Key
from mimecast_secops.simulator.tenant.records import Tracked

REASON_TYPES: Final = (
    "MESSAGE CONTAINS UNDESIRABLE CONTENT",
    "MESSAGE CONTAINS CONFIDENTIAL INFORMATION",
    "REVIEWER DISAPPROVES OF CONTENT",
    "INAPPROPRIATE COMMUNICATION",
    "MESSAGE GOES AGAINST EMAIL POLICIES",
)
_FIELDS: Final = {1: ("all", "subject", "sender", "recipient", "reason_code")}
_FIELDS_V2: Final = ("all", "subject", "sender", "recipient", "reasonCode", "senderIP")


def hold_list(call: Call) -> Answer:
    """`/api/gateway/get-hold-message-list` (API notes 7.1)."""
    item = call.item
    by = item.get("searchBy")
    by = by if isinstance(by, dict) else {}
    fields = _FIELDS.get(call.version, _FIELDS_V2)
    if by and by.get("fieldName") not in fields:
        text = f"Field must be one of [{','.join(fields)}]"
        return failure([error("err_validation_value_not_allowed", text, "fieldName")], key=item)
    offset = offset_of(call.pagination, "hold")
    if offset is None:
        return invalid_id(item, "pageToken")
    if item.get("admin") is not True:
        # An application has no mailbox of its own, and the binding's user gets no mail here.
        return data([], page_meta("hold", 0, 1, 0, 0))
    start, end = moment(item.get("start")), moment(item.get("end"))
    held = call.tenant.held_keys(start, end)
    if by.get("value") and by.get("fieldName"):
        held = [key for key in held if _matches(call.tenant.tracked[key[1]], by)]
    size = size_of(call.pagination, 50, call.tenant.behaviour.queue_page_limit)
    page = [call.tenant.tracked[record_id] for _, record_id in _newest_first(held, offset, size)]
    return data([entry(record) for record in page], page_meta("hold", offset, size, len(page), len(held)))


def _newest_first(keys: Sequence[Key], offset: int, size: int) -> Sequence[Key]:
    """A page of the keys in reverse order."""
    last = max(0, len(keys) - offset)
    return keys[max(0, last - size) : last][::-1]


def _matches(one: Tracked, by: dict[str, Any]) -> bool:
    value, field = str(by.get("value", "")).lower(), by.get("fieldName")
    mail = one.mail
    searched = {
        "subject": mail.subject,
        "sender": f"{mail.sender} {mail.header_from}",
        "recipient": one.recipient,
        "reason_code": _code(one),
        "reasonCode": _code(one),
        "senderIP": "203.0.113.20",
        "all": f"{mail.subject} {mail.sender} {one.recipient}",
    }
    return value in searched[str(field)].lower()


def _code(one: Tracked) -> str:
    reason = one.hold.detail if one.hold else ""
    return reason.removesuffix(" policy").replace(" - ", " ").replace(" ", "_").lower()


def entry(one: Tracked) -> dict[str, Any]:
    """An entry of the queue."""
    mail, code = one.mail, _code(one)
    return {
        "id": one.hold_id,
        "reason": one.hold.detail if one.hold else "",
        "reasonId": code.upper(),
        "reasonCode": code,
        "from": {"displayableName": "", "emailAddress": mail.sender},
        "fromHeader": {"displayableName": mail.header_from_name, "emailAddress": mail.header_from},
        "to": {"displayableName": "", "emailAddress": one.recipient},
        "toHeader": {"displayableName": "", "emailAddress": one.recipient},
        "subject": one.subject,
        "route": one.route.upper(),
        "hasAttachments": bool(mail.attachments),
        "size": len(mail.raw),
        "dateReceived": stamp(one.received),
        "policyInfo": one.hold.policy if one.hold else "",
    }


def release(call: Call) -> Answer:
    """`/api/gateway/hold-release` (API notes 7.2)."""
    hold_id = call.item_id
    if hold_id is None:
        return missing(call.item, "id")
    if not _known(call, hold_id):
        return unknown(call, call.item)
    if call.tenant.decide(hold_id, "released"):
        return data([{"id": hold_id, "release": True}])
    return not_held(call, call.item, {"id": hold_id, "release": False})


def reject(call: Call) -> Answer:
    """`/api/gateway/hold-reject` (API notes 7.3)."""
    item = call.item
    ids, reason = item.get("ids"), item.get("reasonType")
    if not isinstance(ids, list) or not ids:
        return missing(item, "ids")
    if reason is not None and reason not in REASON_TYPES:
        text = f"Field must be one of [{','.join(REASON_TYPES)}]"
        return failure([error("err_validation_value_not_allowed", text, "reasonType")], key=item)
    unknown_ids = [one for one in ids if not _known(call, one)]
    if unknown_ids:
        return unknown(call, item | {"id": unknown_ids[0]})
    how = {"reason": str(reason or ""), "message": str(item.get("message", "")), "notify": item.get("notify") is True}
    done = [{"id": one, "reject": call.tenant.decide(one, "rejected", **how)} for one in ids]
    if not any(one["reject"] for one in done):
        return not_held(call, item, done[0])
    return data(done)


def _known(call: Call, hold_id: object) -> bool:
    tenant = call.tenant
    if not isinstance(hold_id, str):
        return False
    return hold_id in tenant.by_hold_id or (tenant.behaviour.hold_accepts_tracking_id and hold_id in tenant.tracked)


def unknown(call: Call, item: dict[str, Any]) -> Answer:
    """An id that is not known: refused in the way that the switches say (API notes 12)."""
    behaviour = call.tenant.behaviour
    if call.version == 2 and behaviour.damaged_id_empty_400 and not is_well_formed(item.get("id")):
        return Answer(400)
    if behaviour.unknown_id == "status":
        return failure([error("xdk_failure", "0007 Invalid token", "id")], key=item, meta_status=404)
    return invalid_id(item)


def not_held(call: Call, item: dict[str, Any], flag: dict[str, Any]) -> Answer:
    """Acting on a message that is not held (API notes 7.4 [inferred])."""
    way = call.tenant.behaviour.not_held
    if way == "fail":
        return failure([error("err_simulated_not_held", "Message is not held")], key=item)
    return data([] if way == "empty" else [flag])


def summary(call: Call) -> Answer:
    """`/api/gateway/get-hold-summary-list` (API notes 7.5)."""
    counts: dict[str, int] = {}
    for one in call.tenant.held():
        policy = one.hold.policy if one.hold else ""
        counts[policy] = counts.get(policy, 0) + 1
    items = [{"policyInfo": policy, "numberOfItems": number} for policy, number in sorted(counts.items())]
    return data(items, {"pageSize": len(items)})


def message_detail(call: Call) -> Answer:
    """`/api/gateway/message/get-message-detail` (API notes 7.6)."""
    hold_id = call.item_id
    if hold_id is None:
        return missing(call.item, "id")
    one = call.tenant.by_hold_id.get(hold_id)
    if one is None:
        return unknown(call, call.item)
    return data([detail(call, one, hold_id, "ACTIVE")])


def detail(call: Call, one: Tracked, shown_id: str, status: str) -> dict[str, Any]:
    """A message with its headers and attachments."""
    mail = one.mail

    def address(text: str, name: str = "") -> dict[str, str]:
        return {"displayableName": name, "emailAddress": text}

    return {
        "id": shown_id,
        "status": status,
        "smash": one.archive_id[-40:].lower(),
        "mimeMessageId": f"<{mail.message_id}>" if mail.message_id else "",
        "subject": one.subject,
        "size": len(mail.raw),
        "received": stamp(one.received),
        "processed": stamp(one.received),
        "headerDate": stamp(mail.sent or one.received),
        "envelopeFrom": address(mail.sender),
        "from": address(mail.header_from, mail.header_from_name),
        "replyTo": address(mail.header_from),
        "to": [address(one.recipient)],
        "cc": [address(one_cc) for one_cc in mail.cc],
        "hasHtmlBody": bool(mail.html),
        "hasTextBody": bool(mail.text),
        "isPassthrough": False,
        "headers": [{"name": name, "values": [value]} for name, value in mail.headers],
        "attachments": [
            {
                "id": call.tenant.file_id(part),
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
