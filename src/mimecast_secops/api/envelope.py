"""From the bytes of a reply to what it says, tolerant of every shape that has been seen (API notes 4.2, 4.3, 3.3)."""

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
    """An envelope whose `data` is a list of entries that are not decoded yet."""

    data: list[msgspec.Raw]
    meta: Any = None
    fail: Any = None


_DECODE_LISTING: Final = msgspec.json.Decoder(_Listing)


@dataclass(frozen=True, slots=True)
class RawReply:
    """An HTTP reply, read to its end. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fail:
    """One thing that Mimecast refused: its code, its message, and the item it is about."""

    code: str = ""
    message: str = ""
    field: str = ""
    key: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.code, self.message) if part) or "no reason given"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply says.

    Attributes:
        status: the HTTP status, or `meta.status` where that one reports an error and HTTP does not: they can disagree,
            and the worse one is true (API notes 2.5 [seen in a client]).
        data: the data, always a list. With `undecoded`, its entries may be `msgspec.Raw`.
        has_list: whether `data` is a list in the reply itself. Only then can an empty one mean "nothing found".
        fails: what was refused; empty on success.
        next_token: the token of the next page, "" where there is none.
        body: the whole JSON object, for functions without the envelope.
    """

    status: int
    data: tuple[Any, ...]
    fails: tuple[Fail, ...]
    next_token: str
    body: Mapping[str, Any]
    has_list: bool = False


def open_envelope(raw: RawReply, *, undecoded: bool = False) -> Reply | None:
    """What the reply says, or None where its body is not a JSON object (HTML, empty, truncated, a bare value).

    Characters that a strict decoder refuses are repaired (`json_repair`).

    Args:
        raw: the reply.
        undecoded: leave the entries of `data` as `msgspec.Raw` where possible, for replies with thousands of rows.
    """
    body = _body(raw.body, undecoded=undecoded)
    if not isinstance(body, dict):
        return None
    meta = body.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    inner = meta.get("status")
    status = raw.status
    if status < _HTTP_ERROR and isinstance(inner, int) and not isinstance(inner, bool) and inner >= _HTTP_ERROR:
        status = inner
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


def rows_of(reply: Reply, what: str, path: str) -> tuple[Any, ...]:
    """The entries of a list.

    Args:
        reply: what the function answered.
        what: what is listed, for the error: "policies".
        path: the function's.

    Raises:
        UnexpectedReply: the reply has no list, so it does not mean that there is nothing.
    """
    if not reply.has_list:
        raise UnexpectedReply(f"Mimecast answered {path} with JSON that is not a list of {what}.", endpoint=path)
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
    found = []
    for entry in _as_list(value):
        if isinstance(entry, dict):
            found.extend(_entry_fails(entry))
        elif entry not in ("", None, False):
            found.append(Fail(message=str(entry)))
    return found


def _entry_fails(entry: dict[str, Any]) -> list[Fail]:
    key = entry.get("key")
    key = key if isinstance(key, dict) else {}
    if "errors" not in entry:
        return [_fail(entry, key)] if entry else []
    errors = _as_list(entry["errors"])
    read = [_fail(error, key) if isinstance(error, dict) else Fail(message=str(error), key=key) for error in errors]
    # An entry without any error still says that its item was not done.
    return read or [Fail(key=key)]


def _fail(error: dict[str, Any], key: Mapping[str, Any]) -> Fail:
    def text(name: str) -> str:
        value = error.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    return Fail(code=text("code"), message=text("message"), field=text("field"), key=key)
