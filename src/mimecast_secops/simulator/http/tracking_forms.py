"""Rows and replies of a tracking search, in the forms that no document excludes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from mimecast_secops.simulator.http.paging import offset_of, page_token
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, format_time, invalid_id, json_response
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.id_forms import tracking_id
from mimecast_secops.simulator.tenant.records import TrackingRecord

_LOCAL: Final = timedelta(hours=2)
_ARCHIVED: Final = frozenset({"archived", "accepted", "delivery"})
_KIND: Final = "tracked"
_RISK_WORDS: Final = {"high": "severe", "medium": "elevated", "low": "minor", "negligible": "none seen"}
_RISK_NUMBERS: Final = {"high": 4, "medium": 3, "low": 2, "negligible": 1}


def rows_of(request: ApiRequest, record: TrackingRecord, documented: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows that show a record: usually one."""
    rows = [_row(request, record, documented, record.status)]
    if request.tenant.quirks.held_also_accepted and record.is_held:
        rows.append(_row(request, record, documented, "accepted"))
    return rows


def search_response(request: ApiRequest, rows: Sequence[Mapping[str, Any]]) -> ApiResponse:
    """The reply of a search: cut or in pages, with the rows where the quirks put them."""
    quirks = request.tenant.quirks
    limit, paging = quirks.tracked_limit, quirks.tracked_paging
    # A search that does not page ignores the request's pagination.
    first = offset_of(request.pagination, _KIND) if "next" in paging else 0
    if first is None:
        return invalid_id(request.item, "pageToken")
    page = rows[first : first + limit] if limit else rows
    pagination: dict[str, Any] = {"pageSize": 0 if paging == "none" else len(page)}
    if "next" in paging and first + len(page) < len(rows):
        pagination["next"] = page_token(first + len(page), _KIND)
    if "total" in paging:
        pagination["totalCount"] = len(rows)
    return _wrapped(quirks, page, pagination)


def shown_time(quirks: Quirks, moment: datetime, status: str) -> str | float:
    """A time of a row, as the quirks `time_form` and `archived_to_minute` define it."""
    if quirks.archived_to_minute and status in _ARCHIVED:
        moment = moment.replace(second=0, microsecond=0)
    match quirks.time_form:
        case "naive_utc":
            return f"{moment:%Y-%m-%dT%H:%M:%S}"
        case "naive_local":
            return f"{moment + _LOCAL:%Y-%m-%dT%H:%M:%S}"
        case "epoch_ms":
            return int(moment.timestamp() * 1000)
        case "epoch_s":
            return int(moment.timestamp())
        case "rfc2822":
            return format_datetime(moment)
        case _:
            return format_time(moment)


def addresses_in_form(form: str, address: str) -> Any:
    """An address of the tracking details: a text, an object or a list."""
    value = {"displayableName": "", "emailAddress": address}
    return {"object": value, "list": [value]}.get(form, address)


def recipients_in_form(form: str, addresses: Sequence[str]) -> list[Any]:
    """The recipients in the tracking details: texts or objects. They are a list in every form."""
    return [addresses_in_form("text" if form == "text" else "object", address) for address in addresses]


def verdict_in_form(form: str, documented: dict[str, Any]) -> dict[str, Any] | None:
    """The verdict with its risk in another form; None if there is no verdict."""
    risk = documented.get("risk", "")
    without = {name: value for name, value in documented.items() if name != "risk"}
    match form:
        case "missing":
            return None
        case "unknown_word":
            return without | {"risk": _RISK_WORDS.get(risk, risk)}
        case "number":
            return without | {"risk": _RISK_NUMBERS.get(risk, 0)}
        case "category_only":
            return without | {"categories": [{"name": "spam", "risk": risk, "subcategories": []}]}
        case _:
            return documented


def _row(request: ApiRequest, record: TrackingRecord, documented: Mapping[str, Any], status: str) -> dict[str, Any]:
    quirks = request.tenant.quirks
    row = dict(documented) | {"status": status}
    if row.get("id") == record.id:
        row["id"] = tracking_id(request.tenant, record, request.caller, status=status)
    moments = {"received": record.received, "sent": record.mail.sent or record.received}
    for name, moment in moments.items():
        if name not in record.row:
            row[name] = shown_time(quirks, moment, status)
    for name in quirks.tracking_lacks.split(","):
        row.pop(name.strip(), None)
    return row | {name: value for name, value in record.row.items() if name != "id"}


def _wrapped(quirks: Quirks, rows: Sequence[Mapping[str, Any]], pagination: dict[str, Any]) -> ApiResponse:
    meta = {"status": 200, "pagination": pagination}
    match quirks.tracked_wrapper:
        case "null":
            content: Any = [{"trackedEmails": None}]
        case "empty_object":
            content = [{}]
        case "named":
            content = [{"messages": rows}]
        case "flat":
            content = rows
        case "null_data":
            content = None
        case _:
            content = [{"trackedEmails": rows}]
    return json_response({"meta": meta, "data": content, "fail": []})
