"""Errors in a command line or a settings file, in the JSON log."""

from __future__ import annotations

import json

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.usage_errors import wants_json
from tests.cli.command_line import CommandLine

RUN = ("connector", "run")


@pytest.mark.parametrize(
    ("words", "variable", "expected"),
    [
        ([], "", False),
        ([], "json", True),
        (["--log-format", "json"], "", True),
        (["--log-format=json"], "text", True),
        (["--log-format", "text"], "json", False),
        (["--log-format"], "", False),
        (["--log-format", "text", "--log-format", "json"], "", True),
    ],
)
def test_the_option_overrides_the_variable(
    words: list[str], variable: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIMECAST_LOG_FORMAT", variable)
    assert wants_json(words) is expected


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        ((*RUN, "--evry", "60s"), "No such option", exit_codes.USAGE),
        ((*RUN, "--config", "missing.toml"), "cannot be read", exit_codes.CONFIGURATION),
        ((*RUN, "--metrics-port", "x"), "Invalid value for '--metrics-port'", exit_codes.USAGE),
        (("nothing",), "No such command", exit_codes.USAGE),
        ((*RUN, "extra\x1b[31m"), "Got unexpected extra argument", exit_codes.USAGE),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_error_before_the_command_is_one_json_line_with_the_same_exit_code(
    command_line: CommandLine, words: tuple[str, ...], message: str, code: int
) -> None:
    assert command_line.invoke(*words).exit_code == code
    command_line.environment["MIMECAST_LOG_FORMAT"] = "json"
    result = command_line.invoke(*words)
    line = json.loads(result.stderr)
    assert (result.exit_code, line["level"], result.stdout) == (code, "error", "")
    assert message in line["message"]
    assert "\x1b" not in line["message"]


@pytest.mark.parametrize("words", [("--help",), ("--version",), (*RUN, "--help")], ids=" ".join)
def test_help_and_version_are_the_same(command_line: CommandLine, words: tuple[str, ...]) -> None:
    plain = command_line.invoke(*words)
    command_line.environment["MIMECAST_LOG_FORMAT"] = "json"
    result = command_line.invoke(*words)
    assert (result.exit_code, result.stdout, result.stderr) == (0, plain.stdout, "")


def test_a_command_keeps_its_exit_code(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_LOG_FORMAT"] = "json"
    assert command_line.invoke("action", "ping").exit_code == exit_codes.OK
    assert command_line.invoke("action", "ping", "--client-secret", "x" * 20).exit_code == exit_codes.AUTHENTICATION
