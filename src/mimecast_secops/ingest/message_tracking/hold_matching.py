"""The hold queue as a second source, tied to message tracking.

No document says which field connects the two (API notes 6.2), so a held message is tied to a tracking record by
recipient, sender, subject and time, and only when exactly one fits in both directions: an attacker can send the same
mail twice, and a guess would release the wrong one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from mimecast_secops.api import HeldMessage
from mimecast_secops.ingest.record import PendingRecord, clip, to_ms

# Tracking and hold queue may name times a little apart [seen in a client: two seconds].
TOLERANCE_MS: Final = 5_000
# Somebody can send the same mail ten thousand times; how many fit is counted no further than this.
MOST_COUNTED: Final = 50
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class HoldMatch:
    """What the hold queue says about a record: its one entry, or how many fitted."""

    hold: HeldMessage | None
    fitting: int


class HoldIndex:
    """Entries of the hold queue by sender and subject.

    Args:
        holds: the entries that were listed.
    """

    def __init__(self, holds: Iterable[HeldMessage]) -> None:
        self.holds = {hold.id: hold for hold in holds if hold.id}
        self._by_key: dict[_Key, list[HeldMessage]] = defaultdict(list)
        for hold in self.holds.values():
            self._by_key[_key(hold.sender, hold.subject)].append(hold)

    def like(self, hold: HeldMessage) -> list[HeldMessage]:
        """The entries of the same sender and subject."""
        return self._by_key[_key(hold.sender, hold.subject)]

    def fitting(self, record: PendingRecord) -> Iterator[HeldMessage]:
        """The entries that may be this record. What the record does not name is not compared."""
        return (hold for hold in self._by_key.get(_key(record.sender, record.subject), ()) if fits(record, hold))


class RecordIndex:
    """Known tracking records by sender and subject: the other direction."""

    def __init__(self, records: Iterable[PendingRecord] = ()) -> None:
        self._by_key: dict[_Key, dict[str, PendingRecord]] = defaultdict(dict)
        for record in records:
            self.add(record)

    def add(self, record: PendingRecord) -> None:
        """Know one more."""
        self._by_key[_key(record.sender, record.subject)][record.id] = record

    def like(self, hold: HeldMessage) -> list[PendingRecord]:
        """The records of the same sender and subject."""
        return list(self._by_key.get(_key(hold.sender, hold.subject), {}).values())

    def fitting(self, hold: HeldMessage) -> Iterator[PendingRecord]:
        """The records that may be this entry."""
        known = self._by_key.get(_key(hold.sender, hold.subject), {})
        return (record for record in known.values() if fits(record, hold))


def tie(record: PendingRecord, holds: HoldIndex, records: RecordIndex) -> HoldMatch:
    """The entry of the hold queue that is this record, when exactly one fits and it fits no other record."""
    fitting = list(islice(holds.fitting(record), MOST_COUNTED))
    if len(fitting) != 1:
        return HoldMatch(None, len(fitting))
    twins = len(list(islice(records.fitting(fitting[0]), 2)))
    return HoldMatch(None, twins) if twins > 1 else HoldMatch(fitting[0], 1)


def pair(holds: Iterable[HeldMessage], records: Iterable[PendingRecord]) -> dict[str, PendingRecord]:
    """A record of its own for as many entries as possible: hold id → record. For counting, never for acting.

    Args:
        holds: entries of one sender and subject.
        records: records of the same.
    """
    paired: dict[str, PendingRecord] = {}
    free: dict[str, list[PendingRecord]] = defaultdict(list)
    jokers: list[PendingRecord] = []
    for record in sorted(records, key=lambda one: one.received_ms):
        vague = not record.recipient or "received" in record.defects
        (jokers if vague else free[record.recipient.casefold()]).append(record)
    nexts: dict[str, int] = defaultdict(int)
    for hold in sorted(holds, key=lambda one: to_ms(one.received) if one.received else 0):
        recipient = clip(hold.recipient).casefold()
        queue, position = free[recipient], nexts[recipient]
        # Both run in order of time, so a record that lies too far back fits no later entry either.
        while (
            position < len(queue)
            and hold.received
            and to_ms(hold.received) - queue[position].received_ms > TOLERANCE_MS
        ):
            position += 1
        if position < len(queue) and fits(queue[position], hold):
            paired[hold.id] = queue[position]
            position += 1
        else:
            joker = next((one for one in jokers if fits(one, hold)), None)
            if joker is not None:
                jokers.remove(joker)
                paired[hold.id] = joker
        nexts[recipient] = position
    return paired


def fits(record: PendingRecord, hold: HeldMessage) -> bool:
    """Whether recipient and time agree, as far as both sides name them."""
    if record.recipient and hold.recipient and record.recipient.casefold() != clip(hold.recipient).casefold():
        return False
    if hold.received is None or "received" in record.defects:
        return True
    return abs(to_ms(hold.received) - record.received_ms) <= TOLERANCE_MS


def _key(sender: str, subject: str) -> _Key:
    address = clip(sender)
    folded = address.casefold()
    # Nearly every address is in lower case already: then it is kept in memory once.
    return address if folded == address else folded, clip(subject).strip()
