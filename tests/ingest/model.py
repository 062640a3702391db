"""A tenant and a host in memory. Tests control their clock, failures and kills. They share no code with the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from random import Random
from typing import Any

from mimecast_secops.api import (
    Attachment,
    Completeness,
    CompletenessKind,
    HeldMessage,
    MessageDetail,
    MessageInfo,
    SpooledFile,
    TrackedMessages,
)
from mimecast_secops.api.errors import MimecastError, NotFound, RateLimited, UndecodableReply
from mimecast_secops.ingest import Alert, DeliveryResult, Side

SECOND = 1000
HOUR = 3600 * SECOND
START = 1_790_000_000_000
DOMAIN = "example.com"


class Killed(BaseException):
    """Stands for a killed process: nothing catches it."""


def _matches(address: str, mailbox: str) -> bool:
    return address in (mailbox, mailbox.rpartition("@")[2])


def stamp(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%dT%H:%M:%S}+0000"


@dataclass
class Record:
    id: str
    received_ms: int
    visible_ms: int
    status: str = "held"
    sender: str = "a@evil.test"
    recipient: str = f"ann@{DOMAIN}"
    subject: str = "s"
    route: str = "inbound"
    risk: str = "medium"
    reason: str = "Spam"
    deleted: bool = False
    listed: bool = True  # whether message tracking shows it
    lagging_status: str = ""  # what message tracking still shows, while the hold queue follows `status`
    attachments: tuple[bytes, ...] = ()
    recipients: list[Any] | None = None  # what `to` carries, where it is not the recipient
    hold_fields: dict[str, Any] = field(default_factory=dict)  # what the hold queue shows in another way
    hold_seconds: int = 0  # how much later the time in the hold queue is
    queue_id: str = ""  # `queueInfo.id`
    message_id: str = ""

    @property
    def tracked_status(self) -> str:
        return self.lagging_status or self.status

    def row(self) -> dict[str, Any]:
        to = [{"emailAddress": self.recipient}] if self.recipients is None else self.recipients
        return {
            "id": self.id,
            "status": self.tracked_status,
            "fromEnv": {"emailAddress": self.sender},
            "to": to,
            "received": stamp(self.received_ms),
            "subject": self.subject,
            "route": self.route,
            "attachments": bool(self.attachments),
        }

    def hold(self) -> dict[str, Any]:
        return {
            "id": f"hold-{self.id}",
            "reason": "Message Hold Applied",
            "policyInfo": self.reason,
            "from": {"emailAddress": self.sender},
            "to": {"emailAddress": self.recipient},
            "subject": self.subject,
            "route": self.route.upper(),
            "hasAttachments": bool(self.attachments),
            "dateReceived": stamp(self.received_ms + self.hold_seconds * SECOND),
            **self.hold_fields,
        }

    def info(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "status": self.tracked_status,
            "recipientInfo": {
                "messageInfo": {
                    "subject": self.subject,
                    "fromEnvelope": self.sender,
                    "transmissionInfo": f"<pre>Message-ID: &lt;{self.message_id}&gt;</pre>" if self.message_id else "",
                },
                "txInfo": {"queueDetailStatus": "Message Hold Applied", "to": self.recipient},
            },
            "queueInfo": {"id": self.queue_id, "reason": self.reason},
            "spamInfo": {"spamProcessingDetail": {"verdict": {"risk": self.risk}}},
        }


@dataclass
class Holds:
    """The entries of a hold list."""

    entries: Iterator[HeldMessage]
    completeness: Completeness = field(default_factory=Completeness)

    def __iter__(self) -> Iterator[HeldMessage]:
        return self.entries


@dataclass
class ModelTenant:
    now_ms: int = START
    records: dict[str, Record] = field(default_factory=dict)
    max_rows: int = 0
    newest_first: bool = True
    shuffled: bool = False  # the order of the rows differs between replies
    paging: str = ""  # "total": a cut reply tells how many rows there are
    failing: dict[str, MimecastError] = field(default_factory=dict)  # endpoint, record id or address → error
    kill_on_info_of: str = ""
    machine_ahead: float = 0.0  # seconds that the clock of the connector is ahead
    tells_time: bool = True  # whether replies carry a Date
    calls_before: int = 0
    undecodable: set[int] = field(default_factory=set)  # seconds (unix) whose rows make a reply undecodable
    calls: list[tuple[str, Any]] = field(default_factory=list)
    caller: str = "caller"
    id_form: str = "stable"  # what a tracking id changes with: "stable", "status" or "caller"
    rate_limited: int = 0  # calls that failed with `RateLimited`
    facts: dict[str, str | int] = field(default_factory=dict)  # what replies have shown
    recalled: dict[str, str | int] = field(default_factory=dict)  # what an earlier cycle has told
    limited_until_ms: dict[str, int] = field(default_factory=dict)  # endpoints that must not be called yet

    def add(self, record: Record) -> Record:
        self.records[record.id] = record
        return record

    def clock(self) -> float:
        return self.now_ms / 1000 + self.machine_ahead

    def visible(self) -> list[Record]:
        return [
            record
            for record in self.records.values()
            if record.visible_ms <= self.now_ms and record.listed and not record.deleted
        ]

    # The interface `Tenant`

    @property
    def requests_sent(self) -> int:
        return len(self.calls)

    def wait_for_rate_limit(self, endpoint: str, seconds: float) -> None:
        """Refuse the calls of an endpoint, which has the name of its method, for some seconds."""
        self.limited_until_ms[endpoint] = self.now_ms + int(seconds * 1000)

    @property
    def requests_rate_limited(self) -> int:
        return self.rate_limited

    @property
    def clock_skew(self) -> float | None:
        return self.machine_ahead if self.tells_time and len(self.calls) > self.calls_before else None

    def learned(self) -> Mapping[str, str | int]:
        return self.facts

    def recall(self, facts: Mapping[str, str | int]) -> None:
        self.recalled = dict(facts)

    def begin_cycle(self) -> None:
        """Forget what earlier replies told about the clock."""
        self.calls_before = len(self.calls)

    def search(
        self,
        address: str,
        side: Side,
        start: datetime,
        end: datetime,
        statuses: Sequence[str],
        routes: Sequence[str] = (),
    ) -> TrackedMessages:
        self._called("search", (address, side, int(start.timestamp() * 1000), int(end.timestamp() * 1000)))
        if address in self.failing:
            raise self.failing[address]
        low, high = int(start.timestamp()) * SECOND, int(end.timestamp()) * SECOND
        matching = [
            record
            for record in self.visible()
            if low <= record.received_ms // SECOND * SECOND <= high
            and (not statuses or record.tracked_status in statuses)
            and (not routes or record.route in routes)
            and _matches(address, record.sender if side is Side.SENDER else record.recipient)
        ]
        if any(record.received_ms // SECOND in self.undecodable for record in matching):
            raise UndecodableReply("The reply is not complete JSON.")
        matching.sort(key=lambda record: (record.received_ms, record.id), reverse=self.newest_first)
        if self.shuffled:
            Random(len(self.calls)).shuffle(matching)
        total = len(matching)
        if self.max_rows:
            matching = matching[: self.max_rows]
        completeness = Completeness()
        if self.paging == "total":
            kind = CompletenessKind.PROVED if len(matching) == total else CompletenessKind.PARTIAL
            completeness = Completeness(kind, total, pages=1, rows=len(matching))
        return TrackedMessages([record.row() | {"id": self.shown_id(record)} for record in matching], completeness)

    def shown_id(self, record: Record) -> str:
        """The tracking id of a record in the form of this tenant."""
        suffixes = {"stable": "", "status": f"|{record.tracked_status}", "caller": f"|{self.caller}"}
        return record.id + suffixes[self.id_form]

    def info(self, tracking_id: str) -> MessageInfo:
        self._called("info", tracking_id)
        if tracking_id == self.kill_on_info_of:
            raise Killed
        if tracking_id in self.failing:
            raise self.failing[tracking_id]
        record = self.records.get(tracking_id.partition("|")[0])
        if record is None or record.deleted:
            raise NotFound("Mimecast does not know the id.")
        return MessageInfo.read(record.info())

    def holds(self, start: datetime, end: datetime, page_size: int) -> Holds:
        return Holds(self._holds(start, end))

    def _holds(self, start: datetime, end: datetime) -> Iterator[HeldMessage]:
        self._called("holds", (start, end))
        low, high = int(start.timestamp() * 1000), int(end.timestamp() * 1000)
        for record in list(self.records.values()):
            is_held = record.status == "held" and not record.deleted and record.visible_ms <= self.now_ms
            if is_held and low <= record.received_ms + record.hold_seconds * SECOND <= high:
                if record.received_ms // SECOND in self.undecodable:
                    raise UndecodableReply("The reply is not complete JSON.")
                yield HeldMessage.read(record.hold())

    def detail(self, hold_id: str) -> MessageDetail:
        self._called("detail", hold_id)
        record = self.records[hold_id.removeprefix("hold-")]
        attachments = [
            {"id": f"{record.id}/{number}", "filename": f"file-{number}.txt", "size": len(content)}
            for number, content in enumerate(record.attachments)
        ]
        return MessageDetail.read({"id": hold_id, "attachments": attachments})

    @contextmanager
    def file(self, attachment: Attachment, max_bytes: int) -> Iterator[SpooledFile]:
        self._called("file", attachment.id)
        record_id, _, number = attachment.id.rpartition("/")
        content = self.records[record_id].attachments[int(number)]
        yield SpooledFile(BytesIO(content), len(content), "0" * 64, "")

    def _called(self, endpoint: str, argument: Any) -> None:
        until_ms = self.limited_until_ms.get(endpoint, 0)
        if until_ms > self.now_ms:
            until, wait = datetime.fromtimestamp(until_ms / 1000, UTC), (until_ms - self.now_ms) / 1000
            raise RateLimited("Rate limit exceeded.", endpoint=endpoint, wait=wait, until=until)
        self.calls.append((endpoint, argument))
        if endpoint in self.failing:
            self.rate_limited += isinstance(self.failing[endpoint], RateLimited)
            raise self.failing[endpoint]


@dataclass
class ModelHost:
    """A delivery and a state store that outlive a kill. A test chooses where to kill."""

    alerts: list[Alert] = field(default_factory=list)
    parts: dict[str, bytes] = field(default_factory=dict)
    kill_at: str = ""
    kill_after: int = 0
    overflowing: frozenset[str] = frozenset()

    # The interface `Delivery`

    def delivered_since(self, token: str) -> list[str]:
        return [alert.ticket_id for alert in self.alerts[int(token or 0) :]]

    def deliver(self, alert: Alert) -> DeliveryResult:
        self._kill_if_chosen("before deliver")
        if alert.rule_generator in self.overflowing:
            return DeliveryResult.OVERFLOWED
        self.alerts.append(alert)
        self._kill_if_chosen("after deliver")
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        self._kill_if_chosen("flush")
        return str(len(self.alerts))

    # The interface `StateStore`

    def load(self) -> Mapping[str, bytes]:
        return dict(self.parts)

    def commit(self, parts: Mapping[str, bytes]) -> None:
        self._kill_if_chosen("before commit")
        self.parts = dict(parts)
        self._kill_if_chosen("after commit")

    def tickets(self) -> list[str]:
        return [alert.ticket_id for alert in self.alerts]

    def _kill_if_chosen(self, where: str) -> None:
        if where == self.kill_at:
            if self.kill_after <= 0:
                self.kill_at = ""
                raise Killed
            self.kill_after -= 1
