"""Pages: opaque tokens, each valid for one kind of listing."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any, Final

from mimecast_secops.simulator.http.schemas.envelope import Pagination

_MAX_DIGITS: Final = 12


def page_token(offset: int, kind: str) -> str:
    """The token of the page that starts at `offset`."""
    return base64.urlsafe_b64encode(zlib.compress(f"{kind}:{offset:08d}".encode())).rstrip(b"=").decode()


def offset_of(pagination: Mapping[str, Any], kind: str) -> int | None:
    """The offset of the requested page; None for a token that the simulator did not issue for this kind of listing."""
    token = pagination.get("pageToken")
    if not token:
        return 0
    try:
        text = zlib.decompress(base64.urlsafe_b64decode(str(token) + "=" * (-len(str(token)) % 4))).decode()
    except (ValueError, zlib.error):
        return None
    name, _, number = text.partition(":")
    valid = name == kind and number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS
    return int(number) if valid else None


def size_of(pagination: Mapping[str, Any], default: int, limit: int) -> int:
    """The requested page size, or else `default`, limited to 1 … `limit`."""
    size = pagination.get("pageSize")
    return max(1, min(limit, size if isinstance(size, int) and not isinstance(size, bool) else default))


def page_meta(kind: str, offset: int, size: int, count: int, total: int) -> Pagination:
    """`meta.pagination` of a page.

    Args:
        kind: the kind of listing.
        offset: the offset of the page.
        size: the requested page size.
        count: the number of items on the page.
        total: the number of items on all pages.
    """
    meta: Pagination = {"pageSize": count, "totalCount": total}
    if offset + size < total:
        meta["next"] = page_token(offset + size, kind)
    if offset:
        meta["previous"] = page_token(max(0, offset - size), kind)
    return meta
