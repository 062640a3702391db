"""Other processes that use a state database: real ones, driven line by line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mimecast_secops.stores.database import StateDatabase

_PREAMBLE = """
import sys
from pathlib import Path
from mimecast_secops.stores.database import StateDatabase
path = Path(sys.argv[1])
def open_and_close():
    with StateDatabase.open(path, busy_seconds=0.05) as database:
        return database.rows("SELECT count(*) FROM journal")[0][0]
def claim(namespace="connector"):
    with StateDatabase.open(path, busy_seconds=0.05) as database, database.claim(namespace):
        return "claimed"
def outcome(call, *values):
    try:
        return call(*values)
    except Exception as error:
        return type(error).__name__
"""


def in_another_process(path: Path, expression: str) -> str:
    """The value of an expression, or the name of the error it raises, in a process that ends at once."""
    code = f"{_PREAMBLE}\nprint(outcome(lambda: {expression}))"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@contextmanager
def held_by_another_process(path: Path, statements: str) -> Iterator[None]:
    """A process that has run some statements, and keeps what it holds until the block ends."""
    code = f"{_PREAMBLE}\n{statements}\nprint('ready', flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def create_at_once(folder: Path, *, processes: int, databases: int) -> None:
    """Let processes create the same databases at the same time, and check that none of them fails or loses a write."""
    code = f"""
import sys
from mimecast_secops.stores.database import StateDatabase
print("ready", flush=True)
sys.stdin.readline()
for number in range({databases}):
    with StateDatabase.open(f"{{sys.argv[1]}}/{{number}}.db") as database:
        database.execute("INSERT INTO bulk VALUES ('run', ?)", (sys.argv[2],))
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder), str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for number in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in started:
        process.communicate(timeout=300)
    assert [process.returncode for process in started] == [0] * processes
    for number in range(databases):
        with StateDatabase.open(folder / f"{number}.db", create=False) as database:
            assert database.rows("SELECT count(*) FROM bulk") == [(processes,)]
            assert database.rows("PRAGMA integrity_check") == [("ok",)]
