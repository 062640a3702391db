"""The simulator as a process, for tests of the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-m", "mimecast_secops.cli.main", "simulator"]


def environment(home: Path) -> dict[str, str]:
    """The environment of a user without settings, whose folders are in `home`."""
    names = ("XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MIMECAST")},
        **dict.fromkeys(("HOME", *names), str(home)),
    }


@contextmanager
def running(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, and its output until it is ready."""
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(home)
    ) as process:
        try:
            output: list[str] = []
            assert process.stdout is not None
            for line in process.stdout:
                output.append(line.rstrip("\n"))
                if line.startswith("ready: "):
                    break
            assert output, process.stderr.read() if process.stderr else ""
            yield process, output
        finally:
            if process.poll() is None:
                process.kill()


def url_of(output: list[str]) -> str:
    return output[-1].removeprefix("ready: ")
