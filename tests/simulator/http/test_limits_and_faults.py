"""Quotas with their headers, and faults on demand."""

from __future__ import annotations

import http.client
import urllib.error

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator import Quirks, Simulator
from mimecast_secops.simulator.http.faults import KINDS, VARIANTS, Fault, Faults, UnknownFault, make_undecodable
from mimecast_secops.simulator.http.limits import RateLimits
from tests.simulator.caller import ACCOUNT, GET_FILE, HOLD_LIST, RELEASE, SEARCH, Caller, control, held_eml

# limits


def test_the_quota_counts_down_and_then_refuses_without_executing(simulator: Simulator, v1: Caller) -> None:
    records = [simulator.tenant.receive(held_eml())[0] for _ in range(3)]
    simulator.tenant.quirks.rate_limit = 2
    replies = [v1.call(RELEASE, {"id": one.hold_id}) for one in records]
    assert [one.status for one in replies] == [200, 200, 429]
    assert [one.headers["X-RateLimit-Limit"] for one in replies] == ["2"] * 3
    assert [one.headers["X-RateLimit-Remaining"] for one in replies] == ["1", "0", "0"]
    assert all(0 < int(one.headers["X-RateLimit-Reset"]) <= 60_000 for one in replies)
    assert replies[2].json["meta"]["status"] == 429
    assert replies[2].data == []
    assert [one.status for one in records] == ["archived", "archived", "held"]


def test_each_function_has_a_quota_of_its_own(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    assert [caller.call(path).status for path in (ACCOUNT, HOLD_LIST, ACCOUNT)] == [200, 200, 429]


def test_without_a_quota_there_are_no_headers(v1: Caller) -> None:
    assert not [name for name in v1.call(ACCOUNT).headers if "ratelimit" in name.lower().replace("-", "")]


def test_api_2_names_its_quota_with_a_refusal_only_unless_switched_on(simulator: Simulator, v2: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    first, second = v2.call(ACCOUNT), v2.call(ACCOUNT)
    assert "X-RateLimit-Limit" not in first.headers
    assert second.headers["X-RateLimit-Remaining"] == "0"
    simulator.tenant.quirks.rate_headers_on_v2 = True
    assert v2.call(HOLD_LIST).headers["X-RateLimit-Limit"] == "1"


@pytest.mark.parametrize("spelling", ["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit"])
def test_the_headers_have_the_spelling_that_is_switched_on(simulator: Simulator, v1: Caller, spelling: str) -> None:
    simulator.tenant.quirks.rate_limit = 1
    simulator.tenant.quirks.rate_header = spelling
    v1.call(ACCOUNT)
    reply = v1.call(ACCOUNT)
    assert reply.status == 429
    assert reply.headers[f"{spelling}-Limit"] == "1"
    assert reply.headers[f"{spelling}-Remaining"] == "0"
    assert int(reply.headers[f"{spelling}-Reset"]) > 0


def test_retry_after_stands_alone_and_is_in_seconds(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    simulator.tenant.quirks.rate_header = "Retry-After"
    v1.call(ACCOUNT)
    reply = v1.call(ACCOUNT)
    assert 1 <= int(reply.headers["Retry-After"]) <= 60
    assert "X-RateLimit-Reset" not in reply.headers


def test_the_quota_begins_anew_with_the_next_window(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    simulator.tenant.quirks.rate_window = 0.0
    assert [v1.call(ACCOUNT).status for _ in range(3)] == [200, 200, 200]


def test_a_refused_signature_uses_up_nothing(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.rate_limit = 1
    assert v1.post(ACCOUNT, {}, secret_key="AAAA").status == 401
    assert v1.call(ACCOUNT).status == 200


@given(st.integers(1, 20), st.lists(st.sampled_from(["/a", "/b"]), max_size=50))
def test_each_path_gets_exactly_its_quota(limit: int, paths: list[str]) -> None:
    limits, quirks = RateLimits(), Quirks(rate_limit=limit, rate_window=3600)
    passed = [path for path in paths if limits.check(quirks, path, 1)[0] is None]
    for path in ("/a", "/b"):
        assert passed.count(path) == min(limit, paths.count(path))


# faults


def add(simulator: Simulator, kind: str, **more: object) -> None:
    assert control(simulator, "faults", {"add": [{"kind": kind, **more}]}).status == 200


@pytest.mark.parametrize("kind", ["500", "503"])
def test_a_server_error_has_the_envelope_of_its_generation(simulator: Simulator, caller: Caller, kind: str) -> None:
    add(simulator, kind, path="/api/*")
    reply = caller.call(ACCOUNT)
    assert reply.status == int(kind)
    if caller.version == 1:
        assert reply.json["meta"]["status"] == int(kind)
    else:
        assert reply.json == {"fail": [{"code": "internal_error", "message": "Try again later"}]}


def test_a_429_on_demand_has_the_headers(simulator: Simulator, caller: Caller) -> None:
    add(simulator, "429", path=ACCOUNT, reset_ms=1234)
    reply = caller.call(ACCOUNT)
    assert reply.status == 429
    assert {name: reply.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")} == {
        "Limit": "1",
        "Remaining": "0",
        "Reset": "1234",
    }


def test_a_reset_ends_the_connection_without_a_reply_though_the_call_was_executed(
    simulator: Simulator, caller: Caller
) -> None:
    (record,) = simulator.tenant.receive(held_eml())
    add(simulator, "reset", path=RELEASE, count=1)
    with pytest.raises((ConnectionError, http.client.HTTPException, urllib.error.URLError)):
        caller.call(RELEASE, {"id": record.hold_id})
    assert record.status == "archived"
    assert caller.call(RELEASE, {"id": record.hold_id}).data == [{"id": record.hold_id, "release": False}]


def test_a_truncated_reply_is_the_first_half_of_the_real_one(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    add(simulator, "truncated", path=ACCOUNT, count=1)
    with pytest.raises(http.client.IncompleteRead) as caught:
        caller.call(ACCOUNT)
    assert caught.value.partial == whole[: len(whole) // 2]
    assert caught.value.expected == len(whole) - len(whole) // 2  # the whole length was announced
    assert caller.call(ACCOUNT).raw == whole


def test_a_large_truncated_file_is_cut_in_the_middle_too(simulator: Simulator, v1: Caller) -> None:
    content = bytes(range(256)) * 40_000
    (record,) = simulator.tenant.receive(held_eml(files={"a.bin": content}))
    add(simulator, "truncated", path=GET_FILE, count=1)
    item = {"id": simulator.tenant.file_id(record.mail.parts[0])}
    with pytest.raises(http.client.IncompleteRead) as caught:
        v1.call(GET_FILE, item)
    assert caught.value.partial == content[: len(content) // 2]
    assert v1.call(GET_FILE, item).raw == content


def test_a_login_page_comes_as_html_with_http_200(simulator: Simulator, caller: Caller) -> None:
    add(simulator, "html", path=ACCOUNT)
    reply = caller.call(ACCOUNT)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.raw.startswith(b"<!DOCTYPE html>")


def test_an_empty_reply_has_no_body(simulator: Simulator, caller: Caller) -> None:
    add(simulator, "empty", path=ACCOUNT)
    reply = caller.call(ACCOUNT)
    assert (reply.status, reply.raw, reply.headers["Content-Length"]) == (200, b"", "0")


NO_RESULTS = {
    "object": {},
    "message": {"message": "ok"},
    "null-data": {"meta": {"status": 200}, "data": None, "fail": []},
    "wrong-data": {"meta": {"status": 200}, "data": [{}], "fail": []},
}


@pytest.mark.parametrize("kind", NO_RESULTS)
def test_json_that_is_no_result_comes_with_http_200(simulator: Simulator, caller: Caller, kind: str) -> None:
    add(simulator, kind, path=SEARCH, count=1)
    search = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    reply = caller.call(SEARCH, search)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert reply.json == NO_RESULTS[kind]
    assert caller.call(SEARCH, search).data == [{"trackedEmails": []}]


def is_an_insertion(broken: bytes, whole: bytes) -> bool:
    """Whether taking out one run of bytes makes the broken reply whole."""
    added = len(broken) - len(whole)
    return any(broken[:at] + broken[at + added :] == whole for at in range(len(whole) + 1))


@pytest.mark.parametrize("variant", VARIANTS)
def test_one_row_of_an_undecodable_reply_is_broken_and_the_others_are_whole(
    simulator: Simulator, caller: Caller, variant: str
) -> None:
    simulator.tenant.receive(held_eml('A "first"'))
    simulator.tenant.receive(held_eml("Second"))
    whole = caller.call(HOLD_LIST, {"admin": True}).raw
    add(simulator, "undecodable", path=HOLD_LIST, variant=variant, count=1)
    broken = caller.call(HOLD_LIST, {"admin": True}).raw
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        msgspec.json.decode(broken)
    assert is_an_insertion(broken, whole)
    assert broken.count(b'A \\"first\\""') == whole.count(b'A \\"first\\""')
    assert caller.call(HOLD_LIST, {"admin": True}).raw == whole


@given(st.text(max_size=30), st.sampled_from(VARIANTS))
def test_a_broken_reply_is_the_reply_and_the_variant(subject: str, variant: str) -> None:
    body = msgspec.json.encode({"id": "x", "subject": subject, "size": 1})
    broken = make_undecodable(body, variant)
    assert len(broken) > len(body)
    assert is_an_insertion(broken, body)


def test_a_reply_without_a_subject_stays_whole(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    add(simulator, "undecodable", path=ACCOUNT, variant="surrogate")
    assert caller.call(ACCOUNT).raw == whole


def test_a_slow_reply_is_the_real_one(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    add(simulator, "slow", path=ACCOUNT, seconds=0.01, count=1)
    assert caller.call(ACCOUNT).raw == whole
    assert simulator.requests[-1].fault == "slow"


def test_latency_changes_nothing_but_time(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    simulator.tenant.quirks.latency_ms = 1
    assert caller.call(ACCOUNT).raw == whole


def test_an_expired_token_on_demand_is_refused_on_api_2_alone(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    add(simulator, "expired", path=ACCOUNT)
    reply = v2.call(ACCOUNT)
    assert (reply.status, reply.codes) == (401, ["token_expired"])
    assert v1.call(ACCOUNT).status == 200


def test_a_fault_strikes_its_path_and_its_count(simulator: Simulator, caller: Caller) -> None:
    caller.call(ACCOUNT)
    add(simulator, "500", path="/api/gateway/*", count=2, after=1)
    assert [caller.call(HOLD_LIST).status for _ in range(4)] == [200, 500, 500, 200]
    assert caller.call(ACCOUNT).status == 200
    assert [one.fault for one in simulator.requests if one.path == HOLD_LIST] == ["", "500", "500", ""]


def test_faults_follow_one_another_and_can_be_cleared(simulator: Simulator, v1: Caller) -> None:
    for kind in ("500", "503"):
        add(simulator, kind, path=ACCOUNT, count=1)
    assert [v1.call(ACCOUNT).status for _ in range(3)] == [500, 503, 200]
    add(simulator, "500")
    assert v1.call(ACCOUNT).status == 500
    assert control(simulator, "faults", {"clear": True}).json == {"active": 0}
    assert v1.call(ACCOUNT).status == 200


@pytest.mark.parametrize(
    "fault",
    [{"kind": "418"}, {"kind": ""}, {}, {"kind": "500", "colour": "red"}, {"kind": "undecodable", "variant": "odd"}],
)
def test_a_fault_that_does_not_exist_is_refused(simulator: Simulator, fault: dict[str, str]) -> None:
    assert control(simulator, "faults", {"add": [fault]}).status == 400
    assert simulator.app.faults.active == []


def test_the_refusal_names_the_faults_that_there_are() -> None:
    with pytest.raises(UnknownFault, match=", ".join(KINDS)):
        Fault(kind="nonsense")


@given(st.integers(0, 5), st.integers(1, 5), st.integers(0, 15))
def test_a_fault_lets_some_through_and_then_strikes_its_count(after: int, count: int, calls: int) -> None:
    faults = Faults()
    faults.add(Fault(kind="500", after=after, count=count))
    hits = [faults.match("/x") is not None for _ in range(calls)]
    assert hits == [after <= number < after + count for number in range(calls)]


@given(st.floats(0, 1), st.integers(0, 50))
def test_chance_strikes_the_same_calls_every_time(probability: float, calls: int) -> None:
    runs = []
    for _ in range(2):
        faults = Faults()
        faults.add(Fault(kind="500", probability=probability))
        runs.append([faults.match("/x") is not None for _ in range(calls)])
    assert runs[0] == runs[1]
    if probability in (0, 1):
        assert runs[0] == [bool(probability)] * calls
