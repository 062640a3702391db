"""Deadlines of calls, which can also be expired early."""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field


class Flag:
    """A flag that threads can wait for and that a signal handler may set.

    `threading.Event.set` takes a lock that the interrupted code may hold, so a signal handler could wait for itself.
    `set` takes no lock.
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
        with suppress(RuntimeError):  # The gate is already open.
            self._gate.release()

    def wait(self, seconds: float) -> bool:
        """Wait until the flag is set, at most `seconds`. Returns whether it is set."""
        if not self._is_set and self._gate.acquire(timeout=min(max(seconds, 0.0), threading.TIMEOUT_MAX)):
            self.set()  # Open the gate again for the next thread.
        return self._is_set


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time on the monotonic clock after which calls end with `DeadlineExceeded`.

    `expire` ends the time at once, for every call that uses the same object.
    """

    at: float
    _expired: Flag = field(default_factory=Flag, repr=False, compare=False)

    @classmethod
    def never(cls) -> Deadline:
        """A deadline that never expires by itself."""
        return cls(math.inf)

    @classmethod
    def after(cls, seconds: float, *, now: float | None = None) -> Deadline:
        """The deadline `seconds` from now."""
        return cls((time.monotonic() if now is None else now) + seconds)

    def remaining(self, now: float | None = None) -> float:
        """The seconds left; 0 or less after the deadline, `inf` for `Deadline.never()`."""
        left = self.at - (time.monotonic() if now is None else now)
        return min(0.0, left) if self._expired.is_set() else left

    @property
    def expired(self) -> bool:
        """Whether `expire` was called."""
        return self._expired.is_set()

    def expire(self) -> None:
        """Expire the deadline now: calls in flight and waits end. A thread or a signal handler may call this."""
        self._expired.set()

    def wait(self, seconds: float) -> None:
        """Sleep for `seconds`, or until `expire` is called."""
        self._expired.wait(seconds)
