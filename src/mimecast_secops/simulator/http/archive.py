"""Archive endpoints."""

from __future__ import annotations

from typing import Any, Final, cast

from mimecast_secops.simulator.http.files import file_response
from mimecast_secops.simulator.http.held import message_detail
from mimecast_secops.simulator.http.paging import offset_of, page_meta
from mimecast_secops.simulator.http.requests import ApiRequest, parse_time
from mimecast_secops.simulator.http.responses import ApiResponse, data, error, failure, format_time, invalid_id, missing
from mimecast_secops.simulator.http.schemas.envelope import Pagination
from mimecast_secops.simulator.http.schemas.messages import ArchiveItem, ArchiveItems, ArchiveMessageDetail
from mimecast_secops.simulator.mail.parser import Part
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.query import InvalidQuery, parse_query
from mimecast_secops.simulator.tenant.records import TrackingRecord

_CONTEXTS: Final = ("DELIVERED", "RECEIVED")


def search(request: ApiRequest) -> ApiResponse:
    """`/api/archive/search` (docs/reference/mimecast-api.md#search-the-archive)."""
    item = request.item
    if "query" not in item:
        return missing(item, "query")
    try:
        query = parse_query(str(item["query"]), request.tenant.clock.now())
    except InvalidQuery:
        return failure([error("err_invalid_search_xml", "Search query is not valid XML", "query")], key=item)
    offset = offset_of(request.pagination, "archive")
    if offset is None:
        return invalid_id(item, "pageToken")
    archived = request.tenant.archived() if item.get("admin") is True else ()
    records = [record for record in archived if query.matches(record)]
    begin = offset + query.start_row
    page = records[begin : begin + query.page_size]
    meta: Pagination = {"recordStart": begin, **page_meta("archive", begin, query.page_size, len(page), len(records))}
    items = [_selected(archive_item(record), query.fields) for record in page]
    return _search_reply(request.tenant.quirks, items, meta)


def _search_reply(quirks: Quirks, items: list[Any], meta: Pagination) -> ApiResponse:
    """The reply to a search, in the form that the quirks define."""
    pagination: dict[str, Any] = dict(meta)
    if not quirks.archive_total:
        del pagination["totalCount"]
    token = pagination.pop("next", None)
    if token and quirks.archive_next != "none":
        pagination[quirks.archive_next] = token
    if quirks.archive_items_flat or quirks.archive_wrapper == "flat":
        return data(items, cast("Pagination", pagination))
    if quirks.archive_wrapper == "items":
        documented: ArchiveItems = {"items": items, "queryDuration": 12}
        return data([documented], cast("Pagination", pagination))
    named = {"messages": ("messages", items), "null": ("items", None), "text": ("items", f"{len(items)} emails")}
    name, content = named[quirks.archive_wrapper]
    return data([{name: content, "queryDuration": 12}], cast("Pagination", pagination))


def _selected(item: ArchiveItem, fields: tuple[str, ...]) -> Any:
    """The members of the item that the query asks for."""
    return {name: value for name, value in item.items() if name in fields}


def archive_item(record: TrackingRecord) -> ArchiveItem:
    """A record in the format of the archive."""
    mail = record.mail
    return {
        "attachmentcount": len(mail.attachments),
        "status": "ARCHIVED",
        "subject": record.subject,
        "size": len(mail.raw),
        "receiveddate": format_time(record.received),
        "displayfrom": mail.header_from_name or mail.header_from,
        "displayfromaddress": mail.header_from,
        "id": record.archive_id,
        "displayto": record.recipient,
        "displaytoaddresslist": [{"displayableName": "", "emailAddress": record.recipient}],
        "smash": record.archive_id[-40:].lower(),
    }


def get_message_detail(request: ApiRequest) -> ApiResponse:
    """`/api/archive/get-message-detail` (docs/reference/mimecast-api.md#get-archived-message-details)."""
    record = _requested_record(request)
    if isinstance(record, ApiResponse):
        return record
    detail: ArchiveMessageDetail = {
        **message_detail(request, record, record.archive_id, "ARCHIVED"),
        "messageBodyPreview": record.mail.text[:100],
    }
    return data([detail])


def get_message_part(request: ApiRequest) -> ApiResponse:
    """`/api/archive/get-message-part` (docs/reference/mimecast-api.md#download-an-archived-message)."""
    record = _requested_record(request)
    if isinstance(record, ApiResponse):
        return record
    kind = str(request.item.get("type", "RFC822"))
    bodies = {"HTML": record.mail.html.encode(), "PLAIN": record.mail.text.encode(), "RFC822": record.mail.raw}
    content = bodies.get(kind, record.mail.raw)
    part = Part(f"message.{'eml' if content is record.mail.raw else 'txt'}", "application/octet-stream", content)
    return file_response(request, request.tenant.file_id(part), part)


def get_message_list(request: ApiRequest) -> ApiResponse:
    """`/api/archive/get-message-list` (docs/reference/mimecast-api.md#download-an-archived-message)."""
    item = request.item
    mailbox = str(item.get("mailbox", "")).lower()
    start, end = parse_time(item.get("start")), parse_time(item.get("end"))
    sent = item.get("view") == "SENT"
    return data(
        [
            archive_item(record)
            for record in request.tenant.archived()
            if (not mailbox or (record.mail.sender if sent else record.recipient).lower() == mailbox)
            and (start is None or record.received >= start)
            and (end is None or record.received <= end)
        ]
    )


def _requested_record(request: ApiRequest) -> TrackingRecord | ApiResponse:
    """The record that the request names, or the failure for a request that names none."""
    if request.item_id is None:
        return missing(request.item, "id")
    context = request.item.get("context")
    if context is not None and str(context).upper() not in _CONTEXTS:
        text = "Field must be one of [DELIVERED,RECEIVED]"
        return failure([error("err_validation_value_not_allowed", text, "context")], key=request.item)
    record = request.tenant.by_archive_id.get(request.item_id)
    if record is None or record.deleted:
        return failure([error("xdk_failure", "0007 Invalid token")])
    return record
