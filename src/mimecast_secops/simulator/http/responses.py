"""Responses of the simulated API: envelopes, both formats of failures, and raw bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from mimecast_secops.simulator.http.schemas.envelope import Error, Pagination

_ENCODER: Final = msgspec.json.Encoder()
JSON: Final = "application/json"


@dataclass(slots=True)
class ApiResponse:
    """A response before it is sent. If `is_dropped`, the connection is closed instead."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    is_dropped: bool = False


def json_response(body: Any, status: int = 200) -> ApiResponse:
    """A response with a JSON body."""
    return ApiResponse(status, _ENCODER.encode(body))


def data(items: Sequence[Any], pagination: Pagination | None = None) -> ApiResponse:
    """A successful response (docs/reference/mimecast-api.md#response-envelope)."""
    meta: dict[str, Any] = {"status": 200}
    if pagination is not None:
        meta["pagination"] = pagination
    return json_response({"meta": meta, "data": items, "fail": []})


def error(code: str, message: str, field_name: str = "", *, retryable: bool = False) -> Error:
    """An entry of `errors`; `field_name` is the member of the request that it is about."""
    entry: Error = {"code": code, "message": message, "retryable": retryable}
    return {"field": field_name, **entry} if field_name else entry


def failure(
    errors: Sequence[Error],
    *,
    key: Mapping[str, Any] | None = None,
    status: int = 200,
    meta_status: int | None = None,
) -> ApiResponse:
    """A failure of an endpoint (docs/reference/mimecast-api.md#function-failures).

    Args:
        errors: the reasons.
        key: the item of the request that failed.
        status: the HTTP status.
        meta_status: the status in `meta` where it differs from the HTTP status.
    """
    entry: dict[str, Any] = {"key": key} if key is not None else {}
    entry["errors"] = list(errors)
    return json_response({"meta": {"status": meta_status or status}, "data": [], "fail": [entry]}, status)


def gateway_failure(status: int, code: str, message: str) -> ApiResponse:
    """A failure of the API 2.0 gateway, which has no envelope (docs/reference/mimecast-api.md#gateway-failures)."""
    return json_response({"fail": [{"code": code, "message": message}]}, status)


def invalid_id(item: Mapping[str, Any], name: str = "id") -> ApiResponse:
    """The failure for an id that the tenant did not issue (docs/reference/mimecast-api.md#error-codes)."""
    return failure([error("xdk_failure", "0007 Invalid token", name)], key=item)


def missing(item: Mapping[str, Any], name: str, *, blank: bool = False) -> ApiResponse:
    """The failure for a mandatory member that is absent or empty (docs/reference/mimecast-api.md#error-codes)."""
    if blank:
        return failure(
            [error("err_validation_blank", "This field, if present, cannot be blank or empty", name)], key=item
        )
    return failure([error("err_validation_null", "This field is mandatory; it cannot be NULL", name)], key=item)


def format_time(moment: datetime) -> str:
    """A time in the format of the API (docs/reference/mimecast-api.md#dates-and-times)."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"
