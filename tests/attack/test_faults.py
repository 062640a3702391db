"""A hundred cycles against a server that fails all the time, while mail arrives: none is missing, none comes twice."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from benchmarks.support import Remote, simulator

from mimecast_secops.api import Deadline, MimecastClient
from mimecast_secops.ingest import Connector, ConnectorSettings, MimecastTenant, Report, rules_of
from mimecast_secops.stores.jsonlines import JsonLinesDelivery
from mimecast_secops.stores.sqlite import SqliteStore

CYCLES = 100
KINDS: tuple[dict[str, Any], ...] = (
    *({"kind": kind} for kind in ("reset", "truncated", "500", "503", "html", "empty")),
    *({"kind": kind} for kind in ("object", "message", "null-data", "wrong-data")),
    {"kind": "429", "reset_ms": 50},
)
MIX = [{**kind, "path": "/api/*", "probability": 0.04} for kind in KINDS]


def cycle(client: MimecastClient, place: Path, ahead: float = 0) -> Report:
    """One cycle as a process makes it, `ahead` seconds from now: state and alert file are opened anew."""
    rules, _ = rules_of(ConnectorSettings(domains=("example.com",), max_messages=50))
    deadline = Deadline.after(60)
    with SqliteStore(place / "state.db", "connector") as store, JsonLinesDelivery(place / "alerts.jsonl") as delivery:
        connector = Connector(
            MimecastTenant(client.until(deadline)),
            rules,
            store,
            delivery,
            deadline=deadline,
            clock=lambda: time.time() + ahead,
        )
        return connector.run_cycle()


def tickets(place: Path) -> list[str]:
    return [json.loads(line)["ticket_id"] for line in (place / "alerts.jsonl").read_bytes().splitlines()]


def arrivals(remote: Remote) -> int:
    made: int = remote.control("bulk", {"count": 4, "spread": 4, "before": 1, "attachment_bytes": 500})["made"]
    return made


@pytest.mark.parametrize("version", [1, 2])
def test_a_server_that_fails_all_the_time_loses_and_repeats_nothing(version: int, tmp_path: Path) -> None:
    this_process = psutil.Process()
    reports, sent, handles = [], 0, 0
    with simulator() as remote, remote.client(version) as client:
        remote.control("faults", {"add": MIX})
        for number in range(CYCLES // 2):
            sent += arrivals(remote)
            reports.append(cycle(client, tmp_path))
            if number == 10:
                handles = this_process.num_fds() + this_process.num_threads()
        remote.control("faults", {"clear": True})
        after = this_process.num_fds() + this_process.num_threads()
        # A message whose details failed waits longer each time, so the last cycles are hours apart.
        remote.control("behaviour", {"date_tolerance": 1e6})
        for hour in range(1, 7):
            remote.control("clock", {"advance": 3600})
            quiet = cycle(client, tmp_path, 3600 * hour)
    assert sum(report.retried for report in reports) > 0, "the faults were not felt"
    assert (quiet.ok, quiet.delivered, quiet.left_over) == (True, 0, 0)
    assert len(tickets(tmp_path)) == len(set(tickets(tmp_path))) == sent
    assert after <= handles + 8, "descriptors or threads are left behind"
