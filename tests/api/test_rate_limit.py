"""One rate budget for all threads, per function, from what the server last said."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Deadline
from mimecast_secops.api.rate_limit import RateLimiter
from tests.api.bench import FakeTime, Server, answer, client_of

NEVER = Deadline.never()
PATH = "/api/account/get-account"


def budget_of(time: FakeTime) -> RateLimiter:
    return RateLimiter(monotonic=time, sleep=lambda seconds, _deadline: time.sleep(seconds))


def headers(left: int, reset: float, *, limit: int | None = None, name: str = "x-ratelimit") -> dict[str, str]:
    """As the server says it: `reset` in seconds here, in milliseconds there."""
    said = {f"{name}-remaining": str(left), f"{name}-reset": str(reset * 1000)}
    return said | ({f"{name}-limit": str(limit)} if limit is not None else {})


def test_where_nothing_is_known_nobody_waits(time: FakeTime) -> None:
    budget = budget_of(time)
    for _ in range(1000):
        budget.acquire(PATH, NEVER)
    assert time.slept == []


@pytest.mark.parametrize("name", ["x-ratelimit", "x-rate-limit", "x-mimecast-ratelimit"])
def test_a_call_waits_when_the_quota_is_used_up(time: FakeTime, name: str) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, headers(0, 7.0, name=name))
    budget.acquire(PATH, NEVER)
    assert time.slept == [7.0]


def test_what_is_left_is_given_to_whoever_comes_first(time: FakeTime) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, headers(2, 7.0))
    budget.acquire(PATH, NEVER)
    budget.acquire(PATH, NEVER)
    assert time.slept == []
    budget.acquire(PATH, NEVER)
    assert time.slept == [7.0]


def test_the_quota_of_one_function_holds_no_other_back(time: FakeTime) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, headers(0, 7.0))
    budget.acquire("/api/archive/search", NEVER)
    assert time.slept == []


def test_a_429_holds_everybody_back_even_without_a_count(time: FakeTime) -> None:
    budget = budget_of(time)
    budget.report(PATH, 429, {"retry-after": "3"})
    budget.acquire(PATH, NEVER)
    assert time.slept == [3.0]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"x-ratelimit-remaining": "0"},
        {"x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "none", "x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "-1", "x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "\u0660", "x-ratelimit-reset": "5000"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"},
    ],
    ids=str,
)
def test_headers_that_say_too_little_hold_nobody_back(time: FakeTime, said: dict[str, str]) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, said)
    budget.acquire(PATH, NEVER)
    assert time.slept == []


def test_within_one_window_a_late_reply_does_not_raise_the_count_again(time: FakeTime) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, headers(0, 7.0))
    budget.report(PATH, 200, headers(9, 7.0))
    budget.acquire(PATH, NEVER)
    assert time.slept == [7.0]


def test_a_new_window_has_the_whole_limit_and_then_nothing_is_known(time: FakeTime) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, headers(0, 7.0, limit=3))
    time.now += 7
    for _ in range(3):
        budget.acquire(PATH, NEVER)
    assert time.slept == []
    budget.acquire(PATH, NEVER)
    assert time.slept == []


def test_nobody_waits_beyond_the_deadline(time: FakeTime) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, headers(0, 60.0))
    budget.acquire(PATH, Deadline(time.now + 2))
    assert time.slept == [2.0]


def test_a_server_that_asks_for_a_day_is_held_to_two_minutes(time: FakeTime) -> None:
    budget = budget_of(time)
    budget.report(PATH, 200, headers(0, 86_400.0))
    budget.acquire(PATH, NEVER)
    assert time.slept == [120.0]


steps = st.lists(
    st.tuples(st.just("report"), st.integers(0, 5), st.floats(0.001, 200), st.none() | st.integers(1, 5))
    | st.tuples(st.just("acquire"), st.floats(0, 300)),
    max_size=30,
)


@given(steps)
def test_a_call_is_always_let_go_in_the_end_and_never_kept_beyond_its_deadline(plan: list[tuple[object, ...]]) -> None:
    time = FakeTime()
    budget = budget_of(time)
    for step in plan:
        if step[0] == "report":
            _, left, reset, limit = step
            budget.report(PATH, 200, headers(left, reset, limit=limit))  # type: ignore[arg-type]
        else:
            before = time.now
            budget.acquire(PATH, Deadline(before + float(step[1])))  # type: ignore[arg-type]
            assert time.now <= before + float(step[1]) + 1e-6  # type: ignore[arg-type]
    assert all(0 < one < math.inf for one in time.slept)


def test_the_client_waits_before_it_asks_instead_of_being_refused(server: Server, time: FakeTime) -> None:
    account, reset = [{"accountCode": "C"}], {"X-RateLimit-Reset": "9000"}
    server.say(
        answer(account, **reset, **{"X-RateLimit-Remaining": "1"}),
        answer(account, **reset, **{"X-RateLimit-Remaining": "0"}),
        answer(account),
    )
    with client_of(server.url, time=time) as client:
        client.account.get()
        client.account.get()
        assert time.slept == []
        client.account.get()
    assert time.slept == [9.0]
