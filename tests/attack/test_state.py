"""Long attacks on the state database with real processes. Run with `pytest -m attack`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast_secops.simulator import Simulator
from tests.cli.processes import CommandLine, reject_beside_other_commands
from tests.stores.processes import create_at_once

pytestmark = pytest.mark.attack


@pytest.mark.parametrize("round_", range(12))
def test_three_bulks_with_all_other_commands_beside_them(tmp_path: Path, round_: int) -> None:
    with Simulator() as simulator:
        command = CommandLine(simulator, tmp_path)
        reject_beside_other_commands(command, [command.hold(60, f"ids{number}") for number in range(3)])
        assert command.journal() == {"done": 180}
        assert len(simulator.tenant.decisions) == 180


def test_many_databases_that_processes_create_at_once(tmp_path: Path) -> None:
    create_at_once(tmp_path, processes=6, databases=300)
