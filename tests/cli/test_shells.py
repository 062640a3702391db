"""The commands that set environment variables."""

from __future__ import annotations

import subprocess

import pytest

from mimecast_secops.cli.shells import SHELLS, assignments

HOSTILE = {"A": "$(touch hacked) `id` 'x' \"y\" \\ ; & $HOME", "B": "", "C": "two\nlines"}


@pytest.mark.parametrize(
    "program", [pytest.param(name, marks=pytest.mark.program(name)) for name in ("sh", "bash", "zsh", "dash")]
)
def test_a_shell_expands_nothing_in_a_value(program: str) -> None:
    printed = "\n".join(assignments(HOSTILE))
    words = " ".join(f'"${name}"' for name in HOSTILE)
    script = f'eval "$(cat)"; printf "%s\\0" {words}'
    done = subprocess.run([program, "-c", script], input=printed, capture_output=True, text=True, check=True)
    assert done.stdout.split("\0")[:-1] == list(HOSTILE.values())


@pytest.mark.parametrize(
    ("shell", "lines"),
    [
        ("posix", ["export A=x", "export B='it'\"'\"'s'"]),
        ("fish", ["set -gx A 'x';", "set -gx B 'it\\'s';"]),
        ("powershell", ["$env:A = 'x'", "$env:B = 'it''s'"]),
    ],
)
def test_each_shell_has_its_syntax(shell: str, lines: list[str]) -> None:
    assert shell in SHELLS
    assert assignments({"A": "x", "B": "it's"}, shell) == lines
