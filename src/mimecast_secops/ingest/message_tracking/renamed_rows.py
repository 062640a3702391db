"""Rows of messages that are known under another id.

A row with a new id is a known message only if the id of that message has disappeared from a period that was read
completely, and only once for each known message. Two identical emails stay two messages: the first one keeps its id, or
takes one new row. When in doubt, a row counts as new: an alert may come again, but none is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mimecast_secops.api import Status, TrackedMessage
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.known_messages import KnownMessage
from mimecast_secops.ingest.record import PendingRecord, tracking_id

# Statuses before a decision. A held message can have had one of them, and no other.
_UNDECIDED: Final = frozenset({"processing", "accepted", "deferred"})
_SECONDS_PER_MINUTE: Final = 60
# From this many known messages of a period on, it is no chance that nearly all of them have disappeared.
_MANY: Final = 5
_NEARLY_ALL: Final = 0.9
_MANY_PAIRS: Final = 3


@dataclass(frozen=True)
class ReadPeriod:
    """A period that was read completely.

    Attributes:
        start_ms: its start, in unix milliseconds.
        end_ms: its end.
        rows: all its rows.
        statuses: the statuses that were searched; empty for all.
    """

    start_ms: int
    end_ms: int
    rows: Collection[TrackedMessage]
    statuses: Sequence[str]


class RenamedRows:
    """Recognizes known messages among the new rows of one period.

    Args:
        cycle: the cycle.
        period: the period; None if its rows say nothing about which ids have disappeared.
    """

    def __init__(self, cycle: Cycle, period: ReadPeriod | None) -> None:
        self._cycle = cycle
        self._known = cycle.state.known_messages
        self._period = period
        self._renamed = 0

    def new(self, rows: Sequence[tuple[TrackedMessage, PendingRecord]]) -> Iterator[PendingRecord]:
        """The records that are new, and become pending. The others are marked as known.

        Args:
            rows: rows whose ids are not known and that pass the filters on a row, with their records.
        """
        seconds = self._second_rows(rows)
        for message, record in rows:
            described = self._known.describe(record.id, message)
            known = described and self._find(described)
            if described and known:
                self._known.replace(known, described)
                self._cycle.state.rename(known.id, record.id, self._cycle.now_ms)
                self._cycle.skip_known(record.id)
                self._renamed += 1
            elif record.id in seconds:
                self._cycle.state.mark_delivered(record.id, self._cycle.now_ms)
                self._cycle.skip_known(record.id)
            else:
                if described:
                    self._known.add(described)
                yield record
        self._report(len(seconds))

    def _find(self, row: KnownMessage) -> KnownMessage | None:
        alike = self._known.alike(row)
        # A number in the ids decides before anything else.
        same = next((known for known in alike if known.is_same(row)), None)
        return same or next((known for known in alike if self._is_renamed(known, row)), None)

    def _is_renamed(self, known: KnownMessage, row: KnownMessage) -> bool:
        is_same_time = known.second == row.second or (
            row.status != Status.HELD and row.second == known.second // _SECONDS_PER_MINUTE * _SECONDS_PER_MINUTE
        )
        return (
            is_same_time and known.is_same(row) is None and self._has_disappeared(known) and self._follows(known, row)
        )

    def _follows(self, known: KnownMessage, row: KnownMessage) -> bool:
        """Whether a known message can have this status now."""
        if row.status == known.status:
            return self._are_all_renamed
        return row.status != Status.HELD or known.status in _UNDECIDED

    def _has_disappeared(self, known: KnownMessage) -> bool:
        """Whether the search would have returned a known message, and did not."""
        if self._period is None or known.id in self._ids:
            return False
        is_searched = not self._period.statuses or known.status in self._period.statuses
        return is_searched and self._period.start_ms <= known.second * 1000 <= self._period.end_ms

    @cached_property
    def _ids(self) -> frozenset[bytes]:
        rows = self._period.rows if self._period else ()
        return frozenset(self._known.digest(tracking_id(message)) for message in rows)

    @cached_property
    def _are_all_renamed(self) -> bool:
        """Whether ids are other texts than before, because of other credentials or for a reason that is not known."""
        if self._period is None:
            return False
        if self._cycle.state.has_new_caller(self._cycle.now_ms):
            return True
        known = list(self._known.between(self._period.start_ms, self._period.end_ms))
        gone = sum(self._has_disappeared(message) for message in known)
        return len(known) >= _MANY and gone >= _NEARLY_ALL * len(known)

    def _second_rows(self, rows: Iterable[tuple[TrackedMessage, PendingRecord]]) -> set[str]:
        """The accepted rows of held messages, if nearly every held message of this period has one."""
        accepted: dict[object, list[str]] = {}
        held = []
        for message, record in rows:
            key = message.received, message.sender, message.recipients, message.subject
            if record.status == Status.HELD:
                held.append(key)
            elif record.status == Status.ACCEPTED:
                accepted.setdefault(key, []).append(record.id)
        seconds = {accepted[key].pop() for key in held if accepted.get(key)}
        return seconds if len(seconds) >= max(_MANY_PAIRS, _NEARLY_ALL * len(held)) else set()

    def _report(self, second_rows: int) -> None:
        counters = self._cycle.counters
        if self._renamed:
            counters.add_note(
                f"{self._renamed} messages have another tracking ID than before, because their status or the "
                "credentials changed. They were not delivered again."
            )
        if second_rows:
            counters.add_note(
                f"{second_rows} held messages also have a record with the status accepted. Each is one alert."
            )
