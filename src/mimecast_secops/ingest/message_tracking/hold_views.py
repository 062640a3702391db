"""Pairs of a hold and a tracking record that show one message in two ways.

Tenants may show another time, sender, subject or recipient in the hold queue than in message tracking
(docs/reference/mimecast-api.md#identifiers [open]). Only messages for which the exact comparison leaves no candidate
are compared here, and a pair differs in as little as possible: each rule takes what the stricter ones leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum
from statistics import median_low
from typing import Final

from mimecast_secops.api import HeldMessage
from mimecast_secops.ingest.clock import HOUR_MS, MINUTE_MS
from mimecast_secops.ingest.message_tracking.candidates import TOLERANCE_MS, Candidate
from mimecast_secops.ingest.message_tracking.view_rules import LONG_EDGE, SHORT_EDGE, Rule, View, groups, pairs, view_of
from mimecast_secops.ingest.record import PendingRecord, clip

WIDE_TOLERANCE_MS: Final = 2 * MINUTE_MS
# The times of two zones differ by hours.
_MAX_OFFSET_MS: Final = 15 * HOUR_MS
_MIN_PAIRS_FOR_OFFSET: Final = 3
_MIN_OFFSET_SHARE: Final = 0.6
_RULES: Final = (
    Rule(("recipient", "sender", "subject"), WIDE_TOLERANCE_MS),
    Rule(("recipient", "subject")),
    Rule(("recipient", "sender"), edge=LONG_EDGE),
    Rule(("recipient", "sender"), edge=SHORT_EDGE),
    Rule(("recipient",), edge=LONG_EDGE),
)
_ALIAS_RULE: Final = Rule(("sender", "subject"))


class Difference(Enum):
    """In what the hold queue differs from message tracking."""

    TIME = "time"
    SENDER = "sender"
    SUBJECT = "subject"
    RECIPIENT = "recipient"


@dataclass(frozen=True, slots=True)
class Pair:
    """A hold and a record that belong together.

    Attributes:
        hold: the hold.
        record: the record.
        is_unique: whether no other hold and no other record fits. If not, the pair only says that there are as many
            records as holds; it must not give an alert its hold ID.
        differences: in what they differ.
        offset_ms: how much later the time of the hold is, besides the offset that the hold was corrected by.
    """

    hold: HeldMessage
    record: PendingRecord
    is_unique: bool
    differences: frozenset[Difference]
    offset_ms: int


@dataclass(slots=True)
class HoldViews:
    """The pairs of one comparison.

    Attributes:
        by_hold: hold ID → pair.
        by_record: record ID → pair.
        offset_ms: how much later all times of the hold queue are; 0 if that is not systematic.
        free_holds: the holds without a record.
        free_records: the records without a hold.
    """

    by_hold: dict[str, Pair] = field(default_factory=dict)
    by_record: dict[str, Pair] = field(default_factory=dict)
    offset_ms: int = 0
    free_holds: list[View[HeldMessage]] = field(default_factory=list)
    free_records: list[View[PendingRecord]] = field(default_factory=list)

    def hold_of(self, record_id: str) -> HeldMessage | None:
        """The hold that belongs to a record, if the pair is unique."""
        pair = self.by_record.get(record_id)
        return pair.hold if pair and pair.is_unique else None

    def differences(self) -> Counter[Difference]:
        """How many pairs differ in what."""
        return Counter(difference for pair in self.by_hold.values() for difference in pair.differences)

    def unknown_values(self) -> Counter[Difference]:
        """Of how many free holds no free record has the recipient, the sender, or the subject."""
        counts: Counter[Difference] = Counter()
        for difference in (Difference.RECIPIENT, Difference.SENDER, Difference.SUBJECT):
            values = {getattr(record, difference.value) for record in self.free_records}
            counts[difference] = sum(getattr(hold, difference.value) not in values for hold in self.free_holds)
        return counts


def compare_views(
    holds: Iterable[Candidate[HeldMessage]],
    records: Iterable[Candidate[PendingRecord]],
    *,
    shared_recipients: Set[str] = frozenset(),
) -> HoldViews:
    """Pair holds with held records. Messages without a time are left out.

    The work grows with the number of messages and not with its square, because a sender can make them all alike.

    Args:
        holds: the holds, their times corrected by an offset that is already known.
        records: the records.
        shared_recipients: the recipients that both lists name for any message. A message to one of them does not
            account for the same message to another recipient.
    """
    views = HoldViews()
    hold_views = [view_of(hold) for hold in holds if hold.received_ms is not None]
    record_views = [view_of(record) for record in records if record.received_ms is not None]
    views.offset_ms = _systematic_offset(hold_views, record_views)
    free_holds = {view.message.id: view._replace(time_ms=view.time_ms - views.offset_ms) for view in hold_views}
    free_records = {view.message.id: view for view in record_views}
    for rule in (*_RULES, _ALIAS_RULE):
        left_holds, left_records = list(free_holds.values()), list(free_records.values())
        if rule is _ALIAS_RULE:
            # Where the queue shows aliases, neither list names the recipients of the other one.
            left_holds = [view for view in left_holds if view.recipient not in shared_recipients]
            left_records = [view for view in left_records if view.recipient not in shared_recipients]
        for hold, record, is_unique in pairs(rule, left_holds, left_records):
            del free_holds[hold.message.id], free_records[record.message.id]
            pair = _pair(hold, record, is_unique=is_unique, offset_ms=views.offset_ms)
            views.by_hold[hold.message.id] = views.by_record[record.message.id] = pair
    views.free_holds, views.free_records = list(free_holds.values()), list(free_records.values())
    return views


def _pair(hold: View[HeldMessage], record: View[PendingRecord], *, is_unique: bool, offset_ms: int) -> Pair:
    apart_ms = hold.time_ms + offset_ms - record.time_ms
    differs = {
        Difference.TIME: abs(apart_ms) > TOLERANCE_MS,
        Difference.SENDER: hold.sender != record.sender,
        Difference.SUBJECT: clip(hold.message.subject).strip() != record.message.subject.strip(),
        Difference.RECIPIENT: hold.recipient != record.recipient,
    }
    differences = frozenset(difference for difference in differs if differs[difference])
    return Pair(hold.message, record.message, is_unique, differences, apart_ms)


def _systematic_offset(holds: Sequence[View[HeldMessage]], records: Sequence[View[PendingRecord]]) -> int:
    """How much later the holds are, if most of the messages that are unique in two fields of three agree on it."""
    offsets: dict[str, int] = {}
    for parts in (("recipient", "subject"), ("recipient", "sender"), ("sender", "subject")):
        rule = Rule(parts)
        record_groups = groups(rule, records)
        for key, group in groups(rule, holds).items():
            alike = record_groups.get(key)
            if alike and len(group.views) == len(alike.views) == 1:
                offset_ms = group.views[0].time_ms - alike.views[0].time_ms
                if abs(offset_ms) <= _MAX_OFFSET_MS:
                    offsets.setdefault(group.views[0].message.id, offset_ms)
    if not offsets:
        return 0
    middle = median_low(offsets.values())
    near = sum(abs(offset - middle) <= TOLERANCE_MS for offset in offsets.values())
    is_systematic = near >= max(_MIN_PAIRS_FOR_OFFSET, _MIN_OFFSET_SHARE * len(offsets))
    return middle if is_systematic and abs(middle) > TOLERANCE_MS else 0
