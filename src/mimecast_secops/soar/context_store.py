"""The engine's state in the platform's context store: properties of bounded size, changed all at once.

What fits goes into one property, which is replaced by one call. What does not is spread over properties that are named
after their content and never changed, and the one property then names them: a kill leaves the old state or the new one.
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
MOST_CHARACTERS: Final = 2_500_000


class ContextProperties(Protocol):
    """The part of the SDK's connector class that keeps properties."""

    def get_connector_context_property(self, identifier: str, property_key: str) -> Any:
        """A property's value, None where it is not set."""

    def set_connector_context_property(self, identifier: str, property_key: str, property_value: str) -> Any:
        """Set a property."""


class ContextStore:
    """A state store in the context of a connector.

    Args:
        platform: the SDK's connector object.
        identifier: the connector's.
        most: how many characters a property may have.
    """

    def __init__(self, platform: ContextProperties, identifier: str, most: int = MOST_CHARACTERS) -> None:
        self._platform = platform
        self._identifier = identifier
        self._most = most
        self._named: set[str] = set()

    def load(self) -> Mapping[str, bytes]:
        """The parts as last committed."""
        head = self._get(HEAD)
        if not head:
            return {}
        content = _read(head)
        self._named = set(content.get("named", ()))
        bundles = [content.get("parts", {})]
        for name in content.get("named", ()):
            stored = self._get(name)
            if not stored:
                raise UnreadableState("A part of the connector's stored state is missing: reset the connector's state.")
            bundles.append(_read(stored))
        return {name: base64.b64decode(part) for bundle in bundles for name, part in bundle.items()}

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Write what changed, then name it."""
        bundles = self._bundles(parts)
        if len(bundles) == 1:
            self._point({"parts": bundles[0]}, set())
            return
        texts = {_name(text): text for text in (json.dumps(bundle, separators=(",", ":")) for bundle in bundles)}
        for name, text in texts.items():
            if name not in self._named:
                self._set(name, text)
        self._point({"named": sorted(texts)}, set(texts))

    def _point(self, head: dict[str, Any], named: set[str]) -> None:
        self._set(HEAD, json.dumps(head, separators=(",", ":")))
        for name in self._named - named:
            self._set(name, "")  # The platform has no call that removes a property.
        self._named = named

    def _bundles(self, parts: Mapping[str, bytes]) -> list[dict[str, str]]:
        bundles: list[dict[str, str]] = [{}]
        room = self._most
        for name in sorted(parts):
            text = base64.b64encode(parts[name]).decode("ascii")
            size = len(text) + len(name) + 10
            if size > room and bundles[-1]:
                bundles.append({})
                room = self._most
            bundles[-1][name] = text
            room -= size
        return bundles

    def _get(self, key: str) -> Any:
        return self._platform.get_connector_context_property(self._identifier, key)

    def _set(self, key: str, value: str) -> None:
        self._platform.set_connector_context_property(self._identifier, key, value)


def _read(stored: Any) -> dict[str, Any]:
    try:
        content = json.loads(stored) if isinstance(stored, str) else stored
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise UnreadableState("The connector's stored state is damaged: reset the connector's state.")
    return content


def _name(text: str) -> str:
    return f"{HEAD}.{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
