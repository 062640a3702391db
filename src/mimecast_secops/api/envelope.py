"""Opens the envelope of a reply, in every form that is known.

Source: docs/reference/mimecast-api.md#response-envelope, docs/reference/mimecast-api.md#function-failures,
docs/reference/mimecast-api.md#gateway-failures.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from mimecast_secops.api.errors import UnexpectedReply
from mimecast_secops.api.json_repair import NotJson, decode_json

_HTTP_ERROR: Final = 400


class _Listing(msgspec.Struct):
    """An envelope whose `data` is a list of undecoded entries."""

    data: list[msgspec.Raw]
    meta: Any = None
    fail: Any = None


_DECODE_LISTING: Final = msgspec.json.Decoder(_Listing)


@dataclass(frozen=True, slots=True)
class RawReply:
    """A complete HTTP reply. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fail:
    """One error in a reply.

    Attributes:
        code: Mimecast's error code; "" if there is none.
        message: Mimecast's error message; "" if there is none.
        field: the field of the request that the error is about; "" if none is named.
        key: the item of the request that the error is about; empty if none is named.
    """

    code: str = ""
    message: str = ""
    field: str = ""
    key: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.code, self.message) if part) or "no reason given"


@dataclass(frozen=True, slots=True)
class Reply:
    """The content of a reply.

    Attributes:
        status: the HTTP status, or `meta.status` if only that one reports an error. The two can disagree, and the error
            is then the correct one (docs/reference/mimecast-api.md#error-codes [seen in a client]).
        data: the entries of `data`. With `undecoded`, they may be `msgspec.Raw`.
        fails: the errors; empty on success.
        next_token: the token of the next page; "" if there is none.
        body: the whole JSON object, for endpoints without the envelope.
        has_list: whether `data` is a list in the reply itself. Only then does an empty one mean that nothing was found.
    """

    status: int
    data: tuple[Any, ...]
    fails: tuple[Fail, ...]
    next_token: str
    body: Mapping[str, Any]
    has_list: bool = False


def open_envelope(raw: RawReply, *, undecoded: bool = False) -> Reply | None:
    """Decode a reply.

    Characters that a strict decoder rejects are repaired (`json_repair`).

    Args:
        raw: the reply.
        undecoded: leave the entries of `data` as `msgspec.Raw` where possible, for replies with thousands of rows.

    Returns:
        The content; None if the body is not a JSON object (HTML, empty, truncated, another JSON value).
    """
    body = _body(raw.body, undecoded=undecoded)
    if not isinstance(body, dict):
        return None
    meta = body.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    meta_status = meta.get("status")
    status = raw.status
    if isinstance(meta_status, int) and not isinstance(meta_status, bool) and status < _HTTP_ERROR <= meta_status:
        status = meta_status
    pagination = meta.get("pagination")
    token = pagination.get("next") if isinstance(pagination, dict) else None
    return Reply(
        status=status,
        data=tuple(_as_list(body.get("data"))),
        fails=tuple(_fails(body.get("fail"))),
        next_token=token if isinstance(token, str) else "",
        body=body,
        has_list=isinstance(body.get("data"), list),
    )


def rows_of(reply: Reply, listed: str, path: str) -> tuple[Any, ...]:
    """The entries of a reply that must be a list.

    Args:
        reply: the reply.
        listed: the plural noun for what is listed, such as "policies", for the error message.
        path: the path of the endpoint, for the error message.

    Raises:
        UnexpectedReply: the reply has no list, so it does not mean that nothing was found.
    """
    if not reply.has_list:
        raise UnexpectedReply(f"Mimecast answered {path} with JSON that is not a list of {listed}.", endpoint=path)
    return reply.data


def _body(content: bytes, *, undecoded: bool) -> Any:
    try:
        if not undecoded:
            return decode_json(content)
        listing = _DECODE_LISTING.decode(content)
    except NotJson:
        return None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _body(content, undecoded=False)  # another form, or characters to repair
    return {"meta": listing.meta, "data": listing.data, "fail": listing.fail}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _fails(value: Any) -> list[Fail]:
    fails = []
    for entry in _as_list(value):
        if isinstance(entry, dict):
            fails.extend(_entry_fails(entry))
        elif entry not in ("", None, False):
            fails.append(Fail(message=str(entry)))
    return fails


def _entry_fails(entry: dict[str, Any]) -> list[Fail]:
    key = entry.get("key")
    key = key if isinstance(key, dict) else {}
    if "errors" not in entry:
        return [_fail(entry, key)] if entry else []
    errors = _as_list(entry["errors"])
    fails = [_fail(error, key) if isinstance(error, dict) else Fail(message=str(error), key=key) for error in errors]
    # An entry without an error still reports that its item failed.
    return fails or [Fail(key=key)]


def _fail(error: dict[str, Any], key: Mapping[str, Any]) -> Fail:
    def text(name: str) -> str:
        value = error.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    return Fail(code=text("code"), message=text("message"), field=text("field"), key=key)
