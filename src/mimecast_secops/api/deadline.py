"""The point in time after which nobody waits for an answer any more."""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field


class Flag:
    """A flag that threads can wait for and that a signal handler may set.

    `threading.Event.set` takes a lock that the interrupted code may hold, and a signal handler would then wait for
    itself. `set` takes no lock.
    """

    __slots__ = ("_gate", "_is_set")

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._gate.acquire()
        self._is_set = False

    def is_set(self) -> bool:
        """Whether the flag is set."""
        return self._is_set

    def set(self) -> None:
        """Set the flag and wake every thread that waits for it."""
        self._is_set = True
        with suppress(RuntimeError):  # The gate is open already.
            self._gate.release()

    def wait(self, seconds: float) -> bool:
        """Wait until the flag is set, at most `seconds`. Returns whether it is set."""
        if not self._is_set and self._gate.acquire(timeout=min(max(seconds, 0.0), threading.TIMEOUT_MAX)):
            self.set()  # Open the gate again for the next thread.
        return self._is_set


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock. `Deadline.never()` is infinitely far away.

    `expire` moves the deadline to the present. Every holder of the same object sees it.
    """

    at: float
    _expired: Flag = field(default_factory=Flag, repr=False, compare=False)

    @classmethod
    def never(cls) -> Deadline:
        """A deadline that does not come."""
        return cls(math.inf)

    @classmethod
    def after(cls, seconds: float, *, now: float | None = None) -> Deadline:
        """The deadline `seconds` from now."""
        return cls((time.monotonic() if now is None else now) + seconds)

    def remaining(self, now: float | None = None) -> float:
        """Seconds left, 0 or less once it has passed or was expired, `inf` when it never comes."""
        left = self.at - (time.monotonic() if now is None else now)
        return min(0.0, left) if self._expired.is_set() else left

    @property
    def expired(self) -> bool:
        """Whether `expire` was called."""
        return self._expired.is_set()

    def expire(self) -> None:
        """End the time now: calls in flight are cut and waits end. A thread or a signal handler may call it."""
        self._expired.set()

    def wait(self, seconds: float) -> None:
        """Sleep for `seconds`, or until `expire` is called."""
        self._expired.wait(seconds)
