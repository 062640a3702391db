"""Kills of real processes at random times: no message is lost, and none is repeated."""

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
    """Kill processes until `kills` of them were alive at their kill.

    Args:
        kills: the number of kills.
        seed: the seed of the random times.
        service: whether the processes run one cycle after the other instead of a single cycle.
    """
    chance = random.Random(seed)
    options = ("--every", "1s") if service else ()
    longest = 2.0 if service else 0.6
    with simulator() as remote, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        remote.control("behaviour", {"latency_ms": 2})
        sent = 0
        killed = 0
        while killed < kills:
            # One message per second, the last one a second ago.
            sent += remote.control("bulk", {"count": 5, "spread": 5, "before": 1, "attachment_bytes": 100})["made"]
            killed += _kill(remote, folder, chance.uniform(0.15, longest), options)
        for _ in range(20):
            subprocess.run(_command(folder), env=_environment(remote), check=False, timeout=120)
            if len(set(_tickets(folder))) == sent:
                break
        tickets = _tickets(folder)
    return {
        "kills": killed,
        "messages": sent,
        "alerts": len(tickets),
        "missing": sent - len(set(tickets)),
        "repeated": len(tickets) - len(set(tickets)),
    }


def _kill(remote: Remote, folder: Path, seconds: float, options: tuple[str, ...]) -> int:
    """Start a process and kill it after some seconds. Returns 1 if it was still alive, else 0."""
    process = subprocess.Popen([*_command(folder), *options], env=_environment(remote))
    time.sleep(seconds)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return int(alive)


def _command(folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "mimecast_secops.cli.main", "connector", "run", "--quiet"),
        *("--domains", "example.com", "--max-messages-to-return", "20"),
        *("--output", str(folder / "alerts.jsonl"), "--state", str(folder / "state.db")),
    ]


def _environment(remote: Remote) -> dict[str, str]:
    keys = {name: value for name, value in remote.keys.items() if not name.startswith("MIMECAST_CLI")}
    return os.environ | keys | {"MIMECAST_API_ROOT": remote.url}


def _tickets(folder: Path) -> list[str]:
    lines = (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["ticket_id"] for line in lines]
