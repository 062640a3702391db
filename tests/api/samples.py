"""The sample exchanges with Mimecast, which are outside of this repository."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.api.envelope import RawReply

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "mimecast"


def sample(name: str) -> dict[str, Any]:
    """The sample exchange with this name."""
    path = SAMPLES / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"the sample replies are not available ({name})")
    exchange: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return exchange


def raw_of(exchange: Mapping[str, Any]) -> RawReply:
    """The reply of a sample exchange, as the transport returns it."""
    headers = {name.lower(): value for name, value in (exchange["headers"] or {}).items()}
    return RawReply(exchange["status"], headers, bytes_of(exchange["body"]))


def bytes_of(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, dict) and set(body) == {"$base64"}:
        return base64.b64decode(body["$base64"])
    return json.dumps(body).encode()
