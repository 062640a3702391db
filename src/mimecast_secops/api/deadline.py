"""The point in time after which nobody waits for an answer any more."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock. `Deadline.never()` is infinitely far away."""

    at: float

    @classmethod
    def never(cls) -> Deadline:
        """A deadline that does not come."""
        return cls(math.inf)

    @classmethod
    def after(cls, seconds: float, *, now: float | None = None) -> Deadline:
        """The deadline `seconds` from now."""
        return cls((time.monotonic() if now is None else now) + seconds)

    def remaining(self, now: float | None = None) -> float:
        """Seconds left, negative once it has passed, `inf` when it never comes."""
        return self.at - (time.monotonic() if now is None else now)
