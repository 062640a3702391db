"""What attacks share: the connector as a real process, and servers that answer with arbitrary bytes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

MEBIBYTE = 1024 * 1024
# Whatever happens to be set on the machine must lead no attack to a real tenant.
SURROUNDINGS = {name: value for name, value in os.environ.items() if not name.upper().startswith("MIMECAST")}


@dataclass(frozen=True)
class Finished:
    """A process that has ended. `peak_bytes` is the most memory that it held."""

    code: int
    stdout: str
    stderr: str
    peak_bytes: int


@dataclass
class ConnectorProcess:
    """The command line's connector against a tenant, with its alert file and its state in a folder of its own.

    Args:
        environment: the variables that lead to the tenant; other variables of Mimecast are left out.
        folder: where alerts and state are.
        options: further options of `connector run`.
        domains: the domains that it watches.
        to_file: whether alerts go to the file; else to standard output.
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
        """The whole command of one run."""
        output = ("--output", str(self.output)) if self.to_file else ()
        return [
            *(sys.executable, "-m", "mimecast_secops.cli.main", "connector", "run"),
            *("--domains", self.domains, "--state", str(self.state), *output),
            *self.options,
            *options,
        ]

    def start(self, *options: str, **streams: Any) -> subprocess.Popen[bytes]:
        """A running process. The caller ends it."""
        return subprocess.Popen(self.command(*options), env=SURROUNDINGS | dict(self.environment), **streams)

    def run(self, *options: str, timeout: float = 180) -> Finished:
        """One run to its end.

        Raises:
            subprocess.TimeoutExpired: it did not end in `timeout` seconds; it is killed.
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
        """Run cycles until one adds no alert.

        Returns:
            The number of cycles.
        """
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
    """Wait for the end of a process, and return the most memory in bytes that it held.

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


class RawServer:
    """A server on a free loopback port that reads a request and then lets `answer` write whatever it wants.

    Args:
        answer: called for each connection, after the request's headers and body have come. It may write to the
            connection; a client that hangs up ends it.
    """

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.requests = 0

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a command to this server with keys of API 1.0, which need no token."""
        return {
            "MIMECAST_API_ROOT": f"http://127.0.0.1:{self._listener.getsockname()[1]}",
            "MIMECAST_APPLICATION_ID": "00000000-0000-0000-0000-000000000000",
            "MIMECAST_APPLICATION_KEY": "marked-application-key",
            "MIMECAST_ACCESS_KEY": "marked-access-key",
            "MIMECAST_SECRET_KEY": "bWFya2VkLXNlY3JldC1rZXk=",
        }

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in (self._listener, *tuple(self._open)):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(timeout=30)

    def _spawn(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.add(connection)
                self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            _read_request(connection)
            self.requests += 1
            self._answer(connection)
        self._open.discard(connection)


def _read_request(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    announced = [
        int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    while len(body) < sum(announced):
        body += _some(connection)


def _some(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionResetError
    return piece
