"""The simulators that run on this machine for this user: one file with the access to each."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from mimecast_secops.simulator.access import Access

_PRIVATE: Final = 0o600
_POLL_INTERVAL_S: Final = 0.1
_TIMEOUT_S: Final = 2.0
_LONGEST_REPLY: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSimulator:
    """The record of a simulator.

    Attributes:
        pid: the process ID.
        started: the time of its start, in seconds since 1970.
        access: how to connect to it.
    """

    pid: int
    started: float
    access: Access

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return urlsplit(self.access.url).port or 0


class RunningSimulators:
    """The records of the running simulators.

    A record contains credentials, so only this user can read it. A simulator that was killed leaves its record behind.
    So each record is compared with the answer of the server before it is used.

    Args:
        folder: the folder of the records. It is created when a record is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def recorded(self, access: Access) -> Iterator[None]:
        """Keep a record of a simulator of this process until the block ends.

        Raises:
            OSError: the record cannot be written.
        """
        record = RunningSimulator(pid=os.getpid(), started=time.time(), access=access)
        path = self._folder / f"{record.port}-{record.pid}.json"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb") as file:
            file.write(msgspec.json.encode(asdict(record)))
        new.replace(path)
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()

    def find(self, port: int = 0, *, wait: float = 0.0) -> RunningSimulator | None:
        """The simulator that started last and answers, or None.

        Args:
            port: the port that it must listen on; 0 for any port.
            wait: how many seconds to wait for a simulator that is starting.
        """
        end = time.monotonic() + wait
        while True:
            found = next((record for record in self._records(port) if _answers(record.access)), None)
            if found is not None or time.monotonic() >= end:
                return found
            time.sleep(_POLL_INTERVAL_S)

    def _records(self, port: int) -> list[RunningSimulator]:
        """The records for a port, the newest first. Unreadable files are ignored."""
        records = []
        for path in self._folder.glob("*.json"):
            with suppress(OSError, msgspec.DecodeError, ValueError):
                record = msgspec.json.decode(path.read_bytes(), type=RunningSimulator)
                if port in (0, record.port):
                    records.append(record)
        return sorted(records, key=lambda record: record.started, reverse=True)


def _answers(access: Access) -> bool:
    """Whether the server at the URL is the simulator with these credentials."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{access.url}/simulator/connection", timeout=_TIMEOUT_S) as reply:
            answer = json.loads(reply.read(_LONGEST_REPLY))
    except (OSError, ValueError, HTTPException):
        return False
    return isinstance(answer, dict) and answer.get("credentials") == access.credentials
