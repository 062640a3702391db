"""The root command: lazy commands, help, version and exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from mimecast_secops import __version__
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.main import main

COMMANDS = [["action"], ["connector"], ["connector", "run"], ["connector", "status"], ["demo"], ["doctor"]]


@pytest.mark.parametrize("words", [[], *COMMANDS, ["simulator"], ["undo"]], ids=" ".join)
def test_every_command_has_help(words: list[str]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_the_help_lists_every_command_and_exit_code() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    for name in ("action", "connector", "demo", "doctor", "simulator", "undo"):
        assert f"\n  {name} " in output
    assert all(meaning in output for meaning in exit_codes.MEANINGS.values())


def test_the_summary_of_each_command_agrees_with_its_own_help() -> None:
    output = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for name in ("connector", "simulator"):
        summary = CliRunner().invoke(main, [name, "--help"]).output.split("\n\n")[1].strip().split(" with API")[0]
        assert summary.rstrip(".") in output


def test_the_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"mimecast-secops, version {__version__}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["unknown"]).exit_code == exit_codes.USAGE


def test_the_help_of_the_root_imports_no_command() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from mimecast_secops.cli.main import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "print([name for name in sys.modules if name.startswith(('mimecast_secops.simulator', 'rich'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
