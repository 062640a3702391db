"""Other processes that use a state database.

They are forked from a server that has imported this module, so that each takes milliseconds instead of a new
interpreter. The server itself never opens a database.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mimecast_secops.stores.database import StateDatabase

BUSY_SECONDS = 0.05
_TIMEOUT_SECONDS = 60
_FORKSERVER = multiprocessing.get_context("forkserver")
_FORKSERVER.set_forkserver_preload([__name__])


# functions to run in another process


def count_journal(path: Path) -> int:
    """Open and close the database. Returns the number of journal entries."""
    with StateDatabase.open(path, busy_seconds=BUSY_SECONDS) as database:
        [(count,)] = database.rows("SELECT count(*) FROM journal")
        return int(count)


def claim(path: Path, namespace: str = "connector") -> str:
    with StateDatabase.open(path, busy_seconds=BUSY_SECONDS) as database, database.claim(namespace):
        return "claimed"


def insert(path: Path, run: str = "run", item: str = "item") -> None:
    with StateDatabase.open(path, busy_seconds=BUSY_SECONDS) as database:
        database.execute("INSERT INTO bulk VALUES (?, ?)", (run, item))


def bulk_items(path: Path) -> list[str]:
    with StateDatabase.open(path) as database:
        return [item for (item,) in database.rows("SELECT item FROM bulk")]


# functions whose effect lasts until the process ends


def insert_and_stay_open(path: Path) -> StateDatabase:
    database = StateDatabase.open(path)
    database.execute("INSERT INTO bulk VALUES ('run', 'item')")
    return database


def lock_for_writing(path: Path) -> StateDatabase:
    database = StateDatabase.open(path)
    database.execute("BEGIN EXCLUSIVE")
    return database


def lock_whole_file(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA locking_mode=EXCLUSIVE")
    database.execute("INSERT INTO bulk VALUES ('run', 'item')")
    return database


def in_another_process(function: Callable[..., Any], *arguments: object) -> Any:
    """The result of a function in another process, or the name of the error that it raises."""
    ours, theirs = _FORKSERVER.Pipe()
    process = _FORKSERVER.Process(target=_send_result, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        process.join(_TIMEOUT_SECONDS)
        ours.close()


@contextmanager
def held_by_another_process(function: Callable[..., object], *arguments: object) -> Iterator[None]:
    """Another process that has called a function and keeps its result until the block ends."""
    ours, theirs = _FORKSERVER.Pipe()
    process = _FORKSERVER.Process(target=_hold, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    try:
        assert ours.recv() == "ready"
        yield
    finally:
        ours.close()
        process.join(_TIMEOUT_SECONDS)


def create_at_once(folder: Path, *, processes: int, databases: int) -> None:
    """Let processes create the same databases at the same time, and check that none of them fails or loses a write."""
    barrier = _FORKSERVER.Barrier(processes)
    creators = [
        _FORKSERVER.Process(target=_create_all, args=(barrier, folder, databases, str(number)))
        for number in range(processes)
    ]
    for creator in creators:
        creator.start()
    for creator in creators:
        creator.join(300)
    assert [creator.exitcode for creator in creators] == [0] * processes
    for number in range(databases):
        with StateDatabase.open(folder / f"{number}.db", create=False) as database:
            assert database.rows("SELECT count(*) FROM bulk") == [(processes,)]
            assert database.rows("PRAGMA integrity_check") == [("ok",)]


def _send_result(connection: Connection, function: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    try:
        result = function(*arguments)
    except Exception as error:  # noqa: BLE001 -- the caller gets its name
        result = type(error).__name__
    connection.send(result)


def _hold(connection: Connection, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
    held = function(*arguments)
    connection.send("ready")
    try:
        connection.recv()
    except EOFError:
        del held


def _create_all(barrier: Any, folder: Path, databases: int, item: str) -> None:
    barrier.wait(_TIMEOUT_SECONDS)
    for number in range(databases):
        with StateDatabase.open(folder / f"{number}.db") as database:
            database.execute("INSERT INTO bulk VALUES ('run', ?)", (item,))
