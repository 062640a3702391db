"""How many requests are in flight at the same time: as many as the server answers quickly, never more than a ceiling.

The limit grows while replies come quickly and shrinks on signs of congestion, as TCP does: it doubles per round trip
until the first sign, and grows by about one per round trip after it.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.errors import DeadlineExceeded

_START: Final = 8
_OVERLOADED: Final = frozenset({429, 502, 503, 504})
_ON_REFUSAL: Final = 0.5
_ON_DELAY: Final = 0.75
# A path's latency is judged by its average over some replies: single replies differ for many reasons.
_LEAST_SAMPLES: Final = 8
_SETTLED_SAMPLES: Final = 16
_SMOOTHING: Final = 0.1
_TIMES_SLOWER: Final = 2.0
_SECONDS_SLOWER: Final = 0.025
_RECENT_SECONDS: Final = 10.0
_LOOK: Final = 0.1


class Observation:
    """How one exchange went.

    Args:
        path: what was called; latencies are compared per path.
        epoch: what `ConcurrencyLimit.acquire` returned for it.
        status: the HTTP status, None when there was no reply.
        seconds: from the request's leaving to the end of the reply's headers, None when there was no reply.
        calls_left: how many more calls of this path the rate limit allows, None when the reply does not tell.
        counts: whether it says something about the server; False when the caller's own deadline ended it.
    """

    # No dataclass: each of them costs a millisecond of import in every action's process.
    __slots__ = ("calls_left", "counts", "epoch", "path", "seconds", "status")

    def __init__(
        self,
        *,
        path: str,
        epoch: int,
        status: int | None = None,
        seconds: float | None = None,
        calls_left: int | None = None,
        counts: bool = True,
    ) -> None:
        self.path = path
        self.epoch = epoch
        self.status = status
        self.seconds = seconds
        self.calls_left = calls_left
        self.counts = counts


class _Latency:
    """The average time-to-headers of a path, and the lowest average of the last 10 to 20 seconds."""

    __slots__ = ("_average", "_lowest", "_lowest_before", "_samples", "_since")

    def __init__(self, now: float) -> None:
        self._average = 0.0
        self._samples = 0
        self._since = now
        self._lowest = self._lowest_before = math.inf

    def rises(self, seconds: float, now: float) -> bool:
        """Take in a reply. Returns whether the average is far above the lowest recent one."""
        self._samples += 1
        self._average += (seconds - self._average) * max(1 / self._samples, _SMOOTHING)
        if self._samples < _LEAST_SAMPLES:
            return False
        if now - self._since > _RECENT_SECONDS:
            self._lowest_before, self._lowest, self._since = self._lowest, math.inf, now
        if self._samples >= _SETTLED_SAMPLES:
            self._lowest = min(self._lowest, self._average)
        lowest = min(self._lowest, self._lowest_before)
        return self._average > _TIMES_SLOWER * lowest + _SECONDS_SLOWER

    def start_over(self) -> None:
        """Forget the average, which belongs to a limit that is no more; the lowest one stays for comparison."""
        self._samples, self._average = 0, 0.0


class AdaptiveLimit:
    """The law by which the limit moves. Not safe to share between threads.

    Args:
        ceiling: what the limit never exceeds, at least 1.

    Attributes:
        epoch: counts the times that it shrank. What began in an earlier epoch tells nothing about the present limit.
    """

    def __init__(self, ceiling: int) -> None:
        self._ceiling = max(1, ceiling)
        self._limit = float(min(_START, self._ceiling))
        self._doubling = True
        self._latencies: dict[str, _Latency] = {}
        self.epoch = 0

    @property
    def limit(self) -> int:
        """The most requests in flight, from 1 to the ceiling."""
        return int(self._limit)

    def observe(self, observation: Observation, now: float, *, in_use: bool) -> None:
        """Take in how an exchange went.

        Args:
            observation: how it went.
            now: the monotonic clock, seconds.
            in_use: whether as many requests as allowed were in flight.
        """
        if not observation.counts or observation.epoch != self.epoch:
            return
        if observation.status in _OVERLOADED:
            self._shrink(_ON_REFUSAL)
        elif observation.seconds is None or self._latency(observation.path, now).rises(observation.seconds, now):
            self._shrink(_ON_DELAY)
        elif in_use and self._has_room(observation):
            self._limit = min(self._ceiling, self._limit + (1.0 if self._doubling else 1.0 / self._limit))

    def _has_room(self, observation: Observation) -> bool:
        return observation.calls_left is None or observation.calls_left > self._limit

    def _latency(self, path: str, now: float) -> _Latency:
        return self._latencies.setdefault(path, _Latency(now))

    def _shrink(self, factor: float) -> None:
        self._limit = max(1.0, self._limit * factor)
        self._doubling = False
        self.epoch += 1
        for latency in self._latencies.values():
            latency.start_over()


class _Waiter:
    """A thread that waits for its turn."""

    __slots__ = ("epoch", "gate", "is_next")

    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.gate.acquire()
        self.is_next = False
        self.epoch = 0


class ConcurrencyLimit:
    """Lets requests start in the order in which they ask, as many at a time as the adaptive limit allows.

    Args:
        ceiling: the most requests at the same time.
        monotonic: the monotonic clock of deadlines, seconds.
        clock: the monotonic clock of latencies, seconds.
    """

    def __init__(
        self,
        ceiling: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._clock = clock
        self._lock = threading.Lock()
        self._law = AdaptiveLimit(ceiling)
        self._in_flight = 0
        self._waiters: deque[_Waiter] = deque()

    @property
    def limit(self) -> int:
        """The most requests that may be in flight now."""
        return self._law.limit

    @property
    def in_flight(self) -> int:
        """How many requests are in flight."""
        return self._in_flight

    def acquire(self, deadline: Deadline) -> int:
        """Wait until a request may start. Every acquire needs one `release`.

        Returns:
            The epoch, for the observation.

        Raises:
            DeadlineExceeded: the deadline came first; there is nothing to release.
        """
        with self._lock:
            if not self._waiters and self._in_flight < self._law.limit:
                self._in_flight += 1
                return self._law.epoch
            waiter = _Waiter()
            self._waiters.append(waiter)
        try:
            self._wait(waiter, deadline)
        except BaseException:
            self._leave(waiter)
            raise
        return waiter.epoch

    def release(self, observation: Observation) -> None:
        """The request has ended."""
        with self._lock:
            in_use = bool(self._waiters) or self._in_flight >= self._law.limit
            self._in_flight -= 1
            self._law.observe(observation, self._clock(), in_use=in_use)
            self._admit()

    def _wait(self, waiter: _Waiter, deadline: Deadline) -> None:
        while True:
            left = deadline.remaining(self._monotonic())
            if left <= 0:
                raise DeadlineExceeded("The time was over before the request could start.")
            # A deadline can be expired at any time, so look at it now and then.
            if waiter.gate.acquire(timeout=min(left, _LOOK)):
                return

    def _leave(self, waiter: _Waiter) -> None:
        with self._lock:
            if waiter.is_next:
                self._in_flight -= 1
                self._admit()
            else:
                self._waiters.remove(waiter)

    def _admit(self) -> None:
        while self._waiters and self._in_flight < self._law.limit:
            waiter = self._waiters.popleft()
            waiter.is_next, waiter.epoch = True, self._law.epoch
            self._in_flight += 1
            waiter.gate.release()
