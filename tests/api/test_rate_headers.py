"""What the headers of a reply say about a rate limit."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api.rate_headers import ResetUnit, call_limit, calls_left, retry_after

NOW = datetime(2015, 10, 21, 7, 28, tzinfo=UTC)
DATE = "Wed, 21 Oct 2015 07:28:00 GMT"
LATE = NOW + timedelta(hours=3)


@pytest.mark.parametrize("name", ["x-ratelimit-reset", "x-rate-limit-reset", "x-mimecast-ratelimit-reset"])
@pytest.mark.parametrize(("value", "seconds"), [("42000", 42.0), ("0", 0.0), ("1500.5", 1.5005), ("1", 0.001)])
def test_a_reset_header_counts_milliseconds(name: str, value: str, seconds: float) -> None:
    assert retry_after({name: value}) == pytest.approx(seconds)


@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("0", 0.0), ("1.5", 1.5)])
def test_retry_after_counts_seconds(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}) == seconds


@pytest.mark.parametrize("date", [DATE, None], ids=["by the server's clock", "by the local clock"])
def test_retry_after_can_be_a_date(date: str | None) -> None:
    told = {"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT"} | ({"date": date} if date else {})
    assert retry_after(told, LATE if date else NOW) == 120.0


@pytest.mark.parametrize("name", ["x-ratelimit-reset", "x-rate-limit-reset", "retry-after"])
@pytest.mark.parametrize("value", ["1445412600", "1445412600000"], ids=["seconds", "milliseconds"])
def test_a_large_number_is_a_unix_time(name: str, value: str) -> None:
    assert retry_after({name: value, "date": DATE}, LATE) == 120.0
    assert retry_after({name: value}, NOW) == 120.0


def test_a_time_that_has_passed_is_no_wait() -> None:
    assert retry_after({"x-ratelimit-reset": "1445412000", "date": DATE}) == 0.0
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:00:00 GMT", "date": DATE}) == 0.0


def test_the_same_number_in_both_headers_is_in_seconds() -> None:
    assert retry_after({"x-ratelimit-reset": "30", "retry-after": "30"}) == 30.0
    assert retry_after({"x-ratelimit-reset": "29", "retry-after": "30"}) == 29.0
    assert retry_after({"x-ratelimit-reset": "30000", "retry-after": "30"}) == 30.0


# the unit of a tenant


def refuse(unit: ResetUnit, *told: tuple[float, int]) -> bool:
    for now, number in told:
        unit.observe_refusal("/p", {"x-ratelimit-reset": str(number)}, now)
    return unit.in_seconds


def test_a_number_that_falls_with_the_seconds_after_its_milliseconds_are_over_counts_seconds() -> None:
    assert refuse(ResetUnit(), (0.0, 30), (0.2, 30), (1.5, 29), (4.0, 26))
    assert retry_after({"x-ratelimit-reset": "26"}, in_seconds=True) == 26.0


@pytest.mark.parametrize(
    "told",
    [
        [(0.0, 140), (1.5, 20), (3.0, 90), (4.5, 130)],
        [(0.0, 3), (1.5, 2), (3.0, 1), (4.5, 1)],
        [(0.0, 30), (0.5, 30), (1.0, 29)],
        [(0.0, 30), (1.5, 29), (3.0, 55_000)],
        [(0.0, 60_000), (2.0, 58_000), (60.0, 100)],
    ],
    ids=["a bucket", "small numbers", "too soon", "a large number", "milliseconds"],
)
def test_other_numbers_count_milliseconds(told: list[tuple[float, int]]) -> None:
    assert not refuse(ResetUnit(), *told)


def test_a_large_number_corrects_a_wrong_guess() -> None:
    unit = ResetUnit()
    assert refuse(unit, (0.0, 30), (1.5, 29), (4.0, 26))
    assert not refuse(unit, (10.0, 42_000))


def test_the_unit_has_a_name_once_it_is_known() -> None:
    unit = ResetUnit()
    assert (refuse(unit, (0.0, 30)), unit.name) == (False, "")
    assert (refuse(unit, (1.5, 29), (4.0, 26)), unit.name) == (True, "seconds")
    assert (refuse(unit, (10.0, 42_000)), unit.name) == (False, "milliseconds")
    assert (refuse(unit, (20.0, 1_790_000_000)), unit.name) == (False, "unix time")


def test_a_large_number_corrects_a_unit_that_was_assumed() -> None:
    unit = ResetUnit()
    unit.assume("seconds")
    assert unit.in_seconds
    assert not refuse(unit, (0.0, 42_000))


# the counts


@pytest.mark.parametrize("prefix", ["x-ratelimit", "x-rate-limit", "x-mimecast-ratelimit"])
def test_the_counts_are_read_in_each_spelling(prefix: str) -> None:
    told = {f"{prefix}-limit": "20", f"{prefix}-remaining": "7"}
    assert (call_limit(told), calls_left(told)) == (20, 7)


def test_a_reply_without_counts_tells_none() -> None:
    assert (call_limit({}), calls_left({"x-ratelimit-remaining": "few"})) == (None, None)


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
