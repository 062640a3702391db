"""The command line as a real process, with a home of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mimecast_secops.api import Generation
from mimecast_secops.simulator import Simulator
from tests.tenants import environment_for

COMMAND = [sys.executable, "-m", "mimecast_secops.hosts.terminal.main"]
CONNECTOR = [*COMMAND, "connector", "run", "--domains", "example.com"]


def environment(simulator: Simulator, home: Path) -> dict[str, str]:
    """The environment of a process that talks to a simulator and keeps its state in a folder."""
    folders = {"HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return os.environ | environment_for(simulator, Generation.V2) | folders
