"""`python -m benchmarks [name …]`: run benchmarks and print what they measured beside what is promised."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

import benchmarks


def names() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return [name for name in found if not name.startswith("_") and name != "support"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(names())}")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    given = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    missed = 0
    for name in given.names or names():
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}")
        measured = module.run()
        figures[name] = measured
        if reason := measured.get("skipped"):
            print(f"  skipped: {reason}")
            continue
        missed += show(measured, module.TARGETS)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"\n{missed} targets missed" if missed else "\nall targets met")
    return 1 if missed else 0


def show(measured: dict[str, Any], targets: dict[str, tuple[str, float]]) -> int:
    """Print each figure; returns how many targets were missed. A target is `("at most" | "at least", value)`."""
    missed = 0
    for key, value in measured.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        verdict = ""
        if key in targets:
            relation, wanted = targets[key]
            met = value <= wanted if relation == "at most" else value >= wanted
            missed += not met
            verdict = f"   {relation} {wanted:g}: {'met' if met else 'MISSED'}"
        print(f"  {key:<44} {shown:>12}{verdict}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
