"""The command line as real processes: alone with a home of its own, or several on one state database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from click.testing import CliRunner

from mimecast_secops.api import Generation
from mimecast_secops.hosts.terminal.main import main
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from tests.tenants import environment_for

COMMAND = [sys.executable, "-m", "mimecast_secops.hosts.terminal.main"]
CONNECTOR = [*COMMAND, "connector", "run", "--domains", "example.com"]


def environment(simulator: Simulator, home: Path) -> dict[str, str]:
    """The environment of a process that talks to a simulator and keeps its state in a folder."""
    folders = {"HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return os.environ | environment_for(simulator, Generation.V2) | folders


class CommandLine:
    """Commands against a simulator, with the state in one folder."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.state = folder / "state.db"
        self.alerts = folder / "alerts.jsonl"
        self._environment = os.environ | environment_for(simulator, Generation.V2) | {"HOME": str(folder)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mimecast_secops.hosts.terminal.main", *words, "--state", str(self.state)]
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
