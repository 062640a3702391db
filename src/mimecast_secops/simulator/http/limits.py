"""Rate limits with the headers of the real API (docs/reference/mimecast-api.md#rate-limits)."""

from __future__ import annotations

import time
from dataclasses import dataclass

from mimecast_secops.simulator.http.responses import ApiResponse, failure
from mimecast_secops.simulator.quirks import Quirks


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


class RateLimits:
    """Counts the calls of each endpoint in windows of fixed length."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def check(self, quirks: Quirks, path: str, version: int) -> tuple[ApiResponse | None, dict[str, str]]:
        """Count a call.

        Returns:
            HTTP 429 if the quota is exceeded, else None; and the headers for the response of the endpoint.
        """
        if not quirks.rate_limit:
            return None, {}
        now = time.monotonic()
        window = self._windows.get(path)
        if window is None or now >= window.ends:
            window = self._windows[path] = _Window(now + quirks.rate_window)
        window.used += 1
        remaining = max(0, quirks.rate_limit - window.used)
        headers = rate_headers(quirks, remaining, window.ends - now)
        if window.used > quirks.rate_limit:
            return too_many_requests(headers), {}
        return None, headers if version == 1 or quirks.rate_headers_on_v2 else {}


def rate_headers(quirks: Quirks, remaining: int, seconds: float) -> dict[str, str]:
    """The headers in the spelling of the quirk. `seconds` is the time to the end of the window; Reset is in ms."""
    if quirks.rate_header == "Retry-After":
        return {"Retry-After": str(max(1, round(seconds)))}
    name = quirks.rate_header
    return {
        f"{name}-Limit": str(quirks.rate_limit),
        f"{name}-Remaining": str(remaining),
        f"{name}-Reset": str(max(1, int(seconds * 1000))),
    }


def too_many_requests(headers: dict[str, str]) -> ApiResponse:
    """HTTP 429; the endpoint is not called. The body is not documented."""
    response = failure([], status=429)
    response.headers |= headers
    return response
