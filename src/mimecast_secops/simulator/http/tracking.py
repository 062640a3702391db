"""Message tracking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.simulator.http.held import unknown_id_response
from mimecast_secops.simulator.http.requests import ApiRequest, parse_time
from mimecast_secops.simulator.http.responses import ApiResponse, data, error, failure, format_time, invalid_id, missing
from mimecast_secops.simulator.tenant.records import EPOCH, TrackingRecord

SEARCHABLE: Final = timedelta(days=30)
_CRITERIA: Final = ("from", "to", "subject", "senderIP", "url", "route")


def search(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/search` (API notes 6.1)."""
    item, now = request.item, request.tenant.clock.now()
    message_id, advanced = item.get("messageId"), item.get("advancedTrackAndTraceOptions")
    if message_id == "":
        return missing(item, "messageId", blank=True)
    if message_id is None and not isinstance(advanced, dict):
        return missing(item, "messageId")
    criteria = {name: advanced[name] for name in _CRITERIA if advanced.get(name)} if isinstance(advanced, dict) else {}
    if message_id is None and not criteria:
        text = "At least one of [from, to, subject, senderIP, url] must be set"
        code = "err_validation_at_least_one_not_null"
        return failure([error(code, text, "advancedTrackAndTraceOptions")], key=item)
    start, end = parse_time(item.get("start")), parse_time(item.get("end"))
    if start is not None and start <= now - SEARCHABLE:
        text = "Start date must be within the last 30 days"
        return failure([error("err_track_and_trace_invalid_start_date", text, "start")], key=item)
    request.tenant.apply_due_decisions()
    oldest = now - SEARCHABLE
    pool: Iterable[TrackingRecord]
    if message_id is not None:
        pool = request.tenant.by_message_id(str(message_id))
    else:
        pool = request.tenant.between(start or oldest, end)
    found = _filtered(request, (record for record in pool if record.received > oldest), criteria)
    rows = [tracked_email(record) for record in _ordered(request, found)]
    limit = request.tenant.quirks.tracked_limit
    return data([{"trackedEmails": rows[:limit] if limit else rows}], {"pageSize": 0})


def _filtered(request: ApiRequest, pool: Iterable[TrackingRecord], criteria: dict[str, Any]) -> list[TrackingRecord]:
    quirks, item = request.tenant.quirks, request.item
    statuses = _lower_set(item.get("status")) if quirks.honour_status_filter else set()
    routes = _lower_set(item.get("route")) | _lower_set(criteria.get("route")) if quirks.honour_route_filter else set()
    routes -= {"all"}
    sender, to = str(criteria.get("from", "")).lower(), str(criteria.get("to", "")).lower()
    subject = str(criteria.get("subject", "")).lower().strip("*")
    return [
        record
        for record in pool
        if (not statuses or record.status in statuses)
        and (not routes or record.route in routes)
        and (not sender or _is(sender, record.mail.sender, record.mail.header_from))
        and (not to or _is(to, record.recipient))
        and (not subject or subject in record.mail.subject.lower())
    ]


def _ordered(request: ApiRequest, found: list[TrackingRecord]) -> list[TrackingRecord]:
    order = request.tenant.quirks.tracked_order
    if order == "newest":
        return found[::-1]
    return found if order == "oldest" else sorted(found, key=lambda record: record.id)


def _lower_set(value: object) -> set[str]:
    values = value if isinstance(value, list) else [value]
    return {text.lower() for text in values if isinstance(text, str) and text}


def _is(wanted: str, *addresses: str) -> bool:
    """An address, or the exact domain: a domain does not stand for its subdomains (API notes 6.1)."""
    return any(wanted in (address.lower(), address.rpartition("@")[2].lower()) for address in addresses)


def tracked_email(record: TrackingRecord) -> dict[str, Any]:
    """A tracking record as the search shows it."""
    mail = record.mail
    shown: dict[str, Any] = {
        "id": record.id,
        "status": record.status,
        "info": record.info_text,
        "fromEnv": {"displayableName": "", "emailAddress": mail.sender},
        "fromHdr": {"displayableName": mail.header_from_name, "emailAddress": mail.header_from},
        "to": [{"displayableName": "", "emailAddress": record.recipient}],
        "received": format_time(record.received),
        "sent": format_time(mail.sent or record.received),
        "subject": record.subject,
        "senderIP": "203.0.113.20",
        "attachments": bool(mail.attachments),
        "route": record.route,
        "spamScore": 9 if record.hold else 0,
        "detectionLevel": "relaxed" if record.hold else "",
    }
    return shown | record.row


def get_message_info(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/get-message-info` (API notes 6.2)."""
    if request.item_id is None:
        return missing(request.item, "id")
    record = request.tenant.tracked.get(request.item_id)
    if record is None or record.deleted:
        return unknown_id_response(request, request.item)
    request.tenant.apply_due_decisions()
    return data([message_info(request, record)])


def message_info(request: ApiRequest, record: TrackingRecord) -> dict[str, Any]:
    """The details of a tracking record."""
    mail = record.mail
    with_content = str(request.item.get("loadContent", "")).lower() == "true"
    message: dict[str, Any] = {
        "fromHeader": mail.header_from,
        "fromEnvelope": mail.sender,
        "to": list(mail.recipients),
        "cc": list(mail.cc),
        "subject": record.subject,
        "sent": format_time(mail.sent or record.received),
        "processed": format_time(record.received),
        "route": record.route,
        "transmissionInfo": mail.header_block,
        "contentExpiration": f"{record.received + timedelta(days=14):%Y-%m-%d %H:%M:%S} (14 Days)",
        "metadataExpiration": f"{record.received + timedelta(days=30):%Y-%m-%d %H:%M:%S} (30 Days)",
    }
    if with_content:
        message |= {"textBody": mail.text, "htmlBody": mail.html, "attachments": []}
    shown: dict[str, Any] = {"id": record.id, "status": record.status, "recipientInfo": {"messageInfo": message}}
    if record.was_rejected:
        shown["recipientInfo"]["txInfo"] = _transmission(record)
    elif record.is_held:
        shown["recipientInfo"]["txInfo"] = _transmission(record)
        shown["deliveredMessage"] = {
            record.recipient: {"messageInfo": message, "policyInfo": [], "txInfo": _queued_transmission(record)}
        }
        shown["queueInfo"] = _queue(request, record)
    else:
        shown["recipientInfo"]["recipientMetaInfo"] = _receipt(record)
        shown["deliveredMessage"] = {record.recipient: {"messageInfo": message, "policyInfo": _policies()}}
    shown["retentionInfo"] = {}
    shown["spamInfo"] = _spam(record)
    return shown | record.info


def _components(record: TrackingRecord) -> list[dict[str, Any]]:
    mail = record.mail
    bodies = [
        ("Email Primary Body HTML", "body.htm", mail.html),
        ("Email Primary Body Plain Text", "body.txt", mail.text),
    ]
    found = [
        {"fileType": kind, "fileName": name, "txSize": len(text), "hash": ""} for kind, name, text in bodies if text
    ]
    files = [
        {"fileType": "Email Attachment", "fileName": part.name, "txSize": len(part.content), "hash": part.sha256}
        for part in mail.attachments
    ]
    return found + files


def _transmission(record: TrackingRecord) -> dict[str, Any]:
    mail, at = record.mail, format_time(record.received)
    return {
        "returnPath": mail.sender,
        "to": record.recipient,
        "txEvent": "Email Received via Open Greylist",
        "queueDetailStatus": record.hold.detail if record.hold else "",
        "processingServer": "snd-mta-1.snd.mimecast.lan",
        "processStartTime": at,
        "processEndTime": at,
        "transmissionSize": len(mail.raw),
        "remoteServer": "mail.example.org",
        "remoteIp": "203.0.113.20",
        "deliveryType": "Encrypted (TLS)",
        "smtpStartTime": at,
        "smtpEndTime": at,
        "transmissionComponents": _components(record),
    }


def _queued_transmission(record: TrackingRecord) -> dict[str, Any]:
    never = format_time(EPOCH)
    return {
        "returnPath": record.mail.sender,
        "to": record.recipient,
        "txEvent": "Item currently queued for delivery",
        "processStartTime": never,
        "processEndTime": never,
        "remoteServer": "",
        "remoteIp": "",
    }


def _receipt(record: TrackingRecord) -> dict[str, Any]:
    mail = record.mail
    return {
        "receiptEvent": "Email Received via Open Greylist",
        "spamEvent": "na",
        "binaryEmailSize": len(mail.raw),
        "messageExpiresIn": 28,
        "transmissionSize": len(mail.raw),
        "remoteIp": "203.0.113.20",
        "transmissionStart": format_time(record.received),
        "transmissionEnd": format_time(record.received),
        "encryptionInfo": "TLS",
        "components": [
            {
                "type": "Email Transmission File",
                "name": "transmission.eml",
                "extension": "eml",
                "mimeType": "message/rfc822-stubbed",
                "size": len(mail.raw),
                "hash": "",
            }
        ],
    }


def _policies() -> list[dict[str, Any]]:
    return [
        {
            "policyType": "Secure Delivery",
            "policyName": "Opportunistic TLS",
            "inherited": False,
            "inheritedCustomerCode": "",
        }
    ]


def _queue(request: ApiRequest, record: TrackingRecord) -> dict[str, Any]:
    exact = request.tenant.quirks.queue_id_is_hold_id
    return {
        "id": record.hold_id if exact else record.archive_id,
        "heldGroup": "Administrator",
        "info": record.info_text,
        "createTime": format_time(record.held_at or record.received),
        "to": record.recipient,
        "fromHeader": record.mail.header_from,
        "fromEnvelope": record.mail.sender,
        "subject": record.subject,
        "route": record.route,
        "attachments": bool(record.mail.attachments),
        "reason": record.hold.policy if record.hold else "",
        "size": len(record.mail.raw),
        "manageRecipient": True,
    }


def _spam(record: TrackingRecord) -> dict[str, Any]:
    risk = record.hold.risk if record.hold else "negligible"
    verdict: dict[str, Any] = {"decision": "spam" if record.hold else "ham", "description": "", "categories": []}
    if risk:
        verdict["risk"] = risk
    allow = {"allow": False, "info": "none"}
    return {
        "spamScore": 9 if record.hold else 0,
        "detectionLevel": "relaxed" if record.hold else "",
        "spamProcessingDetail": {
            "rbl": allow,
            "spf": {"allow": True, "info": "allow"},
            "dkim": {"allow": True, "info": "allow"},
            "dmarc": {"allow": True, "info": "allow"},
            "permittedSender": allow,
            "managedSender": {"allow": False, "info": "unknown"},
            "greyEmail": False,
            "verdict": verdict,
            "symbolGroups": [],
        },
    }


def decide_held(request: ApiRequest, what: str) -> ApiResponse:
    """The console's own ways to reject or release (API notes 6.3)."""
    if request.item_id is None:
        return missing(request.item, "id")
    record = request.tenant.tracked.get(request.item_id)
    if record is None:
        return invalid_id(request.item)
    how = {"reason": str(request.item.get("reason", "")), "message": str(request.item.get("notes", ""))}
    if not request.tenant.decide(record.hold_id, what, notify=request.item.get("notify") is True, **how):
        # Mimecast's own code is not known; this one says that it is ours.
        return failure([error("err_simulated_not_held", "Message is not held")], key=request.item)
    return data([{"id": record.id}])


def reject_held(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/reject-held-email`."""
    return decide_held(request, "rejected")


def release_to_sandbox(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/release-held-email-to-sandbox`."""
    return decide_held(request, "released to sandbox")


def report_message(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/report-message`."""
    if request.item_id is None:
        return missing(request.item, "id")
    record = request.tenant.tracked.get(request.item_id)
    if record is None:
        return invalid_id(request.item)
    kind = request.item.get("type")
    if kind not in ("malware", "spam", "phishing"):
        text = "Field must be one of [malware,spam,phishing]"
        return failure([error("err_validation_value_not_allowed", text, "type")], key=request.item)
    request.tenant.report(record, kind, str(request.item.get("comment", "")))
    return data([{"id": record.id}])
