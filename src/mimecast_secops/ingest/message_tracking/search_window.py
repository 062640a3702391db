"""Reading a window of message tracking completely, and how long windows are.

No pages and no limit of rows are documented (docs/reference/mimecast-api.md#search-message-tracking). How a cut reply
is recognized is in `row_limit`, and how the missing rows are read is in `domain_search`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor
from typing import Final

from mimecast_secops.ingest.clock import HOUR_MS, MINUTE_MS
from mimecast_secops.ingest.message_tracking.domain_search import DomainSearch
from mimecast_secops.ingest.message_tracking.row_limit import RowLimit
from mimecast_secops.ingest.message_tracking.search_periods import split_around
from mimecast_secops.ingest.message_tracking.tenant import Side, Tenant
from mimecast_secops.ingest.message_tracking.window import Progress, Window
from mimecast_secops.ingest.settings import ConnectorSettings

__all__ = [
    "FIRST_WINDOW_MS",
    "MAX_WINDOW_MS",
    "next_length",
    "next_window",
    "read_window",
    "sides",
    "split_around",
]

FIRST_WINDOW_MS: Final = HOUR_MS
# Replies are decoded as a whole: a longer window could be a reply that takes more memory than a service should have.
# The default overlap and the pause between two cycles still fit into one window.
MAX_WINDOW_MS: Final = 2 * HOUR_MS + 15 * MINUTE_MS


def sides(settings: ConnectorSettings) -> tuple[Side, ...]:
    """The sides of a message on which the domains are searched, given the route filter."""
    if settings.route_filter == ("inbound",):
        return (Side.RECIPIENT,)
    if settings.route_filter == ("outbound",):
        return (Side.SENDER,)
    return (Side.RECIPIENT, Side.SENDER)


def next_window(start_ms: int, target_ms: int, window_ms: int) -> tuple[int, int]:
    """The bounds of the next window. Adjacent windows share one second."""
    return start_ms, min(start_ms + (window_ms or FIRST_WINDOW_MS), target_ms)


def next_length(window_ms: int, rows: int, row_limit: int) -> int:
    """The length of the next window, in milliseconds, chosen so that replies stay well below the row limit.

    Args:
        window_ms: the length of the last window; 0 for the first.
        rows: how many rows it had.
        row_limit: see `RowLimit`.
    """
    length = window_ms or FIRST_WINDOW_MS
    if rows >= row_limit:
        return max(length // 4, MINUTE_MS)
    if rows > row_limit // 2:
        return max(length // 2, MINUTE_MS)
    return min(length * 2, MAX_WINDOW_MS) if rows < row_limit // 5 else length


def read_window(
    tenant: Tenant,
    settings: ConnectorSettings,
    bounds: tuple[int, int],
    executor: Executor,
    check_time: Callable[[], None],
    limit: RowLimit | None = None,
    undecodable: Collection[int] = (),
) -> Window:
    """Read all rows between two times, both included, or the earlier part of them.

    Args:
        tenant: where to search.
        settings: domains, statuses, row limit.
        bounds: start and end in unix milliseconds.
        executor: runs the searches of the domains in parallel.
        check_time: called before each search; raises when there is no time left.
        limit: what earlier windows have learned about cut replies.
        undecodable: unix seconds whose replies could not be decoded before; the window is split around them at once.

    Raises:
        MimecastError: a search failed; nothing of the window counts as read.
    """
    window = Window(*bounds)
    row_limit = limit or RowLimit(settings.row_limit)
    progress = Progress(max_rows=2 * row_limit.setting)
    searches = [
        DomainSearch(tenant, settings, domain, side, executor, check_time, row_limit, progress)
        for domain in settings.domains
        for side in sides(settings)
    ]
    for part in executor.map(lambda search: search.read(*bounds, undecodable), searches):
        window.merge(part)
    return window
