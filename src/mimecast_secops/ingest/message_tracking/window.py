"""What the searches of one window found, and how much they may still read."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from mimecast_secops.api import TrackedMessage
from mimecast_secops.api.errors import UndecodableReply
from mimecast_secops.ingest.record import tracking_id

# Seconds that may be undecodable before any reply was decoded. More of them are an outage, not a broken row.
_MAX_UNDECODABLE: Final = 3


class Defect(Enum):
    """Why a second of message tracking could not be read completely."""

    ROW_LIMIT = "one search returns at most {limit} of its messages"
    UNDECODABLE = "Mimecast's reply about it cannot be decoded"
    UNPROVED = "a reply has {rows} of its messages, and whether Mimecast returns more in one reply is not known"


@dataclass(slots=True)
class Window:
    """The rows of one window.

    Attributes:
        start_ms: its start, in unix milliseconds.
        end_ms: how far it was read: less than requested if there were more rows than are read at once.
        rows: id → row.
        unreadable: second, in unix milliseconds → why it could not be read completely.
        unproved: second, in unix milliseconds → number of its rows, where nothing proves that these are all.
        missing: second, in unix milliseconds → the least number of its messages that were not read.
        deviations: how the form of replies differs from the documented one.
        only_rows: the number of rows of a reply that has all messages of the tenant, as far as searches show; 0 if no
            reply was compared with all messages.
    """

    start_ms: int
    end_ms: int
    rows: dict[str, TrackedMessage] = field(default_factory=dict)
    unreadable: dict[int, Defect] = field(default_factory=dict)
    unproved: dict[int, int] = field(default_factory=dict)
    missing: dict[int, int] = field(default_factory=dict)
    deviations: set[str] = field(default_factory=set)
    only_rows: int = 0

    def add(self, messages: Iterable[TrackedMessage]) -> int:
        """Add rows. Returns how many were new."""
        before = len(self.rows)
        for message in messages:
            self.rows.setdefault(tracking_id(message), message)
        return len(self.rows) - before

    def merge(self, part: Window) -> None:
        """Add what another search of the same window found."""
        self.add(part.rows.values())
        self.unreadable |= part.unreadable
        self.unproved |= part.unproved
        for second_ms, count in part.missing.items():
            self.missing[second_ms] = max(count, self.missing.get(second_ms, 0))
        self.deviations |= part.deviations
        self.only_rows = max(self.only_rows, part.only_rows)
        self.end_ms = min(self.end_ms, part.end_ms)


class Progress:
    """What the searches of one window share: how many rows may still be read, and whether any reply was decoded.

    Args:
        max_rows: rows are kept in memory until the window is read, so their number determines the memory of a cycle.
    """

    def __init__(self, max_rows: int) -> None:
        self._lock = threading.Lock()
        self._rows_left = max_rows
        self._undecodable = 0
        self.decoded = False

    @property
    def is_full(self) -> bool:
        """Whether no more rows may be read."""
        return self._rows_left <= 0

    def add_decoded(self, rows: int) -> None:
        """Count the rows of a decoded reply."""
        with self._lock:
            self._rows_left -= rows
            self.decoded = True

    def add_undecodable(self, error: UndecodableReply) -> None:
        """Count a second whose reply is undecodable. Raises the error if it looks like an outage."""
        with self._lock:
            self._undecodable += 1
            if self._undecodable >= _MAX_UNDECODABLE and not self.decoded:
                raise error
