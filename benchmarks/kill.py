"""Kills of real processes at random moments of real cycles: nothing missing, nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.support import Remote, simulator

TARGETS = {"missing": ("at most", 0), "repeated": ("at most", 0), "kills": ("at least", 200)}


def run(kills: int = 200, seed: int = 1, *, service: bool = False) -> dict[str, Any]:
    """Kill single cycles, or with `service` a process that runs cycle after cycle and is started again."""
    chance = random.Random(seed)
    options = ("--every", "1s") if service else ()
    longest = 2.0 if service else 0.6
    with simulator() as remote, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        remote.control("behaviour", {"latency_ms": 2})
        sent = 0
        struck = 0
        while struck < kills:
            # In steps of a second into the past, so that arrivals lie within the first look-back and behind it.
            sent += remote.control("bulk", {"count": 5, "spread": 5, "before": 1, "attachment_bytes": 100})["made"]
            struck += _strike(remote, place, chance.uniform(0.15, longest), options)
        for _ in range(20):
            subprocess.run(_command(place), env=_environment(remote), check=False, timeout=120)
            if len(set(_tickets(place))) == sent:
                break
        tickets = _tickets(place)
    return {
        "kills": struck,
        "messages": sent,
        "alerts": len(tickets),
        "missing": sent - len(set(tickets)),
        "repeated": len(tickets) - len(set(tickets)),
    }


def _strike(remote: Remote, place: Path, seconds: float, options: tuple[str, ...]) -> int:
    """Start a process and kill it after so many seconds; returns whether it was still alive."""
    process = subprocess.Popen([*_command(place), *options], env=_environment(remote))
    time.sleep(seconds)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return int(alive)


def _command(place: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "mimecast_secops.cli.main", "connector", "run", "--quiet"),
        *("--domains", "example.com", "--max-messages-to-return", "20"),
        *("--output", str(place / "alerts.jsonl"), "--state", str(place / "state.db")),
    ]


def _environment(remote: Remote) -> dict[str, str]:
    keys = {name: value for name, value in remote.keys.items() if not name.startswith("MIMECAST_CLI")}
    return os.environ | keys | {"MIMECAST_API_ROOT": remote.url}


def _tickets(place: Path) -> list[str]:
    lines = (place / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["ticket_id"] for line in lines]
