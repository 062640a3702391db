"""The OpenAPI document of the simulator, derived from `routes.ENDPOINTS`, `control_calls.CALLS` and their types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from mimecast_secops.simulator.http.control_calls import CALLS, DOCUMENT, PREFIX, ControlCall, methods_of
from mimecast_secops.simulator.http.responses import JSON
from mimecast_secops.simulator.http.routes import ENDPOINTS, REST_POLICIES, TOKEN, Endpoint
from mimecast_secops.simulator.http.schemas import control, envelope, policies
from mimecast_secops.simulator.quirks import Quirks, descriptions

_REFERENCE: Final = "#/components/schemas/{name}"
_OBJECT: Final = {"type": "object"}
_FIXED_TYPES: Final = (
    envelope.Failure,
    envelope.Meta,
    envelope.Token,
    policies.RestPolicies,
    policies.RestPolicy,
    control.ControlError,
)


def openapi_document() -> dict[str, Any]:
    """The document in OpenAPI 3.1, as JSON values."""
    types = list(dict.fromkeys(_types()))
    references, schemas = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = dict(zip(types, references, strict=True))
    for name, description in descriptions().items():
        schemas[Quirks.__name__]["properties"][name]["description"] = description
    paths: dict[str, Any] = {
        TOKEN: {"post": _token_operation(schema_of)},
        **{endpoint.path: {endpoint.method.lower(): _operation(endpoint, schema_of)} for endpoint in ENDPOINTS},
        **_rest_paths(schema_of),
        **_control_paths(schema_of),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Simulated Mimecast tenant", "version": "1", "description": "A simulator, not Mimecast."},
        "paths": paths,
        "components": {"schemas": schemas},
    }


_Schemas = dict[Any, dict[str, Any]]


def _types() -> Iterator[type]:
    yield from _FIXED_TYPES
    operations: tuple[Endpoint | ControlCall, ...] = (*ENDPOINTS, *CALLS.values())
    for operation in operations:
        yield operation.reply
        if operation.request is not None:
            yield operation.request


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {JSON: {"schema": schema}}}


def _envelope(item: dict[str, Any], schema_of: _Schemas) -> dict[str, Any]:
    members = {
        "meta": schema_of[envelope.Meta],
        "data": {"type": "array", "items": item},
        "fail": {"type": "array", "items": schema_of[envelope.Failure]},
    }
    return {"type": "object", "properties": members, "required": ["meta", "data", "fail"]}


def _failure(schema_of: _Schemas) -> dict[str, Any]:
    members = {
        "meta": schema_of[envelope.Meta],
        "data": {"type": "array"},
        "fail": {"type": "array", "items": schema_of[envelope.Failure]},
    }
    schema = {"type": "object", "properties": members, "required": ["fail"]}
    return {"description": "A failure; the API 2.0 gateway sends `fail` only", **_content(schema)}


def _operation(endpoint: Endpoint, schema_of: _Schemas) -> dict[str, Any]:
    reply = schema_of[endpoint.reply]
    success = {"description": "Success", **_content(_envelope(reply, schema_of) if endpoint.has_envelope else reply)}
    if endpoint.is_file:
        success["content"]["application/octet-stream"] = {"schema": {"type": "string", "format": "binary"}}
    operation: dict[str, Any] = {
        "summary": endpoint.path.rpartition("/")[2],
        "tags": [f"API {version}.0" for version in endpoint.versions],
        "responses": {"200": success, "default": _failure(schema_of)},
    }
    if endpoint.method == "POST":
        item = schema_of[endpoint.request] if endpoint.request else _OBJECT
        properties = {"meta": _OBJECT, "data": {"type": "array", "items": item}}
        operation["requestBody"] = _content({"type": "object", "properties": properties})
    return operation


def _token_operation(schema_of: _Schemas) -> dict[str, Any]:
    names = ("client_id", "client_secret", "grant_type")
    form = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(names)}
    return {
        "summary": "Issue an access token",
        "tags": ["API 2.0"],
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": form}}},
        "responses": {
            "200": {"description": "Success", **_content(schema_of[envelope.Token])},
            "default": _failure(schema_of),
        },
    }


def _rest_paths(schema_of: _Schemas) -> dict[str, Any]:
    policy, listing = schema_of[policies.RestPolicy], schema_of[policies.RestPolicies]

    def operation(summary: str, reply: dict[str, Any] | None, *, body: bool = False) -> dict[str, Any]:
        success = (
            {"200": {"description": "Success", **_content(reply)}} if reply else {"204": {"description": "Success"}}
        )
        described = {"summary": summary, "tags": ["API 2.0"], "responses": success | {"default": _failure(schema_of)}}
        return described | ({"requestBody": _content(_OBJECT)} if body else {})

    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        REST_POLICIES: {
            "get": operation("List blocked-sender policies", listing),
            "post": operation("Create a blocked-sender policy", policy, body=True),
        },
        f"{REST_POLICIES}/{{id}}": {
            "parameters": [parameter],
            "get": operation("Return a blocked-sender policy", policy),
            "patch": operation("Change a blocked-sender policy", policy, body=True),
            "delete": operation("Delete a blocked-sender policy", None),
        },
    }


def _control_paths(schema_of: _Schemas) -> dict[str, Any]:
    error = {"description": "The reason for the error", **_content(schema_of[control.ControlError])}
    document = {"description": "This document", **_content(_OBJECT)}
    paths: dict[str, Any] = {
        PREFIX + DOCUMENT: {"get": {"summary": "Return this document", "responses": {"200": document}}}
    }
    for name, call in CALLS.items():
        operation: dict[str, Any] = {
            "summary": call.summary,
            "tags": ["simulator control"],
            "responses": {"200": {"description": "Success", **_content(schema_of[call.reply])}, "default": error},
        }
        body = {"requestBody": _content(schema_of[call.request] if call.request else _OBJECT)}
        paths[PREFIX + name] = {
            method.lower(): operation | (body if method == "POST" else {})
            for method in methods_of(PREFIX + name)
            if method != "HEAD"
        }
    return paths
