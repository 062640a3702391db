"""What to do after a failed attempt: one pure function, so that it can be read and tested as a table.

A write that may have been executed is never repeated. After an error that proves that the call was not executed (a rate
limit, a refused token, a connection that was never established), reads and writes are repeated alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from mimecast_secops.api.error_mapping import TOKEN_EXPIRED, TRANSIENT_CODES
from mimecast_secops.api.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    MimecastError,
    MissingPermission,
    RateLimited,
    Redirected,
    ReplyTooLarge,
    Unavailable,
    UndecodableReply,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.api.rate_limit import MAX_WAIT, wait_after_rate_limit

_FIRST_WAIT: Final = 0.25
_MAX_BACKOFF: Final = 15.0
# For a divisible request. A reply that cannot be decoded is rarely better the next time, so the caller asks for less.
_UNDECODABLE_ATTEMPTS: Final = 3
_UNDECODABLE_WAIT: Final = 0.05


class Step(Enum):
    """The next step after a failed attempt."""

    RETRY = "retry"
    RENEW = "renew the token, then retry"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next step, and for a retry the seconds to wait before it."""

    step: Step
    wait: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """A failed attempt at a call, and the limits of the call.

    Attributes:
        error: the error of the attempt.
        number: 1 for the first attempt.
        limit: the maximum number of attempts.
        writes: whether the endpoint changes something in the tenant.
        renewed: whether the token was already renewed for this call.
        time_left: seconds until the deadline of the caller.
        jitter: a random number in [0, 1).
        divisible: whether the caller can ask for less if the reply cannot be decoded.
        has_token: whether the request was sent with a token, which can be renewed.
    """

    error: MimecastError
    number: int
    limit: int
    writes: bool
    renewed: bool
    time_left: float
    jitter: float
    divisible: bool = False
    has_token: bool = False


def verdict(attempt: FailedAttempt) -> Verdict:
    """Decide whether a call is repeated, and after how many seconds."""
    error = attempt.error
    if attempt.has_token and not attempt.renewed and _refuses_token(error):
        return Verdict(Step.RENEW)
    if not _is_repeatable(error, writes=attempt.writes) or attempt.number >= _limit(attempt):
        return Verdict(Step.FAIL)
    wait = _wait(attempt)
    return Verdict(Step.FAIL) if wait > min(MAX_WAIT, attempt.time_left) else Verdict(Step.RETRY, wait)


def _refuses_token(error: MimecastError) -> bool:
    """Whether the token may be the reason. Whatever the code says: sources name five for a token that has ended.

    Source: docs/reference/mimecast-api.md#gateway-failures.
    """
    if isinstance(error, MissingPermission):
        return False
    return error.status == 401 or error.code == TOKEN_EXPIRED


def _is_repeatable(error: MimecastError, *, writes: bool) -> bool:
    if isinstance(error, (DeadlineExceeded, Redirected, ReplyTooLarge)):
        return False
    if isinstance(error, RateLimited):
        return True
    if isinstance(error, Unreachable):
        return not (writes and error.may_have_been_executed)
    if isinstance(error, (Unavailable, UnreadableReply)):
        return not writes
    # The gateway could not identify the caller. That happens before the endpoint is reached.
    return isinstance(error, AuthenticationFailed) and error.code in TRANSIENT_CODES


def _is_divided(attempt: FailedAttempt) -> bool:
    return attempt.divisible and isinstance(attempt.error, UndecodableReply)


def _limit(attempt: FailedAttempt) -> int:
    return min(attempt.limit, _UNDECODABLE_ATTEMPTS) if _is_divided(attempt) else attempt.limit


def _wait(attempt: FailedAttempt) -> float:
    if _is_divided(attempt):
        return _UNDECODABLE_WAIT
    error = attempt.error
    if isinstance(error, RateLimited) and error.wait is not None:
        requested = wait_after_rate_limit(error.wait, attempt.jitter)
        # A call that is refused again after the wait was perhaps told another unit of time.
        return max(requested, _back_off(attempt.number - 1, attempt.jitter)) if attempt.number > 1 else requested
    return _back_off(attempt.number, attempt.jitter)


def _back_off(number: int, jitter: float) -> float:
    ceiling = min(_MAX_BACKOFF, _FIRST_WAIT * 2.0 ** min(number - 1, 20))
    return ceiling * (0.5 + jitter / 2)
