"""Alerts as lines of JSON: how a line is written, and how lines are read again with bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple

from mimecast_secops.ingest import Alert, AlertFile

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))
# A longer line is checked piece by piece, so that memory stays bounded.
_PIECE: Final = 1 << 20
_OPENING: Final = b'{"display_id":"'
_IDS: Final = re.compile(rb'\{"display_id":"[^"\\]*","ticket_id":("(?:[^"\\]|\\.)*")')


def as_json(alert: Alert) -> dict[str, Any]:
    """An alert as one JSON object: its display ID, then its fields in their order.

    Events are not copied, so do not change the result.
    """
    # `dataclasses.asdict` copies every event and file, which took a third of the time of a drain.
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

    `ticket_id` is None where the line is not an alert. `start` and `end` are offsets in bytes; `end` is behind the
    newline.
    """

    ticket_id: str | None
    start: int
    end: int


def read_lines(stream: BinaryIO, start: int) -> Iterator[Line]:
    """The whole lines from `start` on, where the stream stands. A last line without its newline is left out.

    Memory stays below a few MiB however long a line is.
    """
    while piece := stream.readline(_PIECE):
        if piece.endswith(b"\n"):
            ticket_id, end = _ticket_id(piece), start + len(piece)
        elif len(piece) < _PIECE:
            return
        else:
            long = _LongLine(piece)
            while not piece.endswith(b"\n"):
                piece = stream.readline(_PIECE)
                if not piece:
                    return
                long.add(piece)
            ticket_id, end = long.ticket_id(), start + long.length
        yield Line(ticket_id, start, end)
        start = end


def may_be_torn_alert(beginning: bytes) -> bool:
    """Whether a line without its newline can be the beginning of an alert that a kill or a full disk cut off."""
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

    It counts as an alert when it begins and ends like one and no other alert begins inside it. Inside a JSON string
    every quotation mark is escaped, so the opening of an alert appears there only after a torn write.
    """

    def __init__(self, piece: bytes) -> None:
        self._ids = _IDS.match(piece)
        self._openings = 0
        self._has_nul = False
        self._last = b""
        self.length = 0
        self.add(piece)

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        kept = len(_OPENING) - 1
        self._openings += (self._last + piece).count(_OPENING)
        self._has_nul = self._has_nul or b"\0" in piece
        self._last = (self._last + piece)[-kept:]
        self.length += len(piece)

    def ticket_id(self) -> str | None:
        """The ticket ID, or None where the line is not one whole alert."""
        if self._ids is None or self._openings != 1 or self._has_nul or not self._last.endswith(b"}\n"):
            return None
        ticket_id: str = json.loads(self._ids[1])
        return ticket_id
