"""How long a rate-limited call waits: before it is sent, and after HTTP 429."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Deadline
from mimecast_secops.api.rate_limit import MAX_WAIT, RateLimiter, retry_after, wait_after_rate_limit
from tests.api.clients import FakeTime, client_of
from tests.api.local_server import Server, answer
from tests.ids import plain_id

NEVER = Deadline.never()
PATH = "/api/account/get-account"


def limiter_of(time: FakeTime) -> RateLimiter:
    return RateLimiter(monotonic=time, sleep=lambda seconds, _deadline: time.sleep(seconds))


def headers(left: int, reset: float, *, limit: int | None = None, name: str = "x-ratelimit") -> dict[str, str]:
    """The headers of a reply. `reset` is in seconds; the header has milliseconds."""
    quota = {f"{name}-remaining": str(left), f"{name}-reset": str(reset * 1000)}
    return quota | ({f"{name}-limit": str(limit)} if limit is not None else {})


# the wait that a reply asks for


@pytest.mark.parametrize("name", ["x-ratelimit-reset", "x-rate-limit-reset", "x-mimecast-ratelimit-reset"])
@pytest.mark.parametrize(("value", "seconds"), [("42000", 42.0), ("0", 0.0), ("1500.5", 1.5005), ("1", 0.001)])
def test_a_reset_header_counts_milliseconds(name: str, value: str, seconds: float) -> None:
    assert retry_after({name: value}) == pytest.approx(seconds)


@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("0", 0.0), ("1.5", 1.5)])
def test_retry_after_counts_seconds(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_a_date_in_retry_after_is_not_used() -> None:
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) is None


def test_a_reset_header_takes_precedence_over_retry_after() -> None:
    assert retry_after({"retry-after": "60", "x-ratelimit-reset": "2000"}) == 2.0
    assert retry_after({"retry-after": "60", "x-ratelimit-reset": "soon"}) == 60.0


@pytest.mark.parametrize(
    ("name", "value"),
    list(itertools.product(["retry-after", "x-ratelimit-reset"], ["", "soon", "-5", "nan", "inf", "1e999", "5 s"])),
)
def test_a_header_without_a_time_is_no_wait(name: str, value: str) -> None:
    assert retry_after({name: value}) is None


@given(st.text(), st.text())
def test_no_header_makes_the_wait_negative_or_infinite(reset: str, after: str) -> None:
    wait = retry_after({"x-ratelimit-reset": reset, "retry-after": after})
    assert wait is None or 0 <= wait < math.inf


def test_the_wait_after_a_rate_limit_is_the_requested_one_with_a_little_spread() -> None:
    assert wait_after_rate_limit(42.0, 0.0) == 42.0
    assert 42.0 < wait_after_rate_limit(42.0, 0.999) < 42.25


# the quota


def test_a_call_does_not_wait_if_nothing_is_known(time: FakeTime) -> None:
    limiter = limiter_of(time)
    for _ in range(1000):
        limiter.acquire(PATH, NEVER)
    assert time.slept == []


@pytest.mark.parametrize("name", ["x-ratelimit", "x-rate-limit", "x-mimecast-ratelimit"])
def test_a_call_waits_if_the_quota_is_exhausted(time: FakeTime, name: str) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, headers(0, 7.0, name=name))
    limiter.acquire(PATH, NEVER)
    assert time.slept == [7.0]


def test_the_calls_that_are_left_do_not_wait(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, headers(2, 7.0))
    limiter.acquire(PATH, NEVER)
    limiter.acquire(PATH, NEVER)
    assert time.slept == []
    limiter.acquire(PATH, NEVER)
    assert time.slept == [7.0]


def test_the_quota_of_an_endpoint_does_not_delay_another(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, headers(0, 7.0))
    limiter.acquire("/api/archive/search", NEVER)
    assert time.slept == []


def test_only_replies_with_http_429_count_as_refused(time: FakeTime) -> None:
    limiter = limiter_of(time)
    for status, reply_headers in [(200, headers(0, 7.0)), (429, {"retry-after": "3"}), (503, {}), (429, {})]:
        limiter.report(PATH, status, reply_headers)
    assert limiter.refused == 2


def test_http_429_delays_calls_even_without_a_count(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 429, {"retry-after": "3"})
    limiter.acquire(PATH, NEVER)
    assert time.slept == [3.0]


@pytest.mark.parametrize(
    "reported",
    [
        {},
        {"x-ratelimit-remaining": "0"},
        {"x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "none", "x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "-1", "x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "\u0660", "x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"},
    ],
    ids=plain_id,
)
def test_incomplete_headers_do_not_delay_a_call(time: FakeTime, reported: dict[str, str]) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, reported)
    limiter.acquire(PATH, NEVER)
    assert time.slept == []


def test_within_one_window_a_late_reply_does_not_raise_the_count_again(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, headers(0, 7.0))
    limiter.report(PATH, 200, headers(9, 7.0))
    limiter.acquire(PATH, NEVER)
    assert time.slept == [7.0]


def test_a_new_window_has_the_whole_limit_and_then_nothing_is_known(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, headers(0, 7.0, limit=3))
    time.now += 7
    for _ in range(3):
        limiter.acquire(PATH, NEVER)
    assert time.slept == []
    limiter.acquire(PATH, NEVER)
    assert time.slept == []


def test_a_call_does_not_wait_beyond_the_deadline(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, headers(0, 60.0))
    limiter.acquire(PATH, Deadline(time.now + 2))
    assert time.slept == [2.0]


def test_a_wait_of_a_day_is_limited_to_two_minutes(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.report(PATH, 200, headers(0, 86_400.0))
    limiter.acquire(PATH, NEVER)
    assert time.slept == [MAX_WAIT] == [120.0]


steps = st.lists(
    st.tuples(st.just("report"), st.integers(0, 5), st.floats(0.001, 200), st.none() | st.integers(1, 5))
    | st.tuples(st.just("acquire"), st.floats(0, 300)),
    max_size=30,
)


@given(steps)
def test_a_call_always_starts_and_never_waits_beyond_its_deadline(plan: list[tuple[object, ...]]) -> None:
    time = FakeTime()
    limiter = limiter_of(time)
    for step in plan:
        if step[0] == "report":
            _, left, reset, limit = step
            limiter.report(PATH, 200, headers(left, reset, limit=limit))  # type: ignore[arg-type]
        else:
            before = time.now
            limiter.acquire(PATH, Deadline(before + float(step[1])))  # type: ignore[arg-type]
            assert time.now <= before + float(step[1]) + 1e-6  # type: ignore[arg-type]
    assert all(0 < seconds < math.inf for seconds in time.slept)


def test_the_client_waits_before_a_call_that_would_exceed_the_limit(server: Server, time: FakeTime) -> None:
    account, reset = [{"accountCode": "C"}], {"X-RateLimit-Reset": "9000"}
    server.say(
        answer(account, headers=reset | {"X-RateLimit-Remaining": "1"}),
        answer(account, headers=reset | {"X-RateLimit-Remaining": "0"}),
        answer(account),
    )
    with client_of(server.url, time=time) as client:
        client.account.get()
        client.account.get()
        assert time.slept == []
        client.account.get()
    assert time.slept == [9.0]
