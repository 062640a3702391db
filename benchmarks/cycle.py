"""A cycle with 100 held messages at 0 and 50 ms latency, compared with a serial client that does the same work."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.support import Remote, simulator
from mimecast_secops.api import MimecastClient
from mimecast_secops.ingest import Connector, ConnectorSettings, MimecastTenant, Report
from mimecast_secops.testing import MemoryDelivery, MemoryStore

TARGETS = {
    "requests_per_alert_with_attachment": ("at most", 4.2),
    "requests_per_alert_without_attachment": ("at most", 1.1),
    "times_faster_than_serial_at_50_ms": ("at least", 10.0),
    "times_what_latency_and_ceiling_allow": ("at most", 1.3),
}
_COUNT = 100
_LATENCY = 0.05
_CEILING = 32
_START = 8


def run() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for attachment in (0, 10_000):
        kind = "with" if attachment else "without"
        with simulator() as remote:
            remote.control("bulk", {"count": _COUNT, "spread": 600, "attachment_bytes": attachment})
            report, seconds, _ = _cycle(remote)
            figures[f"requests_per_alert_{kind}_attachment"] = report.requests / report.delivered
            figures[f"seconds_{kind}_attachment_at_0_ms"] = seconds
    with simulator() as remote:
        remote.control("bulk", {"count": _COUNT, "spread": 600, "attachment_bytes": 10_000})
        remote.control("behaviour", {"latency_ms": _LATENCY * 1000})
        report, seconds, depth = _cycle(remote)
        serial = _serial(remote)
    allowed = depth * _LATENCY
    return figures | {
        "seconds_at_50_ms": seconds,
        "seconds_serial_at_50_ms": serial,
        "seconds_that_latency_and_ceiling_allow": allowed,
        "times_faster_than_serial_at_50_ms": serial / seconds,
        "times_what_latency_and_ceiling_allow": seconds / allowed,
    }


def _cycle(remote: Remote) -> tuple[Report, float, float]:
    with remote.client(max_concurrency=_CEILING) as client:
        settings = ConnectorSettings(domains=("example.com",), max_messages=_COUNT, concurrency=_CEILING)
        connector = Connector(MimecastTenant(client), settings, MemoryStore(), MemoryDelivery())
        started = time.perf_counter()
        report = connector.run_cycle()
        seconds = time.perf_counter() - started
    assert report.delivered == _COUNT, report.line()
    before = 2 + 1  # the search, a second search of the empty parts (both sides at once), then the hold queue
    return report, seconds, before + _round_trips()


def _round_trips() -> int:
    """The number of round trips, if the limit of concurrent requests doubles with each of them up to the ceiling.

    Each message needs three requests in sequence: details, list of attachments, file.
    """
    remaining, limit, trips = [3] * _COUNT, _START, 0
    while any(remaining):
        for message in [number for number, requests in enumerate(remaining) if requests][:limit]:
            remaining[message] -= 1
        limit, trips = min(2 * limit, _CEILING), trips + 1
    return trips


def _serial(remote: Remote) -> float:
    """Do the same work with one request at a time: search, hold queue per message, details, attachments."""
    with remote.client() as client:
        started = time.perf_counter()
        done = sum(_fetch(client, row.id, row.recipients[0], row.received) for row in _rows(client))
        seconds = time.perf_counter() - started
    assert done == _COUNT
    return seconds


def _rows(client: MimecastClient) -> list[Any]:
    start = datetime.now(UTC) - timedelta(hours=1)
    rows = {row.id: row for row in client.tracking.search(start=start, to="example.com", statuses=("held",))}
    rows |= {row.id: row for row in client.tracking.search(start=start, sender="example.com", statuses=("held",))}
    return list(rows.values())


def _fetch(client: MimecastClient, tracking_id: str, recipient: str, received: Any) -> int:
    info = client.tracking.info(tracking_id)
    margin = timedelta(seconds=5)
    holds = client.held.list(
        start=received - margin, end=received + margin, search_field="recipient", search_value=recipient
    )
    hold = next(hold for hold in holds if hold.subject == info.subject)
    for attachment in client.held.detail(hold.id).attachments:
        with client.files.download(attachment.id, max_bytes=1_000_000, sha256=attachment.sha256) as file:
            base64.b64encode(file.read())
    return 1
