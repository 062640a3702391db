"""The commands of the simulator guide, typed into a shell one after the other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from mimecast_secops.simulator import Quirks
from mimecast_secops.simulator.quirk_groups.holds import HoldQuirks
from mimecast_secops.simulator.quirk_groups.tracking import TrackingQuirks
from tests.docs.test_pages import ROOT
from tests.simulator.process import environment

PAGE = ROOT / "docs" / "guide" / "simulator.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \|", re.MULTILINE)
SERVER = re.compile(r"^mimecast-secops simulator (?!--env)", re.MULTILINE)
PREFIX = """
set -eu -o pipefail
trap 'kill $(jobs -p); wait' EXIT
"""


def script() -> str:
    """The commands of the page. A simulator runs in the background, on a free port, instead of in a terminal."""
    lines = [line for block in BLOCK.findall(PAGE.read_text("utf-8")) for line in block.splitlines()]
    typed = []
    for line in lines:
        if SERVER.match(line):
            command = re.sub(r"--port \d+", "--port 0", line)
            typed += [f"{command} > started 2>&1 &", "until grep -q ^ready started; do sleep 0.1; done"]
        else:
            typed += [f"echo; echo '$' {line.split()[1] if line.startswith('mimecast') else ''}", line]
    typed.append('curl -s "$MIMECAST_API_ROOT/simulator/overview" > overview.json')
    return PREFIX + "\n".join(typed) + "\n"


@pytest.mark.program("bash", "curl")
def test_the_commands_of_the_guide_work_one_after_the_other(tmp_path: Path) -> None:
    command = tmp_path / "mimecast-secops"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mimecast_secops.cli.main "$@"\n')
    command.chmod(0o700)
    variables = environment(tmp_path / "home")
    variables["PATH"] = f"{tmp_path}:{variables['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script()], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    outputs = {name: text for name, _, text in (part.partition("\n") for part in done.stdout.split("\n$ "))}
    assert "Successfully connected" in outputs["ping"]
    assert "Overdue invoice" in outputs["held"]
    overview = json.loads((tmp_path / "overview.json").read_text(encoding="utf-8"))
    decisions = [(decision["what"], decision["subject"]) for decision in overview["decisions"]]
    assert decisions == [("rejected", "Overdue invoice 4711")]
    assert "No archive emails were found" in outputs["simple-archive-search"]
    assert "Successfully rejected message" in outputs["reject-message"]
    assert "Successfully created a block sender policy" in outputs["create-block-sender-policy"]


@pytest.mark.parametrize("folder", ["docs", "docs/fr"])
def test_the_table_has_the_switches_of_tracking_and_holds_with_their_values(folder: str) -> None:
    page = (ROOT / folder / "guide" / "simulator.md").read_text("utf-8")
    table = dict(ROW.findall(page))
    switches = [field for group in (TrackingQuirks, HoldQuirks) for field in fields(group)]
    assert set(table) == {switch.name for switch in switches}
    types = get_type_hints(Quirks)
    for switch in switches:
        words: tuple[str, ...] = get_args(types[switch.name])
        if types[switch.name] is bool:
            words = ("true", "false")
        values = re.findall(r"`(\w+)`", table[switch.name])
        assert set(values) == set(words), switch.name
        if words:
            assert values[0] == str(switch.default).lower(), switch.name
        else:
            assert not switch.default or str(switch.default) in page
