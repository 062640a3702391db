"""Faults."""

from __future__ import annotations

import http.client
import urllib.error
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.faults import KINDS, VARIANTS, Fault, Faults, UnknownFault, make_undecodable
from mimecast_secops.simulator.mail.parser import Part
from tests.simulator.caller import ACCOUNT, GET_FILE, HOLD_LIST, RELEASE, SEARCH, Caller, control, held_eml


def add(simulator: Simulator, kind: str, **members: object) -> None:
    assert control(simulator, "faults", {"add": [{"kind": kind, **members}]}).status == 200


@pytest.mark.parametrize("kind", ["500", "503", "504"])
def test_a_server_error_has_the_envelope_of_its_api_version(simulator: Simulator, caller: Caller, kind: str) -> None:
    add(simulator, kind, path="/api/*")
    reply = caller.call(ACCOUNT)
    assert reply.status == int(kind)
    if caller.version == 1:
        assert reply.json["meta"]["status"] == int(kind)
    else:
        assert reply.json == {"fail": [{"code": "internal_error", "message": "Try again later"}]}


def test_the_fault_429_has_the_rate_limit_headers(simulator: Simulator, caller: Caller) -> None:
    add(simulator, "429", path=ACCOUNT, reset_ms=1234)
    reply = caller.call(ACCOUNT)
    assert reply.status == 429
    assert {name: reply.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")} == {
        "Limit": "1",
        "Remaining": "0",
        "Reset": "1234",
    }


def test_a_reset_closes_the_connection_after_the_call_was_executed(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(held_eml())
    add(simulator, "reset", path=RELEASE, count=1)
    with pytest.raises((ConnectionError, http.client.HTTPException, urllib.error.URLError)):
        caller.call(RELEASE, {"id": record.hold_id})
    assert record.status == "archived"
    assert caller.call(RELEASE, {"id": record.hold_id}).data == [{"id": record.hold_id, "release": False}]


def test_a_truncated_reply_is_the_first_half_of_the_real_reply(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    add(simulator, "truncated", path=ACCOUNT, count=1)
    with pytest.raises(http.client.IncompleteRead) as caught:
        caller.call(ACCOUNT)
    assert caught.value.partial == whole[: len(whole) // 2]
    assert caught.value.expected == len(whole) - len(whole) // 2  # the whole length was announced
    assert caller.call(ACCOUNT).raw == whole


def test_a_large_file_is_truncated_in_the_middle(simulator: Simulator, v1: Caller) -> None:
    content = bytes(range(256)) * 40_000
    add(simulator, "truncated", path=GET_FILE, count=1)
    item = {"id": simulator.tenant.file_id(Part("a.bin", "application/octet-stream", content))}
    with pytest.raises(http.client.IncompleteRead) as caught:
        v1.call(GET_FILE, item)
    assert caught.value.partial == content[: len(content) // 2]
    assert v1.call(GET_FILE, item).raw == content


def test_a_login_page_is_html_with_http_200(simulator: Simulator, caller: Caller) -> None:
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
def test_json_that_is_not_a_result_has_http_200(simulator: Simulator, caller: Caller, kind: str) -> None:
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
def test_only_one_row_of_an_undecodable_reply_is_invalid(simulator: Simulator, caller: Caller, variant: str) -> None:
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
def test_an_undecodable_reply_is_the_real_reply_with_an_insertion(subject: str, variant: str) -> None:
    body = msgspec.json.encode({"id": "x", "subject": subject, "size": 1})
    broken = make_undecodable(body, variant)
    assert len(broken) > len(body)
    assert is_an_insertion(broken, body)


def test_a_reply_without_a_subject_stays_unchanged(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    add(simulator, "undecodable", path=ACCOUNT, variant="surrogate")
    assert caller.call(ACCOUNT).raw == whole


def test_a_slow_reply_is_the_real_reply(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    add(simulator, "slow", path=ACCOUNT, seconds=0.01, count=1)
    assert caller.call(ACCOUNT).raw == whole
    assert simulator.requests[-1].fault == "slow"


def test_an_exhausted_quota_ends_at_its_reset(simulator: Simulator, caller: Caller) -> None:
    add(simulator, "quota", path=ACCOUNT, seconds=600)
    first, second = caller.call(ACCOUNT), caller.call(ACCOUNT)
    assert [first.status, second.status] == [429, 429]
    assert 590_000 <= int(second.headers["X-RateLimit-Reset"]) <= int(first.headers["X-RateLimit-Reset"]) <= 600_000
    assert caller.call(HOLD_LIST).status == 200
    simulator.app.faults.added[0].ends_at = 0.0
    assert caller.call(ACCOUNT).status == 200


def test_a_refusing_fault_has_the_headers_of_the_quirks(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.rate_header, simulator.tenant.quirks.rate_unit = "X-Rate-Limit", "seconds"
    add(simulator, "quota", path=ACCOUNT, seconds=600)
    assert 590 <= int(v1.call(ACCOUNT).headers["X-Rate-Limit-Reset"]) <= 600


def test_the_fault_expired_affects_only_api_2(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    add(simulator, "expired", path=ACCOUNT)
    reply = v2.call(ACCOUNT)
    assert (reply.status, reply.codes) == (401, ["token_expired"])
    assert v1.call(ACCOUNT).status == 200


def test_a_fault_affects_its_path_and_its_count(simulator: Simulator, caller: Caller) -> None:
    caller.call(ACCOUNT)
    add(simulator, "500", path="/api/gateway/*", count=2, after=1)
    assert [caller.call(HOLD_LIST).status for _ in range(4)] == [200, 500, 500, 200]
    assert caller.call(ACCOUNT).status == 200
    assert [request.fault for request in simulator.requests if request.path == HOLD_LIST] == ["", "500", "500", ""]


def test_faults_apply_in_order_and_can_be_cleared(simulator: Simulator, v1: Caller) -> None:
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
def test_an_unknown_fault_is_refused(simulator: Simulator, fault: dict[str, str]) -> None:
    assert control(simulator, "faults", {"add": [fault]}).status == 400
    assert list(simulator.app.faults.added) == []


def test_the_error_for_an_unknown_fault_lists_all_faults() -> None:
    with pytest.raises(UnknownFault, match=", ".join(KINDS)):
        Fault(kind=cast("Any", "nonsense"))


@given(st.integers(0, 5), st.integers(1, 5), st.integers(0, 15))
def test_a_fault_skips_calls_and_then_affects_its_count(after: int, count: int, calls: int) -> None:
    faults = Faults()
    faults.add(Fault(kind="500", after=after, count=count))
    hits = [faults.match("/x") is not None for _ in range(calls)]
    assert hits == [after <= number < after + count for number in range(calls)]


@given(st.floats(0, 1), st.integers(0, 50))
def test_a_probability_affects_the_same_calls_in_every_run(probability: float, calls: int) -> None:
    runs = []
    for _ in range(2):
        faults = Faults()
        faults.add(Fault(kind="500", probability=probability))
        runs.append([faults.match("/x") is not None for _ in range(calls)])
    assert runs[0] == runs[1]
    if probability in (0, 1):
        assert runs[0] == [bool(probability)] * calls
