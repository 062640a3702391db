"""The examples of the client guide run against the simulator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.resources import held
from mimecast_secops.simulator import Simulator
from tests.tenants import environment_for

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide" / "client.md"
TRANSLATION = ROOT / "docs" / "fr" / "guide" / "client.md"


def examples(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run(code: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    script = folder / "example.py"
    script.write_text(code, encoding="utf-8")
    return subprocess.run(
        [sys.executable, script], env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_example_prints_each_held_message(tmp_path: Path) -> None:
    with Simulator(mail=[Simulator.SAMPLES]) as simulator:
        finished = run(examples(GUIDE)[0], environment_for(simulator, ApiVersion.V2), tmp_path)
        held = [record for record in simulator.tenant.tracked.values() if record.is_held]
    assert (finished.returncode, finished.stderr) == (0, "")
    assert len(finished.stdout.splitlines()) == len(held) > 0


def test_the_example_names_the_missing_permission(tmp_path: Path) -> None:
    with Simulator(mail=[Simulator.SAMPLES]) as simulator:
        simulator.control("rights", {"revoke": [held.LIST.permission]})
        finished = run(examples(GUIDE)[0], environment_for(simulator, ApiVersion.V2), tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == f"Grant this permission: {held.LIST.permission}\n"


def test_the_example_with_the_simulator_needs_nothing_else(tmp_path: Path) -> None:
    finished = run(examples(GUIDE)[1], {}, tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_the_translation_has_the_same_examples() -> None:
    assert examples(TRANSLATION) == examples(GUIDE)
