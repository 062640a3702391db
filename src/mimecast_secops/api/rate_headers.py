"""What the headers of a reply say about a rate limit (docs/reference/mimecast-api.md#rate-limits).

The sources disagree about the name and the unit of the reset header. All spellings are read. Milliseconds, seconds and
unix times are told apart by their size, and where that is not enough, by what happens after the wait.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from mimecast_secops.api.decode import parse_integer

MAX_QUOTA_WAIT: Final = 3600.0
"""The longest wait for a rate limit that is believed, in seconds. After it, Mimecast is asked again."""
_PREFIXES: Final = ("x-ratelimit", "x-rate-limit", "x-mimecast-ratelimit")
_REMAINING: Final = tuple(f"{prefix}-remaining" for prefix in _PREFIXES)
_LIMIT: Final = tuple(f"{prefix}-limit" for prefix in _PREFIXES)
_RESET: Final = tuple(f"{prefix}-reset" for prefix in _PREFIXES)
_RETRY_AFTER: Final = "retry-after"
RATE_HEADERS: Final = frozenset({*_REMAINING, *_LIMIT, *_RESET, _RETRY_AFTER})
"""The names, in lower case, of the headers that this module reads."""
# No wait is this long. In milliseconds, the first number is the year 1973; in seconds, the second is the year 2001.
_MIN_EPOCH_MS: Final = 100_000_000_000
_MIN_EPOCH_S: Final = 1_000_000_000
# A wait of this many seconds is implausible, so the number counts milliseconds.
_MIN_CERTAIN_MS: Final = 10_000
_CLOSE_SECONDS: Final = 1.0
_CONFIRMATIONS: Final = 2
# Smaller numbers and shorter times agree with seconds by accident.
_MIN_NUMBER: Final = 5
_MIN_PASSED: Final = 1.2
_SECONDS: Final = "seconds"
_MILLISECONDS: Final = "milliseconds"
_UNIX_TIME: Final = "unix time"


def calls_left(headers: Mapping[str, str]) -> int | None:
    """The number of calls that are left according to a reply; None if the reply does not tell."""
    return _first_integer(headers, _REMAINING)


def call_limit(headers: Mapping[str, str]) -> int | None:
    """The number of calls that the rate limit allows according to a reply; None if the reply does not tell."""
    return _first_integer(headers, _LIMIT)


def retry_after(headers: Mapping[str, str], now: datetime | None = None, *, in_seconds: bool = False) -> float | None:
    """The seconds to wait that the headers of a reply ask for; None if they name no time.

    Args:
        headers: the headers, with names in lower case. The reset headers of Mimecast come before `Retry-After`.
        now: the local time, aware, for a reply without a `Date`; None for the time of the system.
        in_seconds: whether this tenant counts the reset in seconds (see `ResetUnit`).
    """
    after = _wait_of_retry_after(headers, now)
    reset = _reset_number(headers)
    if reset is None:
        return after
    if reset >= _MIN_EPOCH_S:
        return _until(reset, headers, now)
    # If both headers are there, their difference tells the unit.
    if in_seconds or (after is not None and after > 0 and abs(reset - after) <= _CLOSE_SECONDS):
        return reset
    return reset / 1000


@dataclass(slots=True)
class ResetUnit:
    """Finds out whether a tenant counts the reset in seconds instead of milliseconds.

    Read as milliseconds, 30 seconds are over in 30 ms. If calls are refused long after that, and the number has fallen
    by as many seconds as have passed, it counts seconds.

    Attributes:
        in_seconds: what is known so far.
        name: `seconds`, `milliseconds` or `unix time`; "" if it is not known.
    """

    in_seconds: bool = False
    name: str = ""
    _last: dict[str, tuple[float, float]] = field(default_factory=dict)
    _confirmations: int = 0

    def observe_refusal(self, path: str, headers: Mapping[str, str], now: float) -> None:
        """Record a reply with HTTP 429.

        Args:
            path: the path that was called.
            headers: the headers of the reply.
            now: the monotonic clock, in seconds.
        """
        number = _reset_number(headers)
        if number is None:
            return
        if number >= _MIN_EPOCH_S:
            self.name = _UNIX_TIME
            return
        if number >= _MIN_CERTAIN_MS:
            self.in_seconds, self.name, self._confirmations = False, _MILLISECONDS, 0
        last, self._last[path] = self._last.get(path), (number, now)
        if last is None:
            return
        last_number, seen_at = last
        passed = now - seen_at
        if passed < max(_MIN_PASSED, 3 * last_number / 1000) or last_number < _MIN_NUMBER:
            self._last[path] = last if last_number >= _MIN_NUMBER else (number, now)
        elif abs(last_number - number - passed) <= _CLOSE_SECONDS:
            self._confirmations += 1
            if self._confirmations >= _CONFIRMATIONS and number < _MIN_CERTAIN_MS:
                self.assume(_SECONDS)
        else:
            self._confirmations = 0

    def assume(self, name: str) -> None:
        """Take a unit that an earlier client found; "" for none. Later replies may show another one."""
        self.name = name if name in (_SECONDS, _MILLISECONDS, _UNIX_TIME) else ""
        self.in_seconds = self.name == _SECONDS


def _reset_number(headers: Mapping[str, str]) -> float | None:
    numbers = (_parse_number(headers.get(name)) for name in _RESET)
    return next((number for number in numbers if number is not None), None)


def _wait_of_retry_after(headers: Mapping[str, str], now: datetime | None) -> float | None:
    text = headers.get(_RETRY_AFTER)
    number = _parse_number(text)
    if number is not None:
        return _until(number, headers, now) if number >= _MIN_EPOCH_S else number
    date = _parse_date(text)
    return None if date is None else _until(date.timestamp(), headers, now)


def _until(epoch: float, headers: Mapping[str, str], now: datetime | None) -> float:
    """The seconds until a unix time, in seconds or milliseconds, by the clock of the server if it tells the time."""
    seconds = epoch / 1000 if epoch >= _MIN_EPOCH_MS else epoch
    server_time = _parse_date(headers.get("date")) or now or datetime.now(UTC)
    return max(0.0, seconds - server_time.timestamp())


def _first_integer(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        number = parse_integer(headers.get(name, ""))
        if number is not None:
            return number
    return None


def _parse_number(text: str | None) -> float | None:
    """The number in a header; None if there is none, or if it is negative or not finite."""
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < math.inf else None


def _parse_date(text: str | None) -> datetime | None:
    """The HTTP date in a header, aware; None if there is none."""
    try:
        date = parsedate_to_datetime(text or "")
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
