"""Tables that fit a terminal: narrow columns are never cut, and long text is shortened or wrapped.

Each column has a kind. Numbers, risks, words and times always get the width that they need. Addresses and text share
the rest. An optional column is left out if the others would become too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.table import Table as RichTable
from rich.text import Text

# Spaces between two columns.
_GAP: Final = 2
# What an address or a text needs at least, and what is enough to recognize it.
_MIN_WIDTH: Final = 12
_COMFORTABLE_WIDTH: Final = 24
_RISK_STYLES: Final = {"high": "bold red", "medium": "yellow", "low": "cyan", "negligible": "dim"}


class ColumnKind(Enum):
    """What the cells of a column contain."""

    NUMBER = "number"
    RISK = "risk"
    WORD = "word"
    TIME = "time"
    ADDRESS = "address"
    TEXT = "text"

    @property
    def is_narrow(self) -> bool:
        """Whether the column always gets the width of its longest cell."""
        return self not in (ColumnKind.ADDRESS, ColumnKind.TEXT)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: its heading.
        kind: what its cells contain.
        is_optional: whether a table that is not wide enough leaves it out.
    """

    name: str
    kind: ColumnKind = ColumnKind.TEXT
    is_optional: bool = False


def table_of(
    title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int, *, short: bool
) -> RichTable | None:
    """A table for a terminal.

    Args:
        title: the title; "" for none.
        columns: the columns.
        rows: a cell per column, without characters that control a terminal.
        width: the width of the terminal.
        short: shorten text that is too long, so that each row is one line. Otherwise the text is wrapped.

    Returns:
        The table; None if it does not fit.
    """
    shown = _shown_columns(columns, rows, width)
    if shown is None:
        return None
    widths = _widths(columns, rows, shown, width)
    table = RichTable(
        title=title or None,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    for index in shown:
        column = columns[index]
        is_one_line = short or column.kind.is_narrow
        table.add_column(
            Text(column.name),
            width=widths[index],
            no_wrap=is_one_line,
            overflow="ellipsis" if is_one_line else "fold",
            justify="right" if column.kind is ColumnKind.NUMBER else "left",
        )
    for row in rows:
        table.add_row(*(_cell(columns[index], row[index]) for index in shown))
    return table


def _cell(column: Column, text: str) -> Text:
    style = _RISK_STYLES.get(text, "") if column.kind is ColumnKind.RISK else ""
    return Text(text, style=style)


def _shown_columns(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """The indexes of the columns to show: all that have to be, and the optional ones that fit."""
    shown = [index for index, column in enumerate(columns) if not column.is_optional]
    if _sum(columns, rows, shown, _MIN_WIDTH) > width:
        return None
    for index, column in enumerate(columns):
        if column.is_optional and _sum(columns, rows, [*shown, index], _COMFORTABLE_WIDTH) <= width:
            shown.append(index)
    return sorted(shown)


def _sum(columns: Sequence[Column], rows: Sequence[Sequence[str]], shown: Sequence[int], text_width: int) -> int:
    """The width of a table whose addresses and texts are at most `text_width` wide."""
    needed = sum(
        natural if columns[index].kind.is_narrow else min(natural, text_width)
        for index in shown
        for natural in (_natural_width(columns, rows, index),)
    )
    return needed + _GAP * (len(shown) - 1)


def _natural_width(columns: Sequence[Column], rows: Sequence[Sequence[str]], index: int) -> int:
    return max(cell_len(columns[index].name), *(cell_len(row[index]) for row in rows), 1)


def _widths(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], shown: Sequence[int], width: int
) -> dict[int, int]:
    """The width of each shown column: wide columns share what the narrow ones leave, the smallest first."""
    widths = {index: _natural_width(columns, rows, index) for index in shown}
    wide = sorted((index for index in shown if not columns[index].kind.is_narrow), key=lambda index: widths[index])
    narrow = sum(widths[index] for index in shown if columns[index].kind.is_narrow)
    remaining = width - narrow - _GAP * (len(shown) - 1)
    for position, index in enumerate(wide):
        widths[index] = min(widths[index], remaining // (len(wide) - position))
        remaining -= widths[index]
    return widths
