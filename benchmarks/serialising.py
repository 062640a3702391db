"""The time to write an alert as a line, compared with `dataclasses.asdict` and `json.dumps`."""

from __future__ import annotations

import base64
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mimecast_secops.deliveries.alert_lines import as_line
from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from mimecast_secops.ingest import Alert, AlertFile

TARGETS = {"times_as_fast": ("at least", 3.0)}
_ALERTS = 1000
_ROUNDS = 7


def run() -> dict[str, Any]:
    alerts = [_alert(number) for number in range(_ALERTS)]
    slow, fast = [], []
    for _ in range(_ROUNDS):  # alternating, so that other load on the machine affects both
        slow.append(_seconds(_slow_line, alerts))
        fast.append(_seconds(as_line, alerts))
    with tempfile.TemporaryDirectory() as folder, JsonLinesDelivery(Path(folder) / "alerts.jsonl") as delivery:
        durable = _seconds(delivery.deliver, alerts)
    return {
        "microseconds_asdict": statistics.median(slow) / _ALERTS * 1e6,
        "microseconds_as_line": statistics.median(fast) / _ALERTS * 1e6,
        "times_as_fast": statistics.median(slow) / statistics.median(fast),
        "microseconds_durable_write": durable / _ALERTS * 1e6,
    }


def _seconds(work: Callable[[Alert], object], alerts: list[Alert]) -> float:
    started = time.perf_counter()
    for alert in alerts:
        work(alert)
    return time.perf_counter() - started


def _slow_line(alert: Alert) -> bytes:
    value = {"display_id": alert.display_id, **asdict(alert)}
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _alert(number: int) -> Alert:
    content = base64.b64encode(os.urandom(3000)).decode("ascii")
    return Alert(
        ticket_id=f"ticket-{number}",
        name="Held Message",
        rule_generator="Spam Signature policy",
        product="Mimecast",
        priority=40,
        start_ms=1_700_000_000_000,
        end_ms=1_700_000_000_000,
        reason="Spam Signature policy",
        description="",
        grouping_id="0" * 32,
        events=tuple({f"field_{key}": f"value {key} of event {event}" for key in range(40)} for event in range(3)),
        files=(AlertFile(name="invoice", extension=".pdf", base64=content, size=3000, sha256="0" * 64),),
    )
