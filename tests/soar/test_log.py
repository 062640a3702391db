"""The log of the core, forwarded to the platform."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from mimecast_secops.api import Secret
from mimecast_secops.soar.log import LOGGER_NAME, forward_log

LEVELS = ["debug", "info", "warning", "error"]


class RecordingLogger:
    """The platform's logger. Records the method and the text of each call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def debug(self, text: str) -> None:
        self.calls.append(("debug", text))

    def info(self, text: str) -> None:
        self.calls.append(("info", text))

    def warn(self, text: str) -> None:
        self.calls.append(("warn", text))

    def error(self, text: str) -> None:
        self.calls.append(("error", text))


@pytest.fixture
def platform_logger() -> Iterator[RecordingLogger]:
    core = logging.getLogger(LOGGER_NAME)
    before = (list(core.handlers), core.level, core.propagate)
    logger = RecordingLogger()
    forward_log(logger)
    yield logger
    core.handlers, core.level, core.propagate = before


def test_each_level_has_its_method_and_debug_is_not_forwarded(platform_logger: RecordingLogger) -> None:
    log = logging.getLogger(f"{LOGGER_NAME}.ingest")
    for level in LEVELS:
        getattr(log, level)("a message at %s", level)
    assert platform_logger.calls == [
        ("info", "a message at info"),
        ("warn", "a message at warning"),
        ("error", "a message at error"),
    ]


def test_a_traceback_is_forwarded(platform_logger: RecordingLogger) -> None:
    logging.getLogger(LOGGER_NAME).error("Unexpected error", exc_info=ZeroDivisionError("a bug"))
    [(method, text)] = platform_logger.calls
    assert method == "error"
    assert "ZeroDivisionError: a bug" in text


def test_secrets_are_removed(platform_logger: RecordingLogger) -> None:
    secret = Secret("a-secret-that-must-not-appear")
    logging.getLogger(LOGGER_NAME).warning("the key is %s", secret.reveal())
    [(_, text)] = platform_logger.calls
    assert secret.reveal() not in text


def test_forwarding_again_replaces_the_logger(platform_logger: RecordingLogger) -> None:
    second = RecordingLogger()
    forward_log(second)
    logging.getLogger(LOGGER_NAME).info("once")
    assert (platform_logger.calls, second.calls) == ([], [("info", "once")])
