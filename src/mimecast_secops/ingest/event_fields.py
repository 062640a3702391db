"""Nested JSON as one flat dictionary of text, as the platform's mapping rules expect it.

Keys are joined with `_`, entries of lists are numbered from 1 by position, null becomes "", empty containers vanish,
and every value is text (platform notes 3.4, the column of the newer version).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

LONGEST_VALUE: Final = 16 * 1024
MOST_KEYS: Final = 1500
_DEEPEST: Final = 40
NOTE: Final = "cutNote"


class _Full(Exception):
    """The flat form has as many keys as it may have."""


def flatten(value: Mapping[str, Any]) -> dict[str, str]:
    """The flat form of an object, bounded: whoever sends a mail must not be able to make an event too large to store.

    Where something was left off or cut, the member `cutNote` says so.
    """
    flat: dict[str, str] = {}
    try:
        cut = _fill(flat, "", value, 0)
    except _Full:
        flat[NOTE] = f"More than {MOST_KEYS} values: the others were left off."
        return flat
    if cut:
        flat[NOTE] = f"{cut} values longer than {LONGEST_VALUE} characters were cut."
    return flat


def as_text(leaf: object) -> str:
    """A JSON scalar as the platform's own library writes it: `True`, `0`, "" for null."""
    text = "" if leaf is None else str(leaf)
    # Lone surrogates are legal in JSON text and cannot be stored as UTF-8.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _fill(flat: dict[str, str], prefix: str, value: Any, depth: int) -> int:
    """Add the leaves of a value. Returns how many texts were cut. Half of a drain's time once went into this."""
    if isinstance(value, Mapping):
        members: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, (list, tuple)):
        members = enumerate(value, 1)
    else:
        return _add(flat, prefix, value)
    if depth >= _DEEPEST:
        return _add(flat, prefix, "(nested too deeply)")
    cut = 0
    for name, member in members:
        short = str(name)[:200]
        key = f"{prefix}_{short}" if prefix else short
        kind = type(member)
        if kind is str or kind is bool or kind is int or member is None:
            cut += _add(flat, key, member)
        else:
            cut += _fill(flat, key, member, depth + 1)
    return cut


def _add(flat: dict[str, str], key: str, leaf: object) -> int:
    if len(flat) >= MOST_KEYS:
        raise _Full
    text = as_text(leaf)
    flat[key] = text[:LONGEST_VALUE]
    return len(text) > LONGEST_VALUE
