"""The root command: lazy commands, help, version and exit codes."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from mimecast_secops import __version__
from mimecast_secops.actions import all_actions
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.help import HelpfulCommand, HelpfulGroup
from mimecast_secops.cli.main import main

HEADINGS = ("Triage:", "Connector:", "Setup:", "Simulation:", "Exit codes:")


def commands() -> Iterator[tuple[list[str], click.Command]]:
    """The words and the command of every command and subcommand."""
    root: list[tuple[list[str], click.Command]] = [([], main)]
    while root:
        words, command = root.pop()
        yield words, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None, name
                root.append(([*words, name], child))


COMMANDS = {" ".join(words): command for words, command in commands()}


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, option: str) -> None:
    result = CliRunner().invoke(main, [*name.split(), option])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_and_suggests_a_command(name: str) -> None:
    command = COMMANDS[name]
    if isinstance(command, click.Group):
        assert isinstance(command, HelpfulGroup)
    else:
        assert isinstance(command, HelpfulCommand)
        assert command.examples


@pytest.mark.parametrize("name", [name for name in COMMANDS if not name.startswith("action ")])
def test_the_words_of_every_example_are_accepted(name: str) -> None:
    for example in getattr(COMMANDS[name], "examples", ()):
        # The example of an action is the one of the command at the top level.
        path = name.removeprefix("action ").split()
        words = shlex.split(example)
        assert words[: len(path)] == path
        COMMANDS[name].make_context(name, words[len(path) :], resilient_parsing=True)


def test_every_action_is_also_a_command_at_the_top() -> None:
    for action in all_actions():
        assert set(COMMANDS) >= {action.slug, f"action {action.slug}"}
        short, long = (CliRunner().invoke(main, [*words, action.slug, "-h"]).output for words in ([], ["action"]))
        assert short.replace("mimecast-secops", "") == long.replace("mimecast-secops action", "").replace(
            "mimecast-secops", ""
        )


def test_the_commands_are_listed_under_headings() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    places = [output.index(f"\n{heading}\n") for heading in HEADINGS]
    assert places == sorted(places)
    assert places[0] < output.index("  release-message ") < places[1]
    assert places[2] < output.index("  ping ") < places[3]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["relese-message"], "release-message"),
        (["release"], "release-message"),
        (["conector"], "connector"),
        (["action", "rejct-message"], "reject-message"),
        (["connector", "ststus"], "status"),
        (["config", "chekc"], "check"),
    ],
)
def test_a_misspelled_command_is_a_usage_error_that_names_the_right_one(words: list[str], wanted: str) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == exit_codes.USAGE
    assert f'No such command {words[-1]!r}. Did you mean "{wanted}"?' in result.stderr


def test_the_help_lists_every_command_and_exit_code() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    for name in ("action", "connector", "demo", "doctor", "simulator", "undo"):
        assert f"\n  {name} " in output
    words = " ".join(output.split())
    assert all(meaning in words for meaning in exit_codes.MEANINGS.values())
    assert max(map(len, output.splitlines())) <= 80


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
