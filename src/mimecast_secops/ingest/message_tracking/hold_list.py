"""Listing a period of the hold queue, around what cannot be decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mimecast_secops.api import HeldMessage
from mimecast_secops.api.completeness import Completeness, CompletenessKind
from mimecast_secops.api.errors import ReplyTooLarge, UndecodableReply
from mimecast_secops.ingest.clock import SECOND_MS, to_time
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.search_window import split_around
from mimecast_secops.ingest.message_tracking.tenant import Tenant
from mimecast_secops.ingest.record import GAP, PendingRecord
from mimecast_secops.ingest.state import RecordState

_PAGE_SIZE: Final = 500
_PAGE_SIZE_DIVISOR: Final = 10
# Seconds of the hold queue that may be undecodable before any page was decoded. More of them are an outage.
_MAX_UNDECODABLE: Final = 3


def list_holds(cycle: Cycle, tenant: Tenant, start_ms: int, end_ms: int) -> Iterator[HeldMessage]:
    """The entries between two times; those at the seams of split requests come twice.

    A page that is too large is requested with fewer messages. A time whose pages cannot be decoded is split in halves,
    down to one second, which becomes a gap alert. A list that is known to be incomplete is a problem of the cycle.

    Raises:
        MimecastError: the queue could not be listed.
    """
    first, last = start_ms // SECOND_MS * SECOND_MS, -(-end_ms // SECOND_MS) * SECOND_MS
    parts = [
        (start // SECOND_MS, end // SECOND_MS, _PAGE_SIZE)
        for start, end in split_around(cycle.state.undecodable, first, last)
    ]
    failed: list[int] = []
    error: UndecodableReply | None = None
    decoded = False
    while parts:
        start, end, page_size = parts.pop()
        try:
            listing = tenant.holds(to_time(start * SECOND_MS), to_time(end * SECOND_MS), page_size)
            for hold in listing:
                yield hold
                decoded = True
            decoded = True
            _report_missing(cycle, listing.completeness)
        except UndecodableReply as failure:
            if isinstance(failure, ReplyTooLarge) and page_size > 1:
                parts.append((start, end, max(1, page_size // _PAGE_SIZE_DIVISOR)))
            elif end - start > 1:
                middle = (start + end) // 2
                parts.extend([(middle, end, page_size), (start, middle, page_size)])
            else:
                error = failure
                failed.append(start)
                if len(failed) >= _MAX_UNDECODABLE and not decoded:
                    raise
    if error is not None and not decoded:
        raise error
    for second in failed:
        cycle.state.undecodable.add(second)
        _add_undecodable_second(cycle, second * SECOND_MS)


def _report_missing(cycle: Cycle, completeness: Completeness) -> None:
    if completeness.kind is not CompletenessKind.PARTIAL:
        return
    of_total = f" of {completeness.total}" if completeness.total is not None else ""
    reason = f" ({completeness.reason})" if completeness.reason else ""
    cycle.counters.add_problem(f"The hold queue was listed only in part: {completeness.rows}{of_total}{reason}.")


def _add_undecodable_second(cycle: Cycle, second_ms: int) -> None:
    # A broken entry makes both parts undecodable that contain its second; one alert for them is enough.
    neighbour_id = f"{GAP}:holds:{second_ms - SECOND_MS}"
    if cycle.state.record_state(neighbour_id) is not RecordState.NEW:
        return
    text = (
        f"Not all messages held at {to_time(second_ms):%Y-%m-%d %H:%M:%S} UTC or a second later could be listed: "
        "Mimecast's reply cannot be decoded. Look at that time in the hold queue of the Mimecast console."
    )
    cycle.add_gap(PendingRecord.from_gap(f"holds:{second_ms}", second_ms, text))
