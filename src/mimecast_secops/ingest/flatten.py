"""Nested JSON as one flat dictionary of text, as the platform's mapping rules expect it.

Keys are joined with `_`, entries of lists are numbered from 1 by position, null becomes "", empty containers vanish,
and every value is text (platform notes 3.4, the column of the newer version).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

LONGEST_VALUE: Final = 16 * 1024
MOST_KEYS: Final = 1500
_DEEPEST: Final = 40
NOTE: Final = "cutNote"


def flatten(value: Mapping[str, Any]) -> dict[str, str]:
    """The flat form of an object, bounded: whoever sends a mail must not be able to make an event too large to store.

    Where something was left off or cut, the member `cutNote` says so.
    """
    flat: dict[str, str] = {}
    cut = 0
    for key, leaf in _leaves("", value, 0):
        if len(flat) >= MOST_KEYS:
            flat[NOTE] = f"More than {MOST_KEYS} values: the others were left off."
            return flat
        text = as_text(leaf)
        cut += len(text) > LONGEST_VALUE
        flat[key] = text[:LONGEST_VALUE]
    if cut:
        flat[NOTE] = f"{cut} values longer than {LONGEST_VALUE} characters were cut."
    return flat


def as_text(leaf: object) -> str:
    """A JSON scalar as the platform's own library writes it: `True`, `0`, "" for null."""
    text = "" if leaf is None else str(leaf)
    # Lone surrogates are legal in JSON text and cannot be stored as UTF-8.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _leaves(prefix: str, value: Any, depth: int) -> Iterator[tuple[str, object]]:
    if depth >= _DEEPEST:
        yield prefix, "(nested too deeply)"
        return
    if isinstance(value, Mapping):
        members: Iterator[tuple[str, Any]] = ((str(key), member) for key, member in value.items())
    elif isinstance(value, (list, tuple)):
        members = ((str(number), member) for number, member in enumerate(value, 1))
    else:
        yield prefix, value
        return
    for name, member in members:
        short = name[:200]
        yield from _leaves(f"{prefix}_{short}" if prefix else short, member, depth + 1)
