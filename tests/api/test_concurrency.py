"""The number of requests in flight: the algorithm of the limit, and the limit itself."""

from __future__ import annotations

import itertools
import random
import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Deadline, MimecastClient
from mimecast_secops.api.concurrency import AdaptiveLimit, ConcurrencyLimit, Observation
from mimecast_secops.api.errors import DeadlineExceeded, MimecastError, Unreachable
from tests.api.clients import FakeTime, client_of
from tests.api.local_server import Answer, Received, Server, answer

NEVER = Deadline.never()
PATH = "/api/message-finder/get-message-info"


def reply(limit: AdaptiveLimit | ConcurrencyLimit, seconds: float = 0.05, **options: Any) -> Observation:
    epoch = limit.epoch if isinstance(limit, AdaptiveLimit) else limit._adaptive.epoch
    arguments: dict[str, Any] = {"path": PATH, "epoch": epoch, "status": 200, "seconds": seconds, **options}
    return Observation(**arguments)


def round_trip(limit: AdaptiveLimit, **options: Any) -> None:
    """As many replies as may be in flight, all of requests that began before the first of them."""
    replies = [reply(limit, **options) for _ in range(limit.limit)]
    for observation in replies:
        limit.observe(observation, 0.0, in_use=True)


@pytest.mark.parametrize(("ceiling", "start"), [(0, 1), (1, 1), (7, 7), (8, 8), (64, 8)])
def test_the_limit_starts_at_eight_or_at_a_lower_ceiling(ceiling: int, start: int) -> None:
    assert AdaptiveLimit(ceiling).limit == start


def test_the_limit_doubles_per_round_trip_up_to_the_ceiling() -> None:
    limit = AdaptiveLimit(50)
    limits = []
    for _ in range(4):
        round_trip(limit)
        limits.append(limit.limit)
    assert limits == [16, 32, 50, 50]


def test_a_limit_that_is_not_used_does_not_grow() -> None:
    limit = AdaptiveLimit(50)
    for _ in range(100):
        limit.observe(reply(limit), 0.0, in_use=False)
    assert limit.limit == 8


@pytest.mark.parametrize(("calls_left", "grown"), [(0, 8), (8, 8), (9, 9), (None, 9)])
def test_the_limit_grows_only_where_the_rate_limit_has_calls_left(calls_left: int | None, grown: int) -> None:
    limit = AdaptiveLimit(50)
    limit.observe(reply(limit, calls_left=calls_left), 0.0, in_use=True)
    assert limit.limit == grown


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_is_overloaded_halves_the_limit_once_per_round_trip(status: int) -> None:
    limit = AdaptiveLimit(50)
    round_trip(limit)
    round_trip(limit, status=status)
    assert limit.limit == 8
    round_trip(limit, status=status)
    assert limit.limit == 4


def test_a_request_without_a_reply_lowers_the_limit() -> None:
    limit = AdaptiveLimit(50)
    limit.observe(Observation(path=PATH, epoch=0), 0.0, in_use=True)
    assert limit.limit == 6


def test_an_exchange_that_the_callers_deadline_ended_does_not_count() -> None:
    limit = AdaptiveLimit(50)
    limit.observe(Observation(path=PATH, epoch=0, counts=False), 0.0, in_use=True)
    assert limit.limit == 8


def test_after_the_first_sign_of_congestion_the_limit_grows_by_one_per_round_trip() -> None:
    limit = AdaptiveLimit(50)
    round_trip(limit, status=429)
    limits = []
    for _ in range(6):
        round_trip(limit)
        limits.append(limit.limit)
    assert limits[-1] - limits[0] in (4, 5, 6)
    assert all(after - before <= 1 for before, after in itertools.pairwise(limits))


def test_rising_latency_lowers_the_limit_by_a_quarter_per_round_trip() -> None:
    limit = AdaptiveLimit(16)
    for _ in range(3):
        round_trip(limit, seconds=0.05)
    assert limit.limit == 16
    round_trip(limit, seconds=0.4)
    assert limit.limit == 12
    round_trip(limit, seconds=0.4)
    assert limit.limit == 9


def test_latencies_of_different_paths_are_not_compared() -> None:
    limit = AdaptiveLimit(16)
    for _ in range(3):
        round_trip(limit, seconds=0.05)
    round_trip(limit, seconds=1.0, path="/api/message-finder/search")
    assert limit.limit == 16


def test_a_latency_that_stays_high_becomes_the_baseline() -> None:
    limit = AdaptiveLimit(16)
    for _ in range(16):
        limit.observe(reply(limit, 0.05), 0.0, in_use=True)
    for second in range(11, 100):
        for _ in range(16):
            limit.observe(reply(limit, 0.4), float(second), in_use=True)
    assert limit.limit == 16


@pytest.mark.parametrize("seed", range(4))
def test_varying_latencies_do_not_change_the_limit(seed: int) -> None:
    chance, limit, now = random.Random(seed), AdaptiveLimit(32), 0.0
    for _ in range(2000):
        latency = chance.uniform(0.05, 0.4)
        now += latency / limit.limit
        limit.observe(reply(limit, latency), now, in_use=True)
    assert limit.limit == 32


OBSERVATIONS = st.builds(
    Observation,
    path=st.sampled_from(["a", "b"]),
    epoch=st.integers(0, 3),
    status=st.sampled_from([None, 200, 204, 400, 401, 404, 429, 500, 503]),
    seconds=st.none() | st.floats(0, 60),
    calls_left=st.none() | st.integers(0, 100),
    counts=st.booleans(),
)


@given(
    ceiling=st.integers(1, 64),
    steps=st.lists(st.tuples(OBSERVATIONS, st.floats(0, 5), st.booleans()), max_size=200),
)
def test_the_limit_stays_between_one_and_the_ceiling(
    ceiling: int, steps: list[tuple[Observation, float, bool]]
) -> None:
    limit, now = AdaptiveLimit(ceiling), 0.0
    for observation, passed, in_use in steps:
        now += passed
        limit.observe(observation, now, in_use=in_use)
        assert 1 <= limit.limit <= ceiling


@given(ceiling=st.integers(1, 64), steps=st.lists(st.none() | OBSERVATIONS, max_size=200))
def test_no_more_requests_start_than_the_limit_allows(ceiling: int, steps: list[Observation | None]) -> None:
    """None starts a request, an observation ends a request. The clock stands still, so nothing waits."""
    limit = ConcurrencyLimit(ceiling, monotonic=lambda: 0.0, clock=lambda: 0.0)
    in_flight = 0
    for step in steps:
        if step is not None and in_flight:
            limit.release(step)
            in_flight -= 1
        elif step is None:
            may_start = in_flight < limit.limit
            try:
                limit.acquire(Deadline(0.0 if not may_start else 1.0))
            except DeadlineExceeded:
                assert not may_start
            else:
                assert may_start
                in_flight += 1
        assert limit.in_flight == in_flight


def test_threads_never_exceed_the_limit_and_all_of_them_finish() -> None:
    limit = ConcurrencyLimit(3)
    lock = threading.Lock()
    running, peak, done = 0, 0, 0

    def work(number: int) -> None:
        nonlocal running, peak, done
        for turn in range(20):
            # Some callers have a deadline that passes while they wait.
            deadline = Deadline.after(0.0005) if (number + turn) % 3 == 0 else NEVER
            with suppress(DeadlineExceeded):
                epoch = limit.acquire(deadline)
                with lock:
                    running += 1
                    peak = max(peak, running)
                with lock:
                    running -= 1
                limit.release(Observation(path=PATH, epoch=epoch, status=200 if turn % 5 else 503, seconds=0.01))
            with lock:
                done += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert peak <= 3
    assert done == 12 * 20
    assert limit.in_flight == 0
    limit.acquire(NEVER)


def full(ceiling: int = 1) -> ConcurrencyLimit:
    limit = ConcurrencyLimit(ceiling)
    for _ in range(ceiling):
        limit.acquire(NEVER)
    return limit


def test_requests_start_in_the_order_of_acquire() -> None:
    limit, order, started = full(), [], []

    def wait(number: int) -> None:
        limit.acquire(NEVER)
        order.append(number)
        limit.release(reply(limit))

    for number in range(5):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        started.append(thread)
        while len(limit._waiters) <= number:
            pass
    limit.release(reply(limit))
    for thread in started:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_an_expired_deadline_ends_the_wait() -> None:
    limit, deadline = full(), Deadline.never()
    expiring = threading.Timer(0.02, deadline.expire)
    expiring.start()
    with pytest.raises(DeadlineExceeded, match="before the request could start"):
        limit.acquire(deadline)
    expiring.join()
    limit.release(reply(limit))
    limit.acquire(NEVER)
    assert limit.in_flight == 1


def test_a_permit_that_arrives_with_the_deadline_goes_to_the_next_thread() -> None:
    """The permit is granted after the end of the wait and before the thread leaves the queue."""
    limit = full()
    waiters = limit._waiters

    class LateRelease(ConcurrencyLimit):
        def _wait(self, waiter: Any, deadline: Deadline) -> None:
            self.release(reply(self))
            raise DeadlineExceeded("too late")

    limit.__class__ = LateRelease
    with pytest.raises(DeadlineExceeded):
        limit.acquire(NEVER)
    assert limit.in_flight == 0
    assert not waiters


# with the client


def limit_of(client: MimecastClient) -> ConcurrencyLimit:
    return client._session.transport._concurrency


class CountingServer(Server):
    """Delays every request until the expected number is in flight, and records the highest number."""

    def __init__(self, expected: int) -> None:
        super().__init__()
        self.peak = 0
        self._running = 0
        self._expected = expected
        self._changed = threading.Condition()

    def answer(self, request: Received) -> Answer:
        if request.path.endswith("/oauth/token"):
            return super().answer(request)
        with self._changed:
            self._running += 1
            self.peak = max(self.peak, self._running)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.peak >= self._expected, timeout=10)
            self._running -= 1
        return super().answer(request)


@pytest.mark.parametrize("ceiling", [1, 3])
def test_no_more_requests_reach_the_server_than_the_ceiling(ceiling: int) -> None:
    with CountingServer(ceiling) as server, client_of(server.url, max_concurrency=ceiling) as client:
        server.say(answer([{"accountName": "a"}]))
        threads = [threading.Thread(target=client.account.get) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.peak == ceiling


@pytest.mark.parametrize(
    "reply_sent",
    [
        answer([{"accountName": "a"}]),
        answer(status=429),
        Answer(ending="reset"),
        Answer(raw=b""),
        Answer(200, b"x" * 100, announced=5000),
        Answer(500, b""),
    ],
    ids=["success", "rate limit", "reset", "nothing", "truncated", "500"],
)
def test_a_request_releases_its_permit_however_it_ends(server: Server, reply_sent: Answer) -> None:
    server.say(reply_sent)
    with client_of(server.url, max_attempts=3) as client:
        with suppress(MimecastError):
            client.account.get()
        assert limit_of(client).in_flight == 0


def test_a_request_releases_its_permit_if_reading_the_reply_stops(server: Server) -> None:
    server.say(Answer(200, b"x" * 100))
    with client_of(server.url) as client:
        transport = client._session.transport
        with (
            suppress(KeyError),
            transport.stream("GET", server.url, headers={}, body=None, deadline=NEVER) as opened,
        ):
            raise KeyError(opened.status)
        assert limit_of(client).in_flight == 0


def test_a_rate_limit_of_the_server_halves_the_limit(server: Server, time: FakeTime) -> None:
    server.say(answer(status=429, headers={"X-RateLimit-Reset": "1000"}), answer([{"accountName": "a"}]))
    with client_of(server.url, time=time) as client:
        client.account.get()
        assert limit_of(client).limit == 4


def test_a_refused_connection_lowers_the_limit() -> None:
    with Server() as server:
        url = server.url
    with client_of(url, max_attempts=1) as client:
        with pytest.raises(Unreachable):
            client.account.get()
        assert limit_of(client).limit == 6


def test_a_request_that_waits_for_the_rate_limit_does_not_hold_a_permit(server: Server, time: FakeTime) -> None:
    """With one permit, another endpoint can be called while the first call waits."""
    server.say(answer([{"accountName": "a"}], headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "60000"}))
    in_flight: list[int] = []

    with client_of(server.url, time=time, max_concurrency=1) as client:
        limiter = client._session.rate_limiter

        def sleep(seconds: float, deadline: Deadline) -> None:
            in_flight.append(limit_of(client).in_flight)
            time.sleep(seconds)

        limiter._sleep = sleep
        client.account.get()
        client.account.get()
    assert in_flight == [0]
