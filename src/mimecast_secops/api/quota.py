"""The quota of one endpoint, as far as replies have told it.

What a reset brings is not documented beyond "at least one call"
(docs/reference/mimecast-api.md#rate-limits). So one call is made after a reset. If its reply tells the calls that are
left, that number counts. If it does not, more calls follow while they succeed, and what succeeded until one was refused
is the grant: the number of calls that come back at each reset. It is lowered only after several periods in a row with
HTTP 429, because the first ones may have been meant for another client of the same user.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

# A quota whose resets are further apart is not extrapolated: only a reply tells the time of the next reset.
_LONG_PERIOD: Final = 2.0
# So many calls at once need no limit.
_UNLIMITED: Final = 64
_FIRST_HOLD: Final = 16
_MAX_HOLD: Final = 256
# In a row; each ends the use of one period.
_MAX_EARLY: Final = 3
_POLL: Final = 0.05
_MAX_CORRECTION: Final = 2.0
_FIRST_BACK_OFF: Final = 0.1
# The header has whole milliseconds, so a call could come too early by less than one.
_ROUNDING: Final = 0.001


@dataclass(slots=True)
class Quota:
    """The quota of one endpoint. Times are seconds of the monotonic clock. Not safe to share between threads.

    Attributes:
        left: the calls that may start now; None while no limit is known.
        limit: the calls that the limit allows; None if no reply has told it.
        resets_at: when at least one call comes back; `inf` if that is not known.
    """

    left: int | None = None
    limit: int | None = None
    resets_at: float = math.inf
    _period: float = 0.0  # the time between two resets, at least the longest that was told
    _longest: float = 0.0  # the longest time until a reset that was told
    _errors: int = 0  # since the last success, each burst counted once
    _told_at: float = 0.0  # the reset that the last HTTP 429 told
    _since: int = 0  # the calls that succeeded since then
    _grant: int = 1  # the calls that come back at each reset, as far as known
    _carried: int = 0  # the calls that were left at the last reset
    _early: int = 0  # the periods in a row in which fewer calls than the grant succeeded
    _is_growing: bool = False  # whether more calls than the grant are tried until the next reset
    _is_counting: bool = False  # whether the next three count the calls since the last reset
    _started: int = 0
    _succeeded: int = 0
    _is_refused: bool = False
    _is_told: bool = False  # whether successful replies tell what is left
    _hold: int = _FIRST_HOLD  # for how many periods the grant does not grow after HTTP 429
    _grows_at: float = 0.0
    _sent: int = 0
    _ended: int = 0
    _newest: int = 0  # the number of the latest call whose reply has told the quota

    def guess(self) -> Quota:
        """The quota of an endpoint that was not called yet, if it has the same limit or shares this one."""
        return Quota(self.left, self.limit, self.resets_at, self._period, _is_told=self._is_told)

    def start(self, now: float) -> int:
        """Count a call that starts. Returns its number."""
        self._refill(now)
        if self.left:
            self.left -= 1
        self._sent += 1
        self._started += 1
        return self._sent

    def end(self) -> None:
        """Count a call that has ended, with or without a reply."""
        self._ended += 1

    def wait(self, now: float) -> float:
        """The seconds until a call may start; 0 if it may start now."""
        self._refill(now)
        if self.left is None or self.left > 0:
            return 0.0
        return _POLL if self.resets_at == math.inf else self.resets_at - now

    def block(self, until: float) -> None:
        """Let no call start before a time."""
        is_blocked = self.left == 0 and self.resets_at != math.inf
        self.left, self.resets_at = 0, max(until, self.resets_at) if is_blocked else until

    def refuse(self, number: int, reset: float | None, limit: int | None, now: float) -> None:
        """Record HTTP 429.

        Args:
            number: the number of the call.
            reset: the seconds until at least one call comes back; None if the reply does not tell.
            limit: see the attribute.
            now: the time.
        """
        self._newest = max(self._newest, number)
        self.limit = max(limit or 0, self.limit or 0) or None  # Another limit may tell a smaller number.
        if reset is None:
            return
        self.left = 0
        if self._is_refused:  # The other errors until the next reset say nothing new.
            self._set_reset(max(reset, self.resets_at - now), now)
            return
        # A call that is refused again after the wait was perhaps told another unit of time.
        self._errors += 1
        back_off = _FIRST_BACK_OFF * 2.0 ** min(self._errors - 2, 10) if self._errors > 1 else 0.0
        self._set_reset(max(reset, min(back_off, _LONG_PERIOD)), now)
        self._measure_period()
        self._is_refused = True

    def tell(self, number: int, remaining: int, reset: float, limit: int | None, now: float) -> None:
        """Record a successful reply that tells the quota.

        Args:
            number: the number of the call.
            remaining: the calls that were left after this one.
            reset: see `refuse`.
            limit: see the attribute.
            now: the time.
        """
        self._is_told, self._errors = True, 0
        self.limit = limit if limit is not None else self.limit
        if number >= self._newest:
            self._newest = number
            # The calls that started later are not counted yet.
            self.left = max(0, remaining - (self._sent - number))
            self._set_reset(reset, now)
        elif self.left is not None:
            self.left = min(self.left, remaining)

    def succeed(self) -> None:
        """Record a successful reply that does not tell the quota."""
        self._errors = 0
        self._succeeded += 1
        self._since += 1
        if self.left is None:
            return
        if self.resets_at == math.inf:
            # After a long wait: twice as many calls with each success, or all that the limit allows.
            rest = (self.limit or 0) - 1
            self.left = rest if self._succeeded == 1 and rest > 1 else self.left + 2
            if self.left >= _UNLIMITED:
                self.left = None
        elif self._is_growing and not self._is_refused and self._succeeded >= self._grant + self._carried:
            # A limit that is not larger than the grant was told by something else.
            rest = self.limit - self._started if self.limit and self.limit > self._grant else 1
            self.left = min(self.left + 2, max(0, rest))

    def _learn_grant(self, now: float) -> None:
        """Correct the grant at the end of a period."""
        gained = self._succeeded - self._carried
        if gained > self._grant:
            self._grant, self._early = gained, 0
        elif not self._is_refused:
            self._early = 0 if gained == self._grant else self._early
        elif gained == self._grant:
            # No more came back. That is tried again later and later.
            self._grows_at, self._early = now + self._hold * self._period, 0
            self._hold = min(2 * self._hold, _MAX_HOLD)
        else:
            # Perhaps another client of the user made calls. Only several of them in a row count.
            self._early += 1
            if self._early >= _MAX_EARLY:
                self._grant, self._grows_at, self._early = max(1, gained), now, 0

    def _measure_period(self) -> None:
        """Correct the period after HTTP 429, which was told because a call was made too early.

        Between the resets that two of them told, as many calls came back as succeeded.
        """
        if self._told_at and self._since:
            measured = (self.resets_at - self._told_at) * self._grant / self._since
            self._period = max(self._period, min(measured, _MAX_CORRECTION * self._longest))
        self._told_at, self._since = self.resets_at, 0

    def _set_reset(self, reset: float, now: float) -> None:
        self.resets_at = now + reset + (_ROUNDING if reset < 1 else 0.0)
        self._longest = max(reset, self._longest if self._longest < _LONG_PERIOD else 0.0)
        self._period = max(self._longest, self._period if self._period < _LONG_PERIOD else 0.0)

    def _refill(self, now: float) -> None:
        if self.left is None:
            return
        if self.resets_at == math.inf:
            if not self.left and self._ended >= self._sent:
                self.left = 1  # Nothing is under way that would tell more.
            return
        if now < self.resets_at:
            return
        if not 0 < self._period < _LONG_PERIOD:
            self._succeeded, self._is_refused, self._is_counting = 0, False, False
            self.left, self.resets_at = 1, math.inf
            return
        if self._is_counting:
            self._learn_grant(now)
        self._is_counting = self._grant < _UNLIMITED
        if not self._is_counting:
            self.left = None
            return
        resets = 1 + int((now - self.resets_at) / self._period)
        self.resets_at += resets * self._period
        self._carried = self.left + (resets - 1) * self._grant
        self.left = min(self._carried + self._grant, max(self._grant, self.limit or 0))
        self._started, self._succeeded, self._is_refused = 0, 0, False
        self._is_growing = not self._is_told and now >= self._grows_at
