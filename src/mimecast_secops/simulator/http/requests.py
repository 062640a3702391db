"""What came in, read as leniently as the real service reads it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from mimecast_secops.simulator.tenant.tenant import Tenant

_DECODE: Final = msgspec.json.Decoder()


@dataclass(slots=True)
class ApiRequest:
    """One call of a function, authenticated. `version` is 1 or 2; `base` is the URL of this server."""

    tenant: Tenant
    version: int
    path: str
    body: Mapping[str, Any]
    base: str
    tail: str = ""
    query: Mapping[str, str] | None = None

    @property
    def items(self) -> list[dict[str, Any]]:
        """The entries of `data` that are objects."""
        entries = self.body.get("data")
        return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []

    @property
    def item(self) -> dict[str, Any]:
        """The first entry of `data`, an empty one where there is none."""
        return next(iter(self.items), {})

    @property
    def item_id(self) -> str | None:
        """`id` of the item: None where it is absent or null; "", which is nobody's, where it is no text."""
        given: object = self.item.get("id")
        return given if given is None or isinstance(given, str) else ""

    @property
    def pagination(self) -> Mapping[str, Any]:
        """`meta.pagination`."""
        meta = self.body.get("meta")
        paging = meta.get("pagination") if isinstance(meta, dict) else None
        return paging if isinstance(paging, dict) else {}


def read_body(raw: bytes, version: int) -> dict[str, Any] | None:
    """The JSON object of a request; an empty one for no body; None where it is not one.

    API 1.0 takes Python's way of writing it too, with single quotes, because published samples send that.
    """
    if not raw.strip():
        return {}
    try:
        body = _DECODE.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        if version != 1 or len(raw) > 100_000:
            return None
        try:
            body = ast.literal_eval(raw.decode("utf-8"))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
    return body if isinstance(body, dict) else None


def parse_time(value: object) -> datetime | None:
    """A time in a request; None where it is absent or unreadable."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
