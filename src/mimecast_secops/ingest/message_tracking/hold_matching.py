"""Matching entries of the hold queue with tracking records.

No document says which field connects the two (docs/reference/mimecast-api.md#identifiers), so an entry matches a record
by recipient, sender, subject and time, and only if exactly one fits in both directions: an attacker can send the same
message twice, and a guess would release the wrong one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, NamedTuple, TypeVar

from mimecast_secops.api import HeldMessage
from mimecast_secops.ingest.clock import to_ms
from mimecast_secops.ingest.record import PendingRecord, clip

# Tracking and hold queue may name times a little apart (docs/reference/mimecast-api.md#identifiers [seen in a client]:
# two seconds).
TOLERANCE_MS: Final = 5_000
# An attacker can send the same message ten thousand times; candidates are counted no further than this.
MAX_COUNTED: Final = 50
MatchKey = tuple[str, str]
"""Sender and subject, in the form in which both sides are compared."""
Message = TypeVar("Message")


class Candidate(NamedTuple, Generic[Message]):
    """A record or an entry with what is compared, computed once.

    `recipient` is in lower case, "" if the message names none. `received_ms` is None if it names no readable time.
    """

    message: Message
    recipient: str
    received_ms: int | None

    def could_be(self, other: Candidate[Any]) -> bool:
        """Whether recipient and time agree, as far as both messages name them. Sender and subject are not compared."""
        if self.recipient and other.recipient and self.recipient != other.recipient:
            return False
        if self.received_ms is None or other.received_ms is None:
            return True
        return abs(self.received_ms - other.received_ms) <= TOLERANCE_MS


@dataclass(frozen=True, slots=True)
class HoldMatch:
    """The entry of the hold queue that belongs to a record, or how many could."""

    hold: HeldMessage | None
    candidates: int


class HoldIndex:
    """Entries of the hold queue by sender and subject.

    Args:
        holds: the listed entries; one without an id is ignored.
    """

    def __init__(self, holds: Iterable[HeldMessage]) -> None:
        self.holds = {hold.id: hold for hold in holds if hold.id}
        self._by_key: defaultdict[MatchKey, list[HeldMessage]] = defaultdict(list)
        self._candidates: dict[MatchKey, list[Candidate[HeldMessage]]] = {}
        for hold in self.holds.values():
            self._by_key[key_of_hold(hold)].append(hold)

    def groups(self) -> Iterable[tuple[MatchKey, Sequence[HeldMessage]]]:
        """The entries, grouped by sender and subject."""
        return self._by_key.items()

    def alike(self, key: MatchKey) -> Sequence[Candidate[HeldMessage]]:
        """The entries with this sender and subject."""
        return _cached(self._candidates, key, lambda: map(candidate_of_hold, self._by_key.get(key, ())))


class RecordIndex:
    """Tracking records by sender and subject.

    Args:
        records: the records; a later one replaces an earlier one with the same id.
    """

    def __init__(self, records: Iterable[PendingRecord] = ()) -> None:
        self._by_key: defaultdict[MatchKey, dict[str, PendingRecord]] = defaultdict(dict)
        self._candidates: dict[MatchKey, list[Candidate[PendingRecord]]] = {}
        for record in records:
            self.add(record)

    def add(self, record: PendingRecord) -> None:
        """Add or replace a record."""
        key = key_of_record(record)
        self._by_key[key][record.id] = record
        self._candidates.pop(key, None)

    def alike(self, key: MatchKey) -> Sequence[Candidate[PendingRecord]]:
        """The records with this sender and subject."""
        return _cached(self._candidates, key, lambda: map(candidate_of_record, self._by_key.get(key, {}).values()))


def match_one(record: PendingRecord, holds: HoldIndex, records: RecordIndex) -> HoldMatch:
    """The entry that belongs to a record: the only one that could, and that could belong to no other record."""
    key = key_of_record(record)
    matching_holds = _matching(candidate_of_record(record), holds.alike(key), MAX_COUNTED)
    if len(matching_holds) != 1:
        return HoldMatch(None, len(matching_holds))
    [hold] = matching_holds
    matching_records = _matching(hold, records.alike(key), 2)
    return HoldMatch(None, len(matching_records)) if len(matching_records) > 1 else HoldMatch(hold.message, 1)


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


def candidate_of_hold(hold: HeldMessage) -> Candidate[HeldMessage]:
    """What is compared of an entry of the hold queue."""
    return Candidate(hold, _folded(clip(hold.recipient)), to_ms(hold.received) if hold.received else None)


def candidate_of_record(record: PendingRecord) -> Candidate[PendingRecord]:
    """What is compared of a tracking record."""
    return Candidate(record, _folded(record.recipient), None if "received" in record.defects else record.received_ms)


def key_of_hold(hold: HeldMessage) -> MatchKey:
    """The key under which an entry of the hold queue is found."""
    return _key(clip(hold.sender), clip(hold.subject))


def key_of_record(record: PendingRecord) -> MatchKey:
    """The key under which a record is found."""
    return _key(record.sender, record.subject)


def _cached(
    cache: dict[MatchKey, list[Candidate[Message]]], key: MatchKey, make: Callable[[], Iterable[Candidate[Message]]]
) -> Sequence[Candidate[Message]]:
    """The candidates of a key. Only groups are cached: most keys have one message, and caching all costs memory."""
    candidates = cache.get(key)
    if candidates is None:
        candidates = list(make())
        if len(candidates) > 1:
            cache[key] = candidates
    return candidates


def _matching(
    message: Candidate[Any], others: Iterable[Candidate[Message]], max_counted: int
) -> list[Candidate[Message]]:
    matching: Iterator[Candidate[Message]] = (other for other in others if message.could_be(other))
    return list(islice(matching, max_counted))


def _is_too_old(record: Candidate[PendingRecord], hold: Candidate[HeldMessage]) -> bool:
    if record.received_ms is None or hold.received_ms is None:
        return False
    return hold.received_ms - record.received_ms > TOLERANCE_MS


def _key(sender: str, subject: str) -> MatchKey:
    return _folded(sender), subject.strip()


def _folded(text: str) -> str:
    folded = text.casefold()
    # Nearly every address is in lower case already: then the same string is kept, not a copy.
    return text if folded == text else folded
