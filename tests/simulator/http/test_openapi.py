"""The description of the tenant: it is served, whole, and says the truth."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

import pytest

from mimecast_secops.api import endpoints
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.control import ControlApi
from mimecast_secops.simulator.http.control_calls import CALLS
from mimecast_secops.simulator.http.faults import KINDS, VARIANTS, Fault
from mimecast_secops.simulator.http.openapi import openapi_document
from mimecast_secops.simulator.http.routes import ENDPOINTS
from tests.simulator.caller import Caller, control, send

DESCRIBED = openapi_document()


def test_the_description_is_served(simulator: Simulator) -> None:
    reply = send(f"{simulator.url}/simulator/openapi.json", method="GET")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json == DESCRIBED


def test_it_is_openapi_and_says_that_it_is_not_mimecast() -> None:
    assert DESCRIBED["openapi"].startswith("3.")
    assert "not Mimecast" in DESCRIBED["info"]["description"]


@pytest.mark.parametrize("path", sorted({endpoint.path for endpoint in endpoints()}))
def test_every_function_of_the_client_has_a_path(path: str) -> None:
    assert path in DESCRIBED["paths"]


def test_every_operation_has_a_summary_and_an_answer() -> None:
    for operations in DESCRIBED["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["responses"]


def control_calls() -> set[str]:
    """What the simulator says it has when it is asked for a call that does not exist."""
    with Simulator() as simulator:
        error = control(simulator, "nonsense").json["error"]
    return set(error.removeprefix("There are: ").rstrip(".").split(", "))


def test_every_control_call_is_described_with_its_methods() -> None:
    described = {
        path.removeprefix("/simulator/"): set(operations)
        for path, operations in DESCRIBED["paths"].items()
        if path.startswith("/simulator/")
    }
    assert set(described) == control_calls() | {"openapi.json"}
    assert described["bulk"] == {"post"}
    assert described["state"] == {"get", "post"}
    assert described["openapi.json"] == {"get"}


@pytest.mark.parametrize("name", CALLS)
def test_the_described_members_of_a_control_call_are_those_that_it_reads(name: str) -> None:
    source = inspect.getsource(getattr(ControlApi, name))
    helpers = inspect.getsource(ControlApi._record) if "self._record(" in source else ""
    read = set(re.findall(r'body(?:\.get\(|\[)"(\w+)"', source + helpers)) | set(re.findall(r'"(\w+)" in body', source))
    assert read == set(CALLS[name].members)


def test_faults_are_described_with_all_their_members_and_kinds() -> None:
    fault = CALLS["faults"].members["add"]["items"]["properties"]
    members = {field.name for field in dataclasses.fields(Fault)} - {"hits"}
    assert set(fault) == members
    assert (fault["kind"]["enum"], fault["variant"]["enum"]) == (list(KINDS), list(VARIANTS))


def test_members_that_are_known_are_described() -> None:
    schema: dict[str, Any] = DESCRIBED["paths"]["/api/gateway/hold-reject"]["post"]["requestBody"]["content"]
    item = schema["application/json"]["schema"]["properties"]["data"]["items"]
    assert set(item["properties"]) == {"ids", "message", "reasonType", "notify"}


@pytest.mark.parametrize("path", [one.path for one in ENDPOINTS])
def test_every_described_path_exists_for_a_generation_that_it_is_said_to_have(
    simulator: Simulator, v1: Caller, v2: Caller, path: str
) -> None:
    (endpoint,) = [one for one in ENDPOINTS if one.path == path]
    for version, caller in ((1, v1), (2, v2)):
        reply = caller.post(path, {"data": []}) if endpoint.method == "POST" else caller.get(path)
        offered = version in endpoint.versions and not (version == 2 and endpoint.switch)
        assert (reply.status in (403, 404)) is not offered


@pytest.mark.parametrize("endpoint", endpoints(), ids=lambda endpoint: endpoint.path)
def test_client_and_simulator_have_read_the_same_right_for_each_function(endpoint: Any) -> None:
    simulated = {route.path: route for route in ENDPOINTS}
    if endpoint.path in simulated and endpoint.permission:
        assert simulated[endpoint.path].permission == endpoint.permission


def test_strict_mode_refuses_members_that_are_not_described(simulator: Simulator, caller: Caller) -> None:
    path, item = "/api/gateway/get-hold-message-list", {"admin": True, "colour": "red"}
    assert caller.call(path, item).json["fail"] == []
    simulator.tenant.quirks.strict_members = True
    refused = caller.call(path, item)
    assert (refused.codes, refused.fields) == (["err_validation_unknown_member"], ["colour"])
    assert caller.call(path, {"admin": True}).json["fail"] == []
