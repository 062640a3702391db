"""Matching entries of the hold queue with tracking records.

No document says which field connects the two (docs/reference/mimecast-api.md#identifiers). If the details of a record
name the entry, by its text or by its number, that decides. Otherwise an entry matches a record by recipient, sender,
subject and time, and only if exactly one fits in both directions: an attacker can send the same message twice, and a
guess would release the wrong one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Protocol

from mimecast_secops.api import HeldMessage, Status
from mimecast_secops.api.secure_ids import SecureId, decode_secure_id
from mimecast_secops.ingest.message_tracking.candidates import (
    MAX_COUNTED,
    TOLERANCE_MS,
    Alike,
    Candidate,
    MatchKey,
    Message,
    candidate_of_hold,
    candidate_of_record,
    key_of_hold,
    key_of_record,
)
from mimecast_secops.ingest.record import PendingRecord


class Evidence(Enum):
    """What ties an entry of the hold queue to a record."""

    IDS = "ids"
    """The details of the record name the entry."""
    CONTENT = "content"
    """Recipient, sender, subject and time agree, and no other message fits."""
    NONE = "none"
    """Nothing."""


@dataclass(frozen=True, slots=True)
class HoldMatch:
    """The entry of the hold queue that belongs to a record, or how many could.

    Attributes:
        hold: the entry; None if there is none or it is not known which.
        candidates: how many entries or records could belong together; 1 with an entry.
        evidence: what ties the entry to the record.
    """

    hold: HeldMessage | None
    candidates: int
    evidence: Evidence = Evidence.NONE


class HoldIndex:
    """Entries of the hold queue by sender and subject, and by the numbers in their ids.

    Args:
        holds: the listed entries; one without an id is ignored.

    Attributes:
        holds: hold id → entry.
        offset_ms: how much later the times of the queue are than those of message tracking. It is set before the
            first comparison.
    """

    def __init__(self, holds: Iterable[HeldMessage], offset_ms: int = 0) -> None:
        self.holds = {hold.id: hold for hold in holds if hold.id}
        self.offset_ms = offset_ms
        self._by_key: defaultdict[MatchKey, list[HeldMessage]] = defaultdict(list)
        self._candidates: dict[MatchKey, Alike[HeldMessage]] = {}
        for hold in self.holds.values():
            self._by_key[key_of_hold(hold)].append(hold)

    def groups(self) -> Iterable[tuple[MatchKey, Sequence[HeldMessage]]]:
        """The entries, grouped by sender and subject."""
        return self._by_key.items()

    def alike(self, key: MatchKey) -> Alike[HeldMessage]:
        """The entries with this sender and subject."""
        return _cached(self._candidates, key, lambda: map(self.candidate, self._by_key.get(key, ())))

    def candidate(self, hold: HeldMessage) -> Candidate[HeldMessage]:
        """What is compared of an entry, with its time as message tracking shows it."""
        return candidate_of_hold(hold, self.offset_ms)

    def tie(self, queue_id: str) -> HoldMatch | None:
        """The entry that the details of a record name.

        Args:
            queue_id: the id of the queue item in the details.

        Returns:
            None if the ids do not tell, or no listed entry has that number.
        """
        if queue_id in self.holds:
            return HoldMatch(self.holds[queue_id], 1, Evidence.IDS)
        secure_id = decode_secure_id(queue_id) if queue_id else None
        if secure_id is None or secure_id.hold_number is None:
            return None
        named = [
            hold for other, hold in self._by_number.get(secure_id.hold_number, ()) if secure_id.is_same_hold(other)
        ]
        return HoldMatch(named[0], 1, Evidence.IDS) if len(named) == 1 else None

    @cached_property
    def _by_number(self) -> dict[int, list[tuple[SecureId, HeldMessage]]]:
        by_number: defaultdict[int, list[tuple[SecureId, HeldMessage]]] = defaultdict(list)
        for hold in self.holds.values():
            secure_id = decode_secure_id(hold.id)
            if secure_id is not None and secure_id.hold_number is not None:
                by_number[secure_id.hold_number].append((secure_id, hold))
        return by_number


def grouped(holds: Iterable[HeldMessage]) -> Iterable[Sequence[HeldMessage]]:
    """Entries of the hold queue, grouped by sender and subject."""
    by_key: defaultdict[MatchKey, list[HeldMessage]] = defaultdict(list)
    for hold in holds:
        by_key[key_of_hold(hold)].append(hold)
    return by_key.values()


class RecordIndex:
    """Tracking records by sender and subject.

    Args:
        records: the records; a later one replaces an earlier one with the same id.
    """

    def __init__(self, records: Iterable[PendingRecord] = ()) -> None:
        self._by_key: defaultdict[MatchKey, dict[str, PendingRecord]] = defaultdict(dict)
        self._candidates: dict[MatchKey, Alike[PendingRecord]] = {}
        for record in records:
            self.add(record)

    def add(self, record: PendingRecord) -> None:
        """Add or replace a record."""
        key = key_of_record(record)
        self._by_key[key][record.id] = record
        self._candidates.pop(key, None)

    def __iter__(self) -> Iterator[PendingRecord]:
        return (record for alike in self._by_key.values() for record in alike.values())

    def alike(self, key: MatchKey) -> Alike[PendingRecord]:
        """The records with this sender and subject."""
        return _cached(self._candidates, key, lambda: map(candidate_of_record, self._by_key.get(key, {}).values()))


class Lookup(Protocol[Message]):
    """Messages by sender and subject."""

    def alike(self, key: MatchKey) -> Alike[Message]:
        """The messages with this sender and subject."""


def match_one(record: PendingRecord, holds: Lookup[HeldMessage], records: Lookup[PendingRecord]) -> HoldMatch:
    """The entry that belongs to a record: the only one that could, and that could belong to no other held record."""
    key = key_of_record(record)
    matching_holds = holds.alike(key).matching(candidate_of_record(record))
    if len(matching_holds) != 1:
        return HoldMatch(None, len(matching_holds))
    [hold] = matching_holds
    # A held message may have a second record, as accepted, which is no other message.
    matching_records = records.alike(key).matching(hold)
    held = sum(candidate.message.status == Status.HELD for candidate in matching_records)
    if held > 1 or len(matching_records) >= MAX_COUNTED:
        return HoldMatch(None, 2)
    return HoldMatch(hold.message, 1, Evidence.CONTENT)


def match_all(
    holds: Iterable[Candidate[HeldMessage]], records: Iterable[Candidate[PendingRecord]]
) -> dict[str, PendingRecord]:
    """Assign a different record to each entry, for as many entries as possible. Only for counting: it may guess.

    Args:
        holds: entries with one sender and subject.
        records: records with the same.

    Returns:
        Hold id → record.
    """
    matched: dict[str, PendingRecord] = {}
    by_recipient: defaultdict[str, list[Candidate[PendingRecord]]] = defaultdict(list)
    wildcards: list[Candidate[PendingRecord]] = []
    for record in sorted(records, key=lambda candidate: candidate.message.received_ms):
        is_wildcard = not record.recipient or record.received_ms is None
        (wildcards if is_wildcard else by_recipient[record.recipient]).append(record)
    positions: defaultdict[str, int] = defaultdict(int)
    for hold in sorted(holds, key=lambda candidate: candidate.received_ms or 0):
        queue, position = by_recipient[hold.recipient], positions[hold.recipient]
        # Both run in order of time, so a record that is too old for this entry is too old for the later ones.
        while position < len(queue) and _is_too_old(queue[position], hold):
            position += 1
        if position < len(queue) and queue[position].could_be(hold):
            matched[hold.message.id] = queue[position].message
            position += 1
        else:
            wildcard = next((candidate for candidate in wildcards if candidate.could_be(hold)), None)
            if wildcard is not None:
                wildcards.remove(wildcard)
                matched[hold.message.id] = wildcard.message
        positions[hold.recipient] = position
    return matched


def _cached(
    cache: dict[MatchKey, Alike[Message]], key: MatchKey, make: Callable[[], Iterable[Candidate[Message]]]
) -> Alike[Message]:
    """The candidates of a key. Only groups are cached: most keys have one message, and caching all costs memory."""
    candidates = cache.get(key)
    if candidates is None:
        candidates = Alike(make())
        if len(candidates) > 1:
            cache[key] = candidates
    return candidates


def _is_too_old(record: Candidate[PendingRecord], hold: Candidate[HeldMessage]) -> bool:
    if record.received_ms is None or hold.received_ms is None:
        return False
    return hold.received_ms - record.received_ms > TOLERANCE_MS
