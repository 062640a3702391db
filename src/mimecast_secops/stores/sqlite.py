"""State in an SQLite database: one file, several tenants, safe against kills and against a second process."""

from __future__ import annotations

from collections.abc import Mapping

from mimecast_secops.stores.database import StateDatabase


class SqliteStore:
    """A state store in a state database.

    Args:
        database: an open database; its owner closes it.
        namespace: keeps the states of several connectors apart.
    """

    def __init__(self, database: StateDatabase, namespace: str = "connector") -> None:
        self._database = database
        self._namespace = namespace
        # What the database holds at a revision, as far as this object has read or written it.
        self._parts: dict[str, bytes] = {}
        self._revision: tuple[int, int] | None = None

    def load(self) -> Mapping[str, bytes]:
        """The parts as last committed. They are read again only if the database has changed since."""
        revision = self._database.revision()
        if revision != self._revision:
            # A commit of another process after this line makes the parts newer than the revision: they are read again.
            rows = self._database.rows("SELECT name, content FROM parts WHERE namespace = ?", (self._namespace,))
            self._parts, self._revision = dict(rows), revision
        return dict(self._parts)

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Write what changed, in one transaction."""
        with self._database.transaction() as connection:
            known = self.load()
            changed = [(self._namespace, name, part) for name, part in parts.items() if known.get(name) != part]
            gone = [(self._namespace, name) for name in known if name not in parts]
            connection.executemany("DELETE FROM parts WHERE namespace = ? AND name = ?", gone)
            connection.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", changed)
            # No other process can commit before this transaction ends, so this is the revision of these parts.
            revision = self._database.revision()
        self._parts, self._revision = dict(parts), revision
