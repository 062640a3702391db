"""The OpenAPI document has all calls, and its schemas are those of the real requests and replies."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.api import endpoints
from mimecast_secops.simulator import Quirks, Simulator
from mimecast_secops.simulator.http.control import ControlApi
from mimecast_secops.simulator.http.control_calls import CALLS
from mimecast_secops.simulator.http.faults import KINDS, VARIANTS, Fault
from mimecast_secops.simulator.http.openapi import openapi_document
from mimecast_secops.simulator.http.routes import BY_PATH
from tests.simulator.caller import (
    ACCOUNT,
    ARCHIVE,
    CREATE_POLICY,
    DELETE_POLICY,
    DETAIL,
    GET_FILE,
    GET_POLICY,
    HOLD_LIST,
    HOLD_SUMMARY,
    INFO,
    REJECT,
    RELEASE,
    REST_POLICIES,
    SEARCH,
    SENDERS,
    Caller,
    archive_query,
    control,
    eml,
    held_eml,
    send,
)

DOCUMENT = openapi_document()
ROOT = Path(__file__).parents[3]
GUIDES = [ROOT / "docs" / "guide" / "simulator.md", ROOT / "docs" / "fr" / "guide" / "simulator.md"]
POLICY = {"description": "d", "from": {"type": "email_domain", "emailDomain": "a.example"}, "to": {"type": "everyone"}}
QUERY = archive_query(fields=("subject", "displaytoaddresslist"))


def schema_of(path: str, method: str = "post") -> dict[str, Any]:
    """The schema of a successful reply."""
    schema: dict[str, Any] = DOCUMENT["paths"][path][method]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    return schema


def request_members(path: str) -> set[str]:
    schema = resolved(DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"])
    return set(schema.get("properties", {}))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    target: dict[str, Any] = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema
    return target


TYPES: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


def is_of_type(value: object, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind != "boolean")


def mismatches(value: Any, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """The paths at which a reply differs from its schema: another type, a missing or an undocumented member."""
    schema = resolved(schema)
    if "anyOf" in schema:
        alternatives = [list(mismatches(value, alternative, path)) for alternative in schema["anyOf"]]
        yield from [] if [] in alternatives else alternatives[0]
        return
    kind = schema.get("type")
    if kind == "null" or value is None:
        yield from [] if value is None and kind == "null" else [f"{path}: null"]
        return
    if kind is not None and not is_of_type(value, kind):
        yield f"{path}: {value!r} is not of type {kind}"
        return
    if kind == "array":
        for item in value:
            yield from mismatches(item, schema.get("items", {}), f"{path}[]")
    elif kind == "object" and "properties" in schema:
        yield from (f"{path}.{name} is missing" for name in set(schema.get("required", [])) - set(value))
        for name, member in value.items():
            if name in schema["properties"]:
                yield from mismatches(member, schema["properties"][name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is not in the document"
    elif kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        for member in value.values():
            yield from mismatches(member, schema["additionalProperties"], f"{path}.*")


def test_the_document_is_served(simulator: Simulator) -> None:
    reply = send(f"{simulator.url}/simulator/openapi.json", method="GET")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json == DOCUMENT


def test_the_document_says_that_it_is_not_mimecasts() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert "not Mimecast" in DOCUMENT["info"]["description"]


def test_every_endpoint_of_the_client_has_a_path() -> None:
    assert {endpoint.path for endpoint in endpoints()} <= set(DOCUMENT["paths"])


def operations() -> list[tuple[str, str]]:
    return [
        (path, method) for path, methods in DOCUMENT["paths"].items() for method in methods if method != "parameters"
    ]


def test_every_operation_has_a_summary_and_a_schema_for_its_replies() -> None:
    for path, method in operations():
        operation = DOCUMENT["paths"][path][method]
        assert operation["summary"]
        contents = [response["content"] for code, response in operation["responses"].items() if code != "204"]
        assert contents, path
        assert all(content["application/json"]["schema"] for content in contents)
        assert ("requestBody" in operation) is (method in ("post", "patch"))


def test_every_reference_has_a_schema_and_every_schema_a_reference() -> None:
    references = set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT)))
    assert references == set(DOCUMENT["components"]["schemas"])


def control_calls() -> set[str]:
    """The control calls that the simulator lists when a call does not exist."""
    with Simulator() as simulator:
        error = control(simulator, "nonsense").json["error"]
    return set(error.removeprefix("There are: ").rstrip(".").split(", "))


def test_every_control_call_is_described_with_its_methods() -> None:
    described = {
        path.removeprefix("/simulator/"): set(methods)
        for path, methods in DOCUMENT["paths"].items()
        if path.startswith("/simulator/")
    }
    assert set(described) == control_calls() | {"openapi.json"}
    assert described["bulk"] == {"post"}
    assert described["state"] == {"get", "post"}
    assert described["openapi.json"] == {"get"}


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "fr"])
def test_the_document_has_every_call_member_and_fault_that_the_guide_names(guide: Path) -> None:
    (section,) = (text for text in guide.read_text("utf-8").split("\n## ") if "/simulator/openapi.json" in text)
    prose = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
    calls = {path.removeprefix("/simulator/") for path in DOCUMENT["paths"] if path.startswith("/simulator/")}
    members = {member for name in CALLS for member in request_members(f"/simulator/{name}")}
    fault = DOCUMENT["components"]["schemas"]["Fault"]["properties"]
    named = set(re.findall(r"`([^`]+)`", prose)) - {"application/json", "/simulator/openapi.json"}
    assert named <= calls | members | set(fault) | set(fault["kind"]["enum"])
    assert {"state", "requests", "record"} <= named
    assert set(re.findall(r"/simulator/[a-z]+\b", section)) - {"/simulator/openapi"} <= set(DOCUMENT["paths"])


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "fr"])
def test_the_document_has_every_member_that_the_examples_of_the_guide_send(guide: Path) -> None:
    examples = re.findall(r'/simulator/(\w+)" -d \'\{(.*)\}\'', guide.read_text("utf-8"))
    assert {call for call, _ in examples} == {"behaviour", "faults", "rights", "state"}
    for call, body in examples:
        members = set(re.findall(r'"(\w+)":', body))
        fault_members = set(DOCUMENT["components"]["schemas"]["Fault"]["properties"]) if call == "faults" else set()
        assert members <= request_members(f"/simulator/{call}") | fault_members


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"behaviour"}))
def test_the_document_has_the_members_that_a_control_call_reads(name: str) -> None:
    source = inspect.getsource(getattr(ControlApi, name))
    members = set(re.findall(r'body(?:\.get\(|\[)"(\w+)"', source)) | set(re.findall(r'"(\w+)" in body', source))
    assert members == request_members(f"/simulator/{name}")


def test_faults_are_described_with_all_their_members_and_kinds() -> None:
    properties = DOCUMENT["components"]["schemas"]["Fault"]["properties"]
    assert set(properties) == {field.name for field in dataclasses.fields(Fault)}
    assert set(properties["kind"]["enum"]) == set(KINDS)
    assert set(properties["variant"]["enum"]) == set(VARIANTS)


def test_every_quirk_is_described_with_its_default() -> None:
    assert request_members("/simulator/behaviour") == {field.name for field in dataclasses.fields(Quirks)}
    for field in dataclasses.fields(Quirks):
        quirk = DOCUMENT["components"]["schemas"]["Quirks"]["properties"][field.name]
        assert quirk["default"] == field.default
        assert quirk["description"].endswith(".")


def test_the_replies_of_control_calls_have_the_schema_of_the_document(simulator: Simulator) -> None:
    (record,) = simulator.tenant.receive(held_eml())
    (other,) = simulator.tenant.receive(held_eml())
    Caller(simulator, 1).call("/api/message-finder/report-message", {"id": other.id, "type": "spam", "comment": "c"})
    Caller(simulator).call(RELEASE, {"id": other.hold_id})
    Caller(simulator).call(SENDERS, {"sender": "a@example.org", "to": "b@example.com", "action": "block"})
    Caller(simulator).call(CREATE_POLICY, {"option": "block_sender", "policy": POLICY})
    bodies: dict[str, Any] = {
        "mail": {"eml": eml().decode()},
        "record": {"id": record.id, "deleted": False},
        "behaviour": {"rate_limit": 9},
        "faults": {"clear": True},
        "bulk": {"count": 1},
    }
    state = control(simulator, "state").json
    for name in ("tracked", "held", "decisions", "reports", "managed", "policies"):
        assert state[name], name
    for name in CALLS:
        reply = control(simulator, name, bodies.get(name))
        assert (reply.status, list(mismatches(reply.json, schema_of(f"/simulator/{name}")))) == (200, []), name
        refused = send(f"{simulator.url}/simulator/{name}", body=b"[]")
        error = DOCUMENT["paths"][f"/simulator/{name}"]["post"]["responses"]["default"]
        assert list(mismatches(refused.json, error["content"]["application/json"]["schema"])) == []


def test_the_items_of_a_request_are_described() -> None:
    schema = DOCUMENT["paths"][REJECT]["post"]["requestBody"]["content"]["application/json"]["schema"]
    item = resolved(schema["properties"]["data"]["items"])
    assert set(item["properties"]) == {"ids", "message", "reasonType", "notify"}
    assert item["required"] == ["ids"]


def test_every_reply_has_the_schema_of_the_document(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.gateway_detail_on_v2 = simulator.tenant.quirks.delete_policy_on_v2 = True
    simulator.tenant.quirks.release_log = True
    simulator.tenant.quirks.file_v1 = "url"
    held, rejected, reported, released, _ = (
        simulator.tenant.receive(held_eml(html="<p>x</p>", files={"a.bin": b"x"}))[0] for _ in range(5)
    )
    archived = simulator.tenant.receive(eml(Cc="bob@example.com"))[0]
    items: dict[str, Any] = {
        SEARCH: {"advancedTrackAndTraceOptions": {"to": "example.com"}},
        HOLD_LIST: {"admin": True},
        DETAIL: {"id": held.hold_id},
        GET_FILE: {"id": simulator.tenant.file_id(held.mail.parts[0])},
        "/api/archive/get-file": {"id": simulator.tenant.file_id(held.mail.parts[0])},
        ARCHIVE: {"admin": True, "query": QUERY},
        "/api/archive/get-message-detail": {"id": archived.archive_id},
        "/api/archive/get-message-part": {"id": archived.archive_id},
        INFO: {"id": held.id, "loadContent": "true"},
        REJECT: {"ids": [rejected.hold_id]},
        RELEASE: {"id": released.hold_id},
        "/api/message-finder/report-message": {"id": reported.id, "type": "spam"},
        "/api/message-finder/reject-held-email": {"id": reported.id},
        "/api/message-finder/release-held-email-to-sandbox": {"id": held.id},
        SENDERS: {"sender": "a@example.org", "to": "b@example.com", "action": "block"},
        CREATE_POLICY: {"option": "block_sender", "policy": POLICY},
        GET_POLICY: {},
        DELETE_POLICY: {},
    }
    paths = [*items, *(path for path in BY_PATH if path not in items)]  # a policy is created before it is deleted
    for endpoint in (BY_PATH[path] for path in paths if caller.version in BY_PATH[path].versions):
        item = items.get(endpoint.path, {})
        if endpoint.path == DELETE_POLICY:
            item = {"id": next(iter(simulator.tenant.policies))}
        reply = caller.call(endpoint.path, item) if endpoint.method == "POST" else caller.get(endpoint.path)
        assert reply.status == 200
        if endpoint.has_envelope:
            assert reply.data, endpoint.path
            assert reply.json["fail"] == []
        assert list(mismatches(reply.json, schema_of(endpoint.path, endpoint.method.lower()))) == [], endpoint.path


def test_the_rest_endpoints_and_the_token_have_the_schema_of_the_document(v2: Caller) -> None:
    assert list(mismatches(v2.token().json, schema_of("/oauth/token"))) == []
    created = v2.post(REST_POLICIES, {"option": "block_sender"} | POLICY).json
    listing = v2.get(REST_POLICIES).json
    policy = v2.get(f"{REST_POLICIES}/{created['id']}").json
    assert listing["policies"] == [policy] == [created]
    # A policy repeats the members that it was created with; the document describes the others.
    own = {name: value for name, value in policy.items() if name not in POLICY}
    assert list(mismatches(own, schema_of(f"{REST_POLICIES}/{{id}}", "get"))) == []
    assert list(mismatches(listing | {"policies": [own]}, schema_of(REST_POLICIES, "get"))) == []


@pytest.mark.parametrize("path", [ACCOUNT, HOLD_SUMMARY])
def test_the_comparison_finds_missing_extra_and_mistyped_members(simulator: Simulator, path: str) -> None:
    simulator.tenant.receive(held_eml())
    reply = Caller(simulator).call(path).json
    (item,) = reply["data"]
    name = next(iter(item))
    changes: tuple[dict[str, Any], ...] = ({"extra": 1}, {name: []}, {name: None})
    for changed in changes:
        assert list(mismatches(reply | {"data": [item | changed]}, schema_of(path)))
    del item[name]
    assert list(mismatches(reply, schema_of(path))) == [f".data[].{name} is missing"]
