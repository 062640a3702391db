"""Requests of API clients, read as leniently as the real service reads them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from mimecast_secops.simulator.tenant.tenant import Tenant

_DECODER: Final = msgspec.json.Decoder()
_MAX_LITERAL_BYTES: Final = 100_000


@dataclass(slots=True)
class ApiRequest:
    """An authenticated request.

    Attributes:
        tenant: the tenant that the request is for.
        version: the API version, 1 or 2.
        body: the JSON object of the request.
        base: the base URL of this server.
        policy_id: the last segment of a REST path, "" where there is none.
    """

    tenant: Tenant
    version: int
    body: Mapping[str, Any]
    base: str
    policy_id: str = ""

    @property
    def caller(self) -> str:
        """What identifies the credentials of the request."""
        return self.tenant.application.client_id if self.version == 2 else self.tenant.keys.access_key

    @property
    def items(self) -> list[dict[str, Any]]:
        """The entries of `data` that are objects."""
        entries = self.body.get("data")
        return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []

    @property
    def item(self) -> dict[str, Any]:
        """The first entry of `data`, or an empty object."""
        return next(iter(self.items), {})

    @property
    def item_id(self) -> str | None:
        """`id` of the item: None if it is absent or null, "" if it is not a string. No object has the id ""."""
        value: object = self.item.get("id")
        return value if value is None or isinstance(value, str) else ""

    @property
    def pagination(self) -> Mapping[str, Any]:
        """`meta.pagination`, or an empty object."""
        meta = self.body.get("meta")
        pagination = meta.get("pagination") if isinstance(meta, dict) else None
        return pagination if isinstance(pagination, dict) else {}


def read_body(raw: bytes, version: int) -> dict[str, Any] | None:
    """Decode the body of a request.

    API 1.0 also accepts Python literals with single quotes, because published samples send them.

    Returns:
        The JSON object, empty for an empty body, None for a body that is not a JSON object.
    """
    if not raw.strip():
        return {}
    try:
        body = _DECODER.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        if version != 1 or len(raw) > _MAX_LITERAL_BYTES:
            return None
        try:
            body = ast.literal_eval(raw.decode("utf-8"))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
    return body if isinstance(body, dict) else None


def parse_time(value: object) -> datetime | None:
    """A time of a request, aware, in UTC; None if it is absent or unreadable."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
