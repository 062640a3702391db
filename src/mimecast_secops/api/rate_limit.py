"""One rate budget for all threads, per function, because that is how Mimecast counts (API notes 4.7)."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.decode import whole_number
from mimecast_secops.api.error_mapping import retry_after

_REMAINING: Final = ("x-ratelimit-remaining", "x-rate-limit-remaining", "x-mimecast-ratelimit-remaining")
_LIMIT: Final = ("x-ratelimit-limit", "x-rate-limit-limit", "x-mimecast-ratelimit-limit")
_LONGEST_HOLD: Final = 120.0


@dataclass(slots=True)
class _Quota:
    """What is known of one function's quota: calls left until `resets_at`, None where nothing is known."""

    left: int | None = None
    limit: int | None = None
    resets_at: float = 0.0


class RateLimiter:
    """Lets a call go when the quota that the server last reported has room for it, and holds it back otherwise.

    Args:
        monotonic: the monotonic clock, seconds.
        sleep: waits a number of seconds, or until the deadline is expired.
    """

    def __init__(self, *, monotonic: Callable[[], float], sleep: Callable[[float, Deadline], None]) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._quotas: dict[str, _Quota] = {}

    def acquire(self, path: str, deadline: Deadline) -> None:
        """Wait until a call of `path` has room, or until the deadline; the call itself then finds out."""
        while True:
            wait = self._reserve(path)
            left = deadline.remaining(self._monotonic())
            if wait <= 0 or left <= 0:
                return
            self._sleep(min(wait, left), deadline)

    def report(self, path: str, status: int, headers: Mapping[str, str]) -> None:
        """Take in what a reply said about the quota of `path`."""
        remaining, limit = calls_left(headers), _whole(headers, _LIMIT)
        reset = retry_after(headers)
        if reset is None or (remaining is None and status != 429):
            return
        with self._lock:
            quota = self._quotas.setdefault(path, _Quota())
            now = self._monotonic()
            quota.limit = limit or quota.limit
            reported = 0 if status == 429 or remaining is None else remaining
            # Replies overtake each other: within one window the lowest count is the newest.
            same_window = quota.left is not None and now < quota.resets_at
            quota.left = min(quota.left, reported) if same_window and quota.left is not None else reported
            quota.resets_at = now + min(reset, _LONGEST_HOLD)

    def _reserve(self, path: str) -> float:
        with self._lock:
            quota = self._quotas.get(path)
            if quota is None or quota.left is None:
                return 0.0
            now = self._monotonic()
            if now >= quota.resets_at:
                # A new window: as many calls as the limit names may go at once. When they are used up and nobody has
                # said a word about the quota, nothing is known any more, and the next refusal will say it.
                quota.left, quota.resets_at = quota.limit, math.inf
            if quota.left is None or (quota.left <= 0 and quota.resets_at == math.inf):
                quota.left = None
                return 0.0
            if quota.left > 0:
                quota.left -= 1
                return 0.0
            return quota.resets_at - now


def calls_left(headers: Mapping[str, str]) -> int | None:
    """How many more calls of a function the rate limit allows by a reply's headers, None where they do not tell."""
    return _whole(headers, _REMAINING)


def _whole(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        number = whole_number(headers.get(name, ""))
        if number is not None:
            return number
    return None
