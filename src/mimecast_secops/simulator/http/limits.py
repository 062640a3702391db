"""Rate limits with the headers of the real API (docs/reference/mimecast-api.md#rate-limits)."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from mimecast_secops.simulator.http.responses import ApiResponse, failure
from mimecast_secops.simulator.quirks import Quirks


@dataclass(slots=True)
class _Account:
    """The calls that are left of a quota, and when calls come back."""

    left: int
    resets_at: float


class RateLimits:
    """Counts the calls of each endpoint, or of all together, in windows of fixed length or in a bucket."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

    def check(
        self, quirks: Quirks, path: str, version: int, now: float | None = None
    ) -> tuple[ApiResponse | None, dict[str, str]]:
        """Count a call.

        Args:
            quirks: the quirks of the tenant.
            path: the path of the call.
            version: the API version of the call.
            now: the unix time of the tenant, for a reset that is a time; None for the time of the system.

        Returns:
            HTTP 429 if the quota is exceeded, else None; and the headers for the response of the endpoint.
        """
        if not quirks.rate_limit:
            return None, {}
        account = self._account(quirks, path)
        is_allowed = account.left > 0
        account.left -= is_allowed
        headers = rate_headers(quirks, account.left, account.resets_at - time.monotonic(), now)
        if not is_allowed:
            return too_many_requests(headers), {}
        return None, headers if version == 1 or quirks.rate_headers_on_v2 else {}

    def _account(self, quirks: Quirks, path: str) -> _Account:
        now = time.monotonic()
        is_bucket = quirks.rate_style == "bucket"
        period = quirks.rate_refill_ms / 1000 if is_bucket else quirks.rate_window
        key = "" if quirks.rate_scope == "user" else path
        account = self._accounts.setdefault(key, _Account(quirks.rate_limit, now + period))
        if now >= account.resets_at:
            resets = 1 + int((now - account.resets_at) / period) if is_bucket and period else 1
            returned = resets * quirks.rate_refill if is_bucket else quirks.rate_limit
            account.left = min(quirks.rate_limit, account.left + returned)
            account.resets_at = account.resets_at + resets * period if is_bucket else now + period
        return account


def rate_headers(
    quirks: Quirks, remaining: int, seconds: float, now: float | None = None, *, limit: int | None = None
) -> dict[str, str]:
    """The headers in the spelling and the unit of the quirks.

    Args:
        quirks: the quirks of the tenant.
        remaining: the calls that are left.
        seconds: the time until calls come back.
        now: see `RateLimits.check`.
        limit: the limit to announce; None for that of the quirks.
    """
    if quirks.rate_header == "Retry-After":
        return {"Retry-After": str(max(1, round(seconds)))}
    resets = {
        "ms": max(1, int(seconds * 1000)),
        "seconds": max(1, math.ceil(seconds)),
        "epoch": math.ceil((time.time() if now is None else now) + seconds),
    }
    name = quirks.rate_header
    return {
        f"{name}-Limit": str(quirks.rate_limit if limit is None else limit),
        f"{name}-Remaining": str(remaining),
        f"{name}-Reset": str(resets[quirks.rate_unit]),
    }


def too_many_requests(headers: dict[str, str]) -> ApiResponse:
    """HTTP 429; the endpoint is not called. The body is not documented."""
    response = failure([], status=429)
    response.headers |= headers
    return response
