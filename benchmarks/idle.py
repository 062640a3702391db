"""Idle cycles: with 10,000 processed records, and with a state of 100,000 and of 1,600,000 processed IDs."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.support import Remote, simulator
from mimecast_secops.ingest import Connector, ConnectorSettings, MimecastTenant, Report
from mimecast_secops.ingest.clock import HOUR_MS
from mimecast_secops.ingest.state import State
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.sqlite import SqliteStore
from mimecast_secops.testing import MemoryDelivery, MemoryStore

TARGETS = {
    "cpu_seconds_of_an_idle_cycle": ("at most", 1.0),
    "detail_requests": ("at most", 0),
    "times_the_cost_at_sixteen_times_the_ids": ("at most", 3.0),
}
_COUNT = 10_000
_FEW_IDS, _MANY_IDS = 100_000, 1_600_000
_HOURS = 26
_ROUNDS = 5


def run() -> dict[str, Any]:
    return _with_processed_records() | _with_processed_ids()


def _with_processed_records() -> dict[str, Any]:
    with simulator() as remote, remote.client() as client:
        remote.control("bulk", {"count": _COUNT, "spread": 3000, "before": 60})
        settings = ConnectorSettings(domains=("example.com",), max_messages=_COUNT)
        store, delivery = MemoryStore(), MemoryDelivery()
        delivered = 0
        while delivered < _COUNT:
            delivered += Connector(MimecastTenant(client), settings, store, delivery).run_cycle().delivered
        remote.control("requests", {"clear": True})
        cpu, started = time.process_time(), time.perf_counter()
        report = Connector(MimecastTenant(client), settings, store, delivery).run_cycle()
        used, seconds = time.process_time() - cpu, time.perf_counter() - started
        counts = remote.control("requests")["counts"]
    assert (report.delivered, report.known) == (0, _COUNT), report.line()
    return {
        "records": _COUNT,
        "searches": counts.get("/api/message-finder/search", 0),
        "hold_pages": counts.get("/api/gateway/get-hold-message-list", 0),
        "detail_requests": sum(count for path, count in counts.items() if "get-message" in path),
        "cpu_seconds_of_an_idle_cycle": used,
        "seconds_of_an_idle_cycle": seconds,
    }


def _with_processed_ids() -> dict[str, Any]:
    with simulator() as remote, tempfile.TemporaryDirectory() as folder:
        remote.control("bulk", {"count": 300, "spread": 3000, "before": 60})
        few, many = (_idle_cycle(remote, Path(folder) / f"{ids}.db", ids) for ids in (_FEW_IDS, _MANY_IDS))
    return {
        f"cpu_seconds_at_{_FEW_IDS}_ids": few,
        f"cpu_seconds_at_{_MANY_IDS}_ids": many,
        "times_the_cost_at_sixteen_times_the_ids": many / few,
    }


def _idle_cycle(remote: Remote, path: Path, ids: int) -> float:
    """CPU seconds of a cycle that opens the state, as a new process does, and has no new messages."""
    settings = ConnectorSettings(domains=("example.com",), max_messages=300)
    delivery = MemoryDelivery()
    with remote.client() as client:
        with StateDatabase.open(path) as database:
            store = SqliteStore(database)
            Connector(MimecastTenant(client), settings, store, delivery).run_cycle()
            _remember(store, ids)
        costs = []
        for _ in range(_ROUNDS):
            started = time.process_time()
            with StateDatabase.open(path) as database:
                report: Report = Connector(
                    MimecastTenant(client), settings, SqliteStore(database), delivery
                ).run_cycle()
            costs.append(time.process_time() - started)
            assert (report.delivered, report.known) == (0, 300), report.line()
    return statistics.median(costs)


def _remember(store: SqliteStore, ids: int) -> None:
    """Add IDs that were processed in the previous hours, as in the state of a busy tenant."""
    state = State.decode(store.load())
    assert state is not None
    now_ms = int(time.time() * 1000)
    for number in range(ids):
        state.processed_ids.add(f"processed {number}", now_ms - (number % _HOURS + 1) * HOUR_MS)
    store.commit(state.encode())
