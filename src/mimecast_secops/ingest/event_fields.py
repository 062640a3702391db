"""Nested JSON as one flat dictionary of text, as the platform's mapping rules expect it.

Keys are joined with `_`, list entries are numbered from 1, null becomes "", empty containers are dropped, and every
value is text (docs/reference/secops-platform.md#flattened-events, TIPCommon 2.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

MAX_VALUE_LENGTH: Final = 16 * 1024
MAX_KEYS: Final = 1500
_MAX_DEPTH: Final = 40
_MAX_NAME: Final = 200
TRUNCATION_NOTE: Final = "cutNote"


class _TooManyKeys(Exception):
    """The dictionary has the maximum number of keys."""


def flatten(value: Mapping[str, Any]) -> dict[str, str]:
    """The flat form of a JSON object. Its size is limited: no sender may make an event too large to store.

    The member `cutNote` says if values were dropped or truncated.
    """
    flat: dict[str, str] = {}
    try:
        truncated = _fill(flat, "", value, 0)
    except _TooManyKeys:
        flat[TRUNCATION_NOTE] = f"More than {MAX_KEYS} values: the rest was dropped."
        return flat
    if truncated:
        flat[TRUNCATION_NOTE] = f"{truncated} values longer than {MAX_VALUE_LENGTH} characters were truncated."
    return flat


def as_text(leaf: object) -> str:
    """A JSON scalar as the platform's library writes it: `True`, `0`, "" for null."""
    text = "" if leaf is None else str(leaf)
    # Lone surrogates are legal in JSON text and cannot be stored as UTF-8.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _fill(flat: dict[str, str], prefix: str, value: Any, depth: int) -> int:
    """Add the leaves of a value. Returns how many were truncated. This loop is hot when a backlog is delivered."""
    if isinstance(value, Mapping):
        members: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, (list, tuple)):
        members = enumerate(value, 1)
    else:
        return _add(flat, prefix, value)
    if depth >= _MAX_DEPTH:
        return _add(flat, prefix, "(nested too deeply)")
    truncated = 0
    for name, member in members:
        short = str(name)[:_MAX_NAME]
        key = f"{prefix}_{short}" if prefix else short
        kind = type(member)
        if kind is str or kind is bool or kind is int or member is None:
            truncated += _add(flat, key, member)
        else:
            truncated += _fill(flat, key, member, depth + 1)
    return truncated


def _add(flat: dict[str, str], key: str, leaf: object) -> int:
    if len(flat) >= MAX_KEYS:
        raise _TooManyKeys
    text = as_text(leaf)
    flat[key] = text[:MAX_VALUE_LENGTH]
    return len(text) > MAX_VALUE_LENGTH
