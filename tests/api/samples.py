"""The replies of sample exchanges, as the transport returns them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from mimecast_secops.api.envelope import RawReply


def raw_of(exchange: Mapping[str, Any]) -> RawReply:
    """The reply of a sample exchange."""
    headers = {name.lower(): value for name, value in (exchange["headers"] or {}).items()}
    return RawReply(exchange["status"], headers, bytes_of(exchange["body"]))


def bytes_of(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, dict) and set(body) == {"$base64"}:
        return base64.b64decode(body["$base64"])
    return json.dumps(body).encode()
