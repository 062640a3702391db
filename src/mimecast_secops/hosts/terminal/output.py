"""Showing things in a terminal. Mail is hostile: what it says is shown as text, and can move no cursor."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from mimecast_secops.actions import Table
from mimecast_secops.api import scrub

_LONGEST_CELL: Final = 300
_SHORT_CELL: Final = 20
_VISIBLE_BREAKS: Final = {"\n": "⏎", "\r": "", "\t": " "}
# Control, format (bidi overrides and isolates, zero-width), private-use, surrogates, separators.
_HARMFUL: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def plain(text: object, longest: int = _LONGEST_CELL) -> str:
    """Text that a stranger wrote, fit for a terminal: no control or direction characters, no secrets, bounded."""
    kept = scrub(str(text))[: longest + 1]
    shown = "".join(_VISIBLE_BREAKS.get(c, "�" if unicodedata.category(c) in _HARMFUL else c) for c in kept)
    return shown if len(shown) <= longest else shown[:longest] + "…"


def lines(text: object) -> str:
    """As `plain`, for text of our own that has lines."""
    return "\n".join(plain(line, 2000) for line in str(text).splitlines())


class Screen:
    """Results on standard output, everything else on standard error.

    Args:
        as_json: whether results are for programs.
        quiet: whether only results and errors are shown.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._out = Console(file=sys.stdout, highlight=False, emoji=False, markup=False, soft_wrap=False)
        self.err = Console(file=sys.stderr, highlight=False, emoji=False, markup=False, soft_wrap=True)

    def say(self, text: object, style: str = "") -> None:
        """A line of the result, for people."""
        self._out.print(Text(lines(text), style=style), soft_wrap=True)

    def note(self, text: object, style: str = "dim") -> None:
        """A line beside the result: progress, hints."""
        if not self.quiet:
            self.err.print(Text(lines(text), style=style))

    def fail(self, text: object) -> None:
        """Why something was not done, in one line."""
        self.err.print(Text(lines(text), style="bold red"))

    def data(self, value: Any) -> None:
        """A result for programs: one JSON document on one line."""
        sys.stdout.write(scrub(json.dumps(value, ensure_ascii=True, default=str)) + "\n")
        sys.stdout.flush()

    def table(self, table: Table) -> None:
        """A table of an action."""
        self.rows(table.title, table.columns, table.rows)

    def rows(
        self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, short: bool = False
    ) -> None:
        """A table; one that is too wide is shown row by row. `short` cuts cells, so that a row keeps to one line."""
        longest = _SHORT_CELL if short else _LONGEST_CELL
        cells = [[plain(cell, longest) for cell in row] for row in rows]
        if len(columns) * 12 > self._out.width:
            self._records(title, columns, cells)
            return
        drawn = RichTable(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", show_edge=False)
        for column in columns:
            drawn.add_column(Text(plain(column)), overflow="ellipsis" if short else "fold", no_wrap=short)
        for row in cells:
            drawn.add_row(*(Text(cell) for cell in row))
        self._out.print(drawn)

    def _records(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        width = max(map(len, columns), default=0)
        for number, row in enumerate(rows, 1):
            self._out.print(Text(f"{title} {number}", style="bold"))
            for column, cell in zip(columns, row, strict=True):
                self._out.print(Text(f"  {plain(column):<{width}}  {cell}"), soft_wrap=True)
