"""The time of a cycle: Mimecast's, as soon as a reply has given it.

Windows, checkpoints and the memory of processed ids depend on the time. A machine whose clock is wrong would skip
messages or forget what it has delivered, so the `Date` of Mimecast's replies decides when the two differ.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

SECOND_MS: Final = 1000
MINUTE_MS: Final = 60 * SECOND_MS
HOUR_MS: Final = 60 * MINUTE_MS
# `Date` has whole seconds and replies take time to arrive. The shortest overlap is a minute, which covers the rest.
TOLERANCE_MS: Final = MINUTE_MS


def to_ms(time: datetime) -> int:
    """Unix milliseconds of an aware time."""
    return int(time.timestamp() * 1000)


def to_time(time_ms: int) -> datetime:
    """Unix milliseconds as an aware time."""
    return datetime.fromtimestamp(time_ms / 1000, UTC)


class CycleClock:
    """The time of one cycle, in unix milliseconds.

    Args:
        local: this machine's clock, in unix seconds.
        skew: how many seconds this machine's clock is ahead of Mimecast's; None until a reply of this cycle has said.
        ask: sends a cheap request, given the current time in unix milliseconds, so that `skew` is known. Does not raise
            when Mimecast rejects it: that reply carries the time too.

    Attributes:
        now_ms: when the cycle began, corrected by Mimecast's clock where that differs by more than a minute.
    """

    def __init__(
        self, local: Callable[[], float], skew: Callable[[], float | None], ask: Callable[[int], None]
    ) -> None:
        self._local_ms = int(local() * 1000)
        self._skew = skew
        self._ask = ask
        self._verified = False
        self.now_ms = self._local_ms
        self.update()

    @property
    def is_verified(self) -> bool:
        """Whether a reply has given Mimecast's time."""
        return self._verified

    @property
    def correction_ms(self) -> int:
        """How far this machine's clock is ahead of `now_ms`; 0 if both agree."""
        return self._local_ms - self.now_ms

    def update(self) -> bool:
        """Take Mimecast's time from the replies so far. Returns whether `now_ms` has changed."""
        skew = self._skew()
        if self._verified or skew is None:
            return False
        self._verified = True
        skew_ms = int(skew * 1000)
        if abs(skew_ms) <= TOLERANCE_MS:
            return False
        self.now_ms = self._local_ms - skew_ms
        return True

    def verify(self) -> bool:
        """Get Mimecast's time with a request, unless a reply has given it. Returns whether `now_ms` has changed."""
        if self._verified:
            return False
        self._ask(self.now_ms)
        return self.update()
