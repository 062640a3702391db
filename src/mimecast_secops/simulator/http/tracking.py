"""Message tracking endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, cast

from mimecast_secops.simulator.http.foreign_ids import foreign_id_response
from mimecast_secops.simulator.http.requests import ApiRequest, parse_time
from mimecast_secops.simulator.http.responses import ApiResponse, data, error, failure, format_time, invalid_id, missing
from mimecast_secops.simulator.http.schemas.envelope import ObjectId
from mimecast_secops.simulator.http.schemas.tracking import (
    AppliedPolicy,
    Check,
    MessageInfo,
    MessageText,
    QueueInfo,
    Receipt,
    SpamInfo,
    TrackedEmail,
    Transmission,
    TransmissionComponent,
    Verdict,
)
from mimecast_secops.simulator.http.tracking_forms import (
    addresses_in_form,
    recipients_in_form,
    rows_of,
    search_response,
    verdict_in_form,
)
from mimecast_secops.simulator.tenant.id_forms import queue_id
from mimecast_secops.simulator.tenant.records import EPOCH, TrackingRecord

SEARCHABLE: Final = timedelta(days=30)
_SENDER_IP: Final = "203.0.113.20"
_CRITERIA: Final = ("from", "to", "subject", "senderIP", "url", "route")


def search(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/search` (docs/reference/mimecast-api.md#search-message-tracking)."""
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
    oldest = now - SEARCHABLE
    refuses_oldest = request.tenant.quirks.refuse_start_at_limit
    if start is not None and (start < oldest or (start == oldest and refuses_oldest)):
        text = "Start date must be within the last 30 days"
        return failure([error("err_track_and_trace_invalid_start_date", text, "start")], key=item)
    request.tenant.apply_due_decisions()
    candidates: Iterable[TrackingRecord]
    if message_id is not None:
        candidates = request.tenant.by_message_id(str(message_id))
    else:
        candidates = request.tenant.between(start or oldest, end)
    records = _filtered(request, (record for record in candidates if record.received > oldest), criteria)
    ordered = _ordered(request, records)
    rows = [row for record in ordered for row in rows_of(request, record, tracked_email(record))]
    return search_response(request, [row for row in rows if _has_wanted_status(request, row)])


def _has_wanted_status(request: ApiRequest, row: Mapping[str, Any]) -> bool:
    """Whether a row has a wanted status. A record can have a second row with another status."""
    wanted = _lower_set(request.item.get("status")) if request.tenant.quirks.honour_status_filter else set()
    return not wanted or str(row.get("status", "")).lower() in wanted or "status" not in row


def _filtered(
    request: ApiRequest, candidates: Iterable[TrackingRecord], criteria: dict[str, Any]
) -> list[TrackingRecord]:
    quirks, item = request.tenant.quirks, request.item
    statuses = _lower_set(item.get("status")) if quirks.honour_status_filter else set()
    routes = _lower_set(item.get("route")) | _lower_set(criteria.get("route")) if quirks.honour_route_filter else set()
    routes -= {"all"}
    sender, to = str(criteria.get("from", "")).lower(), str(criteria.get("to", "")).lower()
    subject = str(criteria.get("subject", "")).lower().strip("*")
    return [
        record
        for record in candidates
        if (not statuses or statuses & _statuses_of(request, record))
        and (record.visible_from is None or record.visible_from <= request.tenant.clock.now())
        and (not routes or record.route in routes)
        and (not sender or _address_matches(sender, record.mail.sender, record.mail.header_from))
        and (not to or _address_matches(to, record.recipient))
        and (not subject or subject in record.mail.subject.lower())
    ]


def _statuses_of(request: ApiRequest, record: TrackingRecord) -> set[str]:
    twin = {"accepted"} if request.tenant.quirks.held_also_accepted and record.is_held else set()
    return {record.status} | twin


def _ordered(request: ApiRequest, records: list[TrackingRecord]) -> list[TrackingRecord]:
    order = request.tenant.quirks.tracked_order
    if order == "newest":
        return records[::-1]
    return records if order == "oldest" else sorted(records, key=lambda record: record.id)


def _lower_set(value: object) -> set[str]:
    values = value if isinstance(value, list) else [value]
    return {text.lower() for text in values if isinstance(text, str) and text}


def _address_matches(wanted: str, *addresses: str) -> bool:
    """Whether `wanted` is one of the addresses or its domain. Subdomains do not match.

    Source: docs/reference/mimecast-api.md#search-message-tracking.
    """
    return any(wanted in (address.lower(), address.rpartition("@")[2].lower()) for address in addresses)


def tracked_email(record: TrackingRecord) -> TrackedEmail:
    """A tracking record as a row of the search."""
    mail = record.mail
    tracked: TrackedEmail = {
        "id": record.id,
        "status": record.status,
        "info": record.info_text,
        "fromEnv": {"displayableName": "", "emailAddress": mail.sender},
        "fromHdr": {"displayableName": mail.header_from_name, "emailAddress": mail.header_from},
        "to": [{"displayableName": "", "emailAddress": record.recipient}],
        "received": format_time(record.received),
        "sent": format_time(mail.sent or record.received),
        "subject": record.subject,
        "senderIP": _SENDER_IP,
        "attachments": bool(mail.attachments),
        "route": record.route,
        "spamScore": 9 if record.hold else 0,
        "detectionLevel": "relaxed" if record.hold else "",
    }
    return cast("TrackedEmail", dict(tracked) | record.row)


def get_message_info(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/get-message-info` (docs/reference/mimecast-api.md#get-tracking-details)."""
    if request.item_id is None:
        return missing(request.item, "id")
    record = request.tenant.tracking_record(request.item_id)
    if record is None or record.deleted:
        return foreign_id_response(request, message_info)
    request.tenant.apply_due_decisions()
    return data([message_info(request, record)])


def message_info(request: ApiRequest, record: TrackingRecord) -> MessageInfo:
    """The details of a tracking record."""
    message = _message_text(request, record)
    if str(request.item.get("loadContent", "")).lower() == "true":
        message |= {"textBody": record.mail.text, "htmlBody": record.mail.html, "attachments": []}
    details: MessageInfo = {
        "id": shown_id_of(request, record),
        "status": record.status,
        "recipientInfo": {"messageInfo": message},
        "retentionInfo": {},
        "spamInfo": _spam(request, record),
    }
    if record.was_rejected:
        details["recipientInfo"]["txInfo"] = _transmission(record)
    elif record.is_held:
        details["recipientInfo"]["txInfo"] = _transmission(record)
        details["deliveredMessage"] = {
            record.recipient: {"messageInfo": message, "policyInfo": [], "txInfo": _queued_transmission(record)}
        }
        details["queueInfo"] = _queue(request, record)
    else:
        details["recipientInfo"]["recipientMetaInfo"] = _receipt(record)
        details["deliveredMessage"] = {record.recipient: {"messageInfo": message, "policyInfo": _policies()}}
    return cast("MessageInfo", dict(details) | record.info)


def shown_id_of(request: ApiRequest, record: TrackingRecord) -> str:
    """The ID in the details: the one of the request, as in every capture, unless it names another record."""
    requested = request.item_id or ""
    return requested if request.tenant.tracking_record(requested) is record else record.id


def _message_text(request: ApiRequest, record: TrackingRecord) -> MessageText:
    mail, form = record.mail, request.tenant.quirks.queue_addresses
    return {
        "fromHeader": addresses_in_form(form, mail.header_from),
        "fromEnvelope": addresses_in_form(form, mail.sender),
        "to": recipients_in_form(form, mail.recipients),
        "cc": list(mail.cc),
        "subject": record.subject,
        "sent": format_time(mail.sent or record.received),
        "processed": format_time(record.received),
        "route": record.route,
        "transmissionInfo": mail.header_block,
        "contentExpiration": f"{record.received + timedelta(days=14):%Y-%m-%d %H:%M:%S} (14 Days)",
        "metadataExpiration": f"{record.received + timedelta(days=30):%Y-%m-%d %H:%M:%S} (30 Days)",
    }


def _components(record: TrackingRecord) -> list[TransmissionComponent]:
    mail = record.mail
    bodies = [
        ("Email Primary Body HTML", "body.htm", mail.html),
        ("Email Primary Body Plain Text", "body.txt", mail.text),
    ]
    texts: list[TransmissionComponent] = [
        {"fileType": kind, "fileName": name, "txSize": len(text), "hash": ""} for kind, name, text in bodies if text
    ]
    files: list[TransmissionComponent] = [
        {"fileType": "Email Attachment", "fileName": part.name, "txSize": len(part.content), "hash": part.sha256}
        for part in mail.attachments
    ]
    return texts + files


def _transmission(record: TrackingRecord) -> Transmission:
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
        "remoteIp": _SENDER_IP,
        "deliveryType": "Encrypted (TLS)",
        "smtpStartTime": at,
        "smtpEndTime": at,
        "transmissionComponents": _components(record),
    }


def _queued_transmission(record: TrackingRecord) -> Transmission:
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


def _receipt(record: TrackingRecord) -> Receipt:
    mail = record.mail
    return {
        "receiptEvent": "Email Received via Open Greylist",
        "spamEvent": "na",
        "binaryEmailSize": len(mail.raw),
        "messageExpiresIn": 28,
        "transmissionSize": len(mail.raw),
        "remoteIp": _SENDER_IP,
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


def _policies() -> list[AppliedPolicy]:
    return [
        {
            "policyType": "Secure Delivery",
            "policyName": "Opportunistic TLS",
            "inherited": False,
            "inheritedCustomerCode": "",
        }
    ]


def _queue(request: ApiRequest, record: TrackingRecord) -> QueueInfo:
    form = request.tenant.quirks.queue_addresses
    return {
        "id": queue_id(request.tenant, record, request.caller),
        "heldGroup": "Administrator",
        "info": record.info_text,
        "createTime": format_time(record.held_at or record.received),
        "to": addresses_in_form(form, record.recipient),
        "fromHeader": addresses_in_form(form, record.mail.header_from),
        "fromEnvelope": addresses_in_form(form, record.mail.sender),
        "subject": record.subject,
        "route": record.route,
        "attachments": bool(record.mail.attachments),
        "reason": record.hold.policy if record.hold else "",
        "size": len(record.mail.raw),
        "manageRecipient": True,
    }


def _spam(request: ApiRequest, record: TrackingRecord) -> SpamInfo:
    risk = record.hold.risk if record.hold else "negligible"
    verdict: Verdict = {"decision": "spam" if record.hold else "ham", "description": "", "categories": []}
    if risk:
        verdict["risk"] = risk
    shown = verdict_in_form(request.tenant.quirks.risk_form, dict(verdict))
    not_allowed: Check = {"allow": False, "info": "none"}
    spam: SpamInfo = {
        "spamScore": 9 if record.hold else 0,
        "detectionLevel": "relaxed" if record.hold else "",
        "spamProcessingDetail": {
            "rbl": not_allowed,
            "spf": {"allow": True, "info": "allow"},
            "dkim": {"allow": True, "info": "allow"},
            "dmarc": {"allow": True, "info": "allow"},
            "permittedSender": not_allowed,
            "managedSender": {"allow": False, "info": "unknown"},
            "greyEmail": False,
            "verdict": cast("Verdict", shown),
            "symbolGroups": [],
        },
    }
    if shown is None:
        del cast("dict[str, Any]", spam["spamProcessingDetail"])["verdict"]
    return spam


def _decide(request: ApiRequest, outcome: str) -> ApiResponse:
    """Release or reject a held message by its tracking id (docs/reference/mimecast-api.md#message-finder-actions)."""
    if request.item_id is None:
        return missing(request.item, "id")
    record = request.tenant.tracking_record(request.item_id)
    if record is None:
        return invalid_id(request.item)
    notice = {"reason": str(request.item.get("reason", "")), "message": str(request.item.get("notes", ""))}
    if not request.tenant.decide(record.hold_id, outcome, notify=request.item.get("notify") is True, **notice):
        # The code of the real API is not known, so the simulator uses one that cannot be mistaken for it.
        return failure([error("err_simulated_not_held", "Message is not held")], key=request.item)
    result: ObjectId = {"id": record.id}
    return data([result])


def reject_held_email(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/reject-held-email`."""
    return _decide(request, "rejected")


def release_held_email_to_sandbox(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/release-held-email-to-sandbox`."""
    return _decide(request, "released to sandbox")


def report_message(request: ApiRequest) -> ApiResponse:
    """`/api/message-finder/report-message`."""
    if request.item_id is None:
        return missing(request.item, "id")
    record = request.tenant.tracking_record(request.item_id)
    if record is None:
        return invalid_id(request.item)
    kind = request.item.get("type")
    if kind not in ("malware", "spam", "phishing"):
        text = "Field must be one of [malware,spam,phishing]"
        return failure([error("err_validation_value_not_allowed", text, "type")], key=request.item)
    request.tenant.report(record, kind, str(request.item.get("comment", "")))
    result: ObjectId = {"id": record.id}
    return data([result])
