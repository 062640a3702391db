"""The metrics file of a connector. Failing to write it never fails a cycle."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from mimecast_secops.cli.output import Screen


class MetricsFile:
    """A file that always holds the metrics of one whole cycle.

    Args:
        path: the file; None writes nothing.
        screen: gets an error when the file cannot be written, once until the reason changes.
    """

    def __init__(self, path: Path | str | None, screen: Screen) -> None:
        self._path = Path(path) if path else None
        self._screen = screen
        self._trouble = ""

    def write(self, text: str) -> None:
        """Replace the content of the file."""
        if self._path is None:
            return
        # Write a new file and move it, so that a reader never sees half a file.
        new = self._path.with_name(f".{self._path.name}.new")
        try:
            new.write_text(text, encoding="utf-8")
            new.replace(self._path)
        except OSError as error:
            trouble = error.strerror or str(error)
            if trouble != self._trouble:
                self._screen.fail(
                    f"The metrics file {self._path} cannot be written: {trouble}. The connector goes on without it."
                )
            self._trouble = trouble
            with suppress(OSError):
                new.unlink()
        else:
            self._trouble = ""
