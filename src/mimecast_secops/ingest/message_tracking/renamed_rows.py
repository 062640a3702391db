"""Rows of messages that are known under another id.

A row with a new id is a known message only if the id of that message has disappeared from a period that was read
completely, and only once for each known message. Two identical emails stay two messages: the first one keeps its id, or
takes one new row. An id also disappears from a search for held messages when the message is decided. So before a row
counts as known, its minute is searched under every status. When in doubt, a row counts as new: an alert may come again,
but none is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mimecast_secops.api import Status, TrackedMessage
from mimecast_secops.ingest.clock import MINUTE_MS, SECOND_MS
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.known_messages import KnownMessage
from mimecast_secops.ingest.message_tracking.divided_search import DividedSearch, FoundRows
from mimecast_secops.ingest.message_tracking.row_limit import MAX_SEARCH_AGE_MS
from mimecast_secops.ingest.message_tracking.tenant import Side
from mimecast_secops.ingest.profile import ID_FORM
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
    """A period that was read.

    Attributes:
        start_ms: its start, in unix milliseconds.
        end_ms: its end.
        rows: its rows.
        statuses: the statuses that were searched; empty for all.
        address: the address or domain of recipients that was searched; empty for all domains.
        is_complete: whether these are all its rows.
    """

    start_ms: int
    end_ms: int
    rows: Collection[TrackedMessage]
    statuses: Sequence[str]
    address: str = ""
    is_complete: bool = True


@dataclass
class _Alike:
    """Known messages with one content that a row may be.

    Attributes:
        by_number: by the numbers in their ids.
        gone: those whose ids have disappeared.
        is_proved: whether the ids have disappeared under every status.
    """

    by_number: dict[bytes, KnownMessage]
    gone: list[KnownMessage]
    is_proved: bool = False


class RenamedRows:
    """Recognizes known messages among the new rows of one period.

    Args:
        cycle: the cycle.
        period: the period; None if its rows say nothing about which ids have disappeared.
        search: searches the minute of a row under every status.
    """

    def __init__(self, cycle: Cycle, period: ReadPeriod | None, search: DividedSearch) -> None:
        self._cycle = cycle
        self._known = cycle.state.known_messages
        self._period = period if period and period.is_complete else None
        self._search = search
        self._renamed = 0
        # A sender can make thousands of messages alike, so what could be one of them is looked up once.
        self._alike: dict[bytes, _Alike] = {}

    def new(self, rows: Sequence[tuple[TrackedMessage, PendingRecord]]) -> Iterator[PendingRecord]:
        """The records that are new, and become pending. The others are marked as known.

        Args:
            rows: rows whose ids are not known and that pass the filters on a row, with their records.

        Raises:
            MimecastError: a search failed, or the time is over.
        """
        seconds = self._second_rows(rows)
        described = None
        for message, record in sorted(rows, key=lambda row: _rank(row[1].status)):
            described = self._known.describe(record.id, message)
            known = described and self._find(described, message)
            if known and known.id in self._ids:
                # Both rows are visible, so the message is read under the id that it has.
                self._cycle.state.mark_delivered(record.id, self._cycle.now_ms)
                self._cycle.skip_known(record.id)
            elif described and known:
                self._known.replace(known, described)
                self._cycle.state.rename(known.id, record.id, self._cycle.now_ms)
                self._cycle.skip_known(record.id)
                self._renamed += 1
            elif record.id in seconds:
                self._cycle.state.mark_delivered(record.id, self._cycle.now_ms)
                self._cycle.skip_known(record.id)
            else:
                if described:
                    self._add(described)
                yield record
        if described:
            form = "discloses a number" if described.has_number else "discloses no number"
            self._cycle.state.profile.note(ID_FORM, form, self._cycle.now_ms)
        self._report(len(seconds))

    def _add(self, row: KnownMessage) -> None:
        self._known.add(row)
        if row.has_number:
            self._alike[row.content].by_number[row.number] = row

    def _find(self, row: KnownMessage, message: TrackedMessage) -> KnownMessage | None:
        if row.content not in self._alike:
            known = self._known.alike(row)
            by_number = {message.number: message for message in known if message.has_number}
            self._alike[row.content] = _Alike(
                by_number, [message for message in known if self._has_disappeared(message)]
            )
        alike = self._alike[row.content]
        # A number in the ids decides before anything else.
        found = alike.by_number.pop(row.number, None)
        if found is None and alike.gone:
            found = self._renamed_one(alike.gone, row)
            if found and not alike.is_proved:
                self._prove(alike, row, message)
                found = self._renamed_one(alike.gone, row)
        if found is not None and found in alike.gone:
            alike.gone.remove(found)
        return found

    def _renamed_one(self, gone: Sequence[KnownMessage], row: KnownMessage) -> KnownMessage | None:
        """One of the messages whose ids have disappeared that a row may be, of the same status if possible."""
        same_status = (known for known in gone if known.status == row.status and self._is_renamed(known, row))
        return next(same_status, None) or next((known for known in gone if self._is_renamed(known, row)), None)

    def _prove(self, alike: _Alike, row: KnownMessage, message: TrackedMessage) -> None:
        """Keep only those of the disappeared messages that no row under another status may be."""
        alike.is_proved = True
        if self._period is None or not self._period.statuses:
            return
        found = self._search_minute(row, message)
        if not found.is_complete:
            alike.gone.clear()
            return
        others = {
            other.id: other
            for tracked in found.rows
            if (other := self._known.describe(tracking_id(tracked), tracked)) and other.content == row.content
        }
        alike.gone = [known for known in alike.gone if known.id not in others]
        statuses = Counter(other.status for other in others.values())
        # On some tenants a held message has a second row that is accepted. That one says nothing about a decision.
        has_second_rows = statuses[Status.ACCEPTED] <= statuses[Status.HELD]
        for other in others.values():
            if other.status in self._period.statuses or (other.status == Status.ACCEPTED and has_second_rows):
                continue
            known = self._renamed_one(alike.gone, other)
            if known:
                alike.gone.remove(known)

    def _search_minute(self, row: KnownMessage, message: TrackedMessage) -> FoundRows:
        """All rows under every status in the minute of a row, to or from one of its addresses."""
        start_ms = row.second // _SECONDS_PER_MINUTE * MINUTE_MS
        end_ms = start_ms + MINUTE_MS - SECOND_MS
        side = Side.RECIPIENT if message.recipients else Side.SENDER
        address = message.recipients[0] if message.recipients else message.sender
        if not address or start_ms < self._cycle.now_ms - MAX_SEARCH_AGE_MS:
            return FoundRows(is_complete=False)
        return self._search.find(address, side, start_ms, end_ms, ())

    def _is_renamed(self, known: KnownMessage, row: KnownMessage) -> bool:
        is_same_time = known.second == row.second or (
            row.status != Status.HELD and row.second == known.second // _SECONDS_PER_MINUTE * _SECONDS_PER_MINUTE
        )
        return is_same_time and known.is_same(row) is None and self._follows(known, row)

    def _follows(self, known: KnownMessage, row: KnownMessage) -> bool:
        """Whether a known message can have this status now."""
        if row.status == known.status:
            return known.is_of_previous_caller or self._are_all_renamed
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
        """Whether ids are other texts than before, for a reason that is not known."""
        if self._period is None or self._period.address:
            return False
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


def _rank(status: str) -> int:
    """Which of several rows is more likely to be a known message: one that is decided, then a held one."""
    if status == Status.HELD:
        return 1
    return 2 if status in _UNDECIDED else 0
