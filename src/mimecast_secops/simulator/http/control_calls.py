"""The control calls as data: what each does, what it takes, and whether it only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.simulator.http.faults import KINDS, VARIANTS

PREFIX: Final = "/simulator/"
DESCRIPTION: Final = "openapi.json"


@dataclass(frozen=True, slots=True)
class ControlCall:
    """A control call.

    `members` maps each member of the request's object to its JSON schema. A call that reads answers GET too, without a
    request body.
    """

    summary: str
    members: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reads: bool = False


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _number(description: str, kind: str = "number") -> dict[str, Any]:
    return {"type": kind, "description": description}


def _flag(description: str) -> dict[str, Any]:
    return {"type": "boolean", "description": description}


def _object(description: str) -> dict[str, Any]:
    return {"type": "object", "description": description}


def _names(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


_FAULT: Final = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string", "enum": list(KINDS)},
        "path": _text("A pattern of paths, such as /api/gateway/*. Default: every path."),
        "count": _number("How many calls it affects. 0: all.", "integer"),
        "after": _number("How many calls pass before the first one that it affects.", "integer"),
        "probability": _number("The share of the calls that it affects, from 0 to 1."),
        "seconds": _number("For slow: the delay in seconds."),
        "reset_ms": _number("For 429: the value of X-RateLimit-Reset in milliseconds.", "integer"),
        "variant": {"type": "string", "enum": list(VARIANTS), "description": "For undecodable: what is wrong."},
    },
}

CALLS: Final[Mapping[str, ControlCall]] = {
    "state": ControlCall("Return what the tenant holds, and what was done to it", reads=True),
    "requests": ControlCall(
        "Return how many calls each path has had",
        {"clear": _flag("Start the counts again at zero. POST only.")},
        reads=True,
    ),
    "mail": ControlCall(
        "Let a mail arrive",
        {
            "eml": _text("The mail as text."),
            "base64": _text("The mail as bytes in Base64. Takes precedence over eml."),
            "received": _text("The time of arrival in ISO 8601. Default: now."),
        },
    ),
    "bulk": ControlCall(
        "Make many held messages",
        {
            "count": _number("How many. Default: 100.", "integer"),
            "spread": _number("Over how many seconds they arrive. Default: 0."),
            "before": _number("How many seconds ago the last one arrived. Default: 5."),
            "attachment_bytes": _number("The size of an attachment for each. Default: no attachment.", "integer"),
        },
    ),
    "record": ControlCall(
        "Change a tracking record",
        {
            "id": _text("The tracking id."),
            "status": _text("The new status, such as held."),
            "deleted": _flag("Whether the record is gone."),
            "row": _object("Members that replace those of the search's row."),
            "info": _object("Members that replace those of the details."),
            "raw_subject": {
                "type": "string",
                "nullable": True,
                "description": "Bytes in Base64 that every reply of the API has between the quotes of the subject, "
                "unescaped and unchecked. null: the mail's own subject.",
            },
        },
    ),
    "behaviour": ControlCall("Set switches by name; the error of an unknown name lists them all"),
    "faults": ControlCall(
        "Switch faults on or off",
        {
            "clear": _flag("Switch all faults off first."),
            "add": {"type": "array", "items": _FAULT, "description": "The faults to switch on."},
        },
    ),
    "clock": ControlCall(
        "Move the tenant's clock, and return its time",
        {
            "advance": _number("Seconds to move it by."),
            "freeze": {"type": "string", "nullable": True, "description": "The time to stop at. null: let it run."},
        },
    ),
    "rights": ControlCall(
        "Grant or revoke permissions and products",
        {
            "grant": _names("Permissions or products to grant."),
            "revoke": _names("Permissions or products to revoke."),
            "expire_tokens": _flag("Make all tokens of API 2.0 invalid."),
            "expire_keys": _flag("Whether the keys of API 1.0 have expired."),
        },
    ),
}


def methods_of(path: str) -> tuple[str, ...]:
    """The methods that a control path answers, none where there is no such path."""
    name = path.removeprefix(PREFIX)
    if name == DESCRIPTION:
        return ("GET", "HEAD")
    call = CALLS.get(name)
    if call is None:
        return ()
    return ("GET", "HEAD", "POST") if call.reads else ("POST",)


def control_paths() -> dict[str, Any]:
    """The OpenAPI paths of the control calls."""
    paths: dict[str, Any] = {
        PREFIX + name: {
            method.lower(): _operation(call, method) for method in methods_of(PREFIX + name) if method != "HEAD"
        }
        for name, call in CALLS.items()
    }
    paths[PREFIX + DESCRIPTION] = {"get": _operation(ControlCall("Return this document"), "GET")}
    return paths


def _operation(call: ControlCall, method: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": call.summary,
        "tags": ["simulator control"],
        "responses": {
            "200": {"description": "The result", "content": {"application/json": {"schema": {"type": "object"}}}},
            "default": {"description": "An object whose `error` says what is wrong"},
        },
    }
    if method == "POST":
        schema: dict[str, Any] = {"type": "object"}
        if call.members:
            schema["properties"] = dict(call.members)
        described["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return described
