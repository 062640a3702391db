"""Output to a terminal. The text of messages is untrusted: it is printed without characters that control a terminal."""

from __future__ import annotations

import csv
import errno
import io
import json
import logging
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, TextIO

from rich.console import Console
from rich.text import Text

from mimecast_secops.actions import Table
from mimecast_secops.api import scrub
from mimecast_secops.cli.tables import Column, table_of

_LONGEST_CELL: Final = 300
_LONGEST_CSV_CELL: Final = 32_000
_FORMULA_BEGINNINGS: Final = ("=", "+", "-", "@")
_STANDARD_OUTPUT: Final = "standard output"
_CANNOT_SYNC: Final = frozenset({errno.EINVAL, errno.EROFS, errno.ENOTSUP})
_VISIBLE_BREAKS: Final = {"\n": "⏎", "\r": "", "\t": " "}
# Control, format (bidi overrides and isolates, zero-width), private-use, surrogates, separators.
_HARMFUL: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def plain(text: object, longest: int = _LONGEST_CELL) -> str:
    """Untrusted text made safe for a terminal: no control or direction characters, no secrets, limited length."""
    kept = scrub(str(text))[: longest + 1]
    clean = "".join(_VISIBLE_BREAKS.get(c, "�" if unicodedata.category(c) in _HARMFUL else c) for c in kept)
    return clean if len(clean) <= longest else clean[:longest] + "…"


def is_broken_pipe(error: BaseException) -> bool:
    """Whether an error means that the program that reads standard output has ended."""
    return isinstance(error, BrokenPipeError) and error.filename == _STANDARD_OUTPUT


def lines(text: object) -> str:
    """The same as `plain` for each line of a text."""
    return "\n".join(plain(line, 2000) for line in str(text).splitlines())


class _Console(Console):
    """A console that reports a broken pipe like any other error."""

    def on_broken_pipe(self) -> None:
        """Raise the error that is being handled."""
        raise  # noqa: PLE0704 -- rich calls this inside its `except`


def _discard_rest(stream: TextIO) -> None:
    """Discard buffered output that could not be written, so that the interpreter does not fail again when it exits."""
    with suppress(OSError, ValueError):  # a stream in memory has no descriptor
        target = stream.fileno()
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

    With `as_json`, only `data` writes to standard output, so that another program can read each line.

    Args:
        as_json: whether results are JSON.
        quiet: whether to print only results and errors.
        log: writes notes and errors to standard error instead, as level, text and members of a JSON object. Progress
            bars are not shown then.
    """

    def __init__(
        self,
        *,
        as_json: bool = False,
        quiet: bool = False,
        log: Callable[[int, object, Mapping[str, object] | None], None] | None = None,
    ) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._has_failed = False
        # A progress bar of `rich` replaces `sys.stdout` and `sys.stderr` while it is shown, so the streams are kept.
        self._stdout: TextIO = sys.stdout
        self._out = _Console(file=sys.stdout, highlight=False, emoji=False, markup=False, soft_wrap=False)
        self._log = log
        self.err = Console(
            file=sys.stderr, highlight=False, emoji=False, markup=False, soft_wrap=True, quiet=log is not None
        )
        self._results = self.err if as_json else self._out

    def bar_console(self) -> Console | None:
        """The console for a progress bar; None if no bar may be shown.

        If results go to the same terminal, the console that prints them has to print the bar, too, so that it moves the
        bar out of the way. JSON lines are not printed by a console, so they exclude a bar on the same terminal.
        """
        if self.quiet or self._log or not sys.stderr.isatty():
            return None
        if not sys.stdout.isatty():
            return self.err
        return None if self.as_json else self._out

    def say(self, text: object, style: str = "") -> None:
        """Print a line of the result as text. With `as_json`, it is printed on standard error."""
        if self.as_json and self._log:
            self._log(logging.INFO, text, None)
            return
        with self._writing():
            self._results.print(Text(lines(text), style=style), soft_wrap=True)

    def note(
        self,
        text: object,
        style: str = "dim",
        *,
        level: int = logging.INFO,
        fields: Mapping[str, object] | None = None,
    ) -> None:
        """Print a line on standard error, such as progress or a warning, unless `quiet`.

        Args:
            text: the line.
            style: its style on a terminal.
            level: its level in a JSON log.
            fields: its members in a JSON log, besides the text.
        """
        if self.quiet:
            return
        if self._log:
            self._log(level, text, fields)
        else:
            self.err.print(Text(lines(text), style=style))

    def fail(self, text: object, *, fields: Mapping[str, object] | None = None) -> None:
        """Print an error on standard error.

        Args:
            text: the error.
            fields: its members in a JSON log, besides the text.
        """
        if self._log:
            self._log(logging.ERROR, text, fields)
        else:
            self.err.print(Text(lines(text), style="bold red"))

    def details(self, text: str) -> None:
        """Print the details of an error, such as a traceback, on standard error as they are, without a style."""
        if self._log:
            self._log(logging.DEBUG, text, None)
        else:
            sys.stderr.write(text)

    def data(self, value: Any) -> None:
        """Print a result as one JSON document on one line."""
        self.check_output()
        with self._writing():
            self._stdout.write(scrub(json.dumps(value, ensure_ascii=True, default=str)) + "\n")
            self._stdout.flush()

    def check_output(self) -> None:
        """Check that standard output can be written to.

        Raises:
            OSError: it is closed, or an earlier result could not be written.
        """
        # `sys.stdout` is None if the descriptor was closed when Python started.
        if self._has_failed or getattr(self._stdout, "closed", True):
            raise OSError(errno.EBADF, "It is closed, so the result cannot be printed.", _STANDARD_OUTPUT)

    def sync(self) -> None:
        """Write buffered output, to the disk if standard output is a file.

        Raises:
            OSError: it could not be written.
        """
        self.check_output()
        with self._writing():
            self._stdout.flush()
            with suppress(io.UnsupportedOperation):  # a stream in memory has no descriptor
                _sync(self._stdout.fileno())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write to standard output.

        Raises:
            BrokenPipeError: standard output is a pipe without a reader.
            OSError: standard output is full.
        """
        try:
            yield
        except OSError as error:
            self._has_failed = True
            _discard_rest(self._stdout)
            sentence = f"{error.strerror}. The result is incomplete."
            raise OSError(error.errno, sentence, _STANDARD_OUTPUT) from error

    def table(self, table: Table) -> None:
        """Print a table of an action."""
        self.rows(table.title, table.columns, table.rows)

    def rows(
        self, title: str, columns: Sequence[str | Column], rows: Iterable[Sequence[object]], *, short: bool = False
    ) -> None:
        """Print a table, or a block per row if it does not fit.

        Args:
            title: the title; "" for none.
            columns: the columns. A name alone is a column of text.
            rows: a cell per column.
            short: shorten text that is too long, so that each row is one line. Otherwise the text is wrapped.
        """
        declared = [column if isinstance(column, Column) else Column(plain(column)) for column in columns]
        cells = [[plain(cell) for cell in row] for row in rows]
        table = table_of(title, declared, cells, self._results.width, short=short)
        with self._writing():
            if table is None:
                self._print_records(title, declared, cells)
            else:
                self._results.print(table)

    def clear(self) -> None:
        """Clear the terminal. Does nothing if standard output is not a terminal."""
        with self._writing():
            self._results.clear()

    def facts(self, title: str, facts: Sequence[tuple[str, object]]) -> None:
        """Print a title, and one line per label and value."""
        width = max((len(label) for label, _ in facts), default=0)
        self.say(title, "bold")
        for label, value in facts:
            self.say(f"  {label:<{width}}  {plain(value)}")

    def csv(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table as CSV with a heading.

        A cell that a spreadsheet would take for a formula begins with an apostrophe.
        """
        self.check_output()
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_harmless(plain(cell, _LONGEST_CSV_CELL)) for cell in row] for row in rows)
        with self._writing():
            self._stdout.write(lines.getvalue())
            self._stdout.flush()

    def _print_records(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        width = max((len(column.name) for column in columns), default=0)
        for number, row in enumerate(rows, 1):
            self._results.print(Text(f"{title} {number}".strip(), style="bold"))
            for column, cell in zip(columns, row, strict=True):
                self._results.print(Text(f"  {column.name:<{width}}  {cell}"), soft_wrap=True)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_BEGINNINGS) else cell
