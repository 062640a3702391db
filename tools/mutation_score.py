"""Checks the mutation score of the last `mutmut run`: `python tools/mutation_score.py [--floor PERCENT]`.

The score is the share of mutants that a test, a type check or a time-out detects. The program exits with 1 if the score
is below the floor, if a mutant was not run, or if docs/maintainers/mutation-survivors.md exists and does not name the
function of a mutant that survived. That page names a function in backticks, as `mimecast_secops.api.verdict.verdict`,
next to the reason why its mutants survive.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SURVIVORS = ROOT / "docs" / "maintainers" / "mutation-survivors.md"
FLOOR = 90.0
DETECTED = frozenset({"killed", "timeout", "caught by type check"})
NOT_RUN = frozenset({"not checked", "check was interrupted by user"})
_RESULT = re.compile(r"^\s*(\S+__mutmut_\d+): (.+?)\s*$", re.MULTILINE)


def results(output: str) -> dict[str, str]:
    """Mutant → status, from the output of `mutmut results --all true`. Skipped mutants are left out."""
    return {mutant: status for mutant, status in _RESULT.findall(output) if status != "skipped"}


def function_of(mutant: str) -> str:
    """The function that a mutant changes: `package.module.x_name__mutmut_1` → `package.module.name`.

    Methods are `package.module.xǁClassǁname__mutmut_1`.
    """
    module, _, mangled = mutant.rpartition("__mutmut_")[0].rpartition(".")
    name = mangled.replace("ǁ", ".").removeprefix("x").lstrip(".") if "ǁ" in mangled else mangled.removeprefix("x_")
    return f"{module}.{name}"


def score(statuses: Iterable[str]) -> float:
    """The share of detected mutants in percent; 0 if there are none."""
    counts = Counter(status in DETECTED for status in statuses)
    return 100 * counts[True] / counts.total() if counts else 0.0


def survivors(statuses: Mapping[str, str]) -> dict[str, list[str]]:
    """Function → its mutants that ran and that nothing detected."""
    undetected: defaultdict[str, list[str]] = defaultdict(list)
    for mutant, status in statuses.items():
        if status not in DETECTED | NOT_RUN:
            undetected[function_of(mutant)].append(mutant)
    return dict(sorted(undetected.items()))


def problems(statuses: Mapping[str, str], floor: float, explained: str | None) -> list[str]:
    """Why the run is not accepted; empty if it is.

    Args:
        statuses: mutant → status.
        floor: the lowest accepted score in percent.
        explained: the content of the survivors page, None if there is no such page.
    """
    if not statuses:
        return ["There are no mutants: run `mutmut run` first, and check `only_mutate` in pyproject.toml."]
    found = []
    not_run = sum(status in NOT_RUN for status in statuses.values())
    if not_run:
        found.append(f"{not_run} mutants were not run.")
    reached = score(statuses.values())
    if reached < floor:
        found.append(f"The mutation score is {reached:.1f} %, below {floor:g} %.")
    if explained is not None:
        named = set(re.findall(r"`([\w.]+)`", explained))
        found += [f"{SURVIVORS.name} does not explain {name}." for name in survivors(statuses) if name not in named]
    return found


def report(statuses: Mapping[str, str]) -> str:
    """A line per module and one for all, then the mutants that survived."""
    modules: defaultdict[str, list[str]] = defaultdict(list)
    for mutant, status in statuses.items():
        modules[mutant.rpartition(".")[0]].append(status)
    lines = [f"{score(results):6.1f} %  {len(results):5}  {module}" for module, results in sorted(modules.items())]
    lines.append(f"{score(statuses.values()):6.1f} %  {len(statuses):5}  all")
    for name, mutants in survivors(statuses).items():
        lines.append(f"survived in {name}: {', '.join(mutant.rpartition('__mutmut_')[2] for mutant in mutants)}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Check the score of the last mutmut run.")
    parser.add_argument("--floor", type=float, default=FLOOR, help="lowest accepted score in percent")
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "mutmut", "results", "--all", "true"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    statuses = results(done.stdout)
    explained = SURVIVORS.read_text(encoding="utf-8") if SURVIVORS.exists() else None
    found = problems(statuses, options.floor, explained)
    print(report(statuses))
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
