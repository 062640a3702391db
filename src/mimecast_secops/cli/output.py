"""Showing things in a terminal. Mail is hostile: what it says is shown as text, and can move no cursor."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from mimecast_secops.actions import Table
from mimecast_secops.api import scrub

_LONGEST_CELL: Final = 300
_SHORT_CELL: Final = 20
_CANNOT_SYNC: Final = frozenset({errno.EINVAL, errno.EROFS, errno.ENOTSUP})
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


class _Console(Console):
    """A console that reports a broken pipe like any other error."""

    def on_broken_pipe(self) -> None:
        """Raise the error that is being handled."""
        raise  # noqa: PLE0704 -- rich calls this inside its `except`


def _discard_rest() -> None:
    """Drop what standard output could not take, so that the interpreter does not fail on it again when it exits."""
    with suppress(OSError, ValueError):  # a stream in memory has no descriptor
        target = sys.stdout.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, target)
        os.close(null)


def _sync(file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


class Screen:
    """Results on standard output, everything else on standard error.

    Args:
        as_json: whether results are for programs.
        quiet: whether only results and errors are shown.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._has_failed = False
        self._out = _Console(file=sys.stdout, highlight=False, emoji=False, markup=False, soft_wrap=False)
        self.err = Console(file=sys.stderr, highlight=False, emoji=False, markup=False, soft_wrap=True)

    def say(self, text: object, style: str = "") -> None:
        """A line of the result, for people."""
        with self._writing():
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
        self.check_output()
        with self._writing():
            sys.stdout.write(scrub(json.dumps(value, ensure_ascii=True, default=str)) + "\n")
            sys.stdout.flush()

    def check_output(self) -> None:
        """Make sure that standard output can be written to.

        Raises:
            OSError: it is closed, or did not take an earlier result.
        """
        if self._has_failed or sys.stdout is None or sys.stdout.closed:
            raise OSError(errno.EBADF, "It is closed, so no result can be shown.", "standard output")

    def sync(self) -> None:
        """Write out what is buffered, to the disk where standard output is a file.

        Raises:
            OSError: it could not be written.
        """
        self.check_output()
        with self._writing():
            sys.stdout.flush()
            with suppress(io.UnsupportedOperation):  # a stream in memory has no descriptor
                _sync(sys.stdout.fileno())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write to standard output.

        Raises:
            OSError: standard output is full, or a pipe that nothing reads.
        """
        try:
            yield
        except OSError as error:
            self._has_failed = True
            _discard_rest()
            sentence = f"{error.strerror}. The result was not shown in full."
            raise OSError(error.errno, sentence, "standard output") from error

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
            with self._writing():
                self._records(title, columns, cells)
            return
        drawn = RichTable(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", show_edge=False)
        for column in columns:
            drawn.add_column(Text(plain(column)), overflow="ellipsis" if short else "fold", no_wrap=short)
        for row in cells:
            drawn.add_row(*(Text(cell) for cell in row))
        with self._writing():
            self._out.print(drawn)

    def _records(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        width = max(map(len, columns), default=0)
        for number, row in enumerate(rows, 1):
            self._out.print(Text(f"{title} {number}", style="bold"))
            for column, cell in zip(columns, row, strict=True):
                self._out.print(Text(f"  {plain(column):<{width}}  {cell}"), soft_wrap=True)
