"""The check of all settings before a command runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from tests.cli.command_line import CommandLine

MISTAKES = 'lowest_risk = "high"\nmax_hour_backwards = 5\nverify_sll = false\nroute_filter = "inbond"\n'


def file_with(command_line: CommandLine, text: str) -> Path:
    file = command_line.folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("words", [["ping"], ["connector", "run", "--domains", "example.com"], ["undo", "3"]])
def test_no_command_runs_with_a_mistake_in_the_file_and_all_mistakes_are_reported(
    command_line: CommandLine, words: list[str]
) -> None:
    result = command_line.invoke(*words, "--config", str(file_with(command_line, MISTAKES)))
    assert result.exit_code == exit_codes.CONFIGURATION
    assert len(result.stderr.splitlines()) == 4
    assert result.stdout == ""


def test_problems_of_the_file_and_of_variables_are_reported_together(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_LOWEST_RISK_TO_FETCH"] = "medum"
    file = file_with(command_line, MISTAKES)
    result = command_line.invoke("connector", "run", "--domains", "example.com", "--config", str(file))
    assert result.exit_code == exit_codes.CONFIGURATION
    *_, last = result.stderr.splitlines()
    assert last.startswith('MIMECAST_LOWEST_RISK_TO_FETCH cannot be "medum": ')
    assert last.endswith('Did you mean "Medium"?')


def test_mistakes_on_the_command_line_alone_are_usage_errors(command_line: CommandLine) -> None:
    words = ["--domains", "not a domain", "--lowest-risk-to-fetch", "medum", "--status-filter", "hld"]
    result = command_line.invoke("connector", "run", *words)
    assert result.exit_code == exit_codes.USAGE
    starts = ["--domains cannot contain", "--lowest-risk-to-fetch cannot be", "--status-filter cannot contain"]
    assert [line.startswith(start) for line, start in zip(result.stderr.splitlines(), starts, strict=True)] == [
        True
    ] * 3


def test_an_option_hides_a_mistake_in_a_variable(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_VERIFY_SSL"] = "maybe"
    assert command_line.invoke("ping").exit_code == exit_codes.CONFIGURATION
    assert command_line.invoke("ping", "--verify-ssl").exit_code == exit_codes.OK


def test_an_unknown_variable_is_a_warning_with_a_suggestion(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_CLIENTID"] = "x"
    result = command_line.invoke("ping")
    assert result.exit_code == exit_codes.OK
    assert result.stderr.splitlines() == [
        'The variable MIMECAST_CLIENTID is not a setting and has no effect. Did you mean "MIMECAST_CLIENT_ID"?'
    ]


def test_a_missing_setting_is_an_error_of_the_configuration(command_line: CommandLine) -> None:
    result = command_line.invoke("connector", "run")
    assert result.exit_code == exit_codes.CONFIGURATION
    assert result.stderr == "Missing --domains (or MIMECAST_DOMAINS, or domains in config.toml).\n"
