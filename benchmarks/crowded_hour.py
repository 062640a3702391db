"""60,000 held messages of one hour: the memory to deliver them all, and for the first idle cycle afterwards."""

from __future__ import annotations

from typing import Any

from benchmarks.drain import drain

TARGETS = {"peak_megabytes": ("at most", 256.0), "missing": ("at most", 0), "repeated": ("at most", 0)}
_COUNT = 60_000


def run() -> dict[str, Any]:
    return drain(_COUNT, spread=3000)
