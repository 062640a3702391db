"""The quota of one endpoint: what replies tell, and what follows where they tell nothing."""

from __future__ import annotations

import math
from random import Random

import pytest

from mimecast_secops.api.quota import Quota


class Bucket:
    """A server with a bucket of calls, and a client that makes one call after the other."""

    def __init__(self, *, size: int, refill: int, period: float, tells: bool) -> None:
        self.quota = Quota()
        self.now = 0.0
        self.sent = self.refused = 0
        self._size, self._refill, self._period, self._tells = size, refill, period, tells
        self._left, self._resets = size, 0

    def call(self, seconds: float = 0.001) -> bool:
        """Wait as long as the quota wants, and make a call that takes `seconds`. Returns whether it was executed."""
        while (wait := self.quota.wait(self.now)) > 0:
            self.now += wait
        number = self.quota.start(self.now)
        self.sent += 1
        resets = int(self.now / self._period)
        self._left = min(self._size, self._left + (resets - self._resets) * self._refill)
        self._resets = resets
        reset = (resets + 1) * self._period - self.now
        self.now += seconds
        if self._left == 0:
            self.refused += 1
            self.quota.refuse(number, reset, self._size, self.now)
        else:
            self._left -= 1
            if self._tells:
                self.quota.tell(number, self._left, reset, self._size, self.now)
            else:
                self.quota.succeed()
        self.quota.end()
        return self._left > 0

    def execute(self, count: int) -> None:
        """Make calls until `count` are executed."""
        while self.sent - self.refused < count:
            self.call()


@pytest.mark.parametrize(
    ("refill", "period"),
    [(1, 0.15), (20, 1.0), (1, 0.02), (5, 0.5)],
    ids=["1 in 150 ms", "20 in 1 s", "1 in 20 ms", "5"],
)
def test_a_told_bucket_is_used_to_the_full_and_hardly_ever_refuses(refill: int, period: float) -> None:
    bucket = Bucket(size=20, refill=refill, period=period, tells=True)
    bucket.execute(200)
    assert bucket.refused <= 0.02 * bucket.sent
    assert bucket.now <= 1.2 * (180 / refill * period)


@pytest.mark.parametrize(
    ("refill", "period"), [(1, 0.15), (20, 1.0), (5, 0.5)], ids=["1 in 150 ms", "20 in 1 s", "5 in 0.5 s"]
)
def test_a_bucket_that_only_errors_tell_is_learned_within_its_first_periods(refill: int, period: float) -> None:
    bucket = Bucket(size=20, refill=refill, period=period, tells=False)
    bucket.execute(300)
    assert bucket.refused <= 0.05 * bucket.sent
    assert bucket.now <= 1.2 * (280 / refill * period)


class SharedBucket(Bucket):
    """A bucket that now and then refuses a call although calls are left, and tells another time."""

    def __init__(self, *, size: int, refill: int, period: float, seed: int) -> None:
        super().__init__(size=size, refill=refill, period=period, tells=False)
        self._random = Random(seed)

    def call(self, seconds: float = 0.01) -> bool:
        if self._random.random() >= 0.05:
            return super().call(seconds)
        while (wait := self.quota.wait(self.now)) > 0:
            self.now += wait
        number = self.quota.start(self.now)
        self.now += seconds
        self.sent, self.refused = self.sent + 1, self.refused + 1
        self.quota.refuse(number, 0.1, 1, self.now)
        self.quota.end()
        return False


def test_http_429_for_another_reason_does_not_lower_the_number_of_calls_for_long() -> None:
    buckets = [SharedBucket(size=15, refill=15, period=1.0, seed=seed) for seed in range(20)]
    for bucket in buckets:
        bucket.execute(300)
    assert sum(bucket.now for bucket in buckets) / len(buckets) <= 2.5 * 285 / 15


def test_nothing_is_known_before_a_reply_has_told_it() -> None:
    quota = Quota()
    for _ in range(100):
        assert quota.wait(0.0) == 0.0
        quota.start(0.0)
    assert quota.left is None


def test_calls_that_started_after_the_one_of_a_reply_are_not_counted_in_it() -> None:
    quota = Quota()
    numbers = [quota.start(0.0) for _ in range(8)]
    quota.tell(numbers[0], 19, 5.0, 20, 0.1)
    assert quota.left == 12
    quota.tell(numbers[7], 12, 5.0, 20, 0.1)
    assert quota.left == 12


def test_a_late_reply_does_not_raise_the_number_of_calls_again() -> None:
    quota = Quota()
    first, second = quota.start(0.0), quota.start(0.0)
    quota.tell(second, 0, 7.0, None, 0.1)
    quota.tell(first, 9, 7.0, None, 0.2)
    assert quota.wait(0.2) == pytest.approx(6.9)


def test_after_a_long_wait_one_call_finds_out_what_is_left() -> None:
    quota = Quota()
    quota.refuse(quota.start(0.0), 60.0, None, 0.0)
    quota.end()
    assert quota.wait(0.0) == 60.0
    assert quota.wait(60.0) == 0.0
    number = quota.start(60.0)
    assert 0 < quota.wait(60.0) < 1
    quota.tell(number, 29, 60.0, 30, 60.1)
    assert quota.left == 29


def test_after_a_long_wait_more_calls_start_while_they_succeed() -> None:
    quota = Quota()
    quota.refuse(quota.start(0.0), 60.0, 1, 0.0)
    quota.end()
    rounds = []
    for _ in range(8):
        started = 0
        while quota.wait(61.0) <= 0 and started < 100:
            quota.start(61.0)
            started += 1
        rounds.append(started)
        for _ in range(started):
            quota.succeed()
            quota.end()
    assert rounds[:4] == [1, 2, 4, 8]
    assert rounds[-1] == 100


def test_a_call_without_a_reply_does_not_stop_the_next_one() -> None:
    quota = Quota()
    quota.block(10.0)
    assert quota.wait(10.0) == 0.0
    quota.start(10.0)
    quota.end()
    assert quota.wait(10.0) == 0.0


def test_errors_in_a_row_make_the_wait_longer() -> None:
    quota = Quota()
    waits = []
    now = 0.0
    for _ in range(6):
        quota.refuse(quota.start(now), 0.002, None, now)
        quota.end()
        waits.append(quota.wait(now))
        now += quota.wait(now)
    assert waits[0] < 0.01
    assert waits == sorted(waits)
    assert 1.0 < waits[-1] < 2.1


def test_without_a_told_time_http_429_changes_nothing() -> None:
    quota = Quota()
    quota.refuse(quota.start(0.0), None, None, 0.0)
    assert quota.wait(0.0) == 0.0
    assert quota.resets_at == math.inf
