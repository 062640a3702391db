"""The journal: the changes made from this machine, and the steps that revert them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mimecast_secops.cli.targets import Target
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import Row, StateDatabase

STARTED: Final = "started"
DONE: Final = "done"
FAILED: Final = "failed"
UNDONE: Final = "undone"
_COLUMNS: Final = "id, at, tenant, action, parameters, state, undo, target"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change.

    Attributes:
        id: the number of the entry.
        at: when the change began; an aware time.
        tenant: the tenant, as `MimecastClient.tenant_key` names it; only the API root in entries of version 1.0.
        action: the name of the action.
        parameters: its parameters by name.
        state: `started` (how it ended is unknown, because the process was killed), `done`, `failed` or `undone`.
        undo: the steps that revert the change, as in the results of the action; empty if there are none.
        targets: who or what the change concerns; empty in an entry of an earlier version.
    """

    id: int
    at: datetime
    tenant: str
    action: str
    parameters: dict[str, str]
    state: str
    undo: list[dict[str, Any]]
    targets: tuple[Target, ...] = ()

    @property
    def changed_nothing(self) -> bool:
        """Whether the attempt failed before it changed anything."""
        return self.state == FAILED and not self.undo

    def as_json(self) -> dict[str, Any]:
        """The entry as a JSON object."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "tenant": self.tenant,
            "action": self.action,
            "target": [target.as_json() for target in self.targets],
            "parameters": self.parameters,
            "state": self.state,
            "undo": self.undo,
        }


class Journal:
    """The journal, in the `journal` table of a state database.

    Args:
        database: an open database; its owner closes it.
    """

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def begin(self, tenant: str, action: str, parameters: Mapping[str, object], targets: Sequence[Target]) -> int:
        """Add an entry for a change before it is made. Returns the ID of the entry."""
        texts = {name: str(value) for name, value in parameters.items()}
        at = datetime.now(UTC).isoformat(timespec="seconds")
        row = (at, tenant, action, json.dumps(texts), STARTED, "[]", _as_text(targets))
        return self._database.execute(
            "INSERT INTO journal (at, tenant, action, parameters, state, undo, target) VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )

    def end(
        self,
        entry_id: int,
        state: str,
        undo: Sequence[Mapping[str, Any]] | None = None,
        targets: Sequence[Target] = (),
    ) -> None:
        """Record the state in which a change ended, its undo steps unless they are None, and its targets if any."""
        self._database.execute(
            "UPDATE journal SET state = ?, undo = coalesce(?, undo), target = coalesce(?, target) WHERE id = ?",
            (state, None if undo is None else json.dumps(undo), _as_text(targets) if targets else None, entry_id),
        )

    def entry(self, entry_id: int) -> Entry | None:
        """The entry with a number; None if there is none.

        Raises:
            UnreadableState: the entry is damaged.
        """
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM journal WHERE id = ?", (entry_id,))  # noqa: S608 -- fixed
        return self._read(rows[0]) if rows else None

    def entries(self, *, since: datetime | None = None) -> Iterator[Entry]:
        """All entries, newest first.

        Args:
            since: only the changes that began at this time or later; None for all.

        Raises:
            UnreadableState: an entry is damaged.
        """
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM journal ORDER BY id DESC")  # noqa: S608 -- fixed
        entries = (self._read(row) for row in rows)
        return (entry for entry in entries if since is None or entry.at >= since)

    def _read(self, row: Row) -> Entry:
        entry_id, at, tenant, action, parameters, state, undo, target = row
        try:
            moment = datetime.fromisoformat(at)
            targets = tuple(Target.from_json(members) for members in json.loads(target))
            return Entry(entry_id, moment, tenant, action, json.loads(parameters), state, json.loads(undo), targets)
        except (TypeError, ValueError) as error:
            raise UnreadableState(
                f"Entry {entry_id} of the journal in {self._database.path} is damaged. Restore a backup."
            ) from error


def _as_text(targets: Sequence[Target]) -> str:
    return json.dumps([target.as_json() for target in targets])
