"""The pages of a tracking search."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

import msgspec

from mimecast_secops.api.decode import NOT_DOCUMENTED_FORM, decode_entry
from mimecast_secops.api.envelope import Reply, token_in, total_in
from mimecast_secops.api.errors import NotUnderstood
from mimecast_secops.api.json_repair import RepairedObject
from mimecast_secops.api.paging import Page, PageReader
from mimecast_secops.api.reply_form import find_rows, form_of, looks_like_row, safe_name
from mimecast_secops.api.resources.tracked_messages import TrackedMessages

_WRAPPER: Final = "trackedEmails"
_ROW_MEMBERS: Final = frozenset(
    {
        "id",
        "status",
        "info",
        "fromEnv",
        "fromHdr",
        "to",
        "received",
        "sent",
        "subject",
        "senderIP",
        "attachments",
        "route",
        "spamScore",
        "detectionLevel",
    }
)


class _TrackedEmails(msgspec.Struct, rename={"rows": _WRAPPER}):
    """The documented entry, with the members that may name the next page."""

    rows: list[msgspec.Raw]
    next: Any = None
    nextToken: Any = None  # noqa: N815 -- as in the reply
    pageToken: Any = None  # noqa: N815
    totalCount: Any = None  # noqa: N815


_DECODE_TRACKED_EMAILS: Final = msgspec.json.Decoder(_TrackedEmails)


def read_search(fetch: Callable[[str], Reply], path: str) -> TrackedMessages:
    """Read all pages of a tracking search.

    Args:
        fetch: returns the reply of a page token; "" is the first page.
        path: the path of the endpoint, for the error message.

    Raises:
        NotUnderstood: the first page does not have the form of a search result, so it does not mean that nothing was
            found.
        MimecastError: see `PageReader`.
    """
    reader = PageReader(lambda token: page_of_search(fetch(token), path), _key_of)
    rows: list[Any] = []
    for page_rows in reader:
        rows.extend(page_rows)
    return TrackedMessages(rows, reader.completeness, reader.deviations)


def page_of_search(reply: Reply, path: str) -> Page[Any]:
    """The rows of one page, wrapped as documented, under another name, or directly in `data`.

    Raises:
        NotUnderstood: no list of rows is in the reply.
    """
    rows: list[Any] = []
    deviations: list[str] = []
    token, total = reply.next_token, reply.total
    for entry in reply.data if reply.has_list else ():
        found = _rows_in(entry)
        if found is None:
            raise _not_understood(reply, path)
        page = found
        rows.extend(page.rows)
        deviations.extend(text for text in page.deviations if text not in deviations)
        token, total = token or page.token, page.total if total is None else total
    if not reply.has_list:
        named = find_rows(dict(reply.body), _ROW_MEMBERS)
        if named is None:
            raise _not_understood(reply, path)
        rows, deviations = named[1], [f"rows in the member {safe_name(named[0])}"]
    size = sum(memoryview(row).nbytes for row in rows if isinstance(row, msgspec.Raw))
    return Page(rows, token, total, tuple(deviations), size)


def _rows_in(entry: Any) -> Page[Any] | None:
    """The rows in an entry of `data`; None if it has none that can be recognised."""
    if isinstance(entry, msgspec.Raw):
        try:
            wrapped = _DECODE_TRACKED_EMAILS.decode(entry)
        except NOT_DOCUMENTED_FORM:
            pass
        else:
            block = msgspec.structs.asdict(wrapped)
            return _documented(wrapped.rows, token_in(block), total_in(block))
    decoded = decode_entry(entry)
    if not isinstance(decoded, dict):
        return None
    rows = decoded.get(_WRAPPER)
    if isinstance(rows, list):
        return _documented(rows, token_in(decoded), total_in(decoded))
    if looks_like_row(decoded, _ROW_MEMBERS):
        return None if _WRAPPER in decoded else Page([entry], "", None, ("rows directly in data",))
    named = find_rows(decoded, _ROW_MEMBERS)
    if named is None:
        return None
    return Page(named[1], token_in(decoded), total_in(decoded), (f"rows in the member {safe_name(named[0])}",))


def _documented(rows: list[Any], token: str, total: int | None) -> Page[Any] | None:
    """The page of the documented wrapper; None if its first row has none of the members of a row."""
    first = decode_entry(rows[0]) if rows else None
    if isinstance(first, dict) and not isinstance(first, RepairedObject) and not _ROW_MEMBERS & first.keys():
        return None
    return Page(rows, token, total)


def _key_of(row: Any) -> Hashable:
    return hash(bytes(row)) if isinstance(row, msgspec.Raw) else hash(msgspec.json.encode(row))


def _not_understood(reply: Reply, path: str) -> NotUnderstood:
    form = _form_of(reply)
    return NotUnderstood(
        "Mimecast answered the search with JSON that is not a search result: it has no list of tracked messages "
        f"(its form: {form}).",
        form=form,
        endpoint=path,
        status=reply.status,
    )


def _form_of(reply: Reply) -> str:
    """The form of the part of a reply that was not understood: the rows, the first entry, `data`, or the whole."""
    if "data" not in reply.body:
        return form_of(dict(reply.body))
    if not reply.has_list:
        return form_of(reply.body["data"])
    entry = next((decode_entry(entry) for entry in reply.data if _rows_in(entry) is None), None)
    if isinstance(entry, dict) and _WRAPPER in entry:
        rows = entry[_WRAPPER]
        return form_of(rows[0]) if isinstance(rows, list) and rows else form_of(rows)
    return form_of(entry)
