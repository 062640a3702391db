"""A cycle over 10,000 settled records: the searches and the hold pages, and next to no work."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.support import simulator
from mimecast_secops.ingest import Connector, ConnectorSettings, MimecastTenant, rules_of
from mimecast_secops.stores.memory import MemoryDelivery, MemoryStore

TARGETS = {"cpu_seconds_of_an_idle_cycle": ("at most", 1.0), "detail_requests": ("at most", 0)}
_COUNT = 10_000


def run() -> dict[str, Any]:
    with simulator() as remote, remote.client() as client:
        remote.control("bulk", {"count": _COUNT, "spread": 3000, "before": 60})
        rules, _ = rules_of(ConnectorSettings(domains=("example.com",), max_messages=_COUNT))
        store, delivery = MemoryStore(), MemoryDelivery()
        delivered = 0
        while delivered < _COUNT:
            delivered += Connector(MimecastTenant(client), rules, store, delivery).run_cycle().delivered
        remote.control("requests", {"clear": True})
        cpu, started = time.process_time(), time.perf_counter()
        report = Connector(MimecastTenant(client), rules, store, delivery).run_cycle()
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
