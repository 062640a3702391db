"""The command line in tests: in this process, or as real processes, against a simulated tenant."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from click.testing import CliRunner, Result

from mimecast_secops.api import ApiVersion
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from tests.tenants import client_for, environment_for

COMMAND = [sys.executable, "-m", "mimecast_secops.cli.main"]
# Settings of the developer's machine must not lead a test to a real tenant.
CLEAN_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.upper().startswith("MIMECAST")}
UNKNOWN_ID = "eNoDAAAAAAE"
_TIMEOUT_SECONDS = 120


class CommandLine:
    """A user with a home folder and the credentials of a simulated tenant.

    Attributes:
        simulator: the tenant.
        folder: the home folder.
        environment: the environment variables of the commands, besides those of this process.
    """

    def __init__(self, simulator: Simulator, folder: Path, api_version: ApiVersion = ApiVersion.V2) -> None:
        self.simulator = simulator
        self.folder = folder
        self._api_version = api_version
        self.environment = environment_for(simulator, api_version) | {
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }

    @property
    def state(self) -> Path:
        """The default path of the state database."""
        return self.folder / "mimecast-secops" / "state.db"

    @property
    def tenant(self) -> str:
        """The tenant as the records on this machine name it."""
        with client_for(self.simulator, self._api_version) as client:
            return client.tenant_key

    @property
    def alerts(self) -> Path:
        """The alert file of `connector`."""
        return self.folder / "alerts.jsonl"

    def invoke(self, *words: str, env: Mapping[str, str] = MappingProxyType({})) -> Result:
        """The result of a command that runs in this process. `env` has further environment variables."""
        return CliRunner().invoke(main, list(words), env={**self.environment, **env})

    def invoke_json(self, *words: str) -> Any:
        """The JSON document that a command prints with `--json`."""
        return json.loads(self.invoke(*words, "--json").stdout)

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """A real process of a command. Standard output and error are pipes unless `options` has others."""
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*COMMAND, *words], env=CLEAN_ENVIRONMENT | self.environment, **streams | options)

    def run(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a real process of a command to its end."""
        with self.start(*words, **options) as process:
            output, errors = process.communicate(timeout=_TIMEOUT_SECONDS)
            return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def connector(self, *words: str) -> tuple[str, ...]:
        """The words of a connector run that appends to the alert file."""
        return ("connector", "run", "--domains", "example.com", "--output", str(self.alerts), *words)

    def hold(self, count: int, name: str = "ids") -> list[str]:
        """Let new messages arrive and be held. Writes their IDs to the file `{name}.txt`, and returns them."""
        known = self.simulator.tenant.tracked.keys() | set()
        self.simulator.control("bulk", {"count": count, "spread": count, "before": 1, "attachment_bytes": 100})
        ids = [record_id for record_id in self.simulator.tenant.tracked if record_id not in known]
        assert len(ids) == count
        self.ids_file(name).write_text("\n".join(ids) + "\n")
        return ids

    def ids_file(self, name: str = "ids") -> Path:
        """A file with IDs for `--from-file`."""
        return self.folder / f"{name}.txt"

    def reject(self, *ids: str) -> tuple[str, ...]:
        """The words that reject the IDs of a file, one after the other."""
        self.ids_file().write_text("\n".join(ids) + "\n")
        return ("action", "reject-message", "--from-file", str(self.ids_file()), "--concurrency", "1")

    def held_ids(self) -> list[str]:
        """The tracking IDs of the held messages that Release Message accepts without `--allow-high-risk`."""
        return [record.id for record in self.simulator.tenant.held() if record.hold and record.hold.risk != "high"]

    def journal(self) -> Counter[str]:
        """The number of journal entries in each state, after a check of the database."""
        with StateDatabase.open(self.state, create=False) as database:
            assert database.rows("PRAGMA integrity_check") == [("ok",)]
            return Counter(state for (state,) in database.rows("SELECT state FROM journal"))


def ticket_ids(lines: str) -> list[str]:
    """The ticket IDs of alerts in JSON lines, sorted."""
    return sorted(json.loads(line)["ticket_id"] for line in lines.splitlines())


def first_words(output: str) -> list[str]:
    """The first word of each line."""
    return [line.split()[0] for line in output.splitlines()]


def read_terminal(descriptor: int) -> bytes:
    """The output that a terminal got since the last call; nothing once all processes have closed it."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def error_line(result: Result) -> str:
    """The only line that a failed command printed on standard error."""
    assert "Traceback" not in result.output + result.stderr
    [line] = [line for line in result.stderr.splitlines() if line.strip()]
    return line


def reject_while_other_commands_run(command_line: CommandLine, names: Iterable[str]) -> None:
    """Reject the IDs of each file in a separate bulk run, while all other users of the state database run.

    Every process must succeed.
    """
    failures: list[object] = []
    ended = threading.Event()

    def repeat(*words: str) -> None:
        while not ended.is_set():
            done = command_line.run(*words)
            if done.returncode:
                failures.append(done)

    others = [
        threading.Thread(target=repeat, args=words)
        for words in (("undo",), ("connector", "status"), command_line.connector())
    ]
    for other in others:
        other.start()
    try:
        run = ("action", "reject-message", "--from-file")
        bulks = [command_line.start(*run, str(command_line.ids_file(name))) for name in names]
        for bulk in bulks:
            output, errors = bulk.communicate(timeout=300)
            if bulk.returncode:
                failures.append((bulk.returncode, output, errors))
    finally:
        ended.set()
        for other in others:
            other.join()
    assert failures == []


class Service:
    """A connector that runs as a real service process, until the end of the block."""

    def __init__(self, command_line: CommandLine, *words: str) -> None:
        self.process = command_line.start(
            *("connector", "run", "--domains", "example.com", "--every", "1s"), *words, stdout=subprocess.DEVNULL
        )
        self._errors: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.wait()

    def wait_for(self, text: str) -> str:
        """The next line on standard error that contains a text."""
        while (line := self._lines.get(timeout=_TIMEOUT_SECONDS)) is not None:
            if text in line:
                return line
        raise AssertionError(f"The service ended without {text!r}: {self._errors}")

    def wait(self) -> int:
        """The exit code, once the service has ended."""
        code = self.process.wait(timeout=_TIMEOUT_SECONDS)
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def stop(self) -> str:
        """Send SIGTERM. Returns everything that the service printed on standard error until it ended with success."""
        self.process.terminate()
        assert self.wait() == 0, self._errors
        return "".join(self._errors)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._errors.append(line)
            self._lines.put(line)
        self._lines.put(None)
