"""Quirks of message tracking: its rows, pages, times and IDs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(kw_only=True)
class TrackingQuirks:
    """Quirks of message tracking: its rows, pages, times and IDs."""

    tracked_limit: int = 0
    """Maximum number of rows of a tracking search; 0 = no limit.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    tracked_order: Literal["newest", "oldest", "none"] = "newest"
    """Order of the rows of a tracking search (docs/reference/mimecast-api.md#search-message-tracking [open])."""
    tracked_paging: Literal["none", "next", "total", "next_and_total"] = "none"
    """What `meta.pagination` of a tracking search tells of a reply with at most `tracked_limit` rows: nothing, the next
    page, the number of all rows, or both (docs/reference/mimecast-api.md#search-message-tracking [open])."""
    tracked_wrapper: Literal["documented", "null", "empty_object", "named", "flat", "null_data"] = "documented"
    """Where the rows of a tracking search are: in `trackedEmails`, in another member, directly in `data`, or nowhere.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    tracking_lacks: str = ""
    """Members that the rows of a tracking search do not have, separated by commas.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    time_form: Literal["offset", "naive_utc", "naive_local", "epoch_ms", "epoch_s", "rfc2822"] = "offset"
    """How the times of a tracking search are written (docs/reference/mimecast-api.md#dates-and-times [open])."""
    archived_to_minute: bool = False
    """Whether the times of archived records are cut to the minute.

    Source: docs/reference/mimecast-api.md#dates-and-times [open].
    """
    tracking_ids: Literal["opaque", "status", "real"] = "opaque"
    """Form of ids: opaque, another one for each status, or as in public captures: compressed JSON with numbers.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    ids_per_client: bool = False
    """Whether other credentials see other ids (docs/reference/mimecast-api.md#identifiers [open])."""
    held_also_accepted: bool = False
    """Whether a held message also has a record with the status accepted.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    late_every: int = 0
    """If positive, every n-th record appears in a tracking search only after `late_seconds`.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    late_seconds: float = 0.0
    """How late the records of `late_every` appear (docs/reference/mimecast-api.md#search-message-tracking [open])."""
    refuse_start_at_limit: bool = True
    """Whether a search that starts exactly 30 days ago is refused, as an earlier start is.

    Source: docs/reference/mimecast-api.md#search-message-tracking [seen in a client].
    """
    honour_status_filter: bool = True
    """Whether the tracking search filters by status.

    Source: docs/reference/mimecast-api.md#search-message-tracking (not documented for API 1.0).
    """
    honour_route_filter: bool = True
    """Whether the tracking search filters by route."""
