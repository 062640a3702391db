"""What was changed from this machine, and what would take it back: a journal in the state database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import StateDatabase

STARTED: Final = "started"
DONE: Final = "done"
FAILED: Final = "failed"
UNDONE: Final = "undone"


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


class Journal:
    """The journal in a state database.

    Args:
        database: an open database; its owner closes it.
    """

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def begin(self, tenant: str, action: str, parameters: Mapping[str, object]) -> int:
        """Note that a change is about to be made, before it is; returns the entry's id."""
        shown = {name: str(value) for name, value in parameters.items()}
        row = (datetime.now(UTC).isoformat(timespec="seconds"), tenant, action, json.dumps(shown), STARTED, "[]")
        return self._database.execute(
            "INSERT INTO journal (at, tenant, action, parameters, state, undo) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def end(self, entry_id: int, state: str, undo: Any = None) -> None:
        """Note how it ended."""
        self._database.execute(
            "UPDATE journal SET state = ?, undo = CASE ? WHEN '' THEN undo ELSE ? END WHERE id = ?",
            (state, *([json.dumps(undo)] * 2 if undo is not None else ["", ""]), entry_id),
        )

    def entries(self) -> Iterator[Entry]:
        """All changes, newest first.

        Raises:
            UnreadableState: an entry is damaged.
        """
        rows = self._database.rows(
            "SELECT id, at, tenant, action, parameters, state, undo FROM journal ORDER BY id DESC"
        )
        for entry_id, at, tenant, action, parameters, state, undo in rows:
            try:
                moment, values, remedies = datetime.fromisoformat(at), json.loads(parameters), json.loads(undo)
            except (TypeError, ValueError) as damage:
                raise UnreadableState(
                    f"Entry {entry_id} of the journal in {self._database.path} is damaged: restore a backup."
                ) from damage
            yield Entry(entry_id, moment, tenant, action, values, state, remedies)
