"""The journal: the changes made from this machine, and the steps that revert them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
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
    """One change.

    Attributes:
        id: the number of the entry.
        at: when the change began; an aware time.
        tenant: the API root of the tenant.
        action: the name of the action.
        parameters: its parameters by name.
        state: `started` (how it ended is unknown, because the process was killed), `done`, `failed` or `undone`.
        undo: the steps that revert the change, as in the results of the action; empty if there are none.
    """

    id: int
    at: datetime
    tenant: str
    action: str
    parameters: dict[str, str]
    state: str
    undo: list[dict[str, Any]]


class Journal:
    """The journal, in the `journal` table of a state database.

    Args:
        database: an open database; its owner closes it.
    """

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def begin(self, tenant: str, action: str, parameters: Mapping[str, object]) -> int:
        """Add an entry for a change before it is made. Returns the ID of the entry."""
        texts = {name: str(value) for name, value in parameters.items()}
        row = (datetime.now(UTC).isoformat(timespec="seconds"), tenant, action, json.dumps(texts), STARTED, "[]")
        return self._database.execute(
            "INSERT INTO journal (at, tenant, action, parameters, state, undo) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def end(self, entry_id: int, state: str, undo: Sequence[Mapping[str, Any]] | None = None) -> None:
        """Record the state in which a change ended, and its undo steps unless they are None."""
        if undo is None:
            self._database.execute("UPDATE journal SET state = ? WHERE id = ?", (state, entry_id))
        else:
            self._database.execute(
                "UPDATE journal SET state = ?, undo = ? WHERE id = ?", (state, json.dumps(undo), entry_id)
            )

    def entries(self) -> Iterator[Entry]:
        """All entries, newest first.

        Raises:
            UnreadableState: an entry is damaged.
        """
        rows = self._database.rows(
            "SELECT id, at, tenant, action, parameters, state, undo FROM journal ORDER BY id DESC"
        )
        for entry_id, at, tenant, action, parameters, state, undo in rows:
            try:
                moment, values, steps = datetime.fromisoformat(at), json.loads(parameters), json.loads(undo)
            except (TypeError, ValueError) as error:
                raise UnreadableState(
                    f"Entry {entry_id} of the journal in {self._database.path} is damaged. Restore a backup."
                ) from error
            yield Entry(entry_id, moment, tenant, action, values, state, steps)
