"""Forwards the log of the core to the platform. Users can read that log, so it must not contain secrets."""

from __future__ import annotations

import logging
from typing import Final, Protocol

from mimecast_secops.api import scrub

LOGGER_NAME: Final = "mimecast_secops"


class PlatformLogger(Protocol):
    """The SDK's logger. It has no method `warning`."""

    def debug(self, text: str) -> None:
        """Log at debug level."""

    def info(self, text: str) -> None:
        """Log at info level."""

    def warn(self, text: str) -> None:
        """Log at warning level."""

    def error(self, text: str) -> None:
        """Log at error level."""


class PlatformHandler(logging.Handler):
    """Passes records to the platform's logger, with tracebacks and without secrets."""

    def __init__(self, logger: PlatformLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record."""
        text = scrub(self.format(record))
        if record.levelno >= logging.ERROR:
            self._logger.error(text)
        elif record.levelno >= logging.WARNING:
            self._logger.warn(text)  # noqa: G010 -- the SDK's name for it
        elif record.levelno >= logging.INFO:
            self._logger.info(text)
        else:
            self._logger.debug(text)


def forward_log(logger: PlatformLogger) -> None:
    """Send everything that the core logs to the platform's logger only."""
    core_logger = logging.getLogger(LOGGER_NAME)
    core_logger.handlers = [PlatformHandler(logger)]
    core_logger.setLevel(logging.INFO)
    core_logger.propagate = False
