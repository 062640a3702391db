"""The pages of an archive search, and the evidence that they are complete.

Source: docs/reference/mimecast-api.md#search-the-archive, docs/reference/mimecast-api.md#pagination.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final

from mimecast_secops.api.completeness import Completeness, CompletenessKind
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import NotUnderstood
from mimecast_secops.api.paging import Page, PageReader
from mimecast_secops.api.reply_form import find_rows, form_of, looks_like_row

Item = dict[str, Any]
_WRAPPER: Final = "items"
_ITEM_MEMBERS: Final = frozenset(
    {
        "id",
        "attachmentcount",
        "status",
        "subject",
        "size",
        "receiveddate",
        "displayfrom",
        "displayfromaddress",
        "displayto",
        "displaytoaddresslist",
        "smash",
    }
)
_FULL_PAGE: Final = "Mimecast returned a full page, named no further page, and ignored the request for later rows"
_LAST_PAGE_IS_FULL: Final = "Mimecast returned a full page and named neither a further page nor a total"


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """One page of an archive search.

    Attributes:
        items: the items as Mimecast returns them.
        more: whether Mimecast names another page.
    """

    items: tuple[Item, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What to ask for: the page of a token, or else the rows from a number on.

    Attributes:
        token: the token of the page; "" for none.
        start_row: the number of rows to skip.
    """

    token: str = ""
    start_row: int = 0


class ArchivePages(Iterator[ArchivePage]):
    """Reads the pages of one search. A page is requested when the iteration reaches it.

    Where the last page is full and names no further page, the listing may have been cut. The rows after it are
    requested by their number, or the listing counts as PARTIAL.

    Args:
        fetch: returns the reply to a request for a page.
        page_size: the number of rows of a full page; 0 if that is not known.
        requests_rows: whether `fetch` can request rows by their number.
        path: the path of the endpoint, for the error message.
    """

    def __init__(
        self, fetch: Callable[[PageRequest], Reply], *, page_size: int, requests_rows: bool, path: str
    ) -> None:
        self._fetch = fetch
        self._page_size = page_size
        self._requests_rows = requests_rows
        self._path = path
        self._requests: dict[str, PageRequest] = {"": PageRequest()}
        self._known: set[str] = set()
        self._rows = 0
        self._more = False
        self._by_row = False
        self._is_full = False
        self._numbers = count()
        self._reader = PageReader(self._page, self._key_of)
        self._pages = iter(self._reader)

    def __next__(self) -> ArchivePage:
        """The next page, without the items that an earlier page had.

        Raises:
            NotUnderstood: the first page does not have the form of a search result, so it does not mean that nothing
                was found.
            MimecastError: the request for the first page failed, or a later one in a way that the caller can handle.
        """
        while True:
            items = tuple(item for item in next(self._pages) if self._is_new(item))
            if items:
                return ArchivePage(items, self._more)

    @property
    def completeness(self) -> Completeness:
        """The evidence that all items were read. It is final after the last page."""
        seen = self._reader.completeness
        if seen.kind is CompletenessKind.PARTIAL and self._by_row:
            return replace(seen, reason=_FULL_PAGE)
        if seen.kind is not CompletenessKind.PARTIAL and self._is_full and not self._requests_rows:
            return replace(seen, kind=CompletenessKind.PARTIAL, reason=_LAST_PAGE_IS_FULL)
        return seen

    def _page(self, token: str) -> Page[Item]:
        reply = self._fetch(self._requests[token])
        items = items_of(reply, self._path)
        self._rows += len(items)
        self._more = bool(reply.next_token)
        next_token = reply.next_token
        is_full = self._page_size > 0 and len(items) >= self._page_size
        self._is_full = is_full and not next_token and (reply.total is None or reply.total > self._rows)
        if next_token:
            self._by_row = False
            self._requests[next_token] = PageRequest(token=next_token)
        elif self._is_full and self._requests_rows:
            # A token of Mimecast has no blank, so this one is different from each of them.
            self._by_row = True
            next_token = f"row {self._rows}"
            self._requests[next_token] = PageRequest(start_row=self._rows)
        else:
            self._by_row = False
        return Page(items, next_token, reply.total)

    def _key_of(self, item: Item) -> Hashable:
        # Items without an ID can be equal and still be different emails, so none of them counts as repeated.
        return item["id"] if isinstance(item.get("id"), str) else next(self._numbers)

    def _is_new(self, item: Item) -> bool:
        item_id = item.get("id")
        if not isinstance(item_id, str):
            return True
        is_new = item_id not in self._known
        self._known.add(item_id)
        return is_new


class ArchiveItems(Iterator[Item]):
    """The items of a search, one at a time. No page after the last item is requested.

    Args:
        pages: the pages of the search.
        max_items: the maximum number of items; None for all.
    """

    def __init__(self, pages: ArchivePages, *, max_items: int | None = None) -> None:
        self._pages = pages
        self._left = max_items
        self._items: Iterator[Item] = iter(())

    def __next__(self) -> Item:
        """The next item.

        Raises:
            MimecastError: see `ArchivePages`.
        """
        if self._left == 0:
            raise StopIteration
        item = next(self._items, None)
        while item is None:
            self._items = iter(next(self._pages).items)
            item = next(self._items, None)
        if self._left is not None:
            self._left -= 1
        return item

    @property
    def completeness(self) -> Completeness:
        """The evidence that all items were read. It is final after the last page."""
        return self._pages.completeness


def items_of(reply: Reply, path: str) -> Sequence[Item]:
    """The items of one page: wrapped as in all known clients, flat as in the documentation, or under another name.

    Raises:
        NotUnderstood: no list of items is in the reply.
    """
    if not reply.has_list:
        named = find_rows(dict(reply.body), _ITEM_MEMBERS)
        if named is None:
            raise _not_understood(reply.body.get("data", dict(reply.body)), path, reply.status)
        return _only_items(named[1], path, reply.status)
    items: list[Item] = []
    for entry in reply.data:
        items.extend(_items_in(entry, path, reply.status))
    return items


def _items_in(entry: Any, path: str, status: int) -> Sequence[Item]:
    wrapped = entry.get(_WRAPPER) if isinstance(entry, dict) else None
    if isinstance(wrapped, list):
        return _only_items(wrapped, path, status)
    if not isinstance(entry, dict) or _WRAPPER in entry:
        raise _not_understood(wrapped if isinstance(entry, dict) else entry, path, status)
    if looks_like_row(entry, _ITEM_MEMBERS):
        return [entry]
    named = find_rows(entry, _ITEM_MEMBERS)
    if named is not None:
        return _only_items(named[1], path, status)
    if "id" in entry and not any(isinstance(value, list) for value in entry.values()):
        return [entry]
    raise _not_understood(entry, path, status)


def _only_items(entries: Sequence[Any], path: str, status: int) -> Sequence[Item]:
    """The entries, all of which must be objects."""
    for entry in entries:
        if not isinstance(entry, dict) or not entry:
            raise _not_understood(entry, path, status)
    return entries


def _not_understood(value: Any, path: str, status: int) -> NotUnderstood:
    form = form_of(value)
    return NotUnderstood(
        "Mimecast answered the search with JSON that is not a search result: it has no list of items (its form: "
        f"{form}).",
        form=form,
        endpoint=path,
        status=status,
    )
