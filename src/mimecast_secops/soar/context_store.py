"""Stores the connector's state in the platform's context, in properties of limited size that change all at once.

A state that fits into one property is one property, `HEAD`, which one call replaces. A larger state is split into
chunks. Each chunk is a separate property, named after its content and never changed, and `HEAD` lists the names.
If the process is killed, the context holds either the old state or the new one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from mimecast_secops.ingest import UnreadableState

HEAD: Final = "mimecast_secops_state"
# The platform refuses a property of more than 3,000,000 characters.
MAX_CHARACTERS: Final = 2_500_000
# Quotes, colon and comma around a part.
_JSON_CHARACTERS: Final = 10


class ContextProperties(Protocol):
    """The methods of the SDK's connector object that read and write context properties."""

    def get_connector_context_property(self, identifier: str, property_key: str) -> Any:
        """Return the value of a property; None if it is not set."""

    def set_connector_context_property(self, identifier: str, property_key: str, property_value: str) -> Any:
        """Set a property."""


class ContextStore:
    """A state store in the context of a connector.

    Args:
        platform: the SDK's connector object.
        identifier: the identifier of the connector.
        max_characters: the longest value that a property can have.
    """

    def __init__(self, platform: ContextProperties, identifier: str, max_characters: int = MAX_CHARACTERS) -> None:
        self._platform = platform
        self._identifier = identifier
        self._max_characters = max_characters
        self._chunk_names: set[str] = set()

    def load(self) -> Mapping[str, bytes]:
        """Return the parts of the last committed state.

        Raises:
            UnreadableState: the stored state is damaged or incomplete.
        """
        stored_head = self._get(HEAD)
        if not stored_head:
            return {}
        head = _decode(stored_head)
        names = tuple(head.get("named", ()))
        self._chunk_names = set(names)
        chunks = [head.get("parts", {})]
        for name in names:
            stored_chunk = self._get(name)
            if not stored_chunk:
                raise UnreadableState("A part of the connector's stored state is missing: reset the connector's state.")
            chunks.append(_decode(stored_chunk))
        return {name: base64.b64decode(part) for chunk in chunks for name, part in chunk.items()}

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Store the parts: first the chunks that changed, then the head."""
        chunks = self._split(parts)
        if len(chunks) == 1:
            self._write_head({"parts": chunks[0]}, set())
            return
        texts = {_chunk_name(text): text for text in (json.dumps(chunk, separators=(",", ":")) for chunk in chunks)}
        for name, text in texts.items():
            if name not in self._chunk_names:
                self._set(name, text)
        self._write_head({"named": sorted(texts)}, set(texts))

    def _write_head(self, head: dict[str, Any], chunk_names: set[str]) -> None:
        self._set(HEAD, json.dumps(head, separators=(",", ":")))
        for name in self._chunk_names - chunk_names:
            self._set(name, "")  # the platform has no call that removes a property
        self._chunk_names = chunk_names

    def _split(self, parts: Mapping[str, bytes]) -> list[dict[str, str]]:
        chunks: list[dict[str, str]] = [{}]
        characters_left = self._max_characters
        for name in sorted(parts):
            text = base64.b64encode(parts[name]).decode("ascii")
            size = len(text) + len(name) + _JSON_CHARACTERS
            if size > characters_left and chunks[-1]:
                chunks.append({})
                characters_left = self._max_characters
            chunks[-1][name] = text
            characters_left -= size
        return chunks

    def _get(self, key: str) -> Any:
        return self._platform.get_connector_context_property(self._identifier, key)

    def _set(self, key: str, value: str) -> None:
        self._platform.set_connector_context_property(self._identifier, key, value)


def _decode(stored: Any) -> dict[str, Any]:
    try:
        content = json.loads(stored) if isinstance(stored, str) else stored
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise UnreadableState("The connector's stored state is damaged: reset the connector's state.")
    return content


def _chunk_name(text: str) -> str:
    return f"{HEAD}.{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
