"""How long a rate-limited call waits.

Mimecast counts calls per endpoint
(docs/reference/mimecast-api.md#rate-limits):

- Before a call: `RateLimiter` holds it back while the quota that the server last reported is exhausted.
- After HTTP 429: `wait_after_rate_limit` is the wait before the next attempt, if the server names one with
  `retry_after`. `verdict` ends the call instead if the wait is longer than `MAX_WAIT` or the time left. If the server
  names no wait, `verdict` uses the same back-off as for other retries.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.decode import parse_integer

MAX_WAIT: Final = 120.0
"""The longest wait for a rate limit, in seconds. A call that would have to wait longer after HTTP 429 fails."""
_SPREAD: Final = 0.25
_REMAINING: Final = ("x-ratelimit-remaining", "x-rate-limit-remaining", "x-mimecast-ratelimit-remaining")
_LIMIT: Final = ("x-ratelimit-limit", "x-rate-limit-limit", "x-mimecast-ratelimit-limit")
# All spellings that documentation and clients show, in milliseconds (docs/reference/mimecast-api.md#rate-limits).
_RESET: Final = ("x-ratelimit-reset", "x-rate-limit-reset", "x-mimecast-ratelimit-reset")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds to wait that the headers of a reply ask for; None if they name no number.

    Args:
        headers: the headers, with names in lower case. The reset headers of Mimecast come before `Retry-After`.
    """
    for name in _RESET:
        milliseconds = _parse_number(headers.get(name))
        if milliseconds is not None:
            return milliseconds / 1000
    return _parse_number(headers.get("retry-after"))


def wait_after_rate_limit(requested: float, jitter: float) -> float:
    """The seconds to wait after HTTP 429 before the next attempt.

    Args:
        requested: the seconds that the server asked for.
        jitter: a random number in [0, 1). It spreads the threads, so that they do not return at the same instant.
    """
    return requested + _SPREAD * jitter


def calls_left(headers: Mapping[str, str]) -> int | None:
    """The number of calls of an endpoint that are left according to a reply; None if the reply does not tell."""
    return _first_integer(headers, _REMAINING)


@dataclass(slots=True)
class _Quota:
    """The known quota of one endpoint: `left` calls until `resets_at`; `left` is None if nothing is known."""

    left: int | None = None
    limit: int | None = None
    resets_at: float = 0.0


class RateLimiter:
    """Holds back calls while the quota that the server last reported is exhausted. Shared by all threads.

    Args:
        monotonic: the monotonic clock, in seconds.
        sleep: waits for a number of seconds, or until the deadline expires.

    Attributes:
        refused: the number of replies with HTTP 429 so far.
    """

    def __init__(self, *, monotonic: Callable[[], float], sleep: Callable[[float, Deadline], None]) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._quotas: dict[str, _Quota] = {}
        self.refused = 0

    def acquire(self, path: str, deadline: Deadline) -> None:
        """Wait until the quota of `path` has room for a call, or until the deadline. The call itself then fails."""
        while True:
            wait = self._reserve(path)
            left = deadline.remaining(self._monotonic())
            if wait <= 0 or left <= 0:
                return
            self._sleep(min(wait, left), deadline)

    def report(self, path: str, status: int, headers: Mapping[str, str]) -> None:
        """Record what a reply says about the quota of `path`."""
        if status == 429:
            with self._lock:
                self.refused += 1
        remaining, limit = calls_left(headers), _first_integer(headers, _LIMIT)
        reset = retry_after(headers)
        if reset is None or (remaining is None and status != 429):
            return
        with self._lock:
            quota = self._quotas.setdefault(path, _Quota())
            now = self._monotonic()
            quota.limit = limit or quota.limit
            reported = 0 if status == 429 or remaining is None else remaining
            # Replies can overtake each other: within one window the lowest count is the newest.
            same_window = quota.left is not None and now < quota.resets_at
            quota.left = min(quota.left, reported) if same_window and quota.left is not None else reported
            quota.resets_at = now + min(reset, MAX_WAIT)

    def _reserve(self, path: str) -> float:
        """Reserve a call. Returns 0, or the seconds until the quota resets if no call is left."""
        with self._lock:
            quota = self._quotas.get(path)
            if quota is None or quota.left is None:
                return 0.0
            now = self._monotonic()
            if now >= quota.resets_at:
                # A new window: the limit says how many calls it has. Once they are spent and no reply has reported
                # the quota, nothing is known any more, and the next HTTP 429 reports it.
                quota.left, quota.resets_at = quota.limit, math.inf
            if quota.left is None or (quota.left <= 0 and quota.resets_at == math.inf):
                quota.left = None
                return 0.0
            if quota.left > 0:
                quota.left -= 1
                return 0.0
            return quota.resets_at - now


def _first_integer(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        number = parse_integer(headers.get(name, ""))
        if number is not None:
            return number
    return None


def _parse_number(text: str | None) -> float | None:
    """The number in a header; None if there is none, or if it is negative or not finite."""
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < math.inf else None
