"""A result in the form and the size that the platform takes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Final

from mimecast_secops.actions import Result, Table
from mimecast_secops.api import scrub

_MEGABYTE: Final = 1024 * 1024
# The platform counts the characters of everything it serialises; some room is left for its own members.
_SHARE: Final = 0.9
# A JSON result is pasted into a widget's page as it is: no text in it may end a script or open a tag. The last two
# are line ends for JavaScript.
_INERT: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_FORMULA: Final = ("=", "+", "@", "-", "\t")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_LONGEST_CELL: Final = 2000


def json_text(value: Any) -> str:
    """A JSON result as text that is inert in a page: the same value for whoever reads it as JSON."""
    text = scrub(json.dumps(value, default=str))
    for character, escaped in _INERT.items():
        text = text.replace(character, escaped)
    return text


def csv_lines(table: Table) -> list[str]:
    """A table as the platform takes it: lines of cells joined by commas, which cells therefore cannot have."""
    return [",".join(_cell(cell) for cell in row) for row in (table.columns, *table.rows)]


def fit(result: Result, max_megabytes: float) -> Result:
    """The result, cut down to what the platform accepts: it would throw all of a larger one away.

    Args:
        result: how the action ended.
        max_megabytes: the platform's limit.

    Returns:
        The same, or one with fewer items; its message then says so.
    """
    limit = max(0.1, max_megabytes) * _MEGABYTE * _SHARE
    if _size(result) <= limit:
        return result
    items = result.json_result if isinstance(result.json_result, list) else []
    kept = len(items)
    while kept:
        kept //= 2
        cut = replace(result, json_result=items[:kept], tables=tuple(_shorter(table, kept) for table in result.tables))
        if _size(cut) <= limit:
            return replace(
                cut, message=f"{result.message} (Only the first {kept} of {len(items)} fit into the result.)"
            )
    return replace(result, json_result=None, tables=(), message=f"{result.message} (The result is too large to show.)")


def _size(result: Result) -> int:
    """Characters as the platform counts them: JSON inside a string inside JSON."""
    texts: list[Any] = [json_text(result.json_result), *(csv_lines(table) for table in result.tables)]
    return len(json.dumps(json.dumps(texts)))


def _shorter(table: Table, rows: int) -> Table:
    return replace(table, rows=table.rows[:rows])


def _cell(cell: str) -> str:
    text = " ".join(scrub(cell[:_LONGEST_CELL]).replace(",", " ").split())
    # A case wall table can be saved and opened in a spreadsheet, where a cell that begins so would be a formula.
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None
