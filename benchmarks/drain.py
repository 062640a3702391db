"""50,000 records drained from the command line, and how much memory that takes."""

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


def run() -> dict[str, Any]:
    with simulator() as remote, tempfile.TemporaryDirectory() as folder:
        remote.control("bulk", {"count": _COUNT, "spread": 20 * 3600, "before": 60})
        alerts = Path(folder) / "alerts.jsonl"
        environment = os.environ | {key: value for key, value in remote.keys.items() if key.startswith("MIMECAST_CLI")}
        environment |= {"MIMECAST_API_ROOT": remote.url}
        command = [
            *(sys.executable, "-m", "mimecast_secops.hosts.terminal.main", "connector", "run", "--quiet"),
            *("--domains", "example.com", "--max-hours-backwards", "24", "--max-messages-to-return", "2000"),
            *("--every", "1s", "--output", str(alerts), "--state", f"{folder}/state.db"),
        ]
        started, cpu = time.perf_counter(), 0.0
        process = subprocess.Popen(command, env=environment)
        watched, peak = psutil.Process(process.pid), 0
        count = 0
        while count < _COUNT and process.poll() is None and time.perf_counter() - started < 1200:
            time.sleep(0.5)
            peak = max(peak, watched.memory_info().rss)
            cpu = sum(watched.cpu_times()[:2])
            count = _lines(alerts)
        seconds = time.perf_counter() - started
        process.terminate()
        process.wait(timeout=60)
        tickets = _tickets(alerts)
    return {
        "records": _COUNT,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "alerts_per_second": len(tickets) / seconds,
        "peak_megabytes": peak / 1024 / 1024,
        "missing": _COUNT - len(set(tickets)),
        "repeated": len(tickets) - len(set(tickets)),
    }


def _lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _tickets(path: Path) -> list[bytes]:
    marker = b'"ticket_id":"'
    with path.open("rb") as file:
        return [line.split(marker, 1)[1].split(b'"', 1)[0] for line in file]
