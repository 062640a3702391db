"""Permissions, products, paths and methods."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    ACCOUNT,
    ARCHIVE,
    HOLD_LIST,
    Caller,
    Reply,
)


def test_a_redirecting_tenant_sends_every_call_to_another_root(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.redirect_to = f"{simulator.url}/elsewhere"
    reply = simulator.app.middleware.handle("POST", ACCOUNT, {}, b"{}", "")
    assert (reply.status, reply.headers) == (302, {"Location": f"{simulator.url}/elsewhere{ACCOUNT}"})


def test_a_missing_product_is_refused_without_an_envelope(simulator: Simulator, v2: Caller) -> None:
    simulator.v2.products.discard("Data Retention")
    reply = v2.call(ARCHIVE, {"admin": True, "query": ""})
    assert (reply.status, reply.codes) == (403, ["app_forbidden"])
    assert v2.call(HOLD_LIST, {"admin": True}).status == 200


def test_a_missing_permission_is_refused_on_api_2(simulator: Simulator, v2: Caller) -> None:
    simulator.v2.permissions.discard("Archive | Search | Read")
    reply = v2.call(ARCHIVE, {"admin": True, "query": ""})
    assert (reply.status, reply.json["meta"]["status"]) == (403, 403)
    assert reply.codes == ["err_xdk_operation_forbidden_for_address"]


@pytest.mark.parametrize(
    "path", ["/api/no-such/function", "/api/message-finder/report-message", "/api/gateway/message/get-message-detail"]
)
def test_an_unknown_path_of_api_2_is_refused_like_a_missing_product(v2: Caller, path: str) -> None:
    reply = v2.call(path, {"id": "x"})
    assert (reply.status, reply.codes) == (403, ["app_forbidden"])


def outcome(reply: Reply) -> tuple[int, int, list[str]]:
    return reply.status, reply.json["meta"]["status"], reply.codes


def test_a_missing_permission_is_refused_on_api_1(simulator: Simulator, v1: Caller) -> None:
    simulator.v1.permissions.clear()
    assert outcome(v1.call(ACCOUNT)) == (403, 403, ["err_xdk_operation_forbidden_for_address"])
    simulator.tenant.quirks.forbidden_status = 200
    assert outcome(v1.call(ACCOUNT)) == (200, 403, ["err_xdk_operation_forbidden_for_address"])


def test_unknown_paths_and_wrong_methods_have_their_statuses(v1: Caller) -> None:
    assert v1.call("/api/no-such/function").status == 404
    assert v1.get(ACCOUNT).status == 405
    assert v1.get("/identity/whoami").status == 404


def test_strict_mode_refuses_members_that_are_not_described(simulator: Simulator, caller: Caller) -> None:
    item = {"admin": True, "colour": "red"}
    assert caller.call(HOLD_LIST, item).json["fail"] == []
    simulator.tenant.quirks.strict_members = True
    refused = caller.call(HOLD_LIST, item)
    assert (refused.codes, refused.fields) == (["err_validation_unknown_member"], ["colour"])
    assert caller.call(HOLD_LIST, {"admin": True}).json["fail"] == []
