"""`python -m benchmarks [NAME …]`: run benchmarks, and print the measured values with their targets."""

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
    modules = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return [name for name in modules if not name.startswith("_") and name != "support"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"benchmarks to run: {', '.join(names())}")
    parser.add_argument("--json", type=Path, help="write the measured values to this file, too")
    arguments = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    missed = 0
    for name in arguments.names or names():
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}")
        measured = module.run()
        results[name] = measured
        if reason := measured.get("skipped"):
            print(f"  skipped: {reason}")
            continue
        missed += show(measured, module.TARGETS)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"\n{missed} targets missed" if missed else "\nall targets met")
    return 1 if missed else 0


def show(measured: dict[str, Any], targets: dict[str, tuple[str, float]]) -> int:
    """Print each value. Returns the number of missed targets. A target is `("at most" | "at least", value)`."""
    missed = 0
    for key, value in measured.items():
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
        verdict = ""
        if key in targets:
            relation, target = targets[key]
            met = value <= target if relation == "at most" else value >= target
            missed += not met
            verdict = f"   {relation} {target:g}: {'met' if met else 'MISSED'}"
        print(f"  {key:<44} {text:>12}{verdict}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
