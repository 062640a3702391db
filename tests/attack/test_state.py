"""The state database under many real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CommandLine, reject_while_other_commands_run
from tests.stores.processes import create_at_once


@pytest.mark.parametrize("round_", range(12))
def test_three_bulk_runs_next_to_all_other_commands(tmp_path: Path, round_: int) -> None:
    with Simulator() as simulator:
        command_line = CommandLine(simulator, tmp_path)
        names = [f"ids{number}" for number in range(3)]
        for name in names:
            command_line.hold(60, name)
        reject_while_other_commands_run(command_line, names)
        assert command_line.journal() == {"done": 180}
        assert len(simulator.tenant.decisions) == 180


def test_processes_create_the_same_databases_at_once(tmp_path: Path) -> None:
    create_at_once(tmp_path, processes=6, databases=300)
