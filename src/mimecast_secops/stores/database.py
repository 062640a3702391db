"""The state database: the only module that opens SQLite.

Closing any descriptor of a file releases all POSIX locks of the process on that file, and SQLite depends on these
locks: without them, another process deletes the write-ahead log that this process still writes. Therefore a process
opens a database once and shares the connection, and no code opens an existing database file by other means.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores import locks
from mimecast_secops.stores.closeable import Closeable
from mimecast_secops.stores.errors import (
    StateInUse,
    StateLocked,
    StateMissing,
    StateReplaced,
    StateUnwritable,
)
from mimecast_secops.stores.migrations import MIGRATIONS, SCHEMA_VERSION, TABLES

BUSY_SECONDS: Final = 15.0
_PRIVATE: Final = 0o600
_OTHERS: Final = 0o077
_WAL_RETRY_SECONDS: Final = 0.01
_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNWRITABLE: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOLFS,
    }
)

Row = tuple[Any, ...]
_Identity = tuple[int, int]


class StateDatabase(Closeable):
    """One open state database: mode 0600, WAL, durable commits. Threads may share it.

    Create it with `open`. All methods raise `StateLocked`, `StateUnwritable`, `StateReplaced` or
    `ingest.UnreadableState` if the database cannot be used.

    Attributes:
        path: the database file, symbolic links resolved.
    """

    def __init__(self, path: Path, identity: _Identity, busy_seconds: float) -> None:
        self.path = path
        self._identity = identity
        self._busy_seconds = busy_seconds
        self._lock = threading.RLock()
        self._users = 0
        self._claims: dict[str, int] = {}
        self._connection: sqlite3.Connection
        # Opened before SQLite opens the file and closed after SQLite has closed it.
        self._descriptors = [os.open(path, os.O_RDWR)]

    @classmethod
    def open(cls, path: Path | str, *, create: bool = True, busy_seconds: float = BUSY_SECONDS) -> StateDatabase:
        """Open a database, or return the object that this process has open for the same file.

        Every call needs one `close`; the last one closes the file.

        Args:
            path: the database file.
            create: whether to create the file and its folders if they do not exist.
            busy_seconds: how long a statement waits for a lock of another process. The first `open` of a
                file in a process sets it.

        Raises:
            StateMissing: the file does not exist, and `create` is false.
            StateInUse: another process uses the file under another name.
            StateLocked: another process holds a lock for longer than `busy_seconds`.
            StateUnwritable: the file cannot be created, opened or written, or has a second hard link.
            UnreadableState: the file is damaged, is not a state database, or was written by a newer version.
        """
        real = Path(os.path.realpath(path))
        with _OPENING, _translated_errors(real, busy_seconds):
            if create:
                _create(real)
            identity = _checked(real)
            database = _OPEN.get(identity)
            if database is None:
                database = cls(real, identity, busy_seconds)
                database._begin()
                _OPEN[identity] = database
            database._users += 1
            return database

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with self._operation() as connection:
            return connection.execute(statement, values).fetchall()

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        """Execute one statement in a separate transaction. Returns the ID of the last inserted row."""
        with self._operation() as connection:
            return int(connection.execute(statement, values).lastrowid or 0)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction. It is rolled back if the block or the commit raises."""
        with self._operation() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back after some errors, and an error of the rollback would hide the cause.
                with suppress(sqlite3.Error):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                raise

    def revision(self) -> tuple[int, int]:
        """A value that changes with every change to the database, by this process or by another."""
        with self._operation() as connection:
            [(version,)] = connection.execute("PRAGMA data_version")
            return int(version), connection.total_changes

    @contextmanager
    def claim(self, namespace: str) -> Iterator[None]:
        """Hold the lock of a connector, so that it runs once. The kernel releases the lock when the process ends.

        Args:
            namespace: the name of the connector.

        Raises:
            StateInUse: this or another process holds it, whatever the path under which it has opened the file.
        """
        with self._operation():
            lock = None if namespace in self._claims else locks.take(self._descriptors[0], self.path, namespace)
            if lock is None:
                raise StateInUse(
                    f"Another process runs the connector {namespace!r} on {self.path}. "
                    "Stop it, or use another --state or --namespace."
                )
            self._claims[namespace] = lock
        try:
            yield
        finally:
            with self._lock:
                locks.release(self._descriptors[0], namespace, self._claims.pop(namespace))

    def close(self) -> None:
        """Close the file, if every other `open` has its `close`."""
        with _OPENING:
            if self._users == 1:
                del _OPEN[self._identity]
                self._end()
            self._users = max(0, self._users - 1)

    def _begin(self) -> None:
        try:
            self._lock_path()
            self._connection = sqlite3.connect(
                f"{self.path.as_uri()}?mode=rw",
                uri=True,
                timeout=self._busy_seconds,
                isolation_level=None,
                check_same_thread=False,
            )
            self._prepare()
        except BaseException:
            self._end()
            raise

    def _lock_path(self) -> None:
        if _identity(os.fstat(self._descriptors[0])) != self._identity:
            raise _replaced(self.path)
        if not locks.share_path(self._descriptors[0], self.path):
            raise StateInUse(
                f"Another process uses the state database {self.path} under another name, which SQLite "
                "cannot do safely. Use the same path in both, or stop the other process."
            )

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA synchronous=FULL")
        # Read the version before the tables: another process may create them now, and writes the version last.
        version = self._read_version()
        tables = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and not tables & TABLES:
            raise UnreadableState(f"{self.path} is the database of another program. Use another --state.")
        self._check_version(version)
        if version == SCHEMA_VERSION and not tables >= TABLES:
            missing = ", ".join(sorted(TABLES - tables))
            raise _damaged(self.path, f"tables are missing: {missing}")
        self._use_wal()
        if version < SCHEMA_VERSION:
            self._migrate()

    def _read_version(self) -> int:
        """The number of migrations that the database has."""
        [(version,)] = self._connection.execute("PRAGMA user_version")
        return int(version)

    def _check_version(self, version: int) -> None:
        if version > SCHEMA_VERSION:
            raise UnreadableState(
                f"A newer version of this program wrote the state database {self.path} (format {version}, this version "
                f"reads {SCHEMA_VERSION}). Update this program, or use another --state."
            )

    def _migrate(self) -> None:
        """Execute the missing migrations, all or none."""
        with self.transaction() as connection:
            # Read again inside the transaction: another process may have migrated the database.
            version = self._read_version()
            self._check_version(version)
            for migration in MIGRATIONS[version:]:
                for statement in migration:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _use_wal(self) -> None:
        """Switch to WAL. SQLite does not wait for locks of other processes here, so this method does."""
        end = time.monotonic() + self._busy_seconds
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if _primary(error) not in _LOCKED or time.monotonic() >= end:
                    raise
                time.sleep(_WAL_RETRY_SECONDS)
            else:
                return

    @contextmanager
    def _operation(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _translated_errors(self.path, self._busy_seconds):
            if self._is_replaced():
                raise _replaced(self.path)
            yield self._connection

    def _is_replaced(self) -> bool:
        try:
            return _identity(self.path.stat()) != self._identity
        except FileNotFoundError:
            return True

    def _end(self) -> None:
        with self._lock:
            if hasattr(self, "_connection"):
                # If the file was replaced, SQLite detects it, and does not delete the log of the new database.
                with suppress(sqlite3.Error):
                    self._connection.close()
            while self._descriptors:
                _close_descriptor(self._descriptors.pop())


_OPEN: Final[dict[_Identity, StateDatabase]] = {}
_OPENING: Final = threading.RLock()


def _create(path: Path) -> None:
    """Create the file with mode 0600. SQLite gives its -wal and -shm files the same mode."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        # This file is new, so this process cannot hold a lock on it that closing the descriptor would drop.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE))


def _checked(path: Path) -> _Identity:
    """The identity of a file that can be a database, without opening it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise StateMissing(f"There is no state database {path}.") from None
    if not stat.S_ISREG(status.st_mode):
        raise StateUnwritable(f"{path} is not a file, so it cannot be the state database. Use another --state.")
    if status.st_nlink > 1:
        raise StateUnwritable(
            f"The state database {path} has {status.st_nlink} hard links. SQLite destroys a database that is used "
            "under two names. Remove the other links, or copy the file and use the copy."
        )
    if status.st_mode & _OTHERS:
        path.chmod(_PRIVATE)
    return _identity(status)


def _close_descriptor(descriptor: int) -> None:
    """Close a descriptor, unless that would release the locks of another open database of this process."""
    owner = _OPEN.get(_identity(os.fstat(descriptor)))
    if owner is None:
        os.close(descriptor)
    else:
        owner._descriptors.append(descriptor)  # noqa: SLF001 -- the class and this function share the list


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _primary(error: sqlite3.Error) -> int | None:
    """The primary result code; None for an error that Python's `sqlite3` module raises itself."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


@contextmanager
def _translated_errors(path: Path, busy_seconds: float) -> Iterator[None]:
    """Translate errors of SQLite and the system into errors that say what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translate(error, path, busy_seconds) from error
    except OSError as error:
        raise StateUnwritable(
            f"The state database {path} cannot be opened or written: {error.strerror or error}. Nothing is lost. "
            "Correct that, and run the command again."
        ) from error


def _translate(error: sqlite3.Error, path: Path, busy_seconds: float) -> Exception:
    code = _primary(error)
    if code in _LOCKED:
        return StateLocked(
            f"Another process has locked the state database {path}, and did not release it within {busy_seconds:g} "
            f"seconds. Nothing was written. Try again, or find that process with `fuser {path}`."
        )
    if code in _UNWRITABLE:
        return StateUnwritable(
            f"The state database {path} cannot be written: {_cause(code, str(error), path)}. Nothing is lost. "
            "Correct that, and run the command again."
        )
    # An error without a code means that Python cannot decode the content of the file.
    if code in _DAMAGED or (code is None and isinstance(error, sqlite3.OperationalError)):
        return _damaged(path, str(error))
    return error


def _cause(code: int | None, text: str, path: Path) -> str:
    """Why a file cannot be written, as far as the system tells."""
    with suppress(OSError, AttributeError, ImportError):
        system = os.statvfs(path.parent)
        if system.f_flag & os.ST_RDONLY:
            return "the file system is read-only"
        if code == sqlite3.SQLITE_FULL or system.f_bavail == 0:
            return "the disk is full"
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            return "this user may not write the file or its folder"
        import resource  # noqa: PLC0415 -- Unix only

        limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        if limit != resource.RLIM_INFINITY:
            return f"{text}; files of this process are limited to {limit} bytes (ulimit -f)"
    return text


def _damaged(path: Path, text: str) -> UnreadableState:
    return UnreadableState(
        f"The state database {path} is damaged ({text}). Stop every process that uses it and move it away together "
        "with its -wal and -shm files. Then restore a backup, or start with a new one; keep the alert file where it is."
    )


def _replaced(path: Path) -> StateReplaced:
    return StateReplaced(
        f"The state database {path} was replaced, moved or deleted while this process used it. Nothing more is "
        "written. Put the right file in place, and start again."
    )
