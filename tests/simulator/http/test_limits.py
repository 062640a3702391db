"""Rate limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator import Quirks, Simulator
from mimecast_secops.simulator.http.limits import RateLimits
from tests.simulator.caller import ACCOUNT, HOLD_LIST, RELEASE, Caller, held_eml


def test_calls_over_the_quota_are_not_executed(simulator: Simulator, v1: Caller) -> None:
    records = [simulator.tenant.receive(held_eml())[0] for _ in range(3)]
    simulator.tenant.quirks.rate_limit = 2
    replies = [v1.call(RELEASE, {"id": record.hold_id}) for record in records]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert [reply.headers["X-RateLimit-Limit"] for reply in replies] == ["2"] * 3
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["1", "0", "0"]
    assert all(0 < int(reply.headers["X-RateLimit-Reset"]) <= 60_000 for reply in replies)
    assert replies[2].json["meta"]["status"] == 429
    assert replies[2].data == []
    assert [record.status for record in records] == ["archived", "archived", "held"]


def test_each_endpoint_has_its_own_quota(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    assert [caller.call(path).status for path in (ACCOUNT, HOLD_LIST, ACCOUNT)] == [200, 200, 429]


def test_without_a_quota_there_are_no_headers(v1: Caller) -> None:
    assert not [name for name in v1.call(ACCOUNT).headers if "ratelimit" in name.lower().replace("-", "")]


def test_api_2_sends_quota_headers_only_with_429_or_with_the_quirk(simulator: Simulator, v2: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    first, second = v2.call(ACCOUNT), v2.call(ACCOUNT)
    assert "X-RateLimit-Limit" not in first.headers
    assert second.headers["X-RateLimit-Remaining"] == "0"
    simulator.tenant.quirks.rate_headers_on_v2 = True
    assert v2.call(HOLD_LIST).headers["X-RateLimit-Limit"] == "1"


@pytest.mark.parametrize("spelling", ["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit"])
def test_the_headers_have_the_spelling_of_the_quirk(simulator: Simulator, v1: Caller, spelling: str) -> None:
    simulator.tenant.quirks.rate_limit = 1
    simulator.tenant.quirks.change("rate_header", spelling)
    v1.call(ACCOUNT)
    reply = v1.call(ACCOUNT)
    assert reply.status == 429
    assert reply.headers[f"{spelling}-Limit"] == "1"
    assert reply.headers[f"{spelling}-Remaining"] == "0"
    assert int(reply.headers[f"{spelling}-Reset"]) > 0


def test_retry_after_is_in_seconds_and_the_only_header(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    simulator.tenant.quirks.rate_header = "Retry-After"
    v1.call(ACCOUNT)
    reply = v1.call(ACCOUNT)
    assert 1 <= int(reply.headers["Retry-After"]) <= 60
    assert "X-RateLimit-Reset" not in reply.headers


def test_the_quota_is_reset_in_the_next_window(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    simulator.tenant.quirks.rate_window = 0.0
    assert [v1.call(ACCOUNT).status for _ in range(3)] == [200, 200, 200]


def test_an_unauthenticated_request_does_not_count(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    assert v1.post(ACCOUNT, {}, secret_key="AAAA").status == 401
    assert v1.call(ACCOUNT).status == 200


@given(st.integers(1, 20), st.lists(st.sampled_from(["/a", "/b"]), max_size=50))
def test_each_path_gets_exactly_its_quota(limit: int, paths: list[str]) -> None:
    limits, quirks = RateLimits(), Quirks(rate_limit=limit, rate_window=3600)
    passed = [path for path in paths if limits.check(quirks, path, 1)[0] is None]
    for path in ("/a", "/b"):
        assert passed.count(path) == min(limit, paths.count(path))


def test_calls_come_back_to_a_bucket_one_after_the_other(simulator: Simulator, v1: Caller) -> None:
    quirks = simulator.tenant.quirks
    quirks.rate_limit, quirks.rate_style, quirks.rate_refill_ms = 2, "bucket", 3_600_000
    replies = [v1.call(ACCOUNT) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["1", "0", "0"]
    quirks.rate_refill_ms = 0.001
    for account in simulator.app.middleware.limits._accounts.values():
        account.resets_at = 0.0
    assert v1.call(ACCOUNT).headers["X-RateLimit-Remaining"] == "1"


def test_a_bucket_gets_as_many_calls_back_as_the_quirk_says() -> None:
    limits = RateLimits()
    quirks = Quirks(rate_limit=20, rate_style="bucket", rate_refill=5, rate_refill_ms=3_600_000)
    for _ in range(20):
        limits.check(quirks, "/a", 1)
    assert limits.check(quirks, "/a", 1)[0] is not None
    limits._accounts["/a"].resets_at -= 3_600
    assert [limits.check(quirks, "/a", 1)[0] is None for _ in range(6)] == [True] * 5 + [False]


def test_all_endpoints_can_share_one_quota(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.rate_limit, simulator.tenant.quirks.rate_scope = 1, "user"
    assert [caller.call(path).status for path in (ACCOUNT, HOLD_LIST)] == [200, 429]


@pytest.mark.parametrize(("unit", "least", "most"), [("ms", 59_000, 60_000), ("seconds", 59, 60)])
def test_the_reset_has_the_unit_of_the_quirk(
    simulator: Simulator, v1: Caller, unit: str, least: int, most: int
) -> None:
    simulator.tenant.quirks.rate_limit = 1
    simulator.tenant.quirks.change("rate_unit", unit)
    assert least <= int(v1.call(ACCOUNT).headers["X-RateLimit-Reset"]) <= most


def test_a_reset_can_be_a_time_of_the_tenant(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.clock.offset = timedelta(hours=5)
    simulator.tenant.quirks.rate_limit, simulator.tenant.quirks.rate_unit = 1, "epoch"
    reset = int(v1.call(ACCOUNT).headers["X-RateLimit-Reset"])
    assert 55 <= reset - simulator.tenant.clock.now().timestamp() <= 61
