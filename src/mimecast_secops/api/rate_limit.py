"""How long a rate-limited call waits.

Mimecast counts calls per endpoint (docs/reference/mimecast-api.md#rate-limits):

- Before a call: `RateLimiter` holds it back while its quota is exhausted, as far as replies have told it. If that takes
  longer than the caller has, the call fails at once, and nothing is sent.
- After HTTP 429: `wait_after_rate_limit` is the wait before the next attempt, if the server names one. `verdict` ends
  the call instead if the wait is longer than `MAX_WAIT` or the time left. If the server names no wait, `verdict` uses
  the same back-off as for other retries.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.errors import RateLimited
from mimecast_secops.api.quota import Quota
from mimecast_secops.api.rate_headers import (
    MAX_QUOTA_WAIT,
    RATE_HEADERS,
    ResetUnit,
    call_limit,
    calls_left,
    retry_after,
)

MAX_WAIT: Final = 120.0
"""The longest wait for a rate limit, in seconds. A call that would have to wait longer fails."""
MIN_QUOTA_WAIT: Final = 5.0
"""From this many seconds on, a wait that does not fit into the time left is an error with the time of the next call."""
_SPREAD: Final = 0.25


def wait_after_rate_limit(requested: float, jitter: float) -> float:
    """The seconds to wait after HTTP 429 before the next attempt.

    Args:
        requested: the seconds that the server asked for.
        jitter: a random number in [0, 1). It spreads the threads, so that they do not return at the same instant.
    """
    return requested + _SPREAD * jitter


def quota_wait(path: str, wait: float, now: datetime, request_id: str = "") -> RateLimited:
    """The error of a call that has to wait longer than it can.

    Args:
        path: the path of the endpoint.
        wait: the seconds until the next call is allowed.
        now: the current time, aware.
        request_id: see `RateLimited`.
    """
    until = now.astimezone(UTC) + timedelta(seconds=wait)
    return RateLimited(
        f"Rate limit exceeded for {path}. Mimecast allows the next call at {until:%Y-%m-%d %H:%M:%S} UTC.",
        wait=wait,
        until=until,
        endpoint=path,
        request_id=request_id,
    )


class Admission:
    """One call, from its wait for the quota to its end. A context manager, used by one thread.

    Args:
        limiter: the rate limiter.
        path: the path of the endpoint.
        deadline: the deadline of the caller.
    """

    __slots__ = ("_deadline", "_limiter", "_number", "_path")

    def __init__(self, limiter: RateLimiter, path: str, deadline: Deadline) -> None:
        self._limiter = limiter
        self._path = path
        self._deadline = deadline
        self._number = 0

    def wait(self) -> None:
        """Wait until the quota allows a call, or until the deadline. The call itself then fails.

        Raises:
            RateLimited: the wait is long, and longer than the time left or `MAX_WAIT`.
        """
        self._limiter.wait(self._path, self._deadline)

    def enter(self) -> bool:
        """Count the call. Returns False, without counting it, if the quota allows no call any more."""
        self._number = self._limiter.start(self._path, self._deadline)
        return self._number > 0

    def report(self, status: int, headers: Mapping[str, str]) -> None:
        """Record what the reply says about the quota. Header names are in lower case."""
        self._limiter.report(self._path, self._number, status, headers)

    def __enter__(self) -> Admission:
        return self

    def __exit__(self, *exception: object) -> None:
        """Record that the call has ended, with or without a reply."""
        if self._number:
            self._limiter.end(self._path)


class RateLimiter:
    """Holds back calls while their quota is exhausted. Shared by all threads.

    Args:
        monotonic: the monotonic clock, in seconds.
        sleep: waits for a number of seconds, or until the deadline expires.
        clock: returns the current time, aware.
        unit: the unit of the reset. Replies with HTTP 429 are recorded in it.

    Attributes:
        refused: the number of replies with HTTP 429 so far.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float, Deadline], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        unit: ResetUnit | None = None,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._quotas: dict[str, Quota] = {}
        self._last_told: Quota | None = None
        self._unit = unit or ResetUnit()
        self.refused = 0

    def admission(self, path: str, deadline: Deadline) -> Admission:
        """A call of `path` that is about to begin."""
        return Admission(self, path, deadline)

    def wait(self, path: str, deadline: Deadline) -> None:
        """See `Admission.wait`."""
        while True:
            with self._lock:
                now = self._monotonic()
                wait, left = self._quota(path).wait(now), deadline.remaining(now)
            if wait <= 0 or left <= 0:
                return
            if wait >= MIN_QUOTA_WAIT and wait > min(left, MAX_WAIT):
                raise quota_wait(path, wait, self._clock())
            self._sleep(min(wait, left), deadline)

    def start(self, path: str, deadline: Deadline) -> int:
        """The number of a call that starts now; 0 if the quota allows none and the deadline has not expired."""
        with self._lock:
            quota, now = self._quota(path), self._monotonic()
            return quota.start(now) if quota.wait(now) <= 0 or deadline.remaining(now) <= 0 else 0

    def end(self, path: str) -> None:
        """Record that a call that `start` has counted has ended."""
        with self._lock:
            self._quota(path).end()

    def report(self, path: str, number: int, status: int, headers: Mapping[str, str]) -> None:
        """See `Admission.report`.

        Args:
            path: the path that was called.
            number: the number that `start` returned.
            status: the HTTP status.
            headers: the headers, with names in lower case.
        """
        if status != 429 and RATE_HEADERS.isdisjoint(headers):
            with self._lock:
                self._quota(path).succeed()
            return
        remaining, limit = calls_left(headers), call_limit(headers)
        with self._lock:
            quota, now = self._quota(path), self._monotonic()
            if status == 429:
                self.refused += 1
                self._unit.observe_refusal(path, headers, now)
            reset = self._reset(headers)
            if status == 429:
                quota.refuse(number, reset, limit, now)
            elif reset is None or remaining is None:
                quota.succeed()
            else:
                quota.tell(number, remaining, reset, limit, now)
                self._last_told = quota

    def wait_of(self, headers: Mapping[str, str]) -> float | None:
        """The seconds that a reply with HTTP 429 asks to wait, at most `MAX_QUOTA_WAIT`; None if it names no time."""
        with self._lock:
            return self._reset(headers)

    def block(self, path: str, seconds: float) -> None:
        """Let no call of `path` start for a number of seconds: an earlier process was told so."""
        with self._lock:
            self._quota(path).block(self._monotonic() + min(seconds, MAX_QUOTA_WAIT))

    def _quota(self, path: str) -> Quota:
        quota = self._quotas.get(path)
        if quota is None:
            # A tenant that tells its quotas has one for each endpoint or one for all. Either way, what is left of the
            # last one is a careful guess until a reply tells more.
            quota = self._quotas[path] = self._last_told.guess() if self._last_told else Quota()
        return quota

    def _reset(self, headers: Mapping[str, str]) -> float | None:
        reset = retry_after(headers, self._clock(), in_seconds=self._unit.in_seconds)
        return None if reset is None else min(reset, MAX_QUOTA_WAIT)
