"""The commands of the quickstart, typed into a terminal as a newcomer types them, and what the page shows of them."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.docs.test_pages import ROOT
from tests.simulator.process import environment

PAGE = ROOT / "docs" / "guide" / "quickstart.md"
FENCE = re.compile(r"^```(sh|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SERVER = "mimecast-secops simulator"
# Other tests check these: they install the product, or run the demo.
SKIPPED = ("make ", "pipx ")
PROMPT = "quickstart> "
QUESTION = "[y/N]: "
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
# What differs from run to run.
VARIABLE = (
    (re.compile(r"\b\d\d-\d\d \d\d:\d\dZ"), "03-07 16:03Z"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "2026-03-07 16:03"),
    (re.compile(r"\b\d+\.\d s, \d+ requests"), "0.1 s, 15 requests"),
    (re.compile(r"\b\d+ h\b"), "336 h"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:8765"),
    (re.compile(r"\d+ s (ahead of|behind)"), "0 s ahead of"),
)
_TIMEOUT = 120.0


def steps() -> list[tuple[str, str]]:
    """Each command of the page, with the output that the page shows after it; "" if it shows none."""
    found: list[tuple[str, str]] = []
    for kind, body in FENCE.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            command, _ = found.pop()
            found.append((command, body))
        else:
            found += [(line, "") for line in body.splitlines()]
    return [step for step in found if not step[0].startswith(SKIPPED)]


class Terminal:
    """A shell in a terminal of 80 columns. The user answers each question with yes."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.chdir(folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"], variables)
        size = struct.pack("HHHH", 50, 80, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)
        self._read_until(PROMPT)

    def type(self, line: str) -> str:
        """The output of a command, without its echo."""
        os.write(self._terminal, f"{line}\n".encode())
        output = self._read_until(PROMPT)
        while output.endswith(QUESTION):
            os.write(self._terminal, b"y\n")
            output += self._read_until(PROMPT)
        return output.partition("\n")[2].removesuffix(PROMPT)

    def close(self) -> None:
        os.close(self._terminal)
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)

    def _read_until(self, end: str) -> str:
        output, deadline = b"", time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self._terminal], [], [], deadline - time.monotonic())
            if ready:
                output += os.read(self._terminal, 1 << 16)
            text = ESCAPES.sub("", output.decode(errors="replace"))
            if text.endswith((end, QUESTION)):
                return text
        raise AssertionError(f"The command did not end: {output.decode(errors='replace')}")


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has installed the command line."""
    program = tmp_path / "bin" / "mimecast-secops"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mimecast_secops.cli.main "$@"\n')
    program.chmod(0o700)
    variables = environment(tmp_path / "home")
    variables.pop("COLUMNS", None)
    return variables | {"PATH": f"{program.parent}:{variables['PATH']}", "PS1": PROMPT, "TERM": "xterm-256color"}


@pytest.fixture
def simulator(tmp_path: Path, variables: dict[str, str]) -> Iterator[None]:
    """The simulator in the first terminal of the user."""
    with subprocess.Popen(SERVER.split(), env=variables, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert any(line.startswith("ready") for line in process.stdout)
        yield
        process.terminate()


@pytest.fixture
def terminal(tmp_path: Path, variables: dict[str, str]) -> Iterator[Terminal]:
    second = Terminal(tmp_path, variables)
    yield second
    second.close()


def comparable(output: str) -> list[str]:
    for pattern, replacement in VARIABLE:
        output = pattern.sub(replacement, output)
    return [line.rstrip() for line in output.splitlines() if line.strip()]


def is_shown(expected: list[str], actual: list[str]) -> bool:
    """Whether the lines are those of the page, where `…` stands for any text."""
    patterns = [".*".join(map(re.escape, line.split("…"))) for line in expected]
    return len(patterns) == len(actual) and all(map(re.fullmatch, patterns, actual))


@pytest.mark.program("bash")
@pytest.mark.usefixtures("simulator")
def test_a_newcomer_can_type_every_command_and_sees_what_the_page_shows(terminal: Terminal) -> None:
    commands = steps()
    assert commands[0][0] == SERVER
    for line, output in commands[1:]:
        actual = comparable(terminal.type(line))
        status = comparable(terminal.type("echo $?"))
        assert status == ["0"], (line, actual)
        if output:
            assert is_shown(comparable(output), actual), (line, "\n".join(actual))


def test_the_page_lists_releases_rejects_and_undoes() -> None:
    typed = {line.split()[1] for line, _ in steps() if line.startswith("mimecast-secops")}
    assert {"held", "connector", "alerts", "release-message", "reject-message", "undo"} <= typed
