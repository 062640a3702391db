"""Alerts as lines of JSON: writing a line, and reading lines with bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple

from mimecast_secops.ingest import Alert, AlertFile

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))
# A longer line is checked chunk by chunk, so that memory stays bounded.
_CHUNK: Final = 1 << 20
_OPENING: Final = b'{"display_id":"'
_IDS: Final = re.compile(rb'\{"display_id":"[^"\\]*","ticket_id":("(?:[^"\\]|\\.)*")')


def as_json(alert: Alert) -> dict[str, Any]:
    """An alert as one JSON object: its display ID, then its fields in their order.

    The events are those of the alert, not copies, so do not change the result.
    """
    # `dataclasses.asdict` copies every event and file, which took a third of the time of the drain benchmark.
    return {
        "display_id": alert.display_id,
        "ticket_id": alert.ticket_id,
        "name": alert.name,
        "rule_generator": alert.rule_generator,
        "product": alert.product,
        "priority": alert.priority,
        "start_ms": alert.start_ms,
        "end_ms": alert.end_ms,
        "reason": alert.reason,
        "description": alert.description,
        "grouping_id": alert.grouping_id,
        "events": alert.events,
        "files": [_file_as_json(file) for file in alert.files],
        "complete": alert.complete,
        "vendor": alert.vendor,
    }


def _file_as_json(file: AlertFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "extension": file.extension,
        "base64": file.base64,
        "size": file.size,
        "sha256": file.sha256,
    }


def as_line(alert: Alert) -> bytes:
    """An alert as one line: ASCII only, with its newline."""
    return _ENCODER.encode(as_json(alert)).encode("ascii") + b"\n"


class Line(NamedTuple):
    """A whole line of a file.

    Attributes:
        ticket_id: the ticket ID of the alert; None if the line is not an alert.
        start: the offset of the line in bytes.
        end: the offset after its newline.
    """

    ticket_id: str | None
    start: int
    end: int


def read_lines(stream: BinaryIO, start: int) -> Iterator[Line]:
    """The whole lines of a file. A last line without a newline is omitted.

    Memory stays below a few MiB, however long a line is.

    Args:
        stream: the file, at the position `start`.
        start: the offset of the first line in bytes.
    """
    while chunk := stream.readline(_CHUNK):
        if chunk.endswith(b"\n"):
            ticket_id, end = _ticket_id(chunk), start + len(chunk)
        elif len(chunk) < _CHUNK:
            return
        else:
            long = _LongLine(chunk)
            while not chunk.endswith(b"\n"):
                chunk = stream.readline(_CHUNK)
                if not chunk:
                    return
                long.add(chunk)
            ticket_id, end = long.ticket_id(), start + long.length
        yield Line(ticket_id, start, end)
        start = end


def may_be_incomplete_alert(beginning: bytes) -> bool:
    """Whether a line without a newline can be an alert that a kill or a full disk left incomplete."""
    return beginning.startswith(_OPENING) or _OPENING.startswith(beginning)


def _ticket_id(line: bytes) -> str | None:
    if not line.startswith(_OPENING):
        return None
    try:
        ticket_id = json.loads(line)["ticket_id"]
    except (ValueError, KeyError, RecursionError):
        return None
    return ticket_id if isinstance(ticket_id, str) else None


class _LongLine:
    """A line that is too long to be parsed at once.

    It counts as an alert if it begins and ends like an alert and no other alert begins inside it. Every quotation mark
    in a JSON string is escaped, so an alert begins inside another one only after an incomplete write.
    """

    def __init__(self, chunk: bytes) -> None:
        self._ids = _IDS.match(chunk)
        self._openings = 0
        self._has_nul = False
        self._last = b""
        self.length = 0
        self.add(chunk)

    def add(self, chunk: bytes) -> None:
        """Add the next chunk."""
        overlap = len(_OPENING) - 1
        self._openings += (self._last + chunk).count(_OPENING)
        self._has_nul = self._has_nul or b"\0" in chunk
        self._last = (self._last + chunk)[-overlap:]
        self.length += len(chunk)

    def ticket_id(self) -> str | None:
        """The ticket ID, or None if the line is not one whole alert."""
        if self._ids is None or self._openings != 1 or self._has_nul or not self._last.endswith(b"}\n"):
            return None
        ticket_id: str = json.loads(self._ids[1])
        return ticket_id
