"""Pages of a listing, requested one at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from mimecast_secops.api.completeness import Completeness, CompletenessKind
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import (
    AuthenticationFailed,
    MimecastError,
    MissingPermission,
    RateLimited,
    Unavailable,
    UndecodableReply,
    Unreachable,
    UnreadableReply,
)


def pages(fetch: Callable[[str], Reply], listed: str) -> Iterator[Reply]:
    """Iterate over the pages of a listing. A page is requested when the iteration reaches it.

    Args:
        fetch: returns the page of a token; "" is the first page.
        listed: the plural noun for what is listed, for the error message.

    Raises:
        UnreadableReply: the server returned a page token a second time, so the listing would never end.
    """
    tokens: set[str] = set()
    token = ""
    while True:
        reply = fetch(token)
        yield reply
        token = reply.next_token
        if not token:
            return
        if token in tokens:
            raise UnreadableReply(f"Mimecast returned the same page token twice while listing {listed}.")
        tokens.add(token)


Row = TypeVar("Row")
# Pages in a row that bring nothing new. One or two empty pages occur between others
# (docs/reference/mimecast-api.md#pagination).
_MAX_IDLE_PAGES: Final = 3
_MAX_PAGES: Final = 2_000
_MAX_ROWS: Final = 200_000
_MAX_BYTES: Final = 64 * 1024 * 1024
# The caller handles these: it waits, changes a setting, or asks for less.
_PASSED_ON: Final = (
    AuthenticationFailed,
    MissingPermission,
    RateLimited,
    Unavailable,
    Unreachable,
    UndecodableReply,
)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a listing.

    Attributes:
        rows: the rows.
        token: the token of the next page; "" if the page names none.
        total: the number of rows on all pages; None if the page announces none.
        deviations: how the form of the page differs from the documented one.
        size: the bytes that the rows keep in memory; 0 for rows that the caller does not keep.
    """

    rows: Sequence[Row]
    token: str
    total: int | None
    deviations: tuple[str, ...] = ()
    size: int = 0


class PageReader(Generic[Row]):
    """Reads the pages of one listing, and keeps the evidence that they are complete.

    A listing always ends: a token that comes twice, pages that bring nothing new, a refused page, and limits on pages
    and rows end it as PARTIAL. Rows that were read are never thrown away because of a later page.

    Args:
        fetch: returns the page of a token; "" is the first page.
        key: the identity of a row, equal for the same row on two pages.
        max_pages: the maximum number of pages.
        max_rows: the maximum number of rows. It limits the memory of the listing.

    Attributes:
        completeness: the evidence; final after the iteration.
        moved: whether rows moved while the pages were read: a row came on two pages, or the total changed.
        deviations: how the form of the pages differs from the documented one.
    """

    def __init__(
        self,
        fetch: Callable[[str], Page[Row]],
        key: Callable[[Row], Hashable],
        *,
        max_pages: int = _MAX_PAGES,
        max_rows: int = _MAX_ROWS,
    ) -> None:
        self._fetch = fetch
        self._key = key
        self._max_pages = max_pages
        self._max_rows = max_rows
        self._known: set[Hashable] = set()
        self._tokens: set[str] = set()
        self._rows = 0
        self._pages = 0
        self._size = 0
        self._idle_pages = 0
        self._total: int | None = None
        self.completeness = Completeness()
        self.moved = False
        self.deviations: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Iterate over the pages. A page is requested when the iteration reaches it.

        Raises:
            MimecastError: the first page failed, or a later page failed in a way that the caller can handle: no
                connection, a rate limit, a setting to change, or a reply that is too large to decode.
        """
        token = ""
        while True:
            try:
                page = self._fetch(token)
            except _PASSED_ON:
                raise
            except MimecastError:
                if not self._pages:
                    raise
                self._finish("Mimecast refused a page after the first one, or sent it in an unknown form")
                return
            rows = self._note(page)
            if rows:
                yield rows
            if not page.token:
                self._finish("")
                return
            if reason := self._reason_to_end(page.token):
                self._finish(reason)
                return
            self._tokens.add(page.token)
            token = page.token

    def _note(self, page: Page[Row]) -> Sequence[Row]:
        """Record a page; return the rows that are new or that came with new ones."""
        self._pages += 1
        self._size += page.size
        self.deviations += tuple(text for text in page.deviations if text not in self.deviations)
        if self._pages > 1 and page.total is not None and self._total is not None and page.total != self._total:
            self.moved = True
        self._total = self._total if page.total is None else page.total
        if self._pages == 1 and not page.token:
            self._rows = len(page.rows)
            return page.rows
        keys = {self._key(row) for row in page.rows}
        new = keys - self._known
        if self._pages > 1 and len(new) < len(keys):
            self.moved = True
        self._known |= new
        self._rows = len(self._known)
        self._idle_pages = 0 if new else self._idle_pages + 1
        return page.rows if new else ()

    def _reason_to_end(self, token: str) -> str:
        if token in self._tokens:
            return "Mimecast named the same next page twice"
        if self._idle_pages >= _MAX_IDLE_PAGES:
            return "Mimecast names further pages, which bring no new rows"
        if self._pages >= self._max_pages or self._rows >= self._max_rows or self._size >= _MAX_BYTES:
            return f"the listing is longer than {self._max_pages} pages, {self._max_rows} rows or {_MAX_BYTES} bytes"
        return ""

    def _finish(self, reason: str) -> None:
        total, rows = self._total, self._rows
        if not reason and total is not None and total > rows:
            reason = f"Mimecast announces {total} rows and names no further page"
        proved = total == rows if total is not None else self._pages > 1
        kind = CompletenessKind.UNKNOWN
        if reason:
            kind = CompletenessKind.PARTIAL
        elif proved and not self.moved:
            kind = CompletenessKind.PROVED
        self.completeness = Completeness(kind, total, self._pages, rows, reason)
