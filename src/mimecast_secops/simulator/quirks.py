"""How the simulated tenant behaves where the documents disagree, say nothing, or leave room.

Each switch says what it stands for and which section of the API notes it stems from. The defaults are section 12's.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints


class UnknownQuirk(ValueError):
    """There is no such switch, or it cannot have that value; the message says what there is."""


@dataclass(slots=True, kw_only=True)
class Quirks:
    """All switches. Times in seconds unless the name says milliseconds."""

    date_tolerance: float = 900.0
    """How far `x-mc-date` may be from the tenant's clock (2.3 [inferred])."""
    token_lifetime: float = 1799.0
    """`expires_in` of a token (3.1)."""
    refuse_repeated_request_ids: bool = False
    """Whether `x-mc-req-id` may be used only once (2.3)."""
    latency_ms: float = 0.0
    """Added to every reply."""
    rate_limit: int = 0
    """Calls per function in each window; 0 = no limit (4.7)."""
    rate_window: float = 60.0
    """Length of a rate window."""
    rate_header: Literal["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit", "Retry-After"] = "X-RateLimit"
    """Spelling of the rate headers: X-RateLimit, X-Rate-Limit or X-Mimecast-RateLimit; Retry-After stands for that
    header alone (4.7)."""
    rate_headers_on_v2: bool = False
    """Whether API 2.0 sends rate headers with every reply, not only with 429 (12)."""
    tracked_limit: int = 0
    """Most rows that a tracking search returns; 0 = no limit (6.1 unknown)."""
    tracked_order: Literal["newest", "oldest", "none"] = "newest"
    """Order of tracking rows: newest, oldest or none (6.1 [not documented])."""
    honour_status_filter: bool = True
    """Whether the tracking search filters by status (6.1: not documented for API 1.0)."""
    honour_route_filter: bool = True
    """Whether the tracking search filters by route."""
    not_held: Literal["flag", "fail", "empty"] = "flag"
    """Acting on a message that is not held: flag (`release: false`), fail (a fail entry) or empty (7.4 [inferred])."""
    hold_accepts_tracking_id: bool = False
    """Whether the hold functions take a tracking id as well (7.4: sources disagree)."""
    hold_delay: float = 0.0
    """Seconds until a release or reject shows in the queue and in tracking."""
    queue_id_is_hold_id: bool = True
    """Whether `queueInfo.id` is the hold id (6.2 [inferred])."""
    queue_page_limit: int = 500
    """Most held messages on a page (4.2 [inferred])."""
    unknown_id: Literal["fail", "status"] = "fail"
    """A well-formed unknown id: fail (xdk_failure) or status (`meta.status` 404) (12)."""
    damaged_id_empty_400: bool = True
    """Whether API 2.0 answers a damaged id with 400 and no body (3.3 [seen in a client])."""
    forbidden_status: int = 403
    """HTTP status of a missing role permission: 403 or 200 (2.5 unclear)."""
    status_in_meta_only: bool = False
    """Whether refusals of authentication come as HTTP 200 with `meta.status` (2.5 [seen in a client])."""
    strict_members: bool = False
    """Whether unknown request members are refused instead of ignored (12)."""
    archive_items_flat: bool = False
    """Whether archive items lie directly in `data` (8.1: documentation and clients disagree)."""
    archive_delay: float = 0.0
    """Seconds until delivered mail is in the archive."""
    file_v1: Literal["stream", "url", "urls"] = "stream"
    """How API 1.0 hands out files: stream, url or urls (7.7)."""
    file_v2: Literal["stream", "url", "urls"] = "urls"
    """How API 2.0 hands out files: stream, url or urls (7.7, 8.4)."""
    file_escaped: bool = True
    """Whether a link keeps a literal \\u0026 after decoding (7.7 [seen in a client])."""
    gateway_detail_on_v2: bool = False
    """Whether API 2.0 has gateway/message/get-message-detail (7.6)."""
    delete_policy_on_v2: bool = False
    """Whether API 2.0 has policy/blockedsenders/delete-policy (10)."""

    def change(self, name: str, value: object) -> None:
        """Set a switch from text or a JSON value.

        Raises:
            UnknownSwitch: no such switch, or not a value of its kind.
        """
        known = {field.name: field for field in dataclasses.fields(self)}
        if name not in known:
            raise UnknownQuirk(f"There is no switch {name!r}. There are: {', '.join(known)}.")
        words = get_args(get_type_hints(type(self))[name])
        setattr(self, name, _word(name, words, value) if words else _converted(name, getattr(self, name), value))


def _word(name: str, words: tuple[str, ...], value: object) -> str:
    if value not in words:
        raise UnknownQuirk(f"{name} cannot be {value!r}. It can be: {', '.join(words)}.")
    return str(value)


def _converted(name: str, present: object, value: object) -> Any:
    try:
        if isinstance(present, bool):
            return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]
        if isinstance(present, (int, float)):
            return type(present)(str(value))
    except (KeyError, ValueError):
        raise UnknownQuirk(f"{name} cannot be {value!r}.") from None
    return str(value)
