"""The hold queue as an index of held records, sorted by time: a page costs the same in a queue of any length."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mimecast_secops.simulator.tenant.records import TrackingRecord

QueueKey = tuple[datetime, str]


@dataclass(slots=True)
class HoldQueue:
    """The keys (received, tracking id) of all held records.

    Most records are held when they are received. Their keys are sorted, and a period is a slice of them. The few that
    become held later are stored separately, because their time in the queue differs from the time in the key.
    """

    _keys: list[QueueKey] = field(default_factory=list)
    _late: dict[str, tuple[datetime, QueueKey]] = field(default_factory=dict)
    _members: dict[str, datetime] = field(default_factory=dict)

    def update(self, record: TrackingRecord) -> None:
        """Add, remove or move the record according to its state."""
        held_at = (record.held_at or record.received) if record.is_held else None
        present = self._members.get(record.id)
        if present == held_at:
            return
        if present is not None:
            self._remove(record)
        if held_at is not None:
            self._insert(record, held_at)

    def between(self, start: datetime | None, end: datetime | None) -> Sequence[QueueKey]:
        """The keys of the records held from `start` to `end`, both included, sorted by the time of receipt."""
        low = bisect.bisect_left(self._keys, (start, "")) if start else 0
        high = bisect.bisect_right(self._keys, (end, "\uffff")) if end else len(self._keys)
        keys = self._keys[low:high]
        late = [
            key
            for held_at, key in self._late.values()
            if (start is None or held_at >= start) and (end is None or held_at <= end)
        ]
        return sorted(keys + late) if late else keys

    def _insert(self, record: TrackingRecord, held_at: datetime) -> None:
        key = (record.received, record.id)
        self._members[record.id] = held_at
        if held_at == record.received:
            bisect.insort(self._keys, key)
        else:
            self._late[record.id] = (held_at, key)

    def _remove(self, record: TrackingRecord) -> None:
        del self._members[record.id]
        if self._late.pop(record.id, None) is None:
            del self._keys[bisect.bisect_left(self._keys, (record.received, record.id))]
