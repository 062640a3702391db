"""A description of the tenant's endpoints and of the control calls in OpenAPI, for fuzzing and for reading."""

from __future__ import annotations

from typing import Any

from mimecast_secops.simulator.http.control_calls import control_paths
from mimecast_secops.simulator.http.routes import ENDPOINTS, REST_POLICIES, Endpoint


def openapi_document() -> dict[str, Any]:
    """The document."""
    paths: dict[str, Any] = {one.path: {one.method.lower(): _operation(one)} for one in ENDPOINTS}
    paths[REST_POLICIES] = {"get": _plain("List blocked-sender policies"), "post": _plain("Create a policy", body=True)}
    paths |= control_paths()
    return {
        "openapi": "3.0.3",
        "info": {"title": "Simulated Mimecast tenant", "version": "1", "description": "A simulator, not Mimecast."},
        "paths": paths,
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    item = {"type": "object", "properties": {name: {} for name in endpoint.members}}
    envelope = {
        "type": "object",
        "properties": {"meta": {"type": "object"}, "data": {"type": "array", "items": item}},
    }
    described = _plain(endpoint.path.rpartition("/")[2])
    if endpoint.method == "POST":
        described["requestBody"] = {"content": {"application/json": {"schema": envelope}}}
    return described


def _plain(summary: str, *, body: bool = False) -> dict[str, Any]:
    described: dict[str, Any] = {"summary": summary, "responses": {"default": {"description": "An envelope"}}}
    if body:
        described["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return described
