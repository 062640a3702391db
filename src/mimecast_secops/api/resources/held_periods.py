"""The period of a hold list: always sent, never in the future, and shorter where Mimecast refuses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast_secops.api.session import Session

LIST_REACH: Final = timedelta(days=30) - timedelta(hours=1)
"""How far back a hold list starts unless the caller names a start. Tenants may refuse 30 days and show less by default
(docs/reference/mimecast-api.md#list-held-messages)."""
_RETENTION: Final = timedelta(days=14)  # docs/reference/mimecast-api.md#retention
_SECOND: Final = timedelta(seconds=1)
_SHORT_REACH: Final = timedelta(days=7)
# A skew within the resolution of the `Date` header and the time of the reply is none.
_RELEVANT_SKEW: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Period:
    """The period of one request.

    Attributes:
        start: the earliest time.
        end: the latest time; None leaves it out.
        shortened: whether it starts later than the period that the caller wants, within the time that Mimecast keeps
            held messages.
    """

    start: datetime
    end: datetime | None
    shortened: bool = False


def halves_of(period: Period, times: Sequence[datetime], now: datetime) -> tuple[Period, ...]:
    """The two parts of a period with about as many messages each; they share one second.

    Args:
        period: the period. One that is open ends now.
        times: the times of the messages that are known to be in it.
        now: the current time.

    Returns:
        The parts; empty if the period is too short to be divided, or if no time is known.
    """
    end = period.end or now
    if not times or end - period.start <= _SECOND:
        return ()
    middle = sorted(times)[len(times) // 2].replace(microsecond=0)
    middle = min(max(middle, period.start + _SECOND), end - _SECOND)
    return replace(period, start=middle), replace(period, end=middle)


class PeriodChoice:
    """The period that a caller wants, and the forms of it that are tried in turn after error responses.

    Args:
        session: knows the time of the server and the form that the tenant accepted before.
        start: the earliest time; None for `window`.
        end: the latest time; None for now.
        window: how far back to start without `start`.
    """

    def __init__(
        self, session: Session, *, start: datetime | None, end: datetime | None, window: timedelta | None
    ) -> None:
        self._session = session
        self._start = start or self.server_now() - (window or LIST_REACH)
        self._end = end
        self._form = session.learned.hold_period

    def current(self) -> Period:
        """The period in the form that is tried now."""
        now = self.server_now()
        end = now if self._end is None else min(self._end, now)
        open_ended = self._end is None or self._end >= now
        if self._form == 1:
            return Period(self._start, end - timedelta(seconds=1) if open_ended else end)
        if self._form == 2 and open_ended:
            return Period(self._start, None)
        if self._form >= 3:
            reach = _RETENTION if self._form == 3 else _SHORT_REACH
            start = max(self._start, now - reach)
            return Period(start, end, shortened=start > max(self._start, now - _RETENTION))
        return Period(self._start, end)

    def try_next(self) -> bool:
        """Change to the next form of the period after an error response; return whether there is one."""
        refused = self.current()
        while self._form < 4:
            self._form += 1
            if self.current() != refused:
                return True
        return False

    def accept(self) -> None:
        """Remember the form that Mimecast accepted, for later lists of this client."""
        self._session.learned.hold_period = self._form

    def is_outdated(self, sent: Period) -> bool:
        """Whether a period ends too early, because the local clock turned out to be behind the server's."""
        current = self.current()
        return sent.end is not None and current.end is not None and current.end - sent.end > _RELEVANT_SKEW

    def server_now(self) -> datetime:
        """The time of the server: local time, corrected by the skew if that is known and large enough to matter."""
        skew = timedelta(seconds=self._session.server_clock.skew or 0)
        now = self._session.runtime.clock().astimezone(UTC)
        return (now if abs(skew) <= _RELEVANT_SKEW else now - skew).replace(microsecond=0)
