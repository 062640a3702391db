"""One search outside the poll, divided into shorter ones where the reply may be cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mimecast_secops.api import CompletenessKind, TrackedMessage
from mimecast_secops.api.errors import UndecodableReply
from mimecast_secops.ingest.clock import SECOND_MS, to_time
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.profile import SEARCH_ROW_LIMIT


@dataclass
class FoundRows:
    """What a search returned.

    Attributes:
        rows: the rows. One at a boundary between two replies is in it twice.
        is_complete: whether no reply was cut or undecodable, down to one second.
    """

    rows: list[TrackedMessage] = field(default_factory=list)
    is_complete: bool = True


class DividedSearch:
    """Searches for an address or domain, and divides the period down to one second where a reply may be cut.

    Args:
        cycle: the cycle.
        tenant: where to search.
    """

    def __init__(self, cycle: Cycle, tenant: Tenant) -> None:
        self._cycle = cycle
        self._tenant = tenant

    def find(self, address: str, side: Side, start_ms: int, end_ms: int, statuses: Sequence[str]) -> FoundRows:
        """The rows of a period.

        Args:
            address: an address or a domain.
            side: whether it is that of the sender or of a recipient.
            start_ms: the start of the period, in unix milliseconds. It is searched from the second that contains it.
            end_ms: its end, in unix milliseconds. It is searched up to the next second.
            statuses: the statuses to search; empty for all.

        Raises:
            MimecastError: a search failed, or the time is over.
        """
        found = FoundRows()
        periods = [(start_ms // SECOND_MS, -(-end_ms // SECOND_MS))]
        while periods:
            self._cycle.check_time()
            start, end = periods.pop()
            middle = (start + end) // 2
            halves = [(middle, end), (start, middle)] if end - start > 1 else []
            times = to_time(start * SECOND_MS), to_time(end * SECOND_MS)
            try:
                reply = self._tenant.search(address, side, *times, statuses)
            except UndecodableReply:
                is_whole = False
            else:
                is_whole = len(reply) < self._row_limit() and reply.completeness.kind is not CompletenessKind.PARTIAL
                if is_whole or not halves:
                    found.rows.extend(reply)
            if not is_whole:
                periods.extend(halves)
                found.is_complete = found.is_complete and bool(halves)
        return found

    def _row_limit(self) -> int:
        setting = self._cycle.settings.row_limit
        return min(setting, self._cycle.state.profile.number(SEARCH_ROW_LIMIT) or setting)
