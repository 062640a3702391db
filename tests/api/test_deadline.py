"""Deadlines, and deadlines that are expired early."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Connection, Deadline, MimecastClient
from mimecast_secops.api.deadline import Flag
from mimecast_secops.api.errors import DeadlineExceeded, MimecastError
from mimecast_secops.api.rate_limit import RateLimiter
from tests.api.clients import APPLICATION
from tests.api.local_server import Answer, Server, answer


@given(at=st.floats(allow_nan=False), now=st.floats(-1e9, 1e9))
def test_an_expired_deadline_has_no_time_left(at: float, now: float) -> None:
    deadline = Deadline(at)
    left = deadline.remaining(now)
    deadline.expire()
    assert deadline.expired
    assert deadline.remaining(now) <= 0
    assert deadline.remaining(now) <= left


def test_a_deadline_can_be_expired_twice() -> None:
    deadline = Deadline.never()
    assert deadline.remaining() == math.inf
    deadline.expire()
    deadline.expire()
    assert deadline.remaining() <= 0


def test_equal_deadlines_expire_separately() -> None:
    first, second = Deadline(5.0), Deadline(5.0)
    first.expire()
    assert first == second
    assert not second.expired


def test_a_wait_ends_by_itself() -> None:
    deadline = Deadline.never()
    deadline.wait(0.01)
    assert not deadline.expired


def test_a_flag_wakes_every_thread_that_waits() -> None:
    flag = Flag()
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(flag.wait(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    flag.set()
    for thread in threads:
        thread.join()
    assert results == [True] * 8
    assert flag.wait(0)


def test_a_signal_handler_may_set_a_flag_that_the_interrupted_code_uses() -> None:
    """`threading.Event` would wait for its own lock when the signal arrives inside `wait`."""
    previous: Any = signal.getsignal(signal.SIGUSR1)
    flags = [Flag() for _ in range(300)]
    pending = iter(flags)

    def handler(_number: int, _frame: FrameType | None) -> None:
        next(pending).set()

    signal.signal(signal.SIGUSR1, handler)
    try:
        for flag in flags:
            sending = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR1))
            sending.start()
            while not flag.wait(0.0001):
                pass
            sending.join()
    finally:
        signal.signal(signal.SIGUSR1, previous)
    assert all(flag.is_set() for flag in flags)


def expire_once_asked(server: Server, deadline: Deadline) -> threading.Thread:
    """Expire a deadline as soon as the server receives a request."""

    def expire() -> None:
        while not server.requests and not server.stop_waiting.wait(0.005):
            pass
        deadline.expire()

    thread = threading.Thread(target=expire)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "reply",
    [
        answer(status=429, headers={"X-RateLimit-Reset": "100000"}),
        Answer(503, b"", {"Retry-After": "100"}),
    ],
    ids=["a rate limit", "an outage"],
)
def test_a_wait_before_a_retry_ends_when_the_deadline_is_expired(server: Server, reply: Answer) -> None:
    server.say(reply)
    deadline = Deadline.never()
    with MimecastClient(Connection(server.url, APPLICATION, max_attempts=100)) as client:
        expiring = expire_once_asked(server, deadline)
        with pytest.raises(MimecastError):
            client.until(deadline).account.get()
        expiring.join()
    assert deadline.expired


def test_a_wait_for_the_rate_limit_ends_when_the_deadline_is_expired() -> None:
    limiter = RateLimiter(monotonic=time.monotonic, sleep=lambda seconds, deadline: deadline.wait(seconds))
    limiter.report("/path", 1, 200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "100000"})
    deadline = Deadline.never()
    expiring = threading.Timer(0.02, deadline.expire)
    expiring.start()
    limiter.wait("/path", deadline)
    expiring.join()
    assert deadline.expired


def test_nothing_is_sent_after_the_deadline_is_expired(server: Server) -> None:
    deadline = Deadline.never()
    deadline.expire()
    with MimecastClient(Connection(server.url, APPLICATION)) as client, pytest.raises(DeadlineExceeded):
        client.until(deadline).account.get()
    assert server.requests == []
