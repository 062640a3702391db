"""Results of actions in the form and the size that the platform accepts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Final

from mimecast_secops.actions import Result, Table
from mimecast_secops.api import scrub

_MEGABYTE: Final = 1024 * 1024
_MIN_MEGABYTES: Final = 0.1
# The platform counts every character that it serializes, its own members included.
_USABLE_SHARE: Final = 0.9
# The platform pastes a JSON result into the page of a widget. No text in it may end a script or open a tag.
# JavaScript treats the last two characters as line ends.
_PAGE_ESCAPES: Final = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_FORMULA_STARTS: Final = ("=", "+", "@", "-", "\t")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_MAX_CELL_CHARACTERS: Final = 2000


def json_text(value: Any) -> str:
    """Encode a JSON result so that no text in it can act as HTML or script. It decodes to the same value."""
    text = scrub(json.dumps(value, default=str))
    for character, escape in _PAGE_ESCAPES.items():
        text = text.replace(character, escape)
    return text


def csv_lines(table: Table) -> list[str]:
    """Encode a table for the platform: lines of cells joined by commas. The platform does not support quoting."""
    return [",".join(_cell(cell) for cell in row) for row in (table.columns, *table.rows)]


def fit_to_limit(result: Result, max_megabytes: float) -> Result:
    """Cut a result to the size that the platform accepts. The platform discards a larger one entirely.

    Args:
        result: the result of the action.
        max_megabytes: the limit of the platform.

    Returns:
        The same result, or one with fewer items whose message names how many are left.
    """
    limit = max(_MIN_MEGABYTES, max_megabytes) * _MEGABYTE * _USABLE_SHARE
    if _size(result) <= limit:
        return result
    items = result.json_result if isinstance(result.json_result, list) else []
    count = len(items)
    while count:
        count //= 2
        tables = tuple(replace(table, rows=table.rows[:count]) for table in result.tables)
        shortened = replace(result, json_result=items[:count], tables=tables)
        if _size(shortened) <= limit:
            return replace(
                shortened, message=f"{result.message} (Only the first {count} of {len(items)} fit into the result.)"
            )
    return replace(result, json_result=None, tables=(), message=f"{result.message} (The result is too large to show.)")


def _size(result: Result) -> int:
    """The number of characters as the platform counts them: JSON inside a string inside JSON."""
    texts: list[Any] = [json_text(result.json_result), *(csv_lines(table) for table in result.tables)]
    return len(json.dumps(json.dumps(texts)))


def _cell(cell: str) -> str:
    text = " ".join(scrub(cell[:_MAX_CELL_CHARACTERS]).replace(",", " ").split())
    # A user can open the table in a spreadsheet, where a cell that starts like this is a formula.
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text
