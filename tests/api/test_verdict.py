"""The decision after an attempt, as a table and as invariants."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    DeadlineExceeded,
    FileRejected,
    IncompleteCredentials,
    MimecastError,
    Misconfigured,
    MissingPermission,
    NotConfirmed,
    NotFound,
    NotSupported,
    RateLimited,
    Unavailable,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.api.verdict import LONGEST_WAIT, Attempt, Step, Verdict, verdict

# Errors after which the function was certainly not executed, and that may pass.
NOT_EXECUTED = [
    RateLimited("quota", wait=0.1),
    RateLimited("quota without a time"),
    Unreachable("no connection", may_have_been_executed=False),
    AuthenticationFailed("unsure", code="token_verification_failed"),
    AuthenticationFailed("unsure", code="err_developer_key"),
]
# Errors after which nobody knows whether the function was executed.
PERHAPS_EXECUTED = [
    Unreachable("broke off", may_have_been_executed=True),
    Unavailable("HTTP 503", status=503),
    UnreadableReply("truncated"),
]
# Errors that do not pass by themselves.
FINAL = [
    MimecastError("something"),
    Misconfigured("a setting"),
    IncompleteCredentials("a key"),
    ApiError("no", status=400, code="err_validation_null"),
    AuthenticationFailed("wrong", status=401, code="err_xdk_invalid_signature"),
    AuthenticationFailed("expired key", status=418, code="err_xdk_binding_expired"),
    MissingPermission("not allowed", status=403),
    NotFound("no such id"),
    NotConfirmed("not said"),
    NotSupported("not there"),
    FileRejected("too long"),
    DeadlineExceeded("too late"),
    DeadlineExceeded("too late", may_have_been_executed=True),
]
RENEWED = AuthenticationFailed("expired", status=401, code="token_expired")


def attempt_of(
    error: MimecastError | None,
    *,
    number: int = 1,
    limit: int = 5,
    writes: bool = False,
    renewed: bool = False,
    time_left: float = math.inf,
    jitter: float = 0.0,
) -> Attempt:
    return Attempt(
        error=error,
        number=number,
        limit=limit,
        writes=writes,
        renewed=renewed,
        time_left=time_left,
        jitter=jitter,
    )


def named(error: MimecastError) -> str:
    return f"{type(error).__name__} {error.message}"


fractions = st.floats(min_value=0, max_value=1, exclude_max=True)
errors = st.sampled_from([*NOT_EXECUTED, *PERHAPS_EXECUTED, *FINAL, RENEWED]) | st.builds(
    RateLimited, st.just("quota"), wait=st.none() | st.floats(min_value=0, max_value=1e9)
)
attempts = st.builds(
    Attempt,
    error=errors,
    number=st.integers(1, 2000),
    limit=st.integers(1, 2000),
    writes=st.booleans(),
    renewed=st.booleans(),
    time_left=st.floats(min_value=-1e6, allow_nan=False),
    jitter=fractions,
)


@pytest.mark.parametrize("writes", [False, True])
def test_an_attempt_without_an_error_succeeded(writes: bool) -> None:
    assert verdict(attempt_of(None, writes=writes, number=5, time_left=-1)) == Verdict(Step.SUCCEED)


@pytest.mark.parametrize("error", NOT_EXECUTED + PERHAPS_EXECUTED, ids=named)
def test_a_read_is_repeated_after_what_may_pass(error: MimecastError) -> None:
    assert verdict(attempt_of(error)).step is Step.RETRY


@pytest.mark.parametrize("error", NOT_EXECUTED, ids=named)
def test_a_write_that_was_certainly_not_executed_is_repeated(error: MimecastError) -> None:
    assert verdict(attempt_of(error, writes=True)).step is Step.RETRY


@pytest.mark.parametrize("error", PERHAPS_EXECUTED, ids=named)
def test_a_write_that_may_have_been_executed_is_not_repeated(error: MimecastError) -> None:
    assert verdict(attempt_of(error, writes=True)) == Verdict(Step.FAIL)


@pytest.mark.parametrize("error", FINAL, ids=named)
@pytest.mark.parametrize("writes", [False, True])
def test_what_does_not_pass_by_itself_fails_at_once(error: MimecastError, writes: bool) -> None:
    assert verdict(attempt_of(error, writes=writes)) == Verdict(Step.FAIL)


@pytest.mark.parametrize("writes", [False, True])
def test_an_expired_token_is_renewed_once_for_reads_and_writes(writes: bool) -> None:
    assert verdict(attempt_of(RENEWED, writes=writes)) == Verdict(Step.RENEW)
    assert verdict(attempt_of(RENEWED, writes=writes, renewed=True)) == Verdict(Step.FAIL)


def test_the_last_allowed_attempt_is_the_last() -> None:
    assert verdict(attempt_of(RateLimited("quota", wait=0.0), number=4, limit=5)).step is Step.RETRY
    assert verdict(attempt_of(RateLimited("quota", wait=0.0), number=5, limit=5)).step is Step.FAIL


def test_a_wait_that_the_server_names_is_kept_to_the_second() -> None:
    assert verdict(attempt_of(RateLimited("quota", wait=42.0))) == Verdict(Step.RETRY, 42.0)


def test_a_server_that_asks_for_more_than_the_longest_wait_is_not_waited_for() -> None:
    assert verdict(attempt_of(RateLimited("quota", wait=LONGEST_WAIT))).step is Step.RETRY
    assert verdict(attempt_of(RateLimited("quota", wait=LONGEST_WAIT + 1))).step is Step.FAIL


def test_a_wait_that_ends_after_the_deadline_is_not_begun() -> None:
    assert verdict(attempt_of(RateLimited("quota", wait=5.0), time_left=5.0)).step is Step.RETRY
    assert verdict(attempt_of(RateLimited("quota", wait=5.0), time_left=4.9)).step is Step.FAIL


@pytest.mark.parametrize(
    ("number", "shortest", "longest"), [(1, 0.125, 0.25), (2, 0.25, 0.5), (3, 0.5, 1), (9, 7.5, 15)]
)
def test_the_wait_doubles_up_to_a_ceiling_and_is_spread_over_its_upper_half(
    number: int, shortest: float, longest: float
) -> None:
    error = Unavailable("HTTP 503", status=503)
    assert verdict(attempt_of(error, number=number, limit=10)).wait == shortest
    almost_one = math.nextafter(1.0, 0.0)
    assert verdict(attempt_of(error, number=number, limit=10, jitter=almost_one)).wait == pytest.approx(longest)


@given(attempts)
def test_a_write_that_may_have_been_executed_is_never_repeated(attempt: Attempt) -> None:
    unsure = isinstance(attempt.error, (Unavailable, UnreadableReply)) or (
        isinstance(attempt.error, Unreachable) and attempt.error.may_have_been_executed
    )
    if attempt.writes and unsure:
        assert verdict(attempt).step is Step.FAIL


@given(attempts)
def test_a_retry_never_outlasts_the_deadline_the_ceiling_or_the_number_of_attempts(attempt: Attempt) -> None:
    decided = verdict(attempt)
    if decided.step is Step.RETRY:
        assert 0 <= decided.wait <= min(LONGEST_WAIT, attempt.time_left)
        assert attempt.number < attempt.limit


@given(attempts)
def test_a_retry_never_comes_before_the_server_allows_it(attempt: Attempt) -> None:
    decided = verdict(attempt)
    if decided.step is Step.RETRY and isinstance(attempt.error, RateLimited) and attempt.error.wait is not None:
        assert attempt.error.wait <= decided.wait <= attempt.error.wait + 0.25


@given(attempts)
def test_an_error_is_never_called_a_success_and_only_a_retry_waits(attempt: Attempt) -> None:
    decided = verdict(attempt)
    assert decided.step is not Step.SUCCEED
    assert decided.wait == 0 or decided.step is Step.RETRY


@given(attempts)
def test_the_same_attempt_is_always_judged_the_same(attempt: Attempt) -> None:
    assert verdict(attempt) == verdict(attempt)


@given(attempts)
def test_a_token_that_was_renewed_already_is_not_renewed_again(attempt: Attempt) -> None:
    if attempt.renewed:
        assert verdict(attempt).step is not Step.RENEW
