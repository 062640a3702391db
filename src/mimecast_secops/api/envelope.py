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

from mimecast_secops.api.errors import NotUnderstood
from mimecast_secops.api.json_repair import NotJson, decode_json, without_byte_order_mark
from mimecast_secops.api.reply_form import form_of

_HTTP_ERROR: Final = 400
_TOKEN_MEMBERS: Final = ("next", "nextToken", "pageToken", "nextPageToken", "nextPage")
_INNER_TOKEN_MEMBERS: Final = ("token", "pageToken", "nextToken", "next")
_MAX_TOKEN: Final = 16 * 1024
_TOTAL_MEMBERS: Final = ("totalCount", "total")
_MAX_TOTAL: Final = 100_000_000


class _Listing(msgspec.Struct):
    """An envelope whose `data` is a list of undecoded entries."""

    data: list[msgspec.Raw]
    meta: Any = None
    fail: Any = None
    # Members next to `data` that may name the next page and the number of rows.
    pagination: Any = None
    next: Any = None
    nextToken: Any = None  # noqa: N815 -- as in the reply
    pageToken: Any = None  # noqa: N815
    totalCount: Any = None  # noqa: N815


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
        total: the number of rows on all pages according to the reply; None if it announces none that can be read.
        has_list: whether `data` is a list in the reply itself. Only then does an empty one mean that nothing was found.
    """

    status: int
    data: tuple[Any, ...]
    fails: tuple[Fail, ...]
    next_token: str
    body: Mapping[str, Any]
    has_list: bool = False
    total: int | None = None


def open_envelope(raw: RawReply, *, undecoded: bool = False) -> Reply | None:
    """Decode a reply.

    Characters that a strict decoder rejects are repaired (`json_repair`).

    Args:
        raw: the reply.
        undecoded: leave the entries of `data` as `msgspec.Raw` where possible, for replies with thousands of rows.

    Returns:
        The content; None if the body is not a JSON object (HTML, empty, truncated, another JSON value).
    """
    body = _body(without_byte_order_mark(raw.body), undecoded=undecoded)
    if not isinstance(body, dict):
        return None
    meta = body.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    meta_status = meta.get("status")
    status = raw.status
    if isinstance(meta_status, int) and not isinstance(meta_status, bool) and status < _HTTP_ERROR <= meta_status:
        status = meta_status
    blocks = [meta.get("pagination"), meta, body.get("pagination"), body, _only_object(body.get("data"))]
    return Reply(
        status=status,
        data=tuple(_as_list(body.get("data"))),
        fails=tuple(_fails(body.get("fail")) or _fails(_error_member(body, status))),
        next_token=next((token for block in blocks if (token := token_in(block))), ""),
        body=body,
        has_list=isinstance(body.get("data"), list),
        total=next((total for block in blocks if (total := total_in(block)) is not None), None),
    )


def token_in(block: Any) -> str:
    """The token of the next page in an object such as `meta.pagination`; "" if it names none.

    Source: docs/reference/mimecast-api.md#pagination, docs/reference/mimecast-api.md#open-facts.
    """
    if not isinstance(block, dict) or block.keys().isdisjoint(_TOKEN_MEMBERS):
        return ""
    for name in _TOKEN_MEMBERS:
        value = block.get(name)
        if isinstance(value, dict):
            value = next((value[inner] for inner in _INNER_TOKEN_MEMBERS if value.get(inner)), None)
        if isinstance(value, str) and value.strip() and len(value) <= _MAX_TOKEN:
            return value
    return ""


def total_in(block: Any) -> int | None:
    """The number of rows on all pages in an object such as `meta.pagination`, also one written as text.

    Returns:
        The number; None if it is missing, negative, or too large to be true.
    """
    if not isinstance(block, dict) or block.keys().isdisjoint(_TOTAL_MEMBERS):
        return None
    for name in _TOTAL_MEMBERS:
        value = block.get(name)
        if isinstance(value, str) and len(value) <= len(str(_MAX_TOTAL)) and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_TOTAL:
            return value
    return None


def _only_object(data: Any) -> Any:
    """The decoded object in `data`, which may carry the token of the next page with its rows."""
    if isinstance(data, list):
        data = data[0] if len(data) == 1 else None
    return data


def rows_of(reply: Reply, listed: str, path: str) -> tuple[Any, ...]:
    """The entries of a reply that must be a list.

    Args:
        reply: the reply.
        listed: the plural noun for what is listed, such as "policies", for the error message.
        path: the path of the endpoint, for the error message.

    Raises:
        NotUnderstood: the reply has no list, so it does not mean that nothing was found.
    """
    if not reply.has_list:
        form = form_of(reply.body.get("data", dict(reply.body)))
        raise NotUnderstood(
            f"Mimecast answered {path} with JSON that is not a list of {listed} (its form: {form}).",
            form=form,
            endpoint=path,
            status=reply.status,
        )
    return reply.data


def _error_member(body: Mapping[str, Any], status: int) -> Any:
    """The error of a reply that has `error` instead of `fail`; None if there is none.

    Source: docs/reference/mimecast-api.md#gateway-failures [seen in a client].
    """
    is_error = status >= _HTTP_ERROR or "data" not in body
    return body.get("error") if is_error else None


def _body(content: bytes, *, undecoded: bool) -> Any:
    try:
        if not undecoded:
            return decode_json(content)
        listing = _DECODE_LISTING.decode(content)
    except NotJson:
        return None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _body(content, undecoded=False)  # another form, or characters to repair
    return msgspec.structs.asdict(listing)


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
