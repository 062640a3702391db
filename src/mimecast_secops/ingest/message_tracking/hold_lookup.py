"""Looking for held messages in message tracking that the poll did not show, with few searches for many messages."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from mimecast_secops.addresses import domain_of
from mimecast_secops.api import HeldMessage, Status, TrackedMessage
from mimecast_secops.ingest.clock import HOUR_MS, to_ms
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.candidates import TOLERANCE_MS, MatchKey, key_of_hold, key_of_record
from mimecast_secops.ingest.message_tracking.divided_search import DividedSearch
from mimecast_secops.ingest.message_tracking.hold_views import WIDE_TOLERANCE_MS
from mimecast_secops.ingest.message_tracking.polling import TrackingPoll
from mimecast_secops.ingest.message_tracking.renamed_rows import ReadPeriod
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.record import PendingRecord

# A held message is searched from this long before to this long after it was received.
_MARGIN_MS: Final = WIDE_TOLERANCE_MS + TOLERANCE_MS
# One search is for all messages of a domain in at most this time.
_MAX_PERIOD_MS: Final = HOUR_MS
# Up to this many messages, a search for each recipient returns fewer rows than one for the domain.
_MAX_SEPARATE: Final = 3


class _Wanted(NamedTuple):
    """A held message, and when message tracking would show it as received, in unix milliseconds."""

    hold: HeldMessage
    received_ms: int


class HoldLookup:
    """Searches message tracking for holds, under any status.

    Args:
        cycle: the cycle.
        tenant: where to search.
        poll: decides on the rows that are found.
    """

    def __init__(self, cycle: Cycle, tenant: Tenant, poll: TrackingPoll) -> None:
        self._cycle = cycle
        self._search = DividedSearch(cycle, tenant)
        self._poll = poll

    def search(self, holds: Iterable[HeldMessage], offset_ms: int) -> None:
        """Search for holds, and let the poll decide on the rows that may belong to them.

        Args:
            holds: the holds. One without an address of a recipient or a time is left out.
            offset_ms: how much later the times of the hold queue are than those of message tracking.

        Raises:
            MimecastError: a search failed, or the time is over.
        """
        for group in _groups(holds, offset_ms):
            left: Sequence[_Wanted] = group
            if len(left) > _MAX_SEPARATE:
                left = self._search_domain(group, (Status.HELD,))
            if len(left) > _MAX_SEPARATE:
                left = self._search_domain(left, ())
                continue
            for wanted in left:
                times = wanted.received_ms - _MARGIN_MS, wanted.received_ms + _MARGIN_MS
                self._add([wanted], self._find(wanted.hold.recipient, times, ()))

    def _search_domain(self, group: Sequence[_Wanted], statuses: Sequence[str]) -> Sequence[_Wanted]:
        """Search for a group at once. Returns the messages that no row shows."""
        times = group[0].received_ms - _MARGIN_MS, group[-1].received_ms + _MARGIN_MS
        found = self._add(group, self._find(domain_of(group[0].hold.recipient), times, statuses))
        return [wanted for wanted in group if key_of_hold(wanted.hold) not in found]

    def _find(self, address: str, times: tuple[int, int], statuses: Sequence[str]) -> ReadPeriod:
        found = self._search.find(address, Side.RECIPIENT, *times, statuses)
        return ReadPeriod(*times, found.rows, statuses, address, is_complete=found.is_complete)

    def _add(self, group: Sequence[_Wanted], period: ReadPeriod) -> set[MatchKey]:
        """Let the poll decide on the rows that may belong to a group. Returns their keys."""
        matcher = _RowMatcher(group)
        near = [row for row in period.rows if matcher.may_belong(row)]
        # Nothing that was received before ingestion began becomes an alert.
        self._poll.add_rows(near, self._cycle.state.start_ms, period)
        now_ms = self._cycle.now_ms
        return {key_of_record(PendingRecord.from_tracking(row, now_ms, with_summary=False)) for row in near}


class _RowMatcher:
    """Tells which rows may show one of several holds, so that the others are not kept."""

    def __init__(self, group: Iterable[_Wanted]) -> None:
        self._times: defaultdict[object, list[int]] = defaultdict(list)
        for wanted in sorted(group, key=lambda wanted: wanted.received_ms):
            self._times[wanted.hold.recipient.casefold()].append(wanted.received_ms)
            self._times[key_of_hold(wanted.hold)].append(wanted.received_ms)

    def may_belong(self, row: TrackedMessage) -> bool:
        """Whether a hold has this recipient, or this sender and subject, at about this time."""
        record = PendingRecord.from_tracking(row, 0, with_summary=False)
        received_ms = None if "received" in record.defects else record.received_ms
        keys: list[object] = [recipient.casefold() for recipient in row.recipients or ("",)]
        return any(self._is_near(key, received_ms) for key in [*keys, key_of_record(record)])

    def _is_near(self, key: object, received_ms: int | None) -> bool:
        times = self._times.get(key)
        if not times:
            return False
        if received_ms is None:
            return True
        position = bisect_left(times, received_ms - _MARGIN_MS)
        return position < len(times) and times[position] <= received_ms + _MARGIN_MS


def _groups(holds: Iterable[HeldMessage], offset_ms: int) -> Iterator[list[_Wanted]]:
    """Holds of one recipient domain that are close to each other in time, in order of time."""
    by_domain: defaultdict[str, list[_Wanted]] = defaultdict(list)
    for hold in holds:
        domain = domain_of(hold.recipient)
        if hold.received and domain:
            by_domain[domain].append(_Wanted(hold, to_ms(hold.received) - offset_ms))
    for alike in by_domain.values():
        alike.sort(key=lambda wanted: wanted.received_ms)
        group: list[_Wanted] = []
        for wanted in alike:
            is_far = group and wanted.received_ms - group[-1].received_ms > 2 * _MARGIN_MS
            if is_far or (group and wanted.received_ms - group[0].received_ms > _MAX_PERIOD_MS):
                yield group
                group = []
            group.append(wanted)
        if group:
            yield group
