"""Writes a recording: one line of JSON per exchange, readable only by the user who makes it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from mimecast_secops._version import __version__
from mimecast_secops.api import ApiVersion
from mimecast_secops.api.observers import ObservedExchange
from mimecast_secops.diagnosis.recording.sanitizer import Sanitizer

FORMAT: Final = 1
_PRIVATE: Final = 0o600


class Recorder:
    """An observer that writes each exchange to a file, sanitized. Use it as a context manager.

    The first line names the format and the API version. Each other line has `request` (`method`, `path`, `body`) and
    `reply` (`status`, `headers`, `body`). A body is an object with `json` or `text`, and empty for no body. Credentials
    do not reach an observer, so they are not in the file.

    Args:
        path: the file. An existing one is replaced; a symbolic link is refused.
        api_version: the API version of the exchanges.
        sanitizer: replaces what is personal.
        clock: returns the current time, aware.

    Raises:
        OSError: the file cannot be written.

    Attributes:
        count: the number of recorded exchanges.
    """

    def __init__(
        self,
        path: Path,
        api_version: ApiVersion,
        sanitizer: Sanitizer | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sanitizer = sanitizer or Sanitizer()
        self._clock = clock
        self._lock = threading.Lock()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(path, flags, _PRIVATE)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, _PRIVATE)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")
        self.count = 0
        self._write({"recording": FORMAT, "api_version": api_version.value, "product": __version__})

    def __call__(self, exchange: ObservedExchange) -> None:
        """Record an exchange."""
        sanitizer = self._sanitizer
        with self._lock:
            self._write(
                {
                    "at": self._clock().astimezone(UTC).isoformat(timespec="seconds"),
                    "request": {
                        "method": exchange.method,
                        "path": sanitizer.path(exchange.path),
                        "body": sanitizer.body(exchange.body),
                    },
                    "reply": {
                        "status": exchange.reply.status,
                        "headers": sanitizer.headers(exchange.reply.headers),
                        "body": sanitizer.body(exchange.reply.body),
                    },
                }
            )
            self.count += 1

    def _write(self, line: dict[str, Any]) -> None:
        # An ASCII file: a lone surrogate in a text cannot stop the recording.
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
