"""The command line as real processes: alone with a home of its own, or several on one state database."""

from __future__ import annotations

import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Self

from click.testing import CliRunner

from mimecast_secops.api import ApiVersion
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from tests.tenants import environment_for

COMMAND = [sys.executable, "-m", "mimecast_secops.cli.main"]
CONNECTOR = [*COMMAND, "connector", "run", "--domains", "example.com"]


def environment(simulator: Simulator, home: Path) -> dict[str, str]:
    """The environment of a process that talks to a simulator and keeps its state in a folder."""
    folders = {"HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return os.environ | environment_for(simulator, ApiVersion.V2) | folders


class CommandLine:
    """Commands against a simulator, with the state in one folder."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.state = folder / "state.db"
        self.alerts = folder / "alerts.jsonl"
        self._environment = os.environ | environment_for(simulator, ApiVersion.V2) | {"HOME": str(folder)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mimecast_secops.cli.main", *words, "--state", str(self.state)]
        return subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command."""
        with self.start(*words) as process:
            output, error = process.communicate(timeout=120)
            return process.returncode, output, error

    def type(self, *words: str) -> tuple[int, str, str]:
        """As `run`, in this process: much quicker, but it shares what a process shares."""
        done = CliRunner().invoke(main, [*words, "--state", str(self.state)], env=self._environment)
        return done.exit_code, done.stdout, done.stderr

    def connector(self, *words: str) -> tuple[str, ...]:
        """The words of a connector run that appends to the alert file."""
        return ("connector", "run", "--domains", "example.com", "--output", str(self.alerts), *words)

    def hold(self, count: int, name: str = "ids") -> Path:
        """Let the tenant hold some messages. Returns a file with their ids."""
        known = {record.id for record in self.simulator.tenant.tracked.values()}
        self.simulator.control("bulk", {"count": count, "spread": count, "before": 1, "attachment_bytes": 100})
        ids = [record.id for record in self.simulator.tenant.tracked.values() if record.id not in known]
        assert len(ids) == count
        file = self.folder / f"{name}.txt"
        file.write_text("\n".join(ids) + "\n")
        return file

    def journal(self) -> Counter[str]:
        """How many journal entries there are in each state, in a database that is whole."""
        with StateDatabase.open(self.state, create=False) as database:
            assert database.rows("PRAGMA integrity_check") == [("ok",)]
            return Counter(state for (state,) in database.rows("SELECT state FROM journal"))


def reject_beside_other_commands(command: CommandLine, files: list[Path]) -> None:
    """Reject the ids of each file in a bulk of its own, with all other users of the state database beside them.

    Every process must succeed, and every change must be in the journal.
    """
    failures: list[object] = []
    ended = threading.Event()

    def repeat(*words: str) -> None:
        while not ended.is_set():
            code, output, error = command.run(*words)
            if code:
                failures.append((words, code, output, error))

    neighbours = [
        threading.Thread(target=repeat, args=words)
        for words in (("undo",), ("connector", "status"), command.connector())
    ]
    for neighbour in neighbours:
        neighbour.start()
    try:
        bulks = [command.start("action", "reject-message", "--from-file", str(file)) for file in files]
        for bulk in bulks:
            output, error = bulk.communicate(timeout=300)
            if bulk.returncode:
                failures.append(("bulk", bulk.returncode, output, error))
    finally:
        ended.set()
        for neighbour in neighbours:
            neighbour.join()
    assert failures == []


class Service:
    """A connector that runs as a service. Use it as a context manager; it ends with the block.

    Args:
        command: where it runs.
        words: its options besides those that make it a service.
    """

    def __init__(self, command: CommandLine, *words: str) -> None:
        self.process = command.start(
            *("connector", "run", "--domains", "example.com", "--every", "1s", "--state-timeout", "0.1"), *words
        )
        self.output: list[str] = []
        self.errors: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._readers = [threading.Thread(target=self._read_output), threading.Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self._end()

    def wait_for(self, text: str) -> str:
        """The next line on standard error that contains a text."""
        while (line := self._lines.get(timeout=60)) is not None:
            if text in line:
                return line
        raise AssertionError(f"The service ended without {text!r}: {self.errors}")

    def next_cycles(self, count: int = 1) -> None:
        """Wait for the end of further cycles that could do their work."""
        for _ in range(count):
            self.wait_for("cycle ok")

    def limit_files(self, size: int) -> None:
        """Let no file of the process grow behind a size; -1 for no limit."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def stop(self) -> int:
        """Ask it to stop. Returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.code()

    def code(self) -> int:
        """Its exit code, once it has ended by itself."""
        code = self.process.wait(timeout=60)
        self._end()
        return code

    def _end(self) -> None:
        self.process.wait(timeout=60)
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        self.output.extend(self.process.stdout)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors.append(line)
            self._lines.put(line)
        self._lines.put(None)
