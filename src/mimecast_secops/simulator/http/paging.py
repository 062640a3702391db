"""Pages: tokens that look opaque and are good for one listing."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any, Final

_MAX_DIGITS: Final = 12


def token(offset: int, kind: str) -> str:
    """The token of the page that begins at `offset`."""
    return base64.urlsafe_b64encode(zlib.compress(f"{kind}:{offset:08d}".encode())).rstrip(b"=").decode()


def offset_of(pagination: Mapping[str, Any], kind: str) -> int | None:
    """Where the asked page begins; None where its token is not one of ours."""
    given = pagination.get("pageToken")
    if not given:
        return 0
    try:
        text = zlib.decompress(base64.urlsafe_b64decode(str(given) + "=" * (-len(str(given)) % 4))).decode()
    except (ValueError, zlib.error):
        return None
    name, _, number = text.partition(":")
    good = name == kind and number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS
    return int(number) if good else None


def size_of(pagination: Mapping[str, Any], default: int, limit: int) -> int:
    """The asked page size within bounds."""
    asked = pagination.get("pageSize")
    return max(1, min(limit, asked)) if isinstance(asked, int) and not isinstance(asked, bool) else default


def page_meta(kind: str, offset: int, size: int, found: int, total: int) -> dict[str, Any]:
    """`meta.pagination` of a page: its own length, the total, and the tokens of its neighbours."""
    meta: dict[str, Any] = {"pageSize": found, "totalCount": total}
    if offset + size < total:
        meta["next"] = token(offset + size, kind)
    if offset:
        meta["previous"] = token(max(0, offset - size), kind)
    return meta
