"""The query language of the archive: `xmlquery` documents, built and checked as XML trees.

Source: docs/reference/mimecast-api.md#archive-query-language.

A value that a user enters is text in that tree. It cannot become an element, an attribute or an operator: the XML
library escapes markup, characters that XML forbids are removed, and in free text the operators of the search language
(`:`, `!`, `*`, brackets, quotes, the words `and` and `or`) are removed, so that `subject` searches for words only. A
criterion without anything left to search for is an error, because the query without it would find everything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as Tree

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree

from mimecast_secops.api.errors import MimecastError

DEFAULT_PAGE_SIZE: Final = 100
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPERATORS: Final = re.compile(r"[:!*?()\[\]{}\"'^~|&+\\<>]")
_PLAIN_WORD: Final = re.compile(r"[^\s\x00-\x1f\x7f:!*\"()\[\]<>\\,;]+")
_OPERATOR_WORDS: Final = frozenset({"and", "or", "not"})
_PAGE_SIZE: Final = re.compile(r"[0-9]{1,6}")
_MAX_QUERY: Final = 100_000


class QueryError(MimecastError):
    """The archive cannot execute the query. Nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuery:
    """A search of the archive.

    Args:
        fields: the fields that each item has. `id` is always included.
        mailboxes: the mailboxes to search; empty for the whole account.
        senders: addresses or domains, one of which is the sender.
        recipients: addresses or domains, one of which is a recipient.
        subject: words in the subject.
        start: the earliest time sent or received, aware; None for no limit.
        end: the latest time sent or received, aware; None for no limit.
        page_size: the number of items per page.
        start_row: the number of items to skip. Page tokens are the usual way to later items.
    """

    fields: Sequence[str]
    mailboxes: Sequence[str] = ()
    senders: Sequence[str] = ()
    recipients: Sequence[str] = ()
    subject: str = ""
    start: datetime | None = None
    end: datetime | None = None
    page_size: int = DEFAULT_PAGE_SIZE
    start_row: int = 0

    def to_xml(self) -> str:
        """The query as an `xmlquery` document.

        Raises:
            QueryError: a criterion has nothing that can be searched for, or an address cannot be combined with others.
        """
        self._check_criteria()
        root = Tree.Element("xmlquery", {"trace": "iql,muse"})
        attributes = {
            "query-type": "emailarchive",
            "archive": "true",
            "active": "false",
            "page-size": str(self.page_size),
            "startrow": str(self.start_row),
        }
        metadata = Tree.SubElement(root, "metadata", attributes)
        mailboxes = Tree.SubElement(metadata, "mailboxes")
        for mailbox in self.mailboxes:
            _leaf(mailboxes, "mailbox", mailbox, {"include-aliases": "true"})
        Tree.SubElement(metadata, "smartfolders")
        fields = Tree.SubElement(metadata, "return-fields")
        for name in self.fields:
            _leaf(fields, "return-field", name)
        self._criteria(Tree.SubElement(root, "muse"))
        return '<?xml version="1.0"?>' + Tree.tostring(root, encoding="unicode")

    def _check_criteria(self) -> None:
        if self.subject.strip() and not searchable_words(self.subject):
            raise QueryError(f'The subject "{self.subject[:80]}" has no word that can be searched for.')
        for role, values in (("mailbox", self.mailboxes), ("sender", self.senders), ("recipient", self.recipients)):
            if not all(_FORBIDDEN.sub("", value).strip() for value in values):
                raise QueryError(f"A {role} to search for is empty.")

    def _criteria(self, muse: Tree.Element) -> None:
        for side, addresses in (("from", self.senders), ("to", self.recipients)):
            if len(addresses) > 1:
                # Two `sent` elements mean that both match. Only free text can express that either matches.
                _leaf(muse, "text", " or ".join(f"{side}:{_word(address)}" for address in addresses))
        if words := searchable_words(self.subject):
            _leaf(muse, "text", f"subject:{words}")
        if self.start or self.end:
            limits = {name: _iso_time(time) for name, time in (("from", self.start), ("to", self.end)) if time}
            Tree.SubElement(muse, "date", {"select": "between", **limits})
        for side, addresses in (("from", self.senders), ("to", self.recipients)):
            if len(addresses) == 1:
                _leaf(muse, "sent", addresses[0], {"select": side})
        Tree.SubElement(muse, "docs", {"select": "optional"})
        Tree.SubElement(muse, "route")


def check_query(xml: str) -> str:
    """Check a query that a user wrote.

    Args:
        xml: the text of an `xmlquery` document.

    Returns:
        The same text without surrounding white space.

    Raises:
        QueryError: the query is not well-formed (the message names line and column), is not an `xmlquery`, has a
            document type or entities, or is too long.
    """
    text = xml.strip()
    if len(text) > _MAX_QUERY:
        raise QueryError(f"The query has {len(text)} characters. The limit is {_MAX_QUERY}.")
    try:
        root = SafeTree.fromstring(text, forbid_dtd=True)
    except Tree.ParseError as error:
        line, column = error.position
        raise QueryError(f"The query is not well-formed XML (line {line}, column {column + 1}).") from None
    except DefusedXmlException:
        raise QueryError("The query has a document type or entities, which are not accepted.") from None
    except ValueError:
        raise QueryError(
            "The query has characters that XML forbids, or declares an encoding that it does not have."
        ) from None
    if root.tag != "xmlquery":
        raise QueryError("The query's outermost element must be <xmlquery>.")
    for needed in ("metadata", "muse"):
        if root.find(needed) is None:
            raise QueryError(f"The query has no <{needed}> inside <xmlquery>.")
    return text


def page_size_of(xml: str) -> int:
    """The page size that a query asks for; 0 if it names none, or cannot be read."""
    try:
        metadata = SafeTree.fromstring(xml, forbid_dtd=True).find("metadata")
    except (Tree.ParseError, DefusedXmlException, ValueError):
        return 0
    size = "" if metadata is None else metadata.get("page-size", "").strip()
    return int(size) if _PAGE_SIZE.fullmatch(size) else 0


def _leaf(parent: Tree.Element, tag: str, text: str, attributes: dict[str, str] | None = None) -> None:
    Tree.SubElement(parent, tag, attributes or {}).text = _FORBIDDEN.sub("", text)


def _word(text: str) -> str:
    """An address or a domain for free text. One with characters that are operators there is an error."""
    if not _PLAIN_WORD.fullmatch(text):
        raise QueryError(f'"{text[:80]}" cannot be combined with other addresses. Search for it alone.')
    return text


def searchable_words(text: str) -> str:
    """The words of a subject that the archive can search for; "" if there are none."""
    words = _OPERATORS.sub(" ", _FORBIDDEN.sub(" ", text)).split()
    return " ".join(word for word in words if word.lower() not in _OPERATOR_WORDS)


def _iso_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
