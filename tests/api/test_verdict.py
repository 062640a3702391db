"""The decision after a failed attempt, as a table and as invariants."""

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
    Redirected,
    ReplyTooLarge,
    Unavailable,
    UndecodableReply,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.api.rate_limit import MAX_WAIT
from mimecast_secops.api.verdict import FailedAttempt, Step, Verdict, verdict

# Transient errors that prove that the call was not executed.
NOT_EXECUTED = [
    RateLimited("quota", wait=0.1),
    RateLimited("quota without a time"),
    Unreachable("no connection", may_have_been_executed=False),
    AuthenticationFailed("unsure", code="token_verification_failed"),
    AuthenticationFailed("unsure", code="err_developer_key"),
]
# Transient errors after which the call may have been executed.
PERHAPS_EXECUTED = [
    Unreachable("broken", may_have_been_executed=True),
    Unavailable("HTTP 503", status=503),
    UnreadableReply("truncated"),
    UndecodableReply("no JSON"),
]
# Errors that a retry does not resolve.
FINAL = [
    MimecastError("something"),
    Misconfigured("a setting"),
    IncompleteCredentials("a key"),
    ApiError("no", status=400, code="err_validation_null"),
    AuthenticationFailed("wrong", status=401, code="err_xdk_invalid_signature"),
    AuthenticationFailed("expired key", status=418, code="err_xdk_binding_expired"),
    MissingPermission("not allowed", status=403),
    NotFound("no such id"),
    NotConfirmed("not confirmed"),
    NotSupported("not there"),
    FileRejected("too long"),
    ReplyTooLarge("too long"),
    Redirected("to another host", status=302),
    DeadlineExceeded("too late"),
    DeadlineExceeded("too late", may_have_been_executed=True),
]
RENEWED = AuthenticationFailed("expired", status=401, code="token_expired")


def attempt_of(
    error: MimecastError,
    *,
    number: int = 1,
    limit: int = 5,
    writes: bool = False,
    renewed: bool = False,
    time_left: float = math.inf,
    jitter: float = 0.0,
    divisible: bool = False,
    has_token: bool = False,
) -> FailedAttempt:
    return FailedAttempt(
        error=error,
        number=number,
        limit=limit,
        writes=writes,
        renewed=renewed,
        time_left=time_left,
        jitter=jitter,
        divisible=divisible,
        has_token=has_token,
    )


def label_of(error: MimecastError) -> str:
    return f"{type(error).__name__} {error.message}"


fractions = st.floats(min_value=0, max_value=1, exclude_max=True)
errors = st.sampled_from([*NOT_EXECUTED, *PERHAPS_EXECUTED, *FINAL, RENEWED]) | st.builds(
    RateLimited, st.just("quota"), wait=st.none() | st.floats(min_value=0, max_value=1e9)
)
attempts = st.builds(
    FailedAttempt,
    error=errors,
    number=st.integers(1, 2000),
    limit=st.integers(1, 2000),
    writes=st.booleans(),
    renewed=st.booleans(),
    time_left=st.floats(min_value=-1e6, allow_nan=False),
    jitter=fractions,
    divisible=st.booleans(),
    has_token=st.booleans(),
)


@pytest.mark.parametrize("error", NOT_EXECUTED + PERHAPS_EXECUTED, ids=label_of)
def test_a_read_is_repeated_after_a_transient_error(error: MimecastError) -> None:
    assert verdict(attempt_of(error)).step is Step.RETRY


@pytest.mark.parametrize("error", NOT_EXECUTED, ids=label_of)
def test_a_write_that_was_certainly_not_executed_is_repeated(error: MimecastError) -> None:
    assert verdict(attempt_of(error, writes=True)).step is Step.RETRY


@pytest.mark.parametrize("error", PERHAPS_EXECUTED, ids=label_of)
def test_a_write_that_may_have_been_executed_is_not_repeated(error: MimecastError) -> None:
    assert verdict(attempt_of(error, writes=True)) == Verdict(Step.FAIL)


@pytest.mark.parametrize("error", FINAL, ids=label_of)
@pytest.mark.parametrize("writes", [False, True])
def test_a_permanent_error_fails_at_once(error: MimecastError, writes: bool) -> None:
    assert verdict(attempt_of(error, writes=writes)) == Verdict(Step.FAIL)


@pytest.mark.parametrize("code", ["token_expired", "invalid_token", "unauthorized", "InvalidClientIdentifier", ""])
@pytest.mark.parametrize("writes", [False, True])
def test_a_refused_token_is_renewed_once_whatever_the_code_says(writes: bool, code: str) -> None:
    error = AuthenticationFailed("refused", status=401, code=code)
    assert verdict(attempt_of(error, writes=writes, has_token=True)) == Verdict(Step.RENEW)
    assert verdict(attempt_of(error, writes=writes, has_token=True, renewed=True)) == Verdict(Step.FAIL)
    assert verdict(attempt_of(error, writes=writes)) == Verdict(Step.FAIL)


def test_a_page_with_status_401_renews_the_token() -> None:
    assert verdict(attempt_of(UnreadableReply("a page", status=401), has_token=True)) == Verdict(Step.RENEW)


def test_a_missing_permission_renews_no_token_whatever_its_status() -> None:
    assert verdict(attempt_of(MissingPermission("no", status=401), has_token=True)) == Verdict(Step.FAIL)


def test_a_token_that_the_gateway_cannot_verify_is_renewed_and_then_the_call_is_repeated_later() -> None:
    error = AuthenticationFailed("unsure", status=401, code="token_verification_failed")
    assert verdict(attempt_of(error, has_token=True)) == Verdict(Step.RENEW)
    assert verdict(attempt_of(error, number=2, has_token=True, renewed=True)).step is Step.RETRY


def test_the_last_allowed_attempt_is_the_last() -> None:
    assert verdict(attempt_of(RateLimited("quota", wait=0.0), number=4, limit=5)).step is Step.RETRY
    assert verdict(attempt_of(RateLimited("quota", wait=0.0), number=5, limit=5)).step is Step.FAIL


def test_a_divisible_request_whose_reply_cannot_be_decoded_has_three_attempts_and_short_waits() -> None:
    error = UndecodableReply("no JSON")
    for number in (1, 2):
        assert verdict(attempt_of(error, number=number, divisible=True)) == Verdict(Step.RETRY, 0.05)
    assert verdict(attempt_of(error, number=3, divisible=True)) == Verdict(Step.FAIL)
    assert verdict(attempt_of(error, number=2, limit=2, divisible=True)) == Verdict(Step.FAIL)


@pytest.mark.parametrize(
    ("error", "divisible"),
    [(UndecodableReply("no JSON"), False), (UnreadableReply("truncated"), True), (Unavailable("HTTP 503"), True)],
    ids=["not divisible", "unreadable", "unavailable"],
)
def test_other_errors_of_a_divisible_request_have_all_attempts_and_usual_waits(
    error: MimecastError, divisible: bool
) -> None:
    assert verdict(attempt_of(error, number=4, divisible=divisible)) == Verdict(Step.RETRY, 1.0)
    assert verdict(attempt_of(error, number=5, divisible=divisible)) == Verdict(Step.FAIL)


def test_the_wait_is_the_one_that_the_server_asks_for() -> None:
    assert verdict(attempt_of(RateLimited("quota", wait=42.0))) == Verdict(Step.RETRY, 42.0)


def test_a_call_that_is_refused_again_waits_longer_each_time() -> None:
    waits = [verdict(attempt_of(RateLimited("quota", wait=0.001), number=number)).wait for number in (1, 2, 3, 4)]
    assert waits == [0.001, 0.125, 0.25, 0.5]
    assert verdict(attempt_of(RateLimited("quota", wait=42.0), number=4)).wait == 42.0


def test_a_wait_longer_than_the_maximum_ends_the_call() -> None:
    assert verdict(attempt_of(RateLimited("quota", wait=MAX_WAIT))).step is Step.RETRY
    assert verdict(attempt_of(RateLimited("quota", wait=MAX_WAIT + 1))).step is Step.FAIL


def test_a_wait_that_ends_after_the_deadline_ends_the_call() -> None:
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
def test_a_write_that_may_have_been_executed_is_never_repeated(attempt: FailedAttempt) -> None:
    if attempt.writes and attempt.error.maybe_done:
        assert verdict(attempt).step is Step.FAIL


@given(attempts)
def test_a_retry_respects_the_deadline_the_maximum_wait_and_the_number_of_attempts(attempt: FailedAttempt) -> None:
    decided = verdict(attempt)
    if decided.step is Step.RETRY:
        assert 0 <= decided.wait <= min(MAX_WAIT, attempt.time_left)
        assert attempt.number < attempt.limit


@given(attempts)
def test_a_retry_is_never_earlier_than_the_server_allows(attempt: FailedAttempt) -> None:
    decided = verdict(attempt)
    if decided.step is Step.RETRY and isinstance(attempt.error, RateLimited) and attempt.error.wait is not None:
        most = attempt.error.wait + 0.25
        assert attempt.error.wait <= decided.wait <= (most if attempt.number == 1 else max(most, 15.0))


@given(attempts)
def test_only_a_retry_waits(attempt: FailedAttempt) -> None:
    decided = verdict(attempt)
    assert decided.wait == 0 or decided.step is Step.RETRY


@given(attempts)
def test_the_verdict_is_deterministic(attempt: FailedAttempt) -> None:
    assert verdict(attempt) == verdict(attempt)


@given(attempts)
def test_a_token_is_renewed_only_once(attempt: FailedAttempt) -> None:
    if attempt.renewed:
        assert verdict(attempt).step is not Step.RENEW
