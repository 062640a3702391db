"""What to do after an attempt: one pure function, so that it can be read and tested as a table.

A write that may have been executed is never repeated. A refusal that certainly was not executed (a rate limit, an
expired token, a connection that never came up) may be, for reads and writes alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from mimecast_secops.api.error_mapping import TOKEN_EXPIRED, TRANSIENT_REFUSALS
from mimecast_secops.api.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    MimecastError,
    RateLimited,
    ReplyTooLarge,
    Unavailable,
    UndecodableReply,
    Unreachable,
    UnreadableReply,
)

# A server that asks for more than this is asking us to come back another time.
LONGEST_WAIT: Final = 120.0
_FIRST_WAIT: Final = 0.25
_LONGEST_BACKOFF: Final = 15.0
# Of a divisible request: a reply that cannot be decoded is rarely better the next time, so the caller asks for less.
_UNDECODABLE_ATTEMPTS: Final = 3
_UNDECODABLE_WAIT: Final = 0.05


class Step(Enum):
    """What comes next."""

    SUCCEED = "succeed"
    RETRY = "retry"
    RENEW = "renew the token, then retry"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The step, and for a retry the seconds to wait before it."""

    step: Step
    wait: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What the verdict is about.

    Args:
        error: how the attempt ended, None for success.
        number: 1 for the first attempt.
        limit: how many attempts there may be.
        writes: whether the function changes something in the tenant.
        renewed: whether the token was renewed already because of this request.
        time_left: seconds until the caller's deadline.
        jitter: a random number of [0, 1).
        divisible: whether the caller can ask for less when the reply cannot be decoded.
    """

    error: MimecastError | None
    number: int
    limit: int
    writes: bool
    renewed: bool
    time_left: float
    jitter: float
    divisible: bool = False


def verdict(attempt: Attempt) -> Verdict:
    """Succeed, retry after a wait, renew the token, or fail."""
    error = attempt.error
    if error is None:
        return Verdict(Step.SUCCEED)
    if isinstance(error, AuthenticationFailed) and error.code == TOKEN_EXPIRED:
        return Verdict(Step.FAIL if attempt.renewed else Step.RENEW)
    if not _worth_repeating(error, writes=attempt.writes) or attempt.number >= _limit(error, attempt):
        return Verdict(Step.FAIL)
    wait = _wait(error, attempt)
    return Verdict(Step.FAIL) if wait > min(LONGEST_WAIT, attempt.time_left) else Verdict(Step.RETRY, wait)


def _worth_repeating(error: MimecastError, *, writes: bool) -> bool:
    if isinstance(error, (DeadlineExceeded, ReplyTooLarge)):
        return False
    if isinstance(error, RateLimited):
        return True
    if isinstance(error, Unreachable):
        return not (writes and error.may_have_been_executed)
    if isinstance(error, (Unavailable, UnreadableReply)):
        return not writes
    # The gateway could not make up its mind about the caller; that happened before the function was reached.
    return isinstance(error, AuthenticationFailed) and error.code in TRANSIENT_REFUSALS


def _limit(error: MimecastError, attempt: Attempt) -> int:
    divided = attempt.divisible and isinstance(error, UndecodableReply)
    return min(attempt.limit, _UNDECODABLE_ATTEMPTS) if divided else attempt.limit


def _wait(error: MimecastError, attempt: Attempt) -> float:
    if attempt.divisible and isinstance(error, UndecodableReply):
        return _UNDECODABLE_WAIT
    ceiling = min(_LONGEST_BACKOFF, _FIRST_WAIT * 2.0 ** min(attempt.number - 1, 20))
    backoff = ceiling * (0.5 + attempt.jitter / 2)
    if isinstance(error, RateLimited) and error.wait is not None:
        # The server says when; a little spread keeps many threads from coming back in the same instant.
        return error.wait + min(backoff, _FIRST_WAIT) * attempt.jitter
    return backoff
