"""The archive: delivered, sent and retained messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from mimecast_secops.api.archive_query import ArchiveQuery, page_size_of
from mimecast_secops.api.decode import first_object
from mimecast_secops.api.download import SpooledFile, fetch_file
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import UnreadableReply
from mimecast_secops.api.request import Request, no_result, whole_reply
from mimecast_secops.api.resources.archive_search import ArchiveItems, ArchivePages, PageRequest
from mimecast_secops.api.resources.message_detail import MessageDetail
from mimecast_secops.api.session import Session

SEARCH: Final = Endpoint(
    path="/api/archive/search",
    summary="search the archive",
    permission="Archive | Search | Read",
    product="Data Retention",
    source="docs/reference/mimecast-api.md#search-the-archive [documented]",
)
DETAIL: Final = Endpoint(
    path="/api/archive/get-message-detail",
    summary="read an archived message",
    permission="Archive | Search Content View",
    source="docs/reference/mimecast-api.md#get-archived-message-details [documented]",
)
PART: Final = Endpoint(
    path="/api/archive/get-message-part",
    summary="download an archived message",
    permission="Archive | Search Content View",
    source=(
        "docs/reference/mimecast-api.md#download-an-archived-message [documented]; "
        "on API 2.0 the permission is Archive | Read"
    ),
)
ENDPOINTS: Final = (SEARCH, DETAIL, PART)


class ArchiveResource:
    """The endpoints of the archive."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def search_pages(self, query: ArchiveQuery | str) -> ArchivePages:
        """Search the archive page by page. A page is requested when the iteration reaches it.

        Args:
            query: an `ArchiveQuery`, or the text of a query that `check_query` accepted.

        Returns:
            An iterator over the pages. Its `completeness` is final after the last page.
        """

        def fetch(page: PageRequest) -> Reply:
            xml = query if isinstance(query, str) else replace(query, start_row=page.start_row).to_xml()
            # Without `admin` an API application gets a successful empty list
            # (docs/reference/mimecast-api.md#search-the-archive [seen in a client]).
            item = {"admin": True, "query": xml}
            pagination = {"pageToken": page.token} if page.token else None
            return self._session.send(Request(SEARCH, (item,), whole_reply, pagination=pagination))

        if isinstance(query, str):
            return ArchivePages(fetch, page_size=page_size_of(query), requests_rows=False, path=SEARCH.path)
        return ArchivePages(fetch, page_size=query.page_size, requests_rows=True, path=SEARCH.path)

    def search(self, query: ArchiveQuery | str, *, max_items: int | None = None) -> ArchiveItems:
        """Search the archive item by item, newest first. No page after item number `max_items` is requested.

        Returns:
            An iterator over the items. Its `completeness` is final after the last page.
        """
        return ArchiveItems(self.search_pages(query), max_items=max_items)

    def message_detail(self, archive_id: str, *, context: str = "RECEIVED") -> MessageDetail:
        """The details of an archived message, with its attachments.

        Args:
            archive_id: the `id` of an item of a search.
            context: `RECEIVED` or `DELIVERED`.

        Raises:
            NotFound: Mimecast does not know the ID.
            MimecastError: the call failed.
        """
        item = {"id": archive_id, "admin": True, "context": context}
        return self._session.send(Request(DETAIL, (item,), _detail))

    @contextmanager
    def message_part(
        self, archive_id: str, *, max_bytes: int, part: str = "RFC822", context: str = "RECEIVED", mailbox: str = ""
    ) -> Iterator[SpooledFile]:
        """Download a part of an archived message.

        Args:
            archive_id: the `id` of an item of a search.
            max_bytes: a longer file is rejected.
            part: `RFC822` (the whole message), `HTML`, `PLAIN` or `TRANSMISSION_MESSAGE_BODY`.
            context: `RECEIVED` or `DELIVERED`.
            mailbox: the mailbox of the message; "" to leave it out.

        Raises:
            FileRejected: the file is longer than `max_bytes`, or its link is not allowed.
            MimecastError: the call failed.
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
