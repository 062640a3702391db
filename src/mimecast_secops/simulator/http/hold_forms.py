"""Rows and pages of the hold list, in the forms that no document excludes."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mimecast_secops.simulator.http.paging import page_meta, page_token
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, error, failure, format_time, json_response
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.id_forms import hold_id
from mimecast_secops.simulator.tenant.records import TrackingRecord

_KIND: Final = "hold"
_CUT: Final = 30
_ADDRESSES: Final = ("from", "fromHeader", "to", "toHeader")


def row_in_form(request: ApiRequest, record: TrackingRecord, documented: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of the hold queue for a record, as the quirks define it."""
    quirks = request.tenant.quirks
    row = dict(documented) | {"id": hold_id(request.tenant, record, request.caller)}
    if quirks.hold_time_offset:
        row["dateReceived"] = format_time(record.received + timedelta(seconds=quirks.hold_time_offset))
    if record.raw_subject is None:
        row["subject"] = _subject(quirks, record.subject)
    if quirks.hold_from == "header":
        row["from"] = row["fromHeader"]
    if quirks.hold_to == "alias":
        row["to"] = row["toHeader"] = {"displayableName": "", "emailAddress": alias_of(record.recipient)}
    for name in _ADDRESSES:
        if quirks.hold_addresses == "text":
            row[name] = row[name]["emailAddress"]
        elif quirks.hold_addresses == "list":
            row[name] = [row[name]]
    return row


def refused_window(request: ApiRequest, end: datetime | None) -> ApiResponse | None:
    """The failure for a page size or an end that the quirks do not allow; None if they allow both."""
    quirks = request.tenant.quirks
    size = request.pagination.get("pageSize")
    if quirks.queue_page_refused and isinstance(size, int) and size > quirks.queue_page_refused:
        text = f"Field must be less than or equal to {quirks.queue_page_refused}"
        return failure([error("err_validation_invalid_value", text, "pageSize")], key=request.item)
    if quirks.hold_end_future == "refuse" and end is not None and end > request.tenant.clock.now():
        text = "End date must not be in the future"
        return failure([error("err_validation_invalid_value", text, "end")], key=request.item)
    return None


def list_response(
    request: ApiRequest, rows: Sequence[Mapping[str, Any]], *, offset: int, size: int, total: int
) -> ApiResponse:
    """A page of the hold list, with the rows and the next page where the quirks put them.

    Args:
        request: the request.
        rows: the rows of the page.
        offset: the position of the first row.
        size: the number of rows on a full page.
        total: the number of rows on all pages.
    """
    quirks = request.tenant.quirks
    pagination: dict[str, Any] = dict(page_meta(_KIND, offset, size, len(rows), total))
    if quirks.hold_next == "always":
        pagination["next"] = page_token(offset + size, _KIND)
    elif quirks.hold_next != "next":
        token = pagination.pop("next", None)
        if token and quirks.hold_next != "none":
            pagination[quirks.hold_next] = token
    if not quirks.hold_total:
        pagination.pop("totalCount")
    content: Any = rows
    match quirks.hold_wrapper:
        case "null":
            content = None
        case "empty_object":
            content = {}
        case "named":
            content = [{"heldMessages": rows}]
    return json_response({"meta": {"status": 200, "pagination": pagination}, "data": content, "fail": []})


def alias_of(address: str) -> str:
    """Another address of the same mailbox."""
    return f"alias.{address}"


def _subject(quirks: Quirks, subject: str) -> str:
    match quirks.hold_subject:
        case "tagged":
            return f"[EXTERNAL] {subject}"
        case "cut":
            return subject[:_CUT]
        case "escaped":
            return html.escape(subject)
        case _:
            return subject
