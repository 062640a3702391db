"""Fixtures for tests of the command line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CommandLine


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the settings of the developer's machine."""
    for name in list(os.environ):
        if name.upper().startswith("MIMECAST"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    """One server for all tests, because each start and stop takes a tenth of a second."""
    with Simulator() as running:
        yield running


@pytest.fixture
def empty_simulator(running_simulator: Simulator) -> Simulator:
    """A new tenant without messages."""
    running_simulator.reset()
    return running_simulator


@pytest.fixture
def simulator(empty_simulator: Simulator) -> Simulator:
    """A new tenant with the sample emails."""
    empty_simulator.receive(Simulator.SAMPLES)
    return empty_simulator


@pytest.fixture
def command_line(simulator: Simulator, tmp_path: Path) -> CommandLine:
    """Commands against the tenant with the sample emails."""
    return CommandLine(simulator, tmp_path)


@pytest.fixture
def empty_command_line(empty_simulator: Simulator, tmp_path: Path) -> CommandLine:
    """Commands against the tenant without messages."""
    return CommandLine(empty_simulator, tmp_path)
