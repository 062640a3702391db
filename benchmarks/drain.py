"""A service that delivers 50,000 held messages: its memory and CPU time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.support import simulator

TARGETS = {"peak_megabytes": ("at most", 150.0), "missing": ("at most", 0), "repeated": ("at most", 0)}
_COUNT = 50_000
_LONGEST_SECONDS = 1200


def run() -> dict[str, Any]:
    return drain(_COUNT, spread=20 * 3600)


def drain(count: int, *, spread: int) -> dict[str, Any]:
    """Run a service until it has delivered all messages.

    Args:
        count: the number of held messages.
        spread: the period in seconds in which they arrived. It ended a minute ago.
    """
    with simulator() as remote, tempfile.TemporaryDirectory() as folder:
        remote.control("bulk", {"count": count, "spread": spread, "before": 60})
        alerts, metrics = Path(folder) / "alerts.jsonl", Path(folder) / "metrics.prom"
        environment = os.environ | {key: value for key, value in remote.keys.items() if key.startswith("MIMECAST_CLI")}
        environment |= {"MIMECAST_API_ROOT": remote.url}
        command = [
            *(sys.executable, "-m", "mimecast_secops.cli.main", "connector", "run", "--quiet"),
            *("--domains", "example.com", "--max-hours-backwards", "24", "--max-messages-to-return", "2000"),
            *("--every", "1s", "--output", str(alerts), "--state", f"{folder}/state.db", "--metrics", str(metrics)),
        ]
        started, cpu, seconds = time.perf_counter(), 0.0, 0.0
        process = subprocess.Popen(command, env=environment)
        watched, peak = psutil.Process(process.pid), 0
        # The cycle after the last delivery compares the whole hold queue with message tracking.
        while not _is_idle(metrics) and process.poll() is None and time.perf_counter() - started < _LONGEST_SECONDS:
            time.sleep(0.2)
            peak = max(peak, watched.memory_info().rss)
            if not seconds:
                cpu = sum(watched.cpu_times()[:2])
                seconds = time.perf_counter() - started if _lines(alerts) >= count else 0.0
        process.terminate()
        process.wait(timeout=60)
        tickets = _tickets(alerts)
    seconds = seconds or time.perf_counter() - started
    return {
        "records": count,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "alerts_per_second": len(tickets) / seconds,
        "peak_megabytes": peak / 1024 / 1024,
        "missing": count - len(set(tickets)),
        "repeated": len(tickets) - len(set(tickets)),
    }


def _is_idle(metrics: Path) -> bool:
    """Whether the last cycle succeeded and delivered nothing."""
    lines = metrics.read_text(encoding="utf-8").splitlines() if metrics.exists() else []
    return {"mimecast_secops_cycle_ok 1", "mimecast_secops_cycle_delivered 0"} <= set(lines)


def _lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _tickets(path: Path) -> list[bytes]:
    marker = b'"ticket_id":"'
    with path.open("rb") as file:
        return [line.split(marker, 1)[1].split(b'"', 1)[0] for line in file]
