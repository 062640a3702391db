"""A tenant in a few lines, whose clock, failures and kills a test owns. It shares no code with the engine's reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from mimecast_secops.api import Attachment, HeldMessage, MessageDetail, MessageInfo, SpooledFile, TrackedMessage
from mimecast_secops.api.errors import MimecastError, NotFound, UndecodableReply
from mimecast_secops.ingest import Alert, DeliveryResult, Side

SECOND = 1000
HOUR = 3600 * SECOND
START = 1_790_000_000_000
DOMAIN = "example.com"


class Killed(BaseException):
    """The process is gone: nothing catches this."""


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
    listed: bool = True  # whether the tracking search shows it
    attachments: tuple[bytes, ...] = ()
    recipients: list[Any] | None = None  # what `to` carries, where it is not the recipient

    def row(self) -> dict[str, Any]:
        to = [{"emailAddress": self.recipient}] if self.recipients is None else self.recipients
        return {
            "id": self.id,
            "status": self.status,
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
            "dateReceived": stamp(self.received_ms),
        }

    def info(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "status": self.status,
            "recipientInfo": {
                "messageInfo": {"subject": self.subject, "fromEnvelope": self.sender},
                "txInfo": {"queueDetailStatus": "Message Hold Applied", "to": self.recipient},
            },
            "queueInfo": {"reason": self.reason},
            "spamInfo": {"spamProcessingDetail": {"verdict": {"risk": self.risk}}},
        }


@dataclass
class ModelTenant:
    now_ms: int = START
    records: dict[str, Record] = field(default_factory=dict)
    most_rows: int = 0
    newest_first: bool = True
    failing: dict[str, MimecastError] = field(default_factory=dict)  # function, or record id → error
    kill_on_info_of: str = ""
    machine_ahead: float = 0.0  # seconds that the connector's clock is ahead of the tenant's
    tells_time: bool = True  # whether replies carry a Date
    calls_before: int = 0
    undecodable: set[int] = field(default_factory=set)  # seconds (unix) whose rows make a reply undecodable
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def add(self, record: Record) -> Record:
        self.records[record.id] = record
        return record

    def clock(self) -> float:
        return self.now_ms / 1000 + self.machine_ahead

    def visible(self) -> list[Record]:
        return [
            one for one in self.records.values() if one.visible_ms <= self.now_ms and one.listed and not one.deleted
        ]

    # what the engine asks

    @property
    def requests_sent(self) -> int:
        return len(self.calls)

    @property
    def clock_skew(self) -> float | None:
        return self.machine_ahead if self.tells_time and len(self.calls) > self.calls_before else None

    def begin_cycle(self) -> None:
        """What earlier replies told about the clock is void."""
        self.calls_before = len(self.calls)

    def search(
        self, place: str, side: Side, start: datetime, end: datetime, statuses: Sequence[str]
    ) -> list[TrackedMessage]:
        self._called("search", (place, side, int(start.timestamp() * 1000), int(end.timestamp() * 1000)))
        low, high = int(start.timestamp()) * SECOND, int(end.timestamp()) * SECOND
        found = [
            one
            for one in self.visible()
            if low <= one.received_ms // SECOND * SECOND <= high
            and (not statuses or one.status in statuses)
            and place in ((side is Side.RECIPIENT and (one.recipient, one.recipient.split("@")[1])) or (one.sender,))
        ]
        if any(one.received_ms // SECOND in self.undecodable for one in found):
            raise UndecodableReply("The reply is not complete JSON.")
        found.sort(key=lambda one: (one.received_ms, one.id), reverse=self.newest_first)
        if self.most_rows:
            found = found[: self.most_rows]
        return [TrackedMessage.read(one.row()) for one in found]

    def info(self, tracking_id: str) -> MessageInfo:
        self._called("info", tracking_id)
        if tracking_id == self.kill_on_info_of:
            raise Killed
        if tracking_id in self.failing:
            raise self.failing[tracking_id]
        one = self.records.get(tracking_id)
        if one is None or one.deleted:
            raise NotFound("Mimecast does not know the id.")
        return MessageInfo.read(one.info())

    def holds(self, start: datetime, end: datetime, page_size: int) -> Iterator[HeldMessage]:
        self._called("holds", (start, end))
        low, high = int(start.timestamp() * 1000), int(end.timestamp() * 1000)
        for one in list(self.records.values()):
            waits = one.status == "held" and not one.deleted and one.visible_ms <= self.now_ms
            if waits and low <= one.received_ms <= high:
                if one.received_ms // SECOND in self.undecodable:
                    raise UndecodableReply("The reply is not complete JSON.")
                yield HeldMessage.read(one.hold())

    def detail(self, hold_id: str) -> MessageDetail:
        self._called("detail", hold_id)
        one = self.records[hold_id.removeprefix("hold-")]
        listed = [
            {"id": f"{one.id}/{number}", "filename": f"file-{number}.txt", "size": len(content)}
            for number, content in enumerate(one.attachments)
        ]
        return MessageDetail.read({"id": hold_id, "attachments": listed})

    @contextmanager
    def file(self, attachment: Attachment, max_bytes: int) -> Iterator[SpooledFile]:
        self._called("file", attachment.id)
        owner, _, number = attachment.id.rpartition("/")
        content = self.records[owner].attachments[int(number)]
        yield SpooledFile(BytesIO(content), len(content), "0" * 64, "")

    def _called(self, endpoint: str, what: Any) -> None:
        self.calls.append((endpoint, what))
        if endpoint in self.failing:
            raise self.failing[endpoint]


@dataclass
class Ledgered:
    """What outlives a kill: the alerts that were delivered durably, and the committed state. Kills strike on demand."""

    alerts: list[Alert] = field(default_factory=list)
    parts: dict[str, bytes] = field(default_factory=dict)
    kill_at: str = ""
    kill_after: int = 0
    overflowing: frozenset[str] = frozenset()

    # the delivery

    def delivered_since(self, token: str) -> list[str]:
        return [alert.ticket_id for alert in self.alerts[int(token or 0) :]]

    def deliver(self, alert: Alert) -> DeliveryResult:
        self._strike("before offer")
        if alert.rule_generator in self.overflowing:
            return DeliveryResult.OVERFLOWED
        self.alerts.append(alert)
        self._strike("after offer")
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        self._strike("finish")
        return str(len(self.alerts))

    # the store

    def load(self) -> Mapping[str, bytes]:
        return dict(self.parts)

    def commit(self, parts: Mapping[str, bytes]) -> None:
        self._strike("before commit")
        self.parts = dict(parts)
        self._strike("after commit")

    def tickets(self) -> list[str]:
        return [alert.ticket_id for alert in self.alerts]

    def _strike(self, where: str) -> None:
        if where == self.kill_at:
            if self.kill_after <= 0:
                self.kill_at = ""
                raise Killed
            self.kill_after -= 1
