"""The summary of an alert: what a list or a page about one delivered alert shows.

A whole alert takes about 15 kB without its files, because each of its events repeats the fields of the message. The
summary takes about 1 kB, and its size is limited whatever the message contains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Self

import msgspec

from mimecast_secops.ingest import Alert
from mimecast_secops.ingest.event_fields import as_text

# The risk of alerts whose message has no verdict.
_PRIORITY_WORDS: Final = {-1: "", 40: "low", 60: "medium", 80: "high", 100: "critical"}
_RISK: Final = "spamInfo_spamProcessingDetail_verdict_risk"
_RISKS: Final = frozenset({"negligible", "low", "medium", "high"})
_MAX_TEXT: Final = 500
_MAX_ENTRIES: Final = 20


class EventSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of an alert.

    Attributes:
        type: the event type.
        recipient: the recipient of a delivered message, else "".
        file: the file name of a part of the message, else "".
        sha256: the hash of this part, else "".
    """

    type: str
    recipient: str = ""
    file: str = ""
    sha256: str = ""


class FileSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment that the connector delivered with the alert. The size is in bytes."""

    name: str
    size: int
    sha256: str


class AlertSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One alert. All texts come from the message or from Mimecast, and are untrusted.

    Attributes:
        ticket_id: the identity of the alert: the tracking ID, `hold:<hold ID>` or `gap:…`.
        display_id: the ID that analysts see on the platform.
        name: the name of the alert, such as `Held Message`.
        risk: `negligible`, `low`, `medium` or `high`; "" if Mimecast names none.
        subject: the subject; for a period that could not be read, the sentence about it.
        sender: the envelope sender.
        header_sender: the sender that the recipient sees.
        recipients: the first 20 recipients.
        reason: the queue reason.
        description: the detail status of the queue.
        status: the status when the message was found.
        route: the route.
        sender_ip: the address of the sending server.
        received_ms: when the message was received, in unix milliseconds.
        tracking_id: the tracking ID; "" if message tracking does not show the message.
        hold_id: the hold ID; "" if it is unknown.
        message_id: the internet Message-ID.
        notes: what could not be read.
        events: the first 20 events.
        event_count: the number of all events.
        files: the first 20 delivered attachments.
        is_complete: whether everything was read.
    """

    ticket_id: str
    display_id: str
    name: str
    received_ms: int
    event_count: int
    is_complete: bool
    risk: str = ""
    subject: str = ""
    sender: str = ""
    header_sender: str = ""
    recipients: tuple[str, ...] = ()
    reason: str = ""
    description: str = ""
    status: str = ""
    route: str = ""
    sender_ip: str = ""
    tracking_id: str = ""
    hold_id: str = ""
    message_id: str = ""
    notes: tuple[str, ...] = ()
    events: tuple[EventSummary, ...] = ()
    files: tuple[FileSummary, ...] = ()

    @property
    def action_id(self) -> str:
        """What an action takes as `Message ID`; "" for an alert that is not about a message."""
        return self.tracking_id or self.hold_id

    @property
    def recipient(self) -> str:
        """The first recipient; "" if there is none."""
        return next(iter(self.recipients), "")

    @classmethod
    def of(cls, alert: Alert) -> Self:
        """The summary of an alert."""
        first: Mapping[str, str] = alert.events[0] if alert.events else {}
        return cls(
            ticket_id=alert.ticket_id,
            display_id=alert.display_id,
            name=alert.name,
            received_ms=alert.start_ms,
            event_count=len(alert.events),
            is_complete=alert.complete,
            risk=_risk_of(alert, first),
            subject=_text(first, "subject", "gap"),
            sender=_text(first, "fromEnv_emailAddress", "from_emailAddress"),
            header_sender=_text(first, "fromHdr_emailAddress", "fromHeader_emailAddress"),
            recipients=tuple(_recipients(alert, first)),
            reason=as_text(alert.reason),
            description=as_text(alert.description),
            status=_text(first, "status"),
            route=_text(first, "route"),
            sender_ip=_text(first, "senderIP"),
            tracking_id=_text(first, "trackingId"),
            hold_id=_text(first, "holdId"),
            message_id=_text(first, "internetMessageId"),
            notes=tuple(_numbered(first, "note_{}")),
            events=tuple(map(_event, alert.events[:_MAX_ENTRIES])),
            files=tuple(
                FileSummary(name=(file.name + file.extension)[:_MAX_TEXT], size=file.size, sha256=file.sha256)
                for file in alert.files[:_MAX_ENTRIES]
            ),
        )


def _risk_of(alert: Alert, first: Mapping[str, str]) -> str:
    word = first.get(_RISK, "").strip().lower()
    return word if word in _RISKS else _PRIORITY_WORDS.get(alert.priority, str(alert.priority))


def _recipients(alert: Alert, first: Mapping[str, str]) -> Iterator[str]:
    listed = list(_numbered(first, "to_{}_emailAddress"))
    delivered = (event["recipient"] for event in alert.events[:_MAX_ENTRIES] if event.get("recipient"))
    single = _text(first, "to_emailAddress")
    return iter(dict.fromkeys(listed or [text[:_MAX_TEXT] for text in delivered] or ([single] if single else [])))


def _numbered(event: Mapping[str, str], key: str) -> Iterator[str]:
    """The values of numbered members, until a number is missing."""
    for number in range(1, _MAX_ENTRIES + 1):
        value = event.get(key.format(number))
        if value is None:
            return
        if value:
            yield value[:_MAX_TEXT]


def _event(event: Mapping[str, str]) -> EventSummary:
    return EventSummary(
        type=_text(event, "event_type"),
        recipient=_text(event, "recipient"),
        file=_text(event, "fileName"),
        sha256=_text(event, "hash"),
    )


def _text(event: Mapping[str, str], *keys: str) -> str:
    """The first value that is not empty, of limited length."""
    for key in keys:
        if value := event.get(key):
            return value[:_MAX_TEXT]
    return ""
