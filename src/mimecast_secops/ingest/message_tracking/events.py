"""What is known of a message as flat events, and its alert.

One event per delivered recipient, one per transmission component, one per component of the recipient; a message with
none of these still gets one. Every event carries all that is known of the message besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.api import MessageInfo
from mimecast_secops.ingest.alert import INFORMATIONAL, PRIORITIES, VENDOR, Alert, AlertFile, grouping
from mimecast_secops.ingest.event_fields import LONGEST_VALUE, flatten
from mimecast_secops.ingest.record import GAP, PendingRecord

MESSAGE: Final = "Message"
DEFAULT_RULE: Final = "Mimecast Email"
_MOST_EVENTS: Final = 50
_MOST_NOTES: Final = 20


@dataclass(slots=True)
class Known:
    """What could be had of one message. `notes` are sentences about what could not."""

    info: MessageInfo | None = None
    hold_id: str = ""
    hold_reason: str = ""
    files: tuple[AlertFile, ...] = ()
    notes: list[str] = field(default_factory=list)
    complete: bool = True


def alert_of(record: PendingRecord, known: Known, product_field: str = "") -> Alert:
    """The alert for a record.

    Args:
        record: what the search told.
        known: what the details told.
        product_field: the event field whose value is the alert's product, where an event has it.
    """
    info = known.info
    reason = (info.queue_reason if info else "") or known.hold_reason or record.reason
    events = tuple(_events(record, known))
    message_id = info.message_id if info else ""
    return Alert(
        ticket_id=record.id,
        name=f"{(record.status or 'unknown').capitalize()} Message" if record.kind != GAP else "Unread Period",
        rule_generator=_line(reason) or DEFAULT_RULE,
        product=next((event[product_field] for event in events if event.get(product_field)), VENDOR),
        priority=PRIORITIES.get(info.risk, INFORMATIONAL) if info and info.risk else INFORMATIONAL,
        start_ms=record.received_ms,
        end_ms=record.received_ms,
        reason=_line(reason),
        description=_line(info.queue_detail_status if info else "") or (record.subject if record.kind == GAP else ""),
        grouping_id=grouping(message_id, record.sender, record.subject),
        events=events,
        files=known.files,
        complete=known.complete and not record.defects,
    )


def _events(record: PendingRecord, known: Known) -> Iterator[dict[str, str]]:
    notes = list(known.notes)
    raw = known.info.raw if known.info else {}
    if record.defects:
        notes.append("Mimecast sent a record with unreadable members: " + ", ".join(record.defects) + ".")
    if known.info and known.info.defects:
        notes.append("Mimecast sent details with unreadable members: " + ", ".join(known.info.defects[:20]) + ".")
    shares = list(_shares(raw))
    if len(shares) > _MOST_EVENTS:
        notes.append(f"The message has {len(shares)} parts and recipients: only the first {_MOST_EVENTS} are here.")
    base = record.summary | flatten(_without_lists(raw))
    always = _always(record, known, notes)
    for event_type, content in shares[:_MOST_EVENTS] or [(MESSAGE, {})]:
        yield base | flatten(content) | always | {"event_type": event_type}


def _always(record: PendingRecord, known: Known, notes: Sequence[str]) -> dict[str, str]:
    """The members that win over anything a message says of itself."""
    info = known.info
    hold_id = known.hold_id or record.hold_id
    fixed = {
        "trackingId": record.id if record.readable else "",
        "holdId": hold_id,
        "internetMessageId": (info.message_id if info else "")[:LONGEST_VALUE],
        "holdMessageMetadataID": hold_id,
        "status": record.status,
        "currentStatus": info.status if info else "",
        "recordType": record.kind,
        "receivedUnixMs": str(record.received_ms),
        "complete": str(known.complete and not record.defects),
    }
    return fixed | {f"note_{number}": note[:1000] for number, note in enumerate(notes[:_MOST_NOTES], 1)}


def _shares(raw: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The type and the content of each event of its own."""
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


def _without_lists(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The details without what becomes events of its own."""
    rest = {key: value for key, value in raw.items() if key not in ("deliveredMessage", "id")}
    recipient_info = dict(_object(raw, "recipientInfo"))
    for block, members in (("txInfo", "transmissionComponents"), ("recipientMetaInfo", "components")):
        if isinstance(recipient_info.get(block), Mapping):
            recipient_info[block] = {key: value for key, value in recipient_info[block].items() if key != members}
    if recipient_info:
        rest["recipientInfo"] = recipient_info
    return rest


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
    return " ".join(text.split())[:500]
