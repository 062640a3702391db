"""Alerts as JSON lines: one durable write per alert, and no line lost or repeated after a kill.

The token is the length of the file. After a kill between delivery and commit the lines behind it are read for their
ticket ids; a line that was torn by the kill is cut off, and comes again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from mimecast_secops.ingest import Alert, Offer
from mimecast_secops.stores.alert_lines import as_line
from mimecast_secops.stores.closing import Closing

_PRIVATE: Final = 0o600


class JsonLinesDelivery(Closing):
    """Appends alerts to a file, mode 0600. Close it, or use it as a context manager.

    Args:
        path: the file; made with its folders when it is not there. It may be moved away between two cycles.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _PRIVATE)

    def recover(self, token: str) -> list[str]:
        """The ids of the whole lines behind the token; a torn last line is removed."""
        length = os.fstat(self._file).st_size
        start = int(token) if token.isdigit() and int(token) <= length else 0
        with self._path.open("rb") as lines:
            lines.seek(start)
            tail = lines.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            os.ftruncate(self._file, start + len(whole))
            os.fsync(self._file)
        return [str(json.loads(line)["ticket_id"]) for line in whole.splitlines()]

    def offer(self, alert: Alert) -> Offer:
        """One line, on the disk before this returns."""
        line = memoryview(as_line(alert))
        while line:
            line = line[os.write(self._file, line) :]
        os.fdatasync(self._file)
        return Offer.DELIVERED

    def finish(self) -> str:
        """The length of the file."""
        return str(os.fstat(self._file).st_size)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
