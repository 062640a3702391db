"""Quirks of the hold list, and of the details of a held message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(kw_only=True)
class HoldQuirks:
    """Quirks of the hold list, and of the details of a held message."""

    hold_list_hours: float = 0.0
    """If positive, a hold list without `start` covers this many hours only. Mimecast documents no default
    (docs/reference/mimecast-api.md#list-held-messages [unknown])."""
    hold_time_offset: float = 0.0
    """How many seconds the time of the hold queue is after that of message tracking.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    hold_subject: Literal["same", "tagged", "cut", "escaped"] = "same"
    """The subject in the hold queue: the same, with a tag, its beginning, or HTML-escaped.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    hold_from: Literal["envelope", "header"] = "envelope"
    """Which sender the hold queue shows (docs/reference/mimecast-api.md#identifiers [open])."""
    hold_to: Literal["same", "alias"] = "same"
    """Whether the hold queue shows another address of the recipient.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    hold_addresses: Literal["object", "text", "list"] = "object"
    """Form of the addresses in the hold list (docs/reference/mimecast-api.md#list-held-messages [open])."""
    hold_wrapper: Literal["documented", "null", "empty_object", "named"] = "documented"
    """Where the rows of the hold list are: in `data`, in another member, or nowhere.

    Source: docs/reference/mimecast-api.md#list-held-messages [open].
    """
    hold_next: Literal["next", "nextToken", "pageToken", "none", "always"] = "next"
    """How the hold list names its next page; `always` names one without end.

    Source: docs/reference/mimecast-api.md#pagination [open].
    """
    hold_total: bool = True
    """Whether the hold list tells the number of all rows (docs/reference/mimecast-api.md#pagination [open])."""
    hold_order: Literal["newest", "oldest"] = "newest"
    """Order of the hold list (docs/reference/mimecast-api.md#list-held-messages [open])."""
    hold_end_future: Literal["accept", "refuse"] = "accept"
    """What the hold list does with an `end` in the future.

    Source: docs/reference/mimecast-api.md#list-held-messages [open].
    """
    queue_page_limit: int = 500
    """Maximum number of held messages on a page (docs/reference/mimecast-api.md#pagination [inferred])."""
    queue_page_refused: int = 0
    """If positive, a larger page of the hold list is refused (docs/reference/mimecast-api.md#pagination [open])."""
    queue_id_is_hold_id: bool = True
    """Whether `queueInfo.id` is the hold id (docs/reference/mimecast-api.md#identifiers [inferred])."""
    queue_addresses: Literal["text", "object", "list"] = "text"
    """Form of the addresses in the details of a tracking record.

    Source: docs/reference/mimecast-api.md#get-tracking-details [open].
    """
    risk_form: Literal["word", "unknown_word", "number", "missing", "category_only"] = "word"
    """How the details tell the risk; with `missing` there is no verdict.

    Source: docs/reference/mimecast-api.md#get-tracking-details [open].
    """
    gateway_detail_on_v2: bool = False
    """Whether API 2.0 has gateway/message/get-message-detail.

    Source: docs/reference/mimecast-api.md#get-held-message-details.
    """
