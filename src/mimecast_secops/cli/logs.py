"""The log of a command on standard error: lines of text for people, or JSON objects for programs."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from mimecast_secops.cli.output import lines

_LOG: Final = logging.getLogger("mimecast_secops")
_COMMAND_LOG: Final = "mimecast_secops.cli"


def is_json(options: Mapping[str, Any]) -> bool:
    """Whether the options of a command select JSON."""
    return options.get("log_format") == "json"


def log_line(
    level: int,
    message: object,
    fields: Mapping[str, object] | None = None,
    *,
    logger: str = _COMMAND_LOG,
    time: float | None = None,
) -> str:
    """A JSON object with the members `time`, `level`, `logger`, `message` and those of `fields`.

    The time is in RFC 3339 format with the offset of UTC. The message has no secrets and no terminal control codes.

    Args:
        level: a level of `logging`.
        message: the message.
        fields: more members. Their texts must not come from an email.
        logger: the name of the logger.
        time: unix seconds; None for now.
    """
    moment = datetime.now(UTC) if time is None else datetime.fromtimestamp(time, UTC)
    values = {
        "time": moment.isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(level).lower(),
        "logger": logger,
        "message": lines(message),
    }
    return json.dumps(values | dict(fields or {}), default=str)


def write_log_line(level: int, message: object, fields: Mapping[str, object] | None = None) -> None:
    """Write a note or an error of the command to standard error, as `log_line`."""
    sys.stderr.write(log_line(level, message, fields) + "\n")
    sys.stderr.flush()


class TextFormatter(logging.Formatter):
    """One line per record, without secrets and terminal control codes, and without a traceback unless requested.

    Args:
        tracebacks: whether to append the traceback of a record's exception.
    """

    def __init__(self, *, tracebacks: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        if not self._tracebacks:
            record.exc_info, record.exc_text, record.stack_info = None, None, None
        return lines(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object per record, as `log_line`; the traceback of an exception is the member `traceback`.

    Args:
        tracebacks: whether to add the traceback.
    """

    def __init__(self, *, tracebacks: bool) -> None:
        super().__init__()
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """The JSON object of a record."""
        fields: dict[str, object] = {}
        if self._tracebacks and record.exc_info:
            fields["traceback"] = lines(self.formatException(record.exc_info))
        return log_line(record.levelno, record.getMessage(), fields, logger=record.name, time=record.created)


@contextmanager
def log_to_stderr(
    options: Mapping[str, Any], reword: Callable[[logging.LogRecord], bool] | None = None
) -> Iterator[None]:
    """Write the log of this package to standard error until the block ends.

    Args:
        options: select the level (`debug`, `verbose`, `quiet`) and the format (`log_format`).
        reword: a filter that sees each record before it is formatted.
    """
    before = (_LOG.handlers[:], _LOG.level, _LOG.propagate)
    handler = logging.StreamHandler(sys.stderr)
    formatter = JsonFormatter if is_json(options) else TextFormatter
    handler.setFormatter(formatter(tracebacks=bool(options.get("debug"))))
    if reword is not None:
        handler.addFilter(reword)
    level = logging.DEBUG if options.get("debug") else logging.INFO if options.get("verbose") else logging.WARNING
    _LOG.setLevel(logging.ERROR if options.get("quiet") else level)
    _LOG.handlers[:], _LOG.propagate = [handler], False
    try:
        yield
    finally:
        _LOG.handlers[:], _LOG.propagate = before[0], before[2]
        _LOG.setLevel(before[1])
