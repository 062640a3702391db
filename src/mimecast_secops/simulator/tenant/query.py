"""The documented part of the archive's query language: from XML to a predicate for records.

Source: docs/reference/mimecast-api.md#archive-query-language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mimecast_secops.simulator.tenant.records import TrackingRecord

Predicate = Callable[[TrackingRecord], bool]
RETURN_FIELDS: Final = (
    "attachmentcount",
    "status",
    "subject",
    "size",
    "receiveddate",
    "displayfrom",
    "displayfromaddress",
    "id",
    "displayto",
    "displaytoaddresslist",
    "smash",
)
_MIN_WORD_CHARS: Final = 3
_MAX_DIGITS: Final = 9
_FILE_GROUPS: Final = {
    "documents": {"doc", "dot", "docx", "docm", "dotx", "dotm", "pdf", "rtf", "html"},
    "spreadsheets": {"xls", "xlt", "xlsx", "xlsm", "xltx", "csv"},
    "presentations": {"ppt", "pot", "pptx", "pptm"},
    "text": {"txt", "text", "html", "log"},
    "images": {"jpg", "jpeg", "png", "bmp", "gif", "psd", "tif", "tiff"},
    "media": {"mp3", "mp4", "wav", "avi", "mov"},
    "zips": {"zip", "rar", "cab", "gz", "gzip", "7z"},
}
_TOKEN: Final = re.compile(r'"([^"]*)"|(\S+)')


class InvalidQuery(ValueError):
    """The query is not XML or not an `xmlquery`."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query.

    Attributes:
        matches: whether a record matches the query.
        fields: the members of an item to return.
        page_size: the number of items on a page, 1 to 500.
        start_row: the number of items to skip.
    """

    matches: Predicate
    fields: tuple[str, ...]
    page_size: int
    start_row: int


def parse_query(xml: str, now: datetime) -> Query:
    """Parse a query.

    Args:
        xml: the query.
        now: the time that relative dates refer to.

    Raises:
        InvalidQuery: the query is not valid.
    """
    try:
        root = fromstring(xml)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise InvalidQuery(str(error)) from None
    if root.tag != "xmlquery":
        raise InvalidQuery("not an xmlquery")
    metadata = root.find("metadata")
    metadata = Element("metadata") if metadata is None else metadata
    muse = root.find("muse")
    predicates = [*_mailboxes(metadata), *_criteria(Element("muse") if muse is None else muse, now)]
    requested = tuple((field.text or "").strip().lower() for field in metadata.iter("return-field"))
    fields = tuple(dict.fromkeys([*(name for name in requested if name in RETURN_FIELDS), "id"]))
    return Query(
        matches=lambda record: all(predicate(record) for predicate in predicates),
        fields=fields,
        page_size=max(1, min(500, _number(metadata.get("page-size"), 25))),
        start_row=max(0, _number(metadata.get("startrow"), 0)),
    )


def _number(text: str | None, default: int) -> int:
    if not text or not text.isascii() or not text.isdigit():
        return default
    if len(text) > _MAX_DIGITS:
        raise InvalidQuery("a number is too long")
    return int(text)


def _mailboxes(metadata: Element) -> list[Predicate]:
    wanted = {(box.text or "").strip().lower() for box in metadata.iter("mailbox")} - {""}
    if not wanted:
        return []
    return [lambda record: bool(wanted & {record.recipient.lower(), record.mail.sender.lower()})]


def _criteria(muse: Element, now: datetime) -> list[Predicate]:
    predicates: list[Predicate] = []
    for element in muse:
        text = (element.text or "").strip()
        select = element.get("select", "")
        if element.tag == "text" and text:
            predicates.append(_text(text))
        elif element.tag == "date":
            predicates.append(_date(element, now))
        elif element.tag == "sent" and text:
            predicates.append(_sent(select, text))
        elif element.tag == "docs":
            predicates.extend(_docs(select, text))
    return predicates


def _sent(side: str, wanted: str) -> Predicate:
    wanted = wanted.lower()

    def matches(record: TrackingRecord) -> bool:
        addresses = (record.recipient,) if side == "to" else (record.mail.sender, record.mail.header_from)
        return any(_address_matches(address.lower(), wanted) for address in addresses)

    return matches


def _address_matches(address: str, wanted: str) -> bool:
    if "@" in wanted:
        return address == wanted
    domain = address.rpartition("@")[2]
    return domain == wanted or domain.endswith("." + wanted)


def _date(element: Element, now: datetime) -> Predicate:
    start, end = _period(element, now)
    return lambda record: (start is None or record.received >= start) and (end is None or record.received <= end)


def _period(element: Element, now: datetime) -> tuple[datetime | None, datetime | None]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    select = element.get("select", "")
    periods: dict[str, tuple[datetime | None, datetime | None]] = {
        "today": (today, now),
        "yesterday": (today - timedelta(days=1), today),
        "last_week": (monday - timedelta(days=7), monday),
        "last_month": (before, first),
        "last_year": (first.replace(year=first.year - 1, month=1), first.replace(month=1)),
        "between": (_parse_time(element.get("from")), _parse_time(element.get("to"))),
    }
    return periods.get(select, (None, None))


def _parse_time(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidQuery(str(error)) from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _docs(select: str, words: str) -> list[Predicate]:
    predicates: list[Predicate] = []
    if select == "none":
        predicates.append(lambda record: not record.mail.attachments)
    elif select == "any":
        predicates.append(lambda record: bool(record.mail.attachments))
    elif select in _FILE_GROUPS:
        group = _FILE_GROUPS[select]
        predicates.append(lambda record: any(part.extension in group for part in record.mail.attachments))
    if words:
        wanted = words.lower().encode()
        predicates.append(lambda record: any(wanted in part.content.lower() for part in record.mail.attachments))
    return predicates


def _text(text: str) -> Predicate:
    """Words with prefixes, `or`, `and`, `!` and `*`. Words without an operator between them are joined with `and`."""
    alternatives: list[list[Predicate]] = [[]]
    prefix = ""
    for match in _TOKEN.finditer(text):
        token = match.group(1) if match.group(1) is not None else match.group(2)
        if token.lower() == "or" and match.group(2):
            alternatives.append([])
            prefix = ""
        elif token.lower() != "and":
            name, colon, rest = token.partition(":")
            if colon and name.lower() in ("from", "to", "subject", "body"):
                prefix, token = name.lower(), rest
            if token:
                alternatives[-1].append(_word(prefix, token))
    groups = [group for group in alternatives if group]
    return lambda record: any(all(predicate(record) for predicate in group) for group in groups) if groups else True


def _word(prefix: str, word: str) -> Predicate:
    negated = word.startswith("!")
    wanted = word.lstrip("!").rstrip("*").lower()
    if len(wanted) < _MIN_WORD_CHARS:
        return lambda _record: True
    return lambda record: (wanted in _text_of(record, prefix)) is not negated


def _text_of(record: TrackingRecord, prefix: str) -> str:
    mail = record.mail
    texts = {
        "from": f"{mail.sender} {mail.header_from} {mail.header_from_name}",
        "to": " ".join((record.recipient, *mail.recipients)),
        "subject": mail.subject,
        "body": f"{mail.text} {mail.html}",
    }
    return (texts[prefix] if prefix else " ".join(texts.values())).lower()
