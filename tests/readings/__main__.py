"""Prints what happens under each reading: `python -m tests.readings`.

The exit code is 1 if something is silently wrong.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.open_facts import OPEN_FACTS, Reading
from mimecast_secops.simulator import Simulator
from tests.actions.runner import reset
from tests.readings.flows import FLOWS
from tests.readings.outcomes import Outcome, Verdict
from tests.readings.tenant import ReadingTenant


def main() -> int:
    """Run each flow under each reading, and print a line for each reading."""
    parser = argparse.ArgumentParser(description="Print what happens under each reading of an open fact.")
    parser.add_argument("names", nargs="*", help="the readings to try; all by default")
    wanted = set(parser.parse_args().names)
    logging.disable()
    verdicts: Counter[Verdict] = Counter()
    with Simulator() as simulator:
        for fact in OPEN_FACTS:
            readings = [reading for reading in fact.readings if not wanted or reading.name in wanted]
            if readings:
                print(f"\n{fact.question}")
            for reading in readings:
                verdicts[_try(simulator, reading)] += 1
    print(f"\n{', '.join(f'{count} {verdict.value}' for verdict, count in sorted(verdicts.items()))}")
    return 1 if verdicts[Verdict.SILENT] else 0


def _try(simulator: Simulator, reading: Reading) -> Verdict:
    """Print the worst verdict of a reading, and the steps that were not right."""
    steps = {
        f"{name}, {version.value}": _outcome(simulator, reading, name, version)
        for name in FLOWS
        for version in ApiVersion
    }
    worst = max((outcome.verdict for outcome in steps.values()), key=list(Verdict).index)
    print(f"  {worst.value:<7} {reading.name:<34} {reading.tenant}", flush=True)
    for name, outcome in steps.items():
        if outcome.verdict is not Verdict.RIGHT:
            print(f"          {outcome.verdict.value:<7} {name}: {outcome.seen[:240]}", flush=True)
    return worst


def _outcome(simulator: Simulator, reading: Reading, name: str, version: ApiVersion) -> Outcome:
    reset(simulator)
    try:
        with ReadingTenant.running(simulator, reading.switches, version) as tenant:
            return FLOWS[name](tenant, reading)
    except Exception as error:  # noqa: BLE001 -- the other readings are still worth knowing
        return Outcome(Verdict.SILENT, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main())
