"""What was changed from this machine, and what would take it back: a journal in the state database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mimecast_secops.stores.closing import Closing
from mimecast_secops.stores.sqlite import open_database

STARTED: Final = "started"
DONE: Final = "done"
FAILED: Final = "failed"
UNDONE: Final = "undone"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, tenant TEXT NOT NULL, action TEXT NOT NULL,
    parameters TEXT NOT NULL, state TEXT NOT NULL, undo TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `undo` is what the results say would take it back, empty where nothing is said.

    `state` is started (it is not known how it ended: the process was killed), done, failed or undone.
    """

    id: int
    at: datetime
    tenant: str
    action: str
    parameters: dict[str, str]
    state: str
    undo: list[dict[str, Any]]


class Journal(Closing):
    """The journal in a state database. Close it, or use it as a context manager.

    Args:
        path: the database.
    """

    def __init__(self, path: Path | str) -> None:
        self._database = open_database(Path(path), _SCHEMA)

    def begin(self, tenant: str, action: str, parameters: Mapping[str, object]) -> int:
        """Note that a change is about to be made, before it is; returns the entry's id."""
        shown = {name: str(value) for name, value in parameters.items()}
        row = (datetime.now(UTC).isoformat(timespec="seconds"), tenant, action, json.dumps(shown), STARTED, "[]")
        done = self._database.execute(
            "INSERT INTO journal (at, tenant, action, parameters, state, undo) VALUES (?, ?, ?, ?, ?, ?)", row
        )
        return int(done.lastrowid or 0)

    def end(self, entry_id: int, state: str, undo: Any = None) -> None:
        """Note how it ended."""
        self._database.execute(
            "UPDATE journal SET state = ?, undo = CASE ? WHEN '' THEN undo ELSE ? END WHERE id = ?",
            (state, *([json.dumps(undo)] * 2 if undo is not None else ["", ""]), entry_id),
        )

    def entries(self) -> Iterator[Entry]:
        """All changes, newest first."""
        rows = self._database.execute(
            "SELECT id, at, tenant, action, parameters, state, undo FROM journal ORDER BY id DESC"
        )
        for entry_id, at, tenant, action, parameters, state, undo in rows:
            yield Entry(
                entry_id, datetime.fromisoformat(at), tenant, action, json.loads(parameters), state, json.loads(undo)
            )

    def close(self) -> None:
        """Close the database."""
        self._database.close()
