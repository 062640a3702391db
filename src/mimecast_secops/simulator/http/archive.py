"""The archive."""

from __future__ import annotations

from typing import Any, Final

from mimecast_secops.simulator.http.files import hand_out
from mimecast_secops.simulator.http.held import detail
from mimecast_secops.simulator.http.paging import offset_of, page_meta
from mimecast_secops.simulator.http.requests import Call, moment
from mimecast_secops.simulator.http.responses import Answer, data, error, failure, invalid_id, missing, stamp
from mimecast_secops.simulator.mail.parser import Part
from mimecast_secops.simulator.tenant.query import BadQuery, parse_query
from mimecast_secops.simulator.tenant.records import Tracked

_CONTEXTS: Final = ("DELIVERED", "RECEIVED")


def search(call: Call) -> Answer:
    """`/api/archive/search` (API notes 8.1)."""
    item = call.item
    if "query" not in item:
        return missing(item, "query")
    try:
        query = parse_query(str(item["query"]), call.tenant.clock.now())
    except BadQuery:
        return failure([error("err_invalid_search_xml", "Search query is not valid XML", "query")], key=item)
    offset = offset_of(call.pagination, "archive")
    if offset is None:
        return invalid_id(item, "pageToken")
    found = [one for one in call.tenant.archived() if query.matches(one)] if item.get("admin") is True else []
    begin = offset + query.start_row
    page = found[begin : begin + query.page_size]
    meta = page_meta("archive", begin, query.page_size, len(page), len(found))
    meta = {"recordStart": begin, **{name: value for name, value in meta.items() if name != "totalCount"}}
    items = [{name: value for name, value in _item(one).items() if name in query.fields} for one in page]
    if call.tenant.behaviour.archive_items_flat:
        return data(items, meta)
    return data([{"items": items, "queryDuration": 12}], meta)


def _item(one: Tracked) -> dict[str, Any]:
    mail = one.mail
    return {
        "attachmentcount": len(mail.attachments),
        "status": "ARCHIVED",
        "subject": one.subject,
        "size": len(mail.raw),
        "receiveddate": stamp(one.received),
        "displayfrom": mail.header_from_name or mail.header_from,
        "displayfromaddress": mail.header_from,
        "id": one.archive_id,
        "displayto": one.recipient,
        "displaytoaddresslist": [{"displayableName": "", "emailAddress": one.recipient}],
        "smash": one.archive_id[-40:].lower(),
    }


def message_detail(call: Call) -> Answer:
    """`/api/archive/get-message-detail` (API notes 8.3)."""
    found = _found(call)
    if isinstance(found, Answer):
        return found
    record = detail(call, found, found.archive_id, "ARCHIVED")
    return data([record | {"messageBodyPreview": found.mail.text[:100]}])


def message_part(call: Call) -> Answer:
    """`/api/archive/get-message-part` (API notes 8.4)."""
    found = _found(call)
    if isinstance(found, Answer):
        return found
    kind = str(call.item.get("type", "RFC822"))
    bodies = {"HTML": found.mail.html.encode(), "PLAIN": found.mail.text.encode(), "RFC822": found.mail.raw}
    content = bodies.get(kind, found.mail.raw)
    part = Part(f"message.{'eml' if content is found.mail.raw else 'txt'}", "application/octet-stream", content)
    return hand_out(call, call.tenant.file_id(part), content, part.content_type, part.name)


def message_list(call: Call) -> Answer:
    """`/api/archive/get-message-list` (API notes 8.4)."""
    item = call.item
    mailbox = str(item.get("mailbox", "")).lower()
    start, end = moment(item.get("start")), moment(item.get("end"))
    sent = item.get("view") == "SENT"
    found = [
        one
        for one in call.tenant.archived()
        if (not mailbox or (one.mail.sender if sent else one.recipient).lower() == mailbox)
        and (start is None or one.received >= start)
        and (end is None or one.received <= end)
    ]
    return data([_item(one) for one in found])


def _found(call: Call) -> Tracked | Answer:
    if call.item_id is None:
        return missing(call.item, "id")
    context = call.item.get("context")
    if context is not None and str(context).upper() not in _CONTEXTS:
        text = "Field must be one of [DELIVERED,RECEIVED]"
        return failure([error("err_validation_value_not_allowed", text, "context")], key=call.item)
    one = call.tenant.by_archive_id.get(call.item_id)
    if one is None or one.deleted:
        return failure([error("xdk_failure", "0007 Invalid token")])
    return one
