"""The archive: mail that was delivered, sent or kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.api.archive_query import ArchiveQuery
from mimecast_secops.api.decode import first_object
from mimecast_secops.api.download import SpooledFile, fetch_file
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply, rows_of
from mimecast_secops.api.errors import UnexpectedReply, UnreadableReply
from mimecast_secops.api.paging import pages
from mimecast_secops.api.request import Request, no_result, whole_reply
from mimecast_secops.api.resources.held import MessageDetail
from mimecast_secops.api.session import Session

SEARCH: Final = Endpoint(
    path="/api/archive/search",
    summary="search the archive",
    permission="Archive | Search | Read",
    product="Data Retention",
    source="API notes 8.1 [documented]",
)
DETAIL: Final = Endpoint(
    path="/api/archive/get-message-detail",
    summary="read an archived message",
    permission="Archive | Search Content View",
    source="API notes 8.3 [documented]",
)
PART: Final = Endpoint(
    path="/api/archive/get-message-part",
    summary="download an archived message",
    permission="Archive | Search Content View",
    source="API notes 8.4 [documented]; on API 2.0 the permission is Archive | Read",
)
ENDPOINTS: Final = (SEARCH, DETAIL, PART)


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """One page of a search: its items as Mimecast returns them, and whether more follow."""

    items: tuple[dict[str, Any], ...]
    more: bool


class ArchiveResource:
    """Functions about archived messages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def search_pages(self, query: ArchiveQuery | str) -> Iterator[ArchivePage]:
        """The pages of a search, asked for one by one; a page that nobody asks for is not requested.

        Args:
            query: built here, or the text of a checked one.

        Raises:
            UnexpectedReply: a page does not have the form of a search result.
            MimecastError: a page could not be had.
        """
        xml = query if isinstance(query, str) else query.to_xml()
        # Without `admin` an API application gets a successful empty list (API notes 8.1 [seen in a client]).
        item = {"admin": True, "query": xml}

        def fetch(token: str) -> Reply:
            return self._session.send(
                Request(SEARCH, (item,), whole_reply, pagination={"pageToken": token} if token else None)
            )

        for reply in pages(fetch, "archived messages"):
            yield ArchivePage(tuple(_items(reply)), bool(reply.next_token))

    def search(self, query: ArchiveQuery | str, *, max_items: int | None = None) -> Iterator[dict[str, Any]]:
        """The items of a search, newest first, at most `max_items`; no page is asked for beyond those.

        Raises:
            MimecastError: a page could not be had.
        """
        left = max_items
        for page in self.search_pages(query):
            for found in page.items:
                if left is not None:
                    if left <= 0:
                        return
                    left -= 1
                yield found
            if left == 0:
                return

    def message_detail(self, archive_id: str, *, context: str = "RECEIVED") -> MessageDetail:
        """An archived message with its attachments; `context` is DELIVERED or RECEIVED.

        Raises:
            NotFound: Mimecast does not know the id.
            MimecastError: it could not be had.
        """
        item = {"id": archive_id, "admin": True, "context": context}
        return self._session.send(Request(DETAIL, (item,), _detail))

    @contextmanager
    def message_part(
        self, archive_id: str, *, max_bytes: int, part: str = "RFC822", context: str = "RECEIVED", mailbox: str = ""
    ) -> Iterator[SpooledFile]:
        """A part of an archived message: HTML, PLAIN, RFC822 or TRANSMISSION_MESSAGE_BODY.

        Raises:
            FileRejected: longer than `max_bytes`.
            MimecastError: it could not be had.
        """
        item = {"id": archive_id, "context": context, "type": part}
        if mailbox:
            item["mailbox"] = mailbox
        with fetch_file(self._session, Request(PART, (item,), no_result), max_bytes=max_bytes) as file:
            yield file


def _detail(reply: Reply) -> MessageDetail:
    record = first_object(reply.data)
    if not record:
        raise UnreadableReply("Mimecast answered without any details of the message.", endpoint=DETAIL.path)
    return MessageDetail.read(record)


def _items(reply: Reply) -> Iterator[dict[str, Any]]:
    """The items, wrapped as every client reads them, or flat as the documentation shows them (API notes 8.1).

    Raises:
        UnexpectedReply: the reply does not have the form of a search result, so it does not mean "nothing found".
    """
    for entry in rows_of(reply, "archived messages", SEARCH.path):
        wrapped = entry.get("items") if isinstance(entry, dict) else None
        if isinstance(wrapped, list):
            yield from (row for row in wrapped if isinstance(row, dict))
        elif isinstance(entry, dict) and "id" in entry:
            yield entry
        else:
            raise UnexpectedReply(
                "Mimecast answered the search with JSON that is not a search result: it has no list of items.",
                endpoint=SEARCH.path,
            )
