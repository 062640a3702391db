"""The tenant: messages, hold queue, policies, and the operations on them."""

from __future__ import annotations

import bisect
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mimecast_secops.simulator.ids import IdGenerator
from mimecast_secops.simulator.mail.hold_rules import Hold, matching_hold
from mimecast_secops.simulator.mail.parser import Email, Part, parse_email
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.hold_queue import HoldQueue, QueueKey
from mimecast_secops.simulator.tenant.records import HoldDecision, ManagedSender, MessageReport, Policy, TrackingRecord
from mimecast_secops.simulator.tenant.rights import (
    PERMISSIONS,
    PRODUCTS,
    ApplicationV2,
    KeysV1,
    new_application,
    new_keys,
)

_SANDBOX_HOLD: Final = Hold("Sandbox", "Attachment Sandbox", "high")
DEFAULT_DOMAIN: Final = "example.com"
# The recipient headers of a message can contain any text.
_VALID_DOMAIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
HOLD_RETENTION: Final = timedelta(days=14)


@dataclass(slots=True)
class Clock:
    """The tenant's clock: the real time, or the time `frozen`, plus `offset`."""

    offset: timedelta = timedelta()
    frozen: datetime | None = None

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return (self.frozen or datetime.now(UTC)) + self.offset


@dataclass(slots=True)
class Tenant:
    """A tenant in memory. Not thread-safe: only one thread at a time may use it.

    Attributes:
        quirks: the behaviour where Mimecast's documents disagree or are silent.
        clock: the clock.
        ids: the generator of IDs.
        domains: the internal domains.
        keys: the keys of API 1.0.
        application: the application of API 2.0.
        search_reason: whether searches need a reason.
        tracked: all records, by tracking id.
        shown_tracking_ids: records by the tracking ids that a search has shown (`id_forms`).
        by_hold_id: all records, by hold id.
        by_archive_id: all records, by archive id.
        by_time: (time of receipt, tracking id) of all records, sorted.
        by_internet_id: all records, by Message-ID.
        queue: the index of the hold queue.
        raw_subjects: placeholder → bytes of a raw subject.
        delayed_decisions: the records with a decision that has not taken effect, by tracking id.
        files: the files that can be downloaded, by file id.
        file_ids: (identity, size) of a file's content → file id.
        decisions: the releases and rejections, oldest first.
        reports: the reports, oldest first.
        managed_senders: the permitted and blocked senders, by (sender, recipient) in lowercase.
        policies: the blocked-sender policies, by id.
    """

    quirks: Quirks = field(default_factory=Quirks)
    clock: Clock = field(default_factory=Clock)
    ids: IdGenerator = field(default_factory=IdGenerator)
    domains: set[str] = field(default_factory=lambda: {DEFAULT_DOMAIN})
    keys: KeysV1 = field(default_factory=new_keys)
    application: ApplicationV2 = field(default_factory=new_application)
    search_reason: bool = False
    tracked: dict[str, TrackingRecord] = field(default_factory=dict)
    shown_tracking_ids: dict[str, TrackingRecord] = field(default_factory=dict)
    by_hold_id: dict[str, TrackingRecord] = field(default_factory=dict)
    by_archive_id: dict[str, TrackingRecord] = field(default_factory=dict)
    by_time: list[tuple[datetime, str]] = field(default_factory=list)
    by_internet_id: dict[str, list[TrackingRecord]] = field(default_factory=dict)
    queue: HoldQueue = field(default_factory=HoldQueue)
    raw_subjects: dict[bytes, bytes] = field(default_factory=dict)
    delayed_decisions: dict[str, TrackingRecord] = field(default_factory=dict)
    files: dict[str, Part] = field(default_factory=dict)
    file_ids: dict[tuple[int, int], str] = field(default_factory=dict)
    decisions: list[HoldDecision] = field(default_factory=list)
    reports: list[MessageReport] = field(default_factory=list)
    managed_senders: dict[tuple[str, str], ManagedSender] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)

    # incoming messages

    def receive(self, raw: bytes, *, received: datetime | None = None) -> list[TrackingRecord]:
        """Deliver a message to the tenant.

        Every message is accepted. Without a valid recipient, the recipient is the postmaster. If neither the sender nor
        a recipient is in a domain of the tenant, the domains of the recipients become domains of the tenant.

        Args:
            raw: the message, as in an `.eml` file.
            received: the time of receipt. Default: now.

        Returns:
            The new records, one for each recipient.
        """
        mail = parse_email(raw)
        is_internal_sender = self.is_internal(mail.sender or mail.header_from)
        addresses = tuple(address for address in mail.recipients if _VALID_DOMAIN.fullmatch(_domain(address)))
        recipients = addresses or (f"postmaster@{min(self.domains)}",)
        if not is_internal_sender and not any(map(self.is_internal, recipients)):
            self.domains |= {_domain(address) for address in recipients}
        hold = matching_hold(mail)
        at = (received or self.clock.now()).replace(microsecond=0)
        return [self.add(mail, address, received=at, hold=hold) for address in recipients]

    def add(
        self, mail: Email, recipient: str, *, received: datetime, hold: Hold | None, status: str = ""
    ) -> TrackingRecord:
        """Add a record for one recipient. The default status is held or archived, depending on `hold`."""
        record = TrackingRecord(
            id=self.ids.new("tracking"),
            hold_id=self.ids.new("hold"),
            archive_id=self.ids.new("archive"),
            mail=mail,
            recipient=recipient,
            route=self._route(mail, recipient),
            status=status or ("held" if hold else "archived"),
            received=received,
            held_at=received if hold else None,
            hold=hold,
        )
        if self.quirks.late_every and len(self.tracked) % self.quirks.late_every == 0:
            record.visible_from = received + timedelta(seconds=self.quirks.late_seconds)
        self.tracked[record.id] = record
        self.by_hold_id[record.hold_id] = record
        self.by_archive_id[record.archive_id] = record
        bisect.insort(self.by_time, (received, record.id))
        if mail.message_id:
            self.by_internet_id.setdefault(mail.message_id, []).append(record)
        record.on_change = self.queue.update
        self.queue.update(record)
        return record

    # queries

    def tracking_record(self, tracking_id: str) -> TrackingRecord | None:
        """The record with a tracking id, in any form that a search has shown; None if there is none."""
        return self.tracked.get(tracking_id) or self.shown_tracking_ids.get(tracking_id)

    def is_internal(self, address: str) -> bool:
        """Whether an address is in a domain of the tenant."""
        return _domain(address) in self.domains

    def apply_due_decisions(self) -> None:
        """Apply the delayed decisions whose delay has passed."""
        now = self.clock.now()
        due = [
            record for record in self.delayed_decisions.values() if record.effective_at and record.effective_at <= now
        ]
        for record in due:
            del self.delayed_decisions[record.id]
            record.status, record.next_status = record.next_status, ""

    def between(self, start: datetime | None, end: datetime | None) -> Iterator[TrackingRecord]:
        """The records received from `start` to `end`, both included, oldest first. None stands for no limit."""
        low = bisect.bisect_left(self.by_time, (start, "")) if start else 0
        high = bisect.bisect_right(self.by_time, (end, "\uffff")) if end else len(self.by_time)
        for _, record_id in self.by_time[low:high]:
            record = self.tracked[record_id]
            if not record.deleted:
                yield record

    def newest(self) -> Iterator[TrackingRecord]:
        """All records, newest first."""
        records = (self.tracked[record_id] for _, record_id in reversed(self.by_time))
        return (record for record in records if not record.deleted)

    def held(self) -> Iterator[TrackingRecord]:
        """The records in the hold queue, newest first, without those older than `HOLD_RETENTION`."""
        return (self.tracked[record_id] for _, record_id in reversed(self.held_keys(None, None)))

    def held_keys(self, start: datetime | None, end: datetime | None) -> Sequence[QueueKey]:
        """The keys (received, tracking id) of the records held from `start` to `end`, oldest first."""
        self.apply_due_decisions()
        oldest = self.clock.now() - HOLD_RETENTION
        return self.queue.between(max(start, oldest) if start else oldest, end)

    def archived(self) -> Iterator[TrackingRecord]:
        """The records in the archive, newest first."""
        latest = self.clock.now() - timedelta(seconds=self.quirks.archive_delay)
        for record in self.newest():
            if record.status in ("archived", "delivery", "accepted") and record.received <= latest:
                yield record

    def by_message_id(self, message_id: str) -> Iterable[TrackingRecord]:
        """The records of a Message-ID, with or without `<>`, oldest first."""
        records = self.by_internet_id.get(message_id.strip("<> "), [])
        return sorted(
            (record for record in records if not record.deleted), key=lambda record: (record.received, record.id)
        )

    # changes

    def renewed(self, quirks: Quirks, domains: Iterable[str]) -> Tenant:
        """A tenant without messages and changes, with the same credentials and all permissions.

        Args:
            quirks: its quirks.
            domains: its internal domains.
        """
        return Tenant(
            quirks=replace(quirks),
            domains=set(domains),
            keys=replace(self.keys, permissions=set(PERMISSIONS), expired=False),
            application=replace(self.application, permissions=set(PERMISSIONS), products=set(PRODUCTS)),
        )

    def decide(self, hold_id: str, outcome: str, **details: Any) -> bool:
        """Release or reject a held message.

        Args:
            hold_id: the hold id; with the quirk `hold_accepts_tracking_id` also a tracking id.
            outcome: released, rejected or released to sandbox.
            details: `reason`, `message` and `notify` of the `HoldDecision`.

        Returns:
            Whether the message was held.
        """
        record = self.by_hold_id.get(hold_id)
        if record is None and self.quirks.hold_accepts_tracking_id:
            record = self.tracking_record(hold_id)
        if record is None or not record.is_held or record.next_status:
            return False
        now = self.clock.now()
        status = "rejected" if outcome == "rejected" else "archived"
        delay = max(self.quirks.hold_delay, self.quirks.decision_visible_after)
        if delay:
            record.next_status, record.effective_at = status, now + timedelta(seconds=delay)
            self.delayed_decisions[record.id] = record
        else:
            record.status = status
        self.decisions.append(HoldDecision(now, outcome, record.hold_id, record.id, record.recipient, **details))
        return True

    def file_id(self, part: Part) -> str:
        """The id to download a file with. Each file has one id."""
        key = (id(part.content), len(part.content))
        if key not in self.file_ids:
            self.file_ids[key] = self.ids.new("file")
            self.files[self.file_ids[key]] = part
        return self.file_ids[key]

    def manage_sender(self, sender: str, to: str, action: str) -> ManagedSender:
        """Permit or block a sender for a recipient. An existing entry is updated."""
        key = (sender.lower(), to.lower())
        entry = self.managed_senders.get(key) or ManagedSender("MTOKEN:" + self.ids.new("managed"), sender, to, action)
        entry.action = action
        self.managed_senders[key] = entry
        return entry

    def report(self, record: TrackingRecord, kind: str, comment: str) -> None:
        """Add a report of a message; `kind` is malware, spam or phishing."""
        self.reports.append(MessageReport(self.clock.now(), record.id, kind, comment))

    def set_status(self, record: TrackingRecord, status: str, *, at: datetime | None = None) -> None:
        """Change the status of a record. With `held`, the record is held since `at`, by default now."""
        record.status = status
        if status == "held":
            record.held_at = at or self.clock.now()
            record.hold = record.hold or _SANDBOX_HOLD

    def set_raw_subject(self, record: TrackingRecord, raw: bytes | None) -> None:
        """Put bytes unescaped between the quotes of the subject in every reply; None for the subject of the message."""
        record.subject_placeholder = record.subject_placeholder or f"raw-subject-{secrets.token_hex(16)}"
        record.raw_subject = raw
        self.raw_subjects.pop(record.subject_placeholder.encode(), None)
        if raw is not None:
            self.raw_subjects[record.subject_placeholder.encode()] = raw

    def insert_raw_subjects(self, body: bytes) -> bytes:
        """An encoded reply with the raw subjects in place of their placeholders."""
        for placeholder, raw in self.raw_subjects.items():
            body = body.replace(placeholder, raw)
        return body

    def _route(self, mail: Email, recipient: str) -> str:
        if self.is_internal(mail.sender or mail.header_from):
            return "internal" if self.is_internal(recipient) else "outbound"
        return "inbound"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
