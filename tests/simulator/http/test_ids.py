"""Ids that are unknown, damaged, absent or no text at all."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.ids import IdGenerator
from tests.simulator.caller import (
    DELETE_POLICY,
    DETAIL,
    GET_FILE,
    GET_POLICY,
    INFO,
    REJECT,
    RELEASE,
    Caller,
    held_eml,
)

HELD = held_eml()


def test_an_unknown_id_and_a_damaged_id_are_told_apart_on_api_2_only(
    simulator: Simulator, v1: Caller, v2: Caller
) -> None:
    unknown = IdGenerator("another tenant").new("hold")
    assert v1.call(RELEASE, {"id": unknown}).codes == v2.call(RELEASE, {"id": unknown}).codes == ["xdk_failure"]
    assert v1.call(RELEASE, {"id": unknown[:-4]}).codes == ["xdk_failure"]
    damaged = v2.call(RELEASE, {"id": unknown[:-4]})
    assert (damaged.status, damaged.raw) == (400, b"")
    simulator.tenant.quirks.unknown_id = "status"
    assert v2.call(RELEASE, {"id": unknown}).json["meta"]["status"] == 404


NO_TEXT = pytest.mark.parametrize("value", [["a"], {"a": 1}, [], 5, True])
OF_QUEUE_AND_TRACKING = (RELEASE, INFO, DETAIL, GET_FILE)
OF_ARCHIVE = ("/api/archive/get-message-detail", "/api/archive/get-message-part")
OF_POLICIES = (GET_POLICY, DELETE_POLICY)
OF_THE_CONSOLE = (
    "/api/message-finder/reject-held-email",
    "/api/message-finder/release-held-email-to-sandbox",
    "/api/message-finder/report-message",
)


@NO_TEXT
@pytest.mark.parametrize("path", OF_QUEUE_AND_TRACKING)
def test_an_id_that_is_no_text_is_refused_as_a_damaged_one(
    simulator: Simulator, caller: Caller, path: str, value: object
) -> None:
    simulator.tenant.quirks.gateway_detail_on_v2 = True
    reply = caller.call(path, {"id": value})
    if caller.version == 2:
        assert (reply.status, reply.raw) == (400, b"")
        simulator.tenant.quirks.damaged_id_empty_400 = False
        reply = caller.call(path, {"id": value})
    assert (reply.status, reply.codes) == (200, ["xdk_failure"])


@NO_TEXT
@pytest.mark.parametrize("path", [*OF_ARCHIVE, *OF_POLICIES, *OF_THE_CONSOLE])
def test_an_id_that_is_no_text_is_refused_on_api_1(v1: Caller, path: str, value: object) -> None:
    reply = v1.call(path, {"id": value})
    if path == DELETE_POLICY:
        assert (reply.status, reply.json["meta"]["status"]) == (200, 404)
    else:
        assert (reply.status, reply.codes) == (200, ["xdk_failure"])


@NO_TEXT
@pytest.mark.parametrize("path", [*OF_ARCHIVE, GET_POLICY])
def test_an_id_that_is_no_text_is_refused_by_archive_and_policies_of_api_2(
    v2: Caller, path: str, value: object
) -> None:
    assert v2.call(path, {"id": value}).codes == ["xdk_failure"]


@NO_TEXT
def test_an_id_to_reject_that_is_no_text_is_refused(simulator: Simulator, caller: Caller, value: object) -> None:
    (record,) = simulator.tenant.receive(HELD)
    reply = caller.call(REJECT, {"ids": [record.hold_id, value]})
    if caller.version == 2:
        assert (reply.status, reply.raw) == (400, b"")
    else:
        assert reply.codes == ["xdk_failure"]
    assert record.status == "held"


@pytest.mark.parametrize("path", [*OF_QUEUE_AND_TRACKING, *OF_ARCHIVE, *OF_THE_CONSOLE, DELETE_POLICY])
@pytest.mark.parametrize("item", [{}, {"id": None}])
def test_an_id_that_is_absent_or_null_is_named_as_mandatory(v1: Caller, path: str, item: dict[str, None]) -> None:
    reply = v1.call(path, item)
    assert (reply.codes, reply.fields) == (["err_validation_null"], ["id"])


def test_a_damaged_tracking_id_is_refused_as_the_switch_says(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    damaged = v2.call(INFO, {"id": record.id[:-4]})
    assert (damaged.status, damaged.raw) == (400, b"")
    assert v1.call(INFO, {"id": record.id[:-4]}).codes == ["xdk_failure"]
    simulator.tenant.quirks.damaged_id_empty_400 = False
    assert v2.call(INFO, {"id": record.id[:-4]}).codes == ["xdk_failure"]
