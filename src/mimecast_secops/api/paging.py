"""Pages, one at a time, for as long as somebody wants the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import UnreadableReply


def pages(fetch: Callable[[str], Reply], what: str) -> Iterator[Reply]:
    """The pages of a listing.

    Args:
        fetch: gets the page of a token; "" is the first.
        what: what is listed, for the error.

    Raises:
        UnreadableReply: the server gave a page token a second time; following it would never end.
    """
    seen: set[str] = set()
    token = ""
    while True:
        reply = fetch(token)
        yield reply
        token = reply.next_token
        if not token:
            return
        if token in seen:
            raise UnreadableReply(f"Mimecast repeats itself while listing {what}: a page token came twice.")
        seen.add(token)
