"""From a pending record and its details to an alert with flat events.

There is one event per delivered recipient, one per transmission component and one per component of the recipient; a
message with none of these has one event. Every event also carries all other fields of the message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.api import MessageInfo, Risk
from mimecast_secops.ingest.alert import INFORMATIONAL, PRIORITIES, VENDOR, Alert, AlertFile, grouping_id
from mimecast_secops.ingest.event_fields import MAX_VALUE_LENGTH, flatten
from mimecast_secops.ingest.message_tracking.hold_matching import Evidence
from mimecast_secops.ingest.record import GAP, PendingRecord

MESSAGE: Final = "Message"
DEFAULT_RULE: Final = "Mimecast Email"
_MAX_EVENTS: Final = 50
_MAX_NOTES: Final = 20
_MAX_NOTE: Final = 1000
_MAX_LINE: Final = 500


@dataclass(slots=True)
class RecordDetails:
    """What was read about one record besides its row.

    Attributes:
        info: the details of the message; None if they could not be read.
        hold_id: its entry of the hold queue; "" if there is none, or it is not known which.
        hold_evidence: what ties the entry to the record.
        hold_reason: the policy that this entry names.
        files: the attachments.
        notes: sentences about what could not be read.
        complete: whether everything was read.
    """

    info: MessageInfo | None = None
    hold_id: str = ""
    hold_evidence: Evidence = Evidence.NONE
    hold_reason: str = ""
    files: tuple[AlertFile, ...] = ()
    notes: list[str] = field(default_factory=list)
    complete: bool = True


def alert_of(record: PendingRecord, details: RecordDetails, product_field: str = "") -> Alert:
    """The alert for a record.

    Args:
        record: the row of the search.
        details: what was read besides.
        product_field: the event field whose value is the product of the alert, if an event has it.
    """
    info = details.info
    # A risk that cannot be read is not a low one.
    risk = Risk.HIGH if info and info.risk_is_unreadable else info.risk if info else None
    reason = (info.queue_reason if info else "") or details.hold_reason or record.reason
    events = tuple(_events(record, details))
    message_id = info.message_id if info else ""
    return Alert(
        ticket_id=record.id,
        name=f"{(record.status or 'unknown').capitalize()} Message" if record.kind != GAP else "Unread Period",
        rule_generator=_line(reason) or DEFAULT_RULE,
        product=next((event[product_field] for event in events if event.get(product_field)), VENDOR),
        priority=PRIORITIES.get(risk, INFORMATIONAL) if risk else INFORMATIONAL,
        start_ms=record.received_ms,
        end_ms=record.received_ms,
        reason=_line(reason),
        description=_line(info.queue_detail_status if info else "") or (record.subject if record.kind == GAP else ""),
        grouping_id=grouping_id(message_id, record.sender, record.subject),
        events=events,
        files=details.files,
        complete=details.complete and not record.defects,
    )


def _events(record: PendingRecord, details: RecordDetails) -> Iterator[dict[str, str]]:
    notes = list(details.notes)
    raw = details.info.raw if details.info else {}
    if record.defects:
        notes.append("Mimecast sent a record with unreadable members: " + ", ".join(record.defects) + ".")
    if details.info and details.info.defects:
        notes.append("Mimecast sent details with unreadable members: " + ", ".join(details.info.defects[:20]) + ".")
    parts = list(_parts(raw))
    if len(parts) > _MAX_EVENTS:
        notes.append(f"The message has {len(parts)} parts and recipients: only the first {_MAX_EVENTS} are here.")
    base = record.summary | flatten(_without_parts(raw))
    always = _fixed_fields(record, details, notes)
    for event_type, content in parts[:_MAX_EVENTS] or [(MESSAGE, {})]:
        yield base | flatten(content) | always | {"event_type": event_type}


def _fixed_fields(record: PendingRecord, details: RecordDetails, notes: Sequence[str]) -> dict[str, str]:
    """The fields that no content of a message can overwrite."""
    info = details.info
    hold_id = details.hold_id or record.hold_id
    fixed = {
        "trackingId": record.id if record.has_tracking_id else "",
        "holdId": hold_id,
        "internetMessageId": (info.message_id if info else "")[:MAX_VALUE_LENGTH],
        "holdMessageMetadataID": hold_id,
        "holdEvidence": details.hold_evidence.value if hold_id and not record.hold_id else "",
        "status": record.status,
        "currentStatus": info.status if info else "",
        "recordType": record.kind,
        "receivedUnixMs": str(record.received_ms),
        "complete": str(details.complete and not record.defects),
    }
    return fixed | {f"note_{number}": note[:_MAX_NOTE] for number, note in enumerate(notes[:_MAX_NOTES], 1)}


def _parts(raw: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The type and the content of each separate event."""
    delivered = raw.get("deliveredMessage")
    if isinstance(delivered, Mapping):
        for recipient, block in delivered.items():
            content = block if isinstance(block, Mapping) else {}
            yield MESSAGE, {"recipient": recipient, "deliveredMessage": content}
    recipient_info = _object(raw, "recipientInfo")
    for component in _list(_object(recipient_info, "txInfo"), "transmissionComponents"):
        yield _type_of(component, "fileType"), dict(component)
    for component in _list(_object(recipient_info, "recipientMetaInfo"), "components"):
        yield _type_of(component, "type"), dict(component)


def _without_parts(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The details without what has separate events."""
    remaining = {key: value for key, value in raw.items() if key not in ("deliveredMessage", "id")}
    recipient_info = dict(_object(raw, "recipientInfo"))
    for block, members in (("txInfo", "transmissionComponents"), ("recipientMetaInfo", "components")):
        if isinstance(recipient_info.get(block), Mapping):
            recipient_info[block] = {key: value for key, value in recipient_info[block].items() if key != members}
    if recipient_info:
        remaining["recipientInfo"] = recipient_info
    return remaining


def _type_of(component: Mapping[str, Any], member: str) -> str:
    value = component.get(member)
    return "".join(value.split())[:100] or "Component" if isinstance(value, str) else "Component"


def _object(raw: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    value = raw.get(member)
    return value if isinstance(value, Mapping) else {}


def _list(raw: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    value = raw.get(member)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_LINE]
