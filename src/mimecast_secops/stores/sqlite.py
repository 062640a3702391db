"""State in an SQLite database: one file, several tenants, safe against kills and against a second process."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mimecast_secops.stores.closing import Closing

_BUSY_SECONDS: Final = 15.0
_PRIVATE: Final = 0o600
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS parts (
    namespace TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
"""


class StoreBusy(Exception):
    """Another process runs the same connector on this database."""


class SqliteStore(Closing):
    """A state store in an SQLite file, mode 0600. Close it, or use it as a context manager.

    Args:
        path: the file; made with its folders when it is not there.
        namespace: keeps the states of several connectors apart.
    """

    def __init__(self, path: Path | str, namespace: str = "connector") -> None:
        self._namespace = namespace
        self._database = open_database(Path(path), _SCHEMA)
        self._written: dict[str, bytes] = {}

    def load(self) -> Mapping[str, bytes]:
        """The parts as last committed."""
        rows = self._database.execute("SELECT name, content FROM parts WHERE namespace = ?", (self._namespace,))
        self._written = {name: bytes(content) for name, content in rows}
        return dict(self._written)

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Write what changed, in one transaction."""
        changed = [(self._namespace, name, part) for name, part in parts.items() if self._written.get(name) != part]
        gone = [(self._namespace, name) for name in self._written if name not in parts]
        with transaction(self._database):
            self._database.executemany("DELETE FROM parts WHERE namespace = ? AND name = ?", gone)
            self._database.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", changed)
        self._written = dict(parts)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def open_database(path: Path, schema: str) -> sqlite3.Connection:
    """An SQLite database in WAL mode that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made before SQLite opens it: a file that is private from its first byte, and so are its -wal and -shm.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE))
    path.chmod(_PRIVATE)
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(schema)
    return database


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


@contextmanager
def only_process(path: Path, namespace: str = "connector") -> Iterator[None]:
    """Hold a lock for as long as a connector runs. It goes with the process, so a kill leaves nothing behind.

    Raises:
        StoreBusy: another process holds it.
    """
    import fcntl  # noqa: PLC0415 -- Unix only, as is the service that needs it

    name = "".join(c if c.isalnum() else "-" for c in namespace)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(f"{path.name}.{name}.lock"), os.O_RDWR | os.O_CREAT, _PRIVATE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise StoreBusy(
            f"Another process runs this connector on {path.name}: stop it, or use another --state."
        ) from None
    try:
        yield
    finally:
        os.close(handle)
