"""The metrics file of a connector. A failure to write it never fails a cycle."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from mimecast_secops.cli.output import Screen


class MetricsFile:
    """A file that always contains the metrics of one whole cycle.

    Args:
        path: the file.
        screen: shows an error when the file cannot be written. The same error is not repeated.
    """

    def __init__(self, path: Path | str, screen: Screen) -> None:
        self._path = Path(path)
        self._screen = screen
        self._last_error = ""

    def write(self, text: str) -> None:
        """Replace the content of the file."""
        # A new file that is moved to the path: no reader sees half a file.
        new = self._path.with_name(f".{self._path.name}.new")
        try:
            new.write_text(text, encoding="utf-8")
            new.replace(self._path)
        except OSError as error:
            cause = error.strerror or str(error)
            if cause != self._last_error:
                self._screen.fail(
                    f"The metrics file {self._path} cannot be written: {cause}. The connector continues without it."
                )
            self._last_error = cause
            with suppress(OSError):
                new.unlink()
        else:
            self._last_error = ""
