"""A hundred cycles against a server that fails constantly while messages arrive: none is lost, none is repeated."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from benchmarks.support import Remote, simulator

from mimecast_secops.api import Deadline, MimecastClient, Runtime
from mimecast_secops.connection import connection_of
from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from mimecast_secops.ingest import Connector, ConnectorSettings, MimecastTenant, Report
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.sqlite import SqliteStore

CYCLES = 100
KINDS: tuple[dict[str, Any], ...] = (
    *({"kind": kind} for kind in ("reset", "truncated", "500", "503", "html", "empty")),
    *({"kind": kind} for kind in ("object", "message", "null-data", "wrong-data")),
    {"kind": "429", "reset_ms": 50},
)
MIX = [{**kind, "path": "/api/*", "probability": 0.04} for kind in KINDS]


class Clock:
    """The clock of this machine, advanced together with that of the simulator."""

    def __init__(self) -> None:
        self.ahead = 0

    def time(self) -> float:
        return time.time() + self.ahead

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)


def cycle(client: MimecastClient, folder: Path, clock: Clock) -> Report:
    """Run a cycle as a process does: it opens the state and the alert file."""
    settings = ConnectorSettings(domains=("example.com",), max_messages=50)
    deadline = Deadline.after(60)
    with (
        closing(StateDatabase.open(folder / "state.db")) as database,
        JsonLinesDelivery(folder / "alerts.jsonl") as delivery,
    ):
        connector = Connector(
            MimecastTenant(client.until(deadline)),
            settings,
            SqliteStore(database),
            delivery,
            deadline=deadline,
            clock=clock.time,
        )
        return connector.run_cycle()


def ticket_ids(folder: Path) -> list[str]:
    return [json.loads(line)["ticket_id"] for line in (folder / "alerts.jsonl").read_bytes().splitlines()]


def receive(remote: Remote) -> int:
    """Let messages arrive. Returns their number."""
    made: int = remote.control("bulk", {"count": 4, "spread": 4, "before": 1, "attachment_bytes": 500})["made"]
    return made


@pytest.mark.parametrize("version", [1, 2])
def test_constant_faults_lose_and_repeat_nothing(version: int, tmp_path: Path) -> None:
    this_process = psutil.Process()
    reports, sent, handles = [], 0, 0
    clock = Clock()
    with (
        simulator() as remote,
        MimecastClient(connection_of(remote.settings(version)).connection, Runtime(clock=clock.now)) as client,
    ):
        remote.control("faults", {"add": MIX})
        for number in range(CYCLES // 2):
            sent += receive(remote)
            reports.append(cycle(client, tmp_path, clock))
            if number == 10:
                handles = this_process.num_fds() + this_process.num_threads()
        remote.control("faults", {"clear": True})
        after = this_process.num_fds() + this_process.num_threads()
        # The wait before a retry of details grows with each failure, so the last cycles are hours apart.
        for _ in range(6):
            remote.control("clock", {"advance": 3600})
            clock.ahead += 3600
            quiet = cycle(client, tmp_path, clock)
    assert sum(report.deferred for report in reports) > 0, "the faults had no effect"
    assert (quiet.ok, quiet.delivered, quiet.pending) == (True, 0, 0)
    assert len(ticket_ids(tmp_path)) == len(set(ticket_ids(tmp_path))) == sent
    assert after <= handles + 8, "descriptors or threads are leaked"
