"""Question 10: the replies of the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.api import ArchiveQuery
from mimecast_secops.api.decode import parse_time
from mimecast_secops.api.resources import archive
from mimecast_secops.diagnosis.first_contact.evidence import Evidence
from mimecast_secops.diagnosis.first_contact.members import types_of
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult, unanswered

_PAGE_SIZE: Final = 100
_FIELDS: Final = ("id", "status", "size", "receiveddate", "attachmentcount", "subject", "displayfrom", "displayto")
_MEMBERS: Final = frozenset(_FIELDS)
_SHOWN: Final = ("pageSize", "totalCount", "next", "nextToken", "pageToken", "recordStart")


def ask_about_archive(evidence: Evidence) -> QuestionResult:
    """Question 10: search the last week with a start and without an end."""
    query = ArchiveQuery(fields=_FIELDS, start=evidence.now - timedelta(days=7), page_size=_PAGE_SIZE)
    answered = evidence.inquiry.ask(archive.SEARCH, {"admin": True, "query": query.to_xml()})
    found = answered.rows(_MEMBERS)
    if not found.rows:
        is_empty = answered.error is None and not found.form
        shown = "there is none" if is_empty else found.form or answered.outcome
        return unanswered(10, f"No archived message of the last week could be read: {shown}.")
    pagination = _pagination(answered.reply.body if answered.reply else {})
    types = types_of(found.rows)
    forms = Counter(_form(row.get("receiveddate")) for row in found.rows)
    answers = [
        "A period with a start and without an end is accepted.",
        f"The first page has {len(found.rows)} items in the member {found.member or 'data'}.",
        f"Members that tell of pages: {', '.join(name for name in _SHOWN if name in pagination) or 'none'}.",
        f"receiveddate: {', '.join(f'{form} ({count})' for form, count in forms.most_common())}.",
    ]
    problems = [f"The items have no member {name}." for name in _FIELDS if name not in types]
    if len(found.rows) > _PAGE_SIZE:
        problems.append(f"The page size {_PAGE_SIZE} is not honored.")
    is_paged = answered.reply is not None and bool(answered.reply.next_token)
    if len(found.rows) == _PAGE_SIZE and not is_paged and "totalCount" not in pagination:
        problems.append("A full page names neither a next page nor a total, so it may be cut.")
    return QuestionResult(
        number=10,
        knowledge=Knowledge.KNOWN,
        answers=answers,
        evidence={"items": len(found.rows), **types},
        facts={"archive_wrapper": found.member or "data", "archive_pages": "next" if is_paged else "none"},
        not_understood=problems,
    )


def _pagination(body: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = body.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, Mapping) else None
    return pagination if isinstance(pagination, Mapping) else {}


def _form(value: object) -> str:
    parsed = parse_time(value)
    return "unreadable" if parsed is None else parsed.form.value
