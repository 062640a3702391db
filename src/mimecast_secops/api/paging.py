"""Pages of a listing, requested one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import UnreadableReply


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
