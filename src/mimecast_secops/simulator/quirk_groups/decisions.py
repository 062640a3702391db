"""Quirks of releases and rejections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(kw_only=True)
class DecisionQuirks:
    """Quirks of releases and rejections."""

    not_held: Literal["flag", "fail", "empty"] = "flag"
    """Reply for a message that is not held: flag (`release: false`), fail (`fail` has an entry) or empty
    (docs/reference/mimecast-api.md#messages-that-are-not-held [inferred])."""
    hold_accepts_tracking_id: bool = False
    """Whether hold-release and hold-reject also accept a tracking id.

    Source: docs/reference/mimecast-api.md#messages-that-are-not-held (sources disagree).
    """
    hold_delay: float = 0.0
    """Seconds until a release or rejection changes the queue and tracking."""
    foreign_id_info: Literal["fail", "http404_html", "http400", "flat200", "empty", "other_message"] = "fail"
    """Reply of get-message-info to an id that is not a tracking id, such as a hold id: fail (as `unknown_id` defines),
    http404_html (HTTP 404 with a web page), http400 (HTTP 400 without a body), flat200 (HTTP 200 with a failure without
    an envelope), empty (no details) or other_message (the details of another message).

    Source: docs/reference/mimecast-api.md#get-tracking-details [open].
    """
    decision_reply: Literal[
        "documented", "text", "named", "other_id", "empty", "lie",
        "drop_done", "drop_undone", "gateway_timeout_done", "gateway_timeout_undone",
    ] = "documented"  # fmt: skip
    """Reply to a release or a rejection of a held message: documented, text (`"true"` as text), named (another member
    name), other_id (the echo of another id), empty (no result), lie (true, without an effect), drop_done or drop_undone
    (the connection is closed after or without the decision), gateway_timeout_done or gateway_timeout_undone (HTTP 504
    after or without the decision).

    Source: docs/reference/mimecast-api.md#messages-that-are-not-held [open].
    """
    release_log: bool = False
    """Whether the tenant has get-held-release-logs (docs/reference/mimecast-api.md#endpoints-not-used-yet)."""
    decision_visible_after: float = 0.0
    """Seconds until the hold queue, message tracking and the release log show a release or rejection."""
