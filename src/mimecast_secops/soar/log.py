"""The log of the core, sent to the platform's. Everything logged there is shown to users, so secrets are taken out."""

from __future__ import annotations

import logging
from typing import Protocol

from mimecast_secops.api import scrub

ROOT = "mimecast_secops"


class PlatformLogger(Protocol):
    """The SDK's logger; it has no `warning`."""

    def debug(self, text: str) -> None:
        """Log at debug level."""

    def info(self, text: str) -> None:
        """Log at info level."""

    def warn(self, text: str) -> None:
        """Log at warning level."""

    def error(self, text: str) -> None:
        """Log at error level."""


class PlatformHandler(logging.Handler):
    """Hands records to the platform's logger, one line each, traces included, secrets not."""

    def __init__(self, logger: PlatformLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record."""
        text = scrub(self.format(record))
        if record.levelno >= logging.ERROR:
            self._logger.error(text)
        elif record.levelno >= logging.WARNING:
            self._logger.warn(text)  # noqa: G010 -- the SDK has no other name for it
        elif record.levelno >= logging.INFO:
            self._logger.info(text)
        else:
            self._logger.debug(text)


def bridge(logger: PlatformLogger) -> None:
    """Send what the core logs to the platform's logger, and nowhere else."""
    root = logging.getLogger(ROOT)
    root.handlers = [PlatformHandler(logger)]
    root.setLevel(logging.INFO)
    root.propagate = False
