"""Quirks of the connection: authentication, rate limits, errors and requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(kw_only=True)
class ConnectionQuirks:
    """Quirks of the connection: authentication, rate limits, errors and requests."""

    date_tolerance: float = 900.0
    """How far `x-mc-date` may be from the tenant's clock.

    Source: docs/reference/mimecast-api.md#clock-skew-and-request-ids [inferred].
    """
    token_lifetime: float = 1799.0
    """`expires_in` of a token (docs/reference/mimecast-api.md#bearer-tokens)."""
    token_ends_after: float = 0.0
    """If positive, a token is refused after this many seconds, whatever its `expires_in` says.

    Source: docs/reference/mimecast-api.md#gateway-failures [open].
    """
    token_end_code: Literal[
        "token_expired", "invalid_token", "unauthorized", "no_message", "InvalidClientIdentifier"
    ] = "token_expired"  # noqa: S105 -- a code
    """Code of the failure for a token that has ended. With no_message it is unauthorized, without a message.

    Source: docs/reference/mimecast-api.md#gateway-failures [open].
    """
    bom: bool = False
    """Whether each reply begins with a byte order mark (docs/reference/mimecast-api.md#response-envelope [open])."""
    redirect_to: str = ""
    """If set, the API redirects every call to this root, as a proxy with a login page does.

    Source: docs/reference/mimecast-api.md#http-status [open].
    """
    refuse_repeated_request_ids: bool = False
    """Whether a repeated `x-mc-req-id` is refused (docs/reference/mimecast-api.md#clock-skew-and-request-ids)."""
    latency_ms: float = 0.0
    """Delay of every reply in milliseconds."""
    rate_limit: int = 0
    """Calls per window, or the size of the bucket; 0 = no limit (docs/reference/mimecast-api.md#rate-limits)."""
    rate_window: float = 60.0
    """Length of the window of the rate limit."""
    rate_style: Literal["window", "bucket"] = "window"
    """Whether all calls come back at the end of a window, or `rate_refill` calls every `rate_refill_ms`.

    Source: docs/reference/mimecast-api.md#rate-limits [open].
    """
    rate_refill: int = 1
    """Calls that come back to the bucket at each reset (docs/reference/mimecast-api.md#rate-limits [open])."""
    rate_refill_ms: float = 1000.0
    """Time between two resets of the bucket (docs/reference/mimecast-api.md#rate-limits [open])."""
    rate_scope: Literal["endpoint", "user"] = "endpoint"
    """What a quota is for: each endpoint, or all calls together (docs/reference/mimecast-api.md#rate-limits [open])."""
    rate_unit: Literal["ms", "seconds", "epoch"] = "ms"
    """Unit of the reset header: milliseconds, seconds, or the unix time in seconds.

    Source: docs/reference/mimecast-api.md#rate-limits [open].
    """
    rate_header: Literal["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit", "Retry-After"] = "X-RateLimit"
    """Prefix of the rate limit headers. With Retry-After, the tenant sends only that header.

    Source: docs/reference/mimecast-api.md#rate-limits.
    """
    rate_headers_on_v2: bool = False
    """Whether API 2.0 sends rate headers with every reply, not only with 429.

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
    unknown_id: Literal["fail", "status"] = "fail"
    """Reply for a well-formed unknown id: fail (xdk_failure) or status (`meta.status` 404).

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
    damaged_id_empty_400: bool = True
    """Whether API 2.0 replies to a damaged id with HTTP 400 and no body.

    Source: docs/reference/mimecast-api.md#gateway-failures [seen in a client].
    """
    forbidden_status: int = 403
    """HTTP status of a missing role permission: 403 or 200 (docs/reference/mimecast-api.md#error-codes [open])."""
    status_in_meta_only: bool = False
    """Whether authentication errors have HTTP 200 and the status only in `meta.status`.

    Source: docs/reference/mimecast-api.md#error-codes [seen in a client].
    """
    strict_members: bool = False
    """Whether unknown members of a request are refused instead of ignored.

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
    validates_nothing: bool = False
    """Whether endpoints that write accept every item as it is. A probe must change nothing even then.

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
