"""What the tenant's HTTP face says: envelopes, both shapes of failure, and raw bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

_ENCODE: Final = msgspec.json.Encoder()
JSON: Final = "application/json"


@dataclass(slots=True)
class ApiResponse:
    """A reply before it goes out."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_response(body: Any, status: int = 200) -> ApiResponse:
    """A JSON body."""
    return ApiResponse(status, _ENCODE.encode(body))


def data(items: Sequence[Any], pagination: Mapping[str, Any] | None = None) -> ApiResponse:
    """Success (API notes 4.2)."""
    meta: dict[str, Any] = {"status": 200}
    if pagination is not None:
        meta["pagination"] = pagination
    return json_response({"meta": meta, "data": items, "fail": []})


def error(code: str, message: str, field_name: str = "", *, retryable: bool = False) -> dict[str, Any]:
    """One entry of `errors`."""
    named = {"field": field_name} if field_name else {}
    return {**named, "code": code, "message": message, "retryable": retryable}


def failure(
    errors: Sequence[Mapping[str, Any]],
    *,
    key: Mapping[str, Any] | None = None,
    status: int = 200,
    meta_status: int | None = None,
    items: Sequence[Any] = (),
) -> ApiResponse:
    """A failure of a function (API notes 4.3); some items may have succeeded."""
    entry: dict[str, Any] = {"key": key} if key is not None else {}
    entry["errors"] = list(errors)
    return json_response({"meta": {"status": meta_status or status}, "data": list(items), "fail": [entry]}, status)


def gateway_failure(status: int, code: str, message: str) -> ApiResponse:
    """A failure of the API 2.0 gateway: flat (API notes 3.3)."""
    return json_response({"fail": [{"code": code, "message": message}]}, status)


def invalid_id(item: Mapping[str, Any], name: str = "id") -> ApiResponse:
    """An id that the tenant never gave out (API notes 2.5)."""
    return failure([error("xdk_failure", "0007 Invalid token", name)], key=item)


def missing(item: Mapping[str, Any], name: str, *, blank: bool = False) -> ApiResponse:
    """A mandatory member is not there, or is empty (API notes 4.4)."""
    if blank:
        return failure(
            [error("err_validation_blank", "This field, if present, cannot be blank or empty", name)], key=item
        )
    return failure([error("err_validation_null", "This field is mandatory; it cannot be NULL", name)], key=item)


def format_time(moment: datetime) -> str:
    """A time as replies carry it (API notes 4.5)."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"
