"""Message tracking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.simulator.http.held import unknown
from mimecast_secops.simulator.http.requests import Call, moment
from mimecast_secops.simulator.http.responses import Answer, data, error, failure, invalid_id, missing, stamp
from mimecast_secops.simulator.tenant.records import EPOCH, Tracked

SEARCHABLE: Final = timedelta(days=30)
_CRITERIA: Final = ("from", "to", "subject", "senderIP", "url", "route")


def search(call: Call) -> Answer:
    """`/api/message-finder/search` (API notes 6.1)."""
    item, now = call.item, call.tenant.clock.now()
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
    start, end = moment(item.get("start")), moment(item.get("end"))
    if start is not None and start <= now - SEARCHABLE:
        text = "Start date must be within the last 30 days"
        return failure([error("err_track_and_trace_invalid_start_date", text, "start")], key=item)
    call.tenant.settle()
    oldest = now - SEARCHABLE
    pool: Iterable[Tracked]
    if message_id is not None:
        pool = call.tenant.by_message_id(str(message_id))
    else:
        pool = call.tenant.between(start or oldest, end)
    found = _filtered(call, (one for one in pool if one.received > oldest), criteria)
    rows = [row(one) for one in _ordered(call, found)]
    limit = call.tenant.behaviour.tracked_limit
    return data([{"trackedEmails": rows[:limit] if limit else rows}], {"pageSize": 0})


def _filtered(call: Call, pool: Iterable[Tracked], criteria: dict[str, Any]) -> list[Tracked]:
    behaviour, item = call.tenant.behaviour, call.item
    statuses = _lowered(item.get("status")) if behaviour.honour_status_filter else set()
    routes = _lowered(item.get("route")) | _lowered(criteria.get("route")) if behaviour.honour_route_filter else set()
    routes -= {"all"}
    sender, to = str(criteria.get("from", "")).lower(), str(criteria.get("to", "")).lower()
    subject = str(criteria.get("subject", "")).lower().strip("*")
    return [
        one
        for one in pool
        if (not statuses or one.status in statuses)
        and (not routes or one.route in routes)
        and (not sender or _is(sender, one.mail.sender, one.mail.header_from))
        and (not to or _is(to, one.recipient))
        and (not subject or subject in one.mail.subject.lower())
    ]


def _ordered(call: Call, found: list[Tracked]) -> list[Tracked]:
    order = call.tenant.behaviour.tracked_order
    if order == "newest":
        return found[::-1]
    return found if order == "oldest" else sorted(found, key=lambda one: one.id)


def _lowered(value: object) -> set[str]:
    values = value if isinstance(value, list) else [value]
    return {text.lower() for text in values if isinstance(text, str) and text}


def _is(wanted: str, *addresses: str) -> bool:
    """An address, or the exact domain: a domain does not stand for its subdomains (API notes 6.1)."""
    return any(wanted in (address.lower(), address.rpartition("@")[2].lower()) for address in addresses)


def row(one: Tracked) -> dict[str, Any]:
    """A tracking record as the search shows it."""
    mail = one.mail
    shown: dict[str, Any] = {
        "id": one.id,
        "status": one.status,
        "info": one.info_text,
        "fromEnv": {"displayableName": "", "emailAddress": mail.sender},
        "fromHdr": {"displayableName": mail.header_from_name, "emailAddress": mail.header_from},
        "to": [{"displayableName": "", "emailAddress": one.recipient}],
        "received": stamp(one.received),
        "sent": stamp(mail.sent or one.received),
        "subject": one.subject,
        "senderIP": "203.0.113.20",
        "attachments": bool(mail.attachments),
        "route": one.route,
        "spamScore": 9 if one.hold else 0,
        "detectionLevel": "relaxed" if one.hold else "",
    }
    return shown | one.row


def get_message_info(call: Call) -> Answer:
    """`/api/message-finder/get-message-info` (API notes 6.2)."""
    if call.item_id is None:
        return missing(call.item, "id")
    one = call.tenant.tracked.get(call.item_id)
    if one is None or one.deleted:
        return unknown(call, call.item)
    call.tenant.settle()
    return data([info(call, one)])


def info(call: Call, one: Tracked) -> dict[str, Any]:
    """The details of a tracking record."""
    mail = one.mail
    with_content = str(call.item.get("loadContent", "")).lower() == "true"
    message: dict[str, Any] = {
        "fromHeader": mail.header_from,
        "fromEnvelope": mail.sender,
        "to": list(mail.recipients),
        "cc": list(mail.cc),
        "subject": one.subject,
        "sent": stamp(mail.sent or one.received),
        "processed": stamp(one.received),
        "route": one.route,
        "transmissionInfo": mail.header_block,
        "contentExpiration": f"{one.received + timedelta(days=14):%Y-%m-%d %H:%M:%S} (14 Days)",
        "metadataExpiration": f"{one.received + timedelta(days=30):%Y-%m-%d %H:%M:%S} (30 Days)",
    }
    if with_content:
        message |= {"textBody": mail.text, "htmlBody": mail.html, "attachments": []}
    shown: dict[str, Any] = {"id": one.id, "status": one.status, "recipientInfo": {"messageInfo": message}}
    if one.was_rejected:
        shown["recipientInfo"]["txInfo"] = _transfer(one)
    elif one.is_held:
        shown["recipientInfo"]["txInfo"] = _transfer(one)
        shown["deliveredMessage"] = {one.recipient: {"messageInfo": message, "policyInfo": [], "txInfo": _waiting(one)}}
        shown["queueInfo"] = _queue(call, one)
    else:
        shown["recipientInfo"]["recipientMetaInfo"] = _receipt(one)
        shown["deliveredMessage"] = {one.recipient: {"messageInfo": message, "policyInfo": _policies()}}
    shown["retentionInfo"] = {}
    shown["spamInfo"] = _spam(one)
    return shown | one.info


def _components(one: Tracked) -> list[dict[str, Any]]:
    mail = one.mail
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


def _transfer(one: Tracked) -> dict[str, Any]:
    mail, at = one.mail, stamp(one.received)
    return {
        "returnPath": mail.sender,
        "to": one.recipient,
        "txEvent": "Email Received via Open Greylist",
        "queueDetailStatus": one.hold.detail if one.hold else "",
        "processingServer": "snd-mta-1.snd.mimecast.lan",
        "processStartTime": at,
        "processEndTime": at,
        "transmissionSize": len(mail.raw),
        "remoteServer": "mail.example.org",
        "remoteIp": "203.0.113.20",
        "deliveryType": "Encrypted (TLS)",
        "smtpStartTime": at,
        "smtpEndTime": at,
        "transmissionComponents": _components(one),
    }


def _waiting(one: Tracked) -> dict[str, Any]:
    never = stamp(EPOCH)
    return {
        "returnPath": one.mail.sender,
        "to": one.recipient,
        "txEvent": "Item currently queued for delivery",
        "processStartTime": never,
        "processEndTime": never,
        "remoteServer": "",
        "remoteIp": "",
    }


def _receipt(one: Tracked) -> dict[str, Any]:
    mail = one.mail
    return {
        "receiptEvent": "Email Received via Open Greylist",
        "spamEvent": "na",
        "binaryEmailSize": len(mail.raw),
        "messageExpiresIn": 28,
        "transmissionSize": len(mail.raw),
        "remoteIp": "203.0.113.20",
        "transmissionStart": stamp(one.received),
        "transmissionEnd": stamp(one.received),
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


def _queue(call: Call, one: Tracked) -> dict[str, Any]:
    exact = call.tenant.behaviour.queue_id_is_hold_id
    return {
        "id": one.hold_id if exact else one.archive_id,
        "heldGroup": "Administrator",
        "info": one.info_text,
        "createTime": stamp(one.held_at or one.received),
        "to": one.recipient,
        "fromHeader": one.mail.header_from,
        "fromEnvelope": one.mail.sender,
        "subject": one.subject,
        "route": one.route,
        "attachments": bool(one.mail.attachments),
        "reason": one.hold.policy if one.hold else "",
        "size": len(one.mail.raw),
        "manageRecipient": True,
    }


def _spam(one: Tracked) -> dict[str, Any]:
    risk = one.hold.risk if one.hold else "negligible"
    verdict: dict[str, Any] = {"decision": "spam" if one.hold else "ham", "description": "", "categories": []}
    if risk:
        verdict["risk"] = risk
    allow = {"allow": False, "info": "none"}
    return {
        "spamScore": 9 if one.hold else 0,
        "detectionLevel": "relaxed" if one.hold else "",
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


def act_on_held(call: Call, what: str) -> Answer:
    """The console's own ways to reject or release (API notes 6.3)."""
    if call.item_id is None:
        return missing(call.item, "id")
    one = call.tenant.tracked.get(call.item_id)
    if one is None:
        return invalid_id(call.item)
    how = {"reason": str(call.item.get("reason", "")), "message": str(call.item.get("notes", ""))}
    if not call.tenant.decide(one.hold_id, what, notify=call.item.get("notify") is True, **how):
        # Mimecast's own code is not known; this one says that it is ours.
        return failure([error("err_simulated_not_held", "Message is not held")], key=call.item)
    return data([{"id": one.id}])


def reject_held(call: Call) -> Answer:
    """`/api/message-finder/reject-held-email`."""
    return act_on_held(call, "rejected")


def release_to_sandbox(call: Call) -> Answer:
    """`/api/message-finder/release-held-email-to-sandbox`."""
    return act_on_held(call, "released to sandbox")


def report(call: Call) -> Answer:
    """`/api/message-finder/report-message`."""
    if call.item_id is None:
        return missing(call.item, "id")
    one = call.tenant.tracked.get(call.item_id)
    if one is None:
        return invalid_id(call.item)
    kind = call.item.get("type")
    if kind not in ("malware", "spam", "phishing"):
        text = "Field must be one of [malware,spam,phishing]"
        return failure([error("err_validation_value_not_allowed", text, "type")], key=call.item)
    call.tenant.report(one, kind, str(call.item.get("comment", "")))
    return data([{"id": one.id}])
