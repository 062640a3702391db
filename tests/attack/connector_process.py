"""The connector as a real process, with a measurement of its memory."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.cli.command_line import CLEAN_ENVIRONMENT, COMMAND

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Finished:
    """A process that has ended. `peak_bytes` is the maximum of its memory."""

    code: int
    stdout: str
    stderr: str
    peak_bytes: int


@dataclass
class ConnectorProcess:
    """The `connector run` command against a tenant, with its alert file and its state in one folder.

    Args:
        environment: the settings of the tenant. Settings of the developer's machine are removed.
        folder: the folder of the alert file and the state.
        options: further options of `connector run`.
        domains: the domains to ingest.
        to_file: whether to write alerts to the file instead of standard output.
    """

    environment: Mapping[str, str]
    folder: Path
    options: tuple[str, ...] = ()
    domains: str = "example.com"
    to_file: bool = True
    _number: int = field(default=0, repr=False)

    @property
    def output(self) -> Path:
        """The file of the alerts."""
        return self.folder / "alerts.jsonl"

    @property
    def state(self) -> Path:
        """The state database."""
        return self.folder / "state.db"

    def command(self, *options: str) -> list[str]:
        """The command of one run."""
        output = ("--output", str(self.output)) if self.to_file else ()
        return [
            *COMMAND,
            *("connector", "run", "--domains", self.domains, "--state", str(self.state), *output),
            *self.options,
            *options,
        ]

    def start(self, *options: str, **streams: Any) -> subprocess.Popen[bytes]:
        """Start a process. The caller ends it."""
        return subprocess.Popen(self.command(*options), env=CLEAN_ENVIRONMENT | dict(self.environment), **streams)

    def run(self, *options: str, timeout: float = 180) -> Finished:
        """Run a process to its end.

        Raises:
            subprocess.TimeoutExpired: it was killed after `timeout` seconds.
        """
        self._number += 1
        out, err = (self.folder / f"{stream}.{self._number}" for stream in ("stdout", "stderr"))
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = self.start(*options, stdout=stdout, stderr=stderr)
            try:
                peak = peak_until_end(process, timeout)
            finally:
                process.kill()
                process.wait()
        texts = [path.read_bytes().decode("utf-8") for path in (out, err)]
        return Finished(process.returncode, texts[0], texts[1], peak)

    def drain(self, most: int = 50) -> int:
        """Run cycles until one adds no alert. Returns the number of cycles."""
        before = -1
        for cycle in range(1, most + 1):
            finished = self.run("--quiet")
            assert finished.code == 0, finished.stderr
            count = len(self.alerts())
            if count == before:
                return cycle
            before = count
        raise AssertionError(f"There were new alerts in each of {most} cycles.")

    def alerts(self) -> list[dict[str, Any]]:
        """The alerts that were delivered, oldest first."""
        with suppress(FileNotFoundError):
            return [json.loads(line) for line in self.output.read_bytes().splitlines()]
        return []


def peak_until_end(process: subprocess.Popen[bytes], timeout: float) -> int:
    """Wait for the end of a process. Returns the maximum of its memory in bytes.

    Raises:
        subprocess.TimeoutExpired: it has not ended after `timeout` seconds.
    """
    peak, ticks = 0, int(timeout / 0.02)
    watched = psutil.Process(process.pid)
    for _ in range(ticks):
        with suppress(psutil.Error):
            peak = max(peak, watched.memory_info().rss)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            return peak
    raise subprocess.TimeoutExpired(process.args, timeout)
