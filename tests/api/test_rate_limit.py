"""How long a rate-limited call waits: before it is sent, and after HTTP 429."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import RateLimited
from mimecast_secops.api.rate_limit import MAX_WAIT, RateLimiter, wait_after_rate_limit
from tests.api.clients import FakeTime, client_of
from tests.api.local_server import Server, answer
from tests.ids import plain_id

NEVER = Deadline.never()
NOW = datetime(2026, 3, 7, 16, 0, tzinfo=UTC)
PATH = "/api/account/get-account"


def limiter_of(time: FakeTime) -> RateLimiter:
    return RateLimiter(monotonic=time, sleep=lambda seconds, _deadline: time.sleep(seconds), clock=lambda: NOW)


def call(
    limiter: RateLimiter,
    status: int = 200,
    reply_headers: dict[str, str] | None = None,
    *,
    path: str = PATH,
    deadline: Deadline = NEVER,
) -> None:
    """One call with its reply."""
    with limiter.admission(path, deadline) as admission:
        admission.wait()
        assert admission.enter()
        admission.report(status, reply_headers or {})


def headers(left: int, reset: float, *, limit: int | None = None, name: str = "x-ratelimit") -> dict[str, str]:
    """The headers of a reply. `reset` is in seconds; the header has milliseconds."""
    quota = {f"{name}-remaining": str(left), f"{name}-reset": str(reset * 1000)}
    return quota | ({f"{name}-limit": str(limit)} if limit is not None else {})


def test_the_wait_after_a_rate_limit_is_the_requested_one_with_a_little_spread() -> None:
    assert wait_after_rate_limit(42.0, 0.0) == 42.0
    assert 42.0 < wait_after_rate_limit(42.0, 0.999) < 42.25


def test_a_call_does_not_wait_if_nothing_is_known(time: FakeTime) -> None:
    limiter = limiter_of(time)
    for _ in range(1000):
        call(limiter)
    assert time.slept == []


@pytest.mark.parametrize("name", ["x-ratelimit", "x-rate-limit", "x-mimecast-ratelimit"])
def test_a_call_waits_if_the_quota_is_exhausted(time: FakeTime, name: str) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(0, 7.0, name=name))
    call(limiter)
    assert time.slept == [7.0]


def test_the_calls_that_are_left_do_not_wait(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(2, 7.0))
    call(limiter, 500)
    call(limiter, 500)
    assert time.slept == []
    call(limiter)
    assert time.slept == [7.0]


def test_http_429_without_counts_does_not_delay_another_endpoint(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 429, {"retry-after": "7"})
    call(limiter, path="/api/archive/search")
    assert time.slept == []


def test_a_called_endpoint_keeps_its_own_quota(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(9, 7.0), path="/api/archive/search")
    call(limiter, 200, headers(0, 7.0))
    call(limiter, path="/api/archive/search")
    assert time.slept == []


def test_an_endpoint_that_was_not_called_yet_begins_with_what_is_left_of_the_last_quota(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(1, 7.0))
    call(limiter, 500, path="/api/archive/search")
    assert time.slept == []
    call(limiter, path="/api/archive/search")
    assert time.slept == [7.0]


def test_only_replies_with_http_429_count_as_refused(time: FakeTime) -> None:
    limiter = limiter_of(time)
    for status, reply_headers in [(200, headers(0, 7.0)), (429, {"retry-after": "3"}), (503, {}), (429, {})]:
        call(limiter, status, reply_headers)
    assert limiter.refused == 2


def test_http_429_delays_calls_even_without_a_count(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 429, {"retry-after": "3"})
    call(limiter)
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
    call(limiter, 200, reported)
    call(limiter)
    assert time.slept == []


def test_a_call_whose_quota_is_exhausted_while_it_waits_for_its_turn_does_not_enter(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(1, 7.0))
    first, second = limiter.admission(PATH, NEVER), limiter.admission(PATH, NEVER)
    first.wait()
    second.wait()
    assert first.enter() is True
    assert second.enter() is False
    second.wait()
    assert time.slept == [7.0]


@pytest.mark.parametrize(("left", "reset"), [(2.0, 60.0), (math.inf, MAX_WAIT + 1)], ids=["deadline", "maximum"])
def test_a_long_wait_beyond_the_time_left_is_an_error_at_once(time: FakeTime, left: float, reset: float) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(0, reset))
    with pytest.raises(RateLimited) as caught:
        call(limiter, deadline=Deadline(time.now + left))
    assert time.slept == []
    assert caught.value.endpoint == PATH
    assert caught.value.wait == reset
    assert caught.value.until == NOW + timedelta(seconds=reset)
    assert f"{caught.value.until:%Y-%m-%d %H:%M:%S} UTC" in str(caught.value)


def test_a_short_wait_beyond_the_time_left_ends_at_the_deadline(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(0, 3.0))
    call(limiter, deadline=Deadline(time.now + 2))
    assert time.slept == [2.0]


def test_a_wait_of_a_day_is_believed_for_an_hour(time: FakeTime) -> None:
    limiter = limiter_of(time)
    call(limiter, 200, headers(0, 86_400.0))
    with pytest.raises(RateLimited) as caught:
        call(limiter)
    assert caught.value.wait == 3600.0
    time.now += 3600
    call(limiter)
    assert time.slept == []


def test_a_blocked_endpoint_is_not_called_until_its_time(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.block(PATH, 600.0)
    with pytest.raises(RateLimited):
        call(limiter)
    call(limiter, path="/api/archive/search")
    time.now += 600
    call(limiter)
    assert time.slept == []


def test_a_shorter_block_does_not_end_a_longer_one(time: FakeTime) -> None:
    limiter = limiter_of(time)
    limiter.block(PATH, 600.0)
    limiter.block(PATH, 10.0)
    with pytest.raises(RateLimited) as caught:
        call(limiter)
    assert caught.value.wait == 600.0


steps = st.lists(
    st.tuples(st.just("report"), st.integers(0, 5), st.floats(0.001, 200), st.none() | st.integers(1, 5))
    | st.tuples(st.just("call"), st.floats(0, 300)),
    max_size=30,
)


@given(steps)
def test_a_call_starts_or_is_refused_and_never_waits_beyond_its_deadline(plan: list[tuple[object, ...]]) -> None:
    time = FakeTime()
    limiter = limiter_of(time)
    for step in plan:
        before = time.now
        if step[0] == "report":
            _, left, reset, limit = step
            limiter.report(PATH, 0, 200, headers(left, reset, limit=limit))  # type: ignore[arg-type]
        else:
            try:
                call(limiter, deadline=Deadline(before + float(step[1])))  # type: ignore[arg-type]
            except RateLimited as error:
                assert error.wait is not None
                assert error.wait > min(float(step[1]), MAX_WAIT) - 1e-6  # type: ignore[arg-type]
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


def test_a_limited_token_endpoint_is_not_asked_again_before_its_time(server: Server, time: FakeTime) -> None:
    server.tokens[0] = answer(status=429, headers={"X-RateLimit-Reset": "600000"})
    with client_of(server.url, time=time) as client:
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                client.account.get()
            assert caught.value.endpoint == "/oauth/token"
    assert len(server.token_requests) == 1
    assert server.requests == []
