"""The state of connectors in a state database: several connectors in one file, safe against kills."""

from __future__ import annotations

from collections.abc import Mapping

from mimecast_secops.stores.database import StateDatabase


class SqliteStore:
    """The state store of one connector, in the `parts` table of a state database.

    Args:
        database: an open database; its owner closes it.
        namespace: the name of the connector.
    """

    def __init__(self, database: StateDatabase, namespace: str = "connector") -> None:
        self._database = database
        self._namespace = namespace
        # The content of the database at a revision that this object has read or written.
        self._parts: dict[str, bytes] = {}
        self._revision: tuple[int, int] | None = None

    def load(self) -> Mapping[str, bytes]:
        """The parts as last committed. They are read again only if the database has changed."""
        revision = self._database.revision()
        if revision != self._revision:
            # If another process commits after this line, the next call sees another revision and reads the parts again.
            rows = self._database.rows("SELECT name, content FROM parts WHERE namespace = ?", (self._namespace,))
            self._parts, self._revision = dict(rows), revision
        return dict(self._parts)

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Write the changed parts in one transaction."""
        with self._database.transaction() as connection:
            stored = self.load()
            changed = [(self._namespace, name, part) for name, part in parts.items() if stored.get(name) != part]
            deleted = [(self._namespace, name) for name in stored if name not in parts]
            connection.executemany("DELETE FROM parts WHERE namespace = ? AND name = ?", deleted)
            connection.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", changed)
            # No other process can commit before this transaction ends, so this is the revision of these parts.
            revision = self._database.revision()
        self._parts, self._revision = dict(parts), revision
