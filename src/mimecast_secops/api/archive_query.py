"""The archive's query language: `xmlquery` documents, built as a tree and checked as one (API notes 8.2).

A value that a person gives is text in that tree. It can never become an element, an attribute or an operator: markup
is escaped by the XML library, characters that XML forbids are dropped, and in free text the operators of the search
language (`:`, `!`, `*`, brackets, quotes, the words `and` and `or`) are taken out, so that `subject` searches for words
only. A criterion that has nothing left to search for is an error: without it, the query finds everything.
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
_LONGEST_QUERY: Final = 100_000


class QueryError(MimecastError):
    """The query is not one that the archive can understand; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuery:
    """A search of the archive.

    Args:
        fields: which fields each item shall have; `id` always comes.
        mailboxes: whose mail; none = the whole account.
        senders: addresses or domains, any of which sent it.
        recipients: addresses or domains, any of which got it.
        subject: words of the subject.
        start: sent or received since, aware; None = no limit.
        end: until, aware; None = no limit.
        page_size: items per page.
    """

    fields: Sequence[str]
    mailboxes: Sequence[str] = ()
    senders: Sequence[str] = ()
    recipients: Sequence[str] = ()
    subject: str = ""
    start: datetime | None = None
    end: datetime | None = None
    page_size: int = DEFAULT_PAGE_SIZE

    def to_xml(self) -> str:
        """The query as the archive takes it.

        Raises:
            QueryError: a criterion has nothing that can be searched for, or an address cannot be searched for together
                with others.
        """
        self._check_criteria()
        root = Tree.Element("xmlquery", {"trace": "iql,muse"})
        attributes = {
            "query-type": "emailarchive",
            "archive": "true",
            "active": "false",
            "page-size": str(self.page_size),
            "startrow": "0",
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
        for side, values in (("mailbox", self.mailboxes), ("sender", self.senders), ("recipient", self.recipients)):
            if not all(_FORBIDDEN.sub("", value).strip() for value in values):
                raise QueryError(f"A {side} to search for is empty.")

    def _criteria(self, muse: Tree.Element) -> None:
        for side, addresses in (("from", self.senders), ("to", self.recipients)):
            if len(addresses) > 1:
                # Two `sent` elements mean both; only free text can say either.
                _leaf(muse, "text", " or ".join(f"{side}:{_word(address)}" for address in addresses))
        if words := searchable_words(self.subject):
            _leaf(muse, "text", f"subject:{words}")
        if self.start or self.end:
            limits = {name: _stamp(at) for name, at in (("from", self.start), ("to", self.end)) if at}
            Tree.SubElement(muse, "date", {"select": "between", **limits})
        for side, addresses in (("from", self.senders), ("to", self.recipients)):
            if len(addresses) == 1:
                _leaf(muse, "sent", addresses[0], {"select": side})
        Tree.SubElement(muse, "docs", {"select": "optional"})
        Tree.SubElement(muse, "route")


def check_query(xml: str) -> str:
    """A query that a person wrote, if the archive can understand it.

    Args:
        xml: the text of an `xmlquery` document.

    Returns:
        The same text without blanks around it.

    Raises:
        QueryError: it is not well-formed (with line and column), not an `xmlquery`, has a document type or entities, or
            is too long.
    """
    text = xml.strip()
    if len(text) > _LONGEST_QUERY:
        raise QueryError(f"The query has {len(text)} characters; at most {_LONGEST_QUERY} are sent.")
    try:
        root = SafeTree.fromstring(text, forbid_dtd=True)
    except Tree.ParseError as error:
        line, column = error.position
        raise QueryError(f"The query is not well-formed XML (line {line}, column {column + 1}).") from None
    except DefusedXmlException:
        raise QueryError("The query has a document type or entities, which are not accepted.") from None
    except ValueError:
        raise QueryError(
            "The query has characters that XML cannot have, or names an encoding that it is not in."
        ) from None
    if root.tag != "xmlquery":
        raise QueryError("The query's outermost element must be <xmlquery>.")
    for needed in ("metadata", "muse"):
        if root.find(needed) is None:
            raise QueryError(f"The query has no <{needed}> inside <xmlquery>.")
    return text


def _leaf(parent: Tree.Element, tag: str, text: str, attributes: dict[str, str] | None = None) -> None:
    Tree.SubElement(parent, tag, attributes or {}).text = _FORBIDDEN.sub("", text)


def _word(text: str) -> str:
    """An address or domain inside free text, as it is: what would be an operator there cannot be said at all."""
    if not _PLAIN_WORD.fullmatch(text):
        raise QueryError(f'"{text[:80]}" cannot be searched for together with others: search for it alone.')
    return text


def searchable_words(text: str) -> str:
    """The words of a subject that the archive can search for; "" where there are none."""
    words = _OPERATORS.sub(" ", _FORBIDDEN.sub(" ", text)).split()
    return " ".join(word for word in words if word.lower() not in _OPERATOR_WORDS)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
