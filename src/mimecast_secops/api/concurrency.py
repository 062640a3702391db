"""Limits the number of requests in flight to what the server answers quickly, and to a maximum.

The limit works like TCP congestion control. It doubles per round trip until the first sign of congestion, and grows by
about one per round trip after it. Each sign of congestion reduces it.
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
_FACTOR_OVERLOADED: Final = 0.5
_FACTOR_DELAYED: Final = 0.75
# The latency of a path is the average over several replies, because single replies differ for many reasons.
_MIN_SAMPLES: Final = 8
_SETTLED_SAMPLES: Final = 16
_SMOOTHING: Final = 0.1
_SLOWER_FACTOR: Final = 2.0
_SLOWER_SECONDS: Final = 0.025
_RECENT_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.1


class Observation:
    """The outcome of one exchange.

    Args:
        path: the path that was called. Latencies are compared per path.
        epoch: the value that `ConcurrencyLimit.acquire` returned.
        status: the HTTP status; None if there was no reply.
        seconds: the time from sending the request to the end of the reply's headers; None if there was no reply.
        calls_left: the calls of this path that the rate limit still allows; None if the reply does not tell.
        counts: whether the outcome describes the server; False if the deadline of the caller ended the exchange.
    """

    # Not a dataclass: each dataclass adds a millisecond to the import in the process of every action.
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
    """The average time to the reply's headers of a path, and the lowest average of the last 10 to 20 seconds."""

    __slots__ = ("_average", "_lowest", "_lowest_before", "_samples", "_since")

    def __init__(self, now: float) -> None:
        self._average = 0.0
        self._samples = 0
        self._since = now
        self._lowest = self._lowest_before = math.inf

    def rises(self, seconds: float, now: float) -> bool:
        """Record a reply. Returns whether the average is far above the lowest recent average."""
        self._samples += 1
        self._average += (seconds - self._average) * max(1 / self._samples, _SMOOTHING)
        if self._samples < _MIN_SAMPLES:
            return False
        if now - self._since > _RECENT_SECONDS:
            self._lowest_before, self._lowest, self._since = self._lowest, math.inf, now
        if self._samples >= _SETTLED_SAMPLES:
            self._lowest = min(self._lowest, self._average)
        lowest = min(self._lowest, self._lowest_before)
        return self._average > _SLOWER_FACTOR * lowest + _SLOWER_SECONDS

    def start_over(self) -> None:
        """Discard the average, which belongs to a previous limit. The lowest average stays for comparison."""
        self._samples, self._average = 0, 0.0


class AdaptiveLimit:
    """The algorithm that changes the limit. Not safe to share between threads.

    Args:
        ceiling: the maximum of the limit, at least 1.

    Attributes:
        epoch: the number of reductions so far. An exchange that began in an earlier epoch does not count.
    """

    def __init__(self, ceiling: int) -> None:
        self._ceiling = max(1, ceiling)
        self._limit = float(min(_START, self._ceiling))
        self._doubling = True
        self._latencies: dict[str, _Latency] = {}
        self.epoch = 0

    @property
    def limit(self) -> int:
        """The maximum number of requests in flight, from 1 to the ceiling."""
        return int(self._limit)

    def observe(self, observation: Observation, now: float, *, in_use: bool) -> None:
        """Record the outcome of an exchange.

        Args:
            observation: the outcome.
            now: the time of the monotonic clock, in seconds.
            in_use: whether the limit was reached.
        """
        if not observation.counts or observation.epoch != self.epoch:
            return
        if observation.status in _OVERLOADED:
            self._shrink(_FACTOR_OVERLOADED)
        elif observation.seconds is None or self._latency(observation.path, now).rises(observation.seconds, now):
            self._shrink(_FACTOR_DELAYED)
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
    """A thread that waits until it may start a request."""

    __slots__ = ("epoch", "gate", "is_next")

    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.gate.acquire()
        self.is_next = False
        self.epoch = 0


class ConcurrencyLimit:
    """Starts requests in the order of `acquire`, as many at a time as the adaptive limit allows.

    Args:
        ceiling: the maximum number of requests at the same time.
        monotonic: the monotonic clock of deadlines, in seconds.
        clock: the monotonic clock of latencies, in seconds.
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
        self._adaptive = AdaptiveLimit(ceiling)
        self._in_flight = 0
        self._waiters: deque[_Waiter] = deque()

    @property
    def limit(self) -> int:
        """The maximum number of requests that may be in flight now."""
        return self._adaptive.limit

    @property
    def in_flight(self) -> int:
        """The number of requests in flight."""
        return self._in_flight

    def acquire(self, deadline: Deadline) -> int:
        """Wait until a request may start. Each `acquire` requires one `release`.

        Returns:
            The epoch, for the `Observation`.

        Raises:
            DeadlineExceeded: the deadline expired first. Do not call `release` then.
        """
        with self._lock:
            if not self._waiters and self._in_flight < self._adaptive.limit:
                self._in_flight += 1
                return self._adaptive.epoch
            waiter = _Waiter()
            self._waiters.append(waiter)
        try:
            self._wait(waiter, deadline)
        except BaseException:
            self._leave(waiter)
            raise
        return waiter.epoch

    def release(self, observation: Observation) -> None:
        """Record that a request has ended, and start waiting requests."""
        with self._lock:
            in_use = bool(self._waiters) or self._in_flight >= self._adaptive.limit
            self._in_flight -= 1
            self._adaptive.observe(observation, self._clock(), in_use=in_use)
            self._admit()

    def _wait(self, waiter: _Waiter, deadline: Deadline) -> None:
        while True:
            left = deadline.remaining(self._monotonic())
            if left <= 0:
                raise DeadlineExceeded("The time limit expired before the request could start.")
            # A deadline can expire at any time, so it is checked regularly.
            if waiter.gate.acquire(timeout=min(left, _POLL_SECONDS)):
                return

    def _leave(self, waiter: _Waiter) -> None:
        with self._lock:
            if waiter.is_next:
                self._in_flight -= 1
                self._admit()
            else:
                self._waiters.remove(waiter)

    def _admit(self) -> None:
        while self._waiters and self._in_flight < self._adaptive.limit:
            waiter = self._waiters.popleft()
            waiter.is_next, waiter.epoch = True, self._adaptive.epoch
            self._in_flight += 1
            waiter.gate.release()
