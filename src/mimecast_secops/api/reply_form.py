"""The form of a value: what an error message may say about a reply without quoting it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from mimecast_secops.api.decode import decode_entry

_MAX_NAMES: Final = 10
_MAX_DEPTH: Final = 3
_SAMPLED_ROWS: Final = 5
_MIN_KNOWN: Final = 2
# Some replies use addresses as member names. Only names that look like those of the API are shown.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def form_of(value: Any) -> str:
    """Describe the form of a value.

    Args:
        value: a decoded or an undecoded (`msgspec.Raw`) value.

    Returns:
        `null`, `{}`, `[]`, `text`, `number`, `boolean`, `list of …`, or `members a, b`. Never a value.
    """
    value = decode_entry(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return f"list of {form_of(value[0])}" if value and not isinstance(decode_entry(value[0]), list) else "[]"
    return _members(list(value)) if value else "{}"


def _members(names: Sequence[Any]) -> str:
    shown = [name for name in names if isinstance(name, str) and _NAME.fullmatch(name)]
    rest = len(names) - len(shown[:_MAX_NAMES])
    listed = ", ".join([*shown[:_MAX_NAMES], *([f"{rest} more"] if rest else [])])
    return f"members {listed}"


def looks_like_row(value: Any, members: frozenset[str]) -> bool:
    """Whether a value is an object with at least two of the known members of a row."""
    decoded = decode_entry(value)
    return isinstance(decoded, dict) and len(members & decoded.keys()) >= _MIN_KNOWN


def find_rows(value: Any, members: frozenset[str]) -> tuple[str, list[Any]] | None:
    """Find a list of rows under any member name.

    Args:
        value: the decoded object to look into, at most three levels deep.
        members: the known members of a row.

    Returns:
        The name of the member and the rows, for the first list whose first entries look like rows; None if there is
        none.
    """
    return _find_rows(decode_entry(value), members, "", _MAX_DEPTH)


def _find_rows(value: Any, members: frozenset[str], name: str, depth: int) -> tuple[str, list[Any]] | None:
    if isinstance(value, list) and value:
        if all(looks_like_row(entry, members) for entry in value[:_SAMPLED_ROWS]):
            return name, value
        value = value[0]  # a list around one wrapper object
    if not isinstance(value, dict) or depth == 0:
        return None
    found = (_find_rows(value[member], members, str(member), depth - 1) for member in value)
    return next((rows for rows in found if rows is not None), None)


def safe_name(name: str) -> str:
    """A member name that may be shown; "another member" for one that may be a value."""
    return name if _NAME.fullmatch(name) else "another member"
