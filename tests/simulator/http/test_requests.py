"""Reading of request bodies and IDs."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.ids import IdGenerator
from tests.simulator.caller import (
    ACCOUNT,
    DELETE_POLICY,
    DETAIL,
    GET_FILE,
    GET_POLICY,
    INFO,
    REJECT,
    RELEASE,
    Caller,
    Reply,
    held_eml,
)

HELD = held_eml()


def test_only_api_2_distinguishes_unknown_and_damaged_ids(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    unknown = IdGenerator("another tenant").new("hold")
    assert v1.call(RELEASE, {"id": unknown}).codes == v2.call(RELEASE, {"id": unknown}).codes == ["xdk_failure"]
    assert v1.call(RELEASE, {"id": unknown[:-4]}).codes == ["xdk_failure"]
    damaged = v2.call(RELEASE, {"id": unknown[:-4]})
    assert (damaged.status, damaged.raw) == (400, b"")
    simulator.tenant.quirks.unknown_id = "status"
    assert v2.call(RELEASE, {"id": unknown}).json["meta"]["status"] == 404


NOT_STRINGS: tuple[object, ...] = (["a"], {"a": 1}, [], 5, True)
QUEUE_AND_TRACKING = (RELEASE, INFO, DETAIL, GET_FILE)
ARCHIVE_DETAILS = ("/api/archive/get-message-detail", "/api/archive/get-message-part")
MESSAGE_FINDER = (
    "/api/message-finder/reject-held-email",
    "/api/message-finder/release-held-email-to-sandbox",
    "/api/message-finder/report-message",
)


@pytest.mark.parametrize("path", QUEUE_AND_TRACKING)
def test_an_id_that_is_not_a_string_is_refused_as_damaged(simulator: Simulator, caller: Caller, path: str) -> None:
    simulator.tenant.quirks.gateway_detail_on_v2 = True
    for value in NOT_STRINGS:
        simulator.tenant.quirks.damaged_id_empty_400 = True
        reply = caller.call(path, {"id": value})
        if caller.version == 2:
            assert (reply.status, reply.raw) == (400, b"")
            simulator.tenant.quirks.damaged_id_empty_400 = False
            reply = caller.call(path, {"id": value})
        assert (reply.status, reply.codes) == (200, ["xdk_failure"])


@pytest.mark.parametrize("path", [*ARCHIVE_DETAILS, GET_POLICY, DELETE_POLICY, *MESSAGE_FINDER])
def test_an_id_that_is_not_a_string_is_refused_on_api_1(v1: Caller, path: str) -> None:
    for value in NOT_STRINGS:
        reply = v1.call(path, {"id": value})
        if path == DELETE_POLICY:
            assert (reply.status, reply.json["meta"]["status"]) == (200, 404)
        else:
            assert (reply.status, reply.codes) == (200, ["xdk_failure"])


@pytest.mark.parametrize("path", [*ARCHIVE_DETAILS, GET_POLICY])
def test_an_id_that_is_not_a_string_is_refused_by_archive_and_policies_of_api_2(v2: Caller, path: str) -> None:
    for value in NOT_STRINGS:
        assert v2.call(path, {"id": value}).codes == ["xdk_failure"]


def test_an_id_to_reject_that_is_not_a_string_is_refused(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    for value in NOT_STRINGS:
        reply = caller.call(REJECT, {"ids": [record.hold_id, value]})
        if caller.version == 2:
            assert (reply.status, reply.raw) == (400, b"")
        else:
            assert reply.codes == ["xdk_failure"]
        assert record.status == "held"


@pytest.mark.parametrize("path", [*QUEUE_AND_TRACKING, *ARCHIVE_DETAILS, *MESSAGE_FINDER, DELETE_POLICY])
def test_an_absent_id_is_reported_as_mandatory(v1: Caller, path: str) -> None:
    for item in ({}, {"id": None}):
        reply = v1.call(path, item)
        assert (reply.codes, reply.fields) == (["err_validation_null"], ["id"])


def test_the_quirk_defines_the_reply_for_a_damaged_tracking_id(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    damaged = v2.call(INFO, {"id": record.id[:-4]})
    assert (damaged.status, damaged.raw) == (400, b"")
    assert v1.call(INFO, {"id": record.id[:-4]}).codes == ["xdk_failure"]
    simulator.tenant.quirks.damaged_id_empty_400 = False
    assert v2.call(INFO, {"id": record.id[:-4]}).codes == ["xdk_failure"]


def test_api_2_refuses_single_quotes(v2: Caller) -> None:
    assert v2.post(ACCOUNT, b"{'data': []}").status == 400


def outcome(reply: Reply) -> tuple[int, int, list[str]]:
    return reply.status, reply.json["meta"]["status"], reply.codes


@pytest.mark.parametrize("body", [b"", b"{}", b'{"data": []}', b"{'data': [], 'meta': {}}"])
def test_api_1_reads_bodies_leniently(v1: Caller, body: bytes) -> None:
    assert v1.post(ACCOUNT, body).status == 200


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"data": ', b"\xff\xfe", b"[" * 5000, b"__import__('os')"])
def test_a_body_that_is_not_an_object_is_refused(v1: Caller, body: bytes) -> None:
    assert outcome(v1.post(ACCOUNT, body)) == (400, 400, ["err_bad_request"])
