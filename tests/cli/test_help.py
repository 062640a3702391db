"""Help: headings, examples, and the options of the connection."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner

from mimecast_secops.actions import all_actions
from mimecast_secops.cli.help import HEADINGS, HelpfulCommand, heading_of
from mimecast_secops.cli.main import main
from mimecast_secops.cli.options import ParameterOption, connection_options
from mimecast_secops.cli.settings import all_settings


def help_of(*words: str) -> str:
    return CliRunner().invoke(main, [*words, "--help"], env={"COLUMNS": "80"}).output


def headings_in(output: str) -> list[str]:
    return re.findall(r"^([A-Z][\w ]+):$", output, re.MULTILINE)


def section(output: str, heading: str) -> str:
    return output.split(f"\n{heading}:\n")[1].split("\n\n", maxsplit=1)[0]


def test_the_options_of_the_connector_are_under_headings_in_order() -> None:
    output = help_of("connector", "run")
    assert headings_in(output) == ["Examples", *(heading for heading in HEADINGS if heading != "Bulk")]
    assert "--every INTERVAL" in section(output, "Options")
    for option in ("--domains", "--lowest-risk-to-fetch", "--status-filter", "--dynamic-list"):
        assert option in section(output, "Filters")
    assert "--max-messages-to-return" in section(output, "Limits")
    assert "--overlap-minutes" in section(output, "Advanced")
    assert "--namespace" in section(output, "State")


def test_settings_of_the_platform_are_hidden_and_still_accepted() -> None:
    output = help_of("connector", "run")
    hidden = [setting for setting in all_settings().values() if setting.platform_only]
    assert {setting.name for setting in hidden} >= {"DeviceProductField", "EventClassId", "PythonProcessTimeout"}
    for setting in hidden:
        assert setting.slug not in output
        assert any(option.parameter == setting for option in options_of_connector())


def options_of_connector() -> list[ParameterOption]:
    command = main
    context = click.Context(main)
    for name in ("connector", "run"):
        command = command.get_command(context, name)  # type: ignore[assignment]
    return [option for option in command.params if isinstance(option, ParameterOption)]


@pytest.mark.parametrize("slug", [action.slug for action in all_actions()])
def test_the_connection_is_one_short_section_at_the_end(slug: str) -> None:
    output = help_of(slug)
    assert headings_in(output)[-1] == "Connection"
    for option in connection_options():
        if heading_of(option) == "Connection":
            assert option.opts[0] in section(output, "Connection")
    assert len(section(output, "Connection").splitlines()) <= 8


def test_the_commands_about_settings_describe_the_connection() -> None:
    for words in (("config", "show"), ("config", "check"), ("doctor",)):
        assert "MIMECAST_CLIENT_SECRET" in help_of(*words)


@pytest.mark.parametrize("slug", ["release-message", "block-sender", "create-block-sender-policy"])
def test_no_line_of_the_help_is_wider_than_80_columns_except_examples(slug: str) -> None:
    lines = help_of(slug).splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("  mimecast-secops ")] == []


def test_an_option_of_an_unknown_group_is_an_option_of_the_command() -> None:
    option = click.Option(["--new"])
    assert heading_of(option) == "Options"
    output = CliRunner().invoke(HelpfulCommand("test", params=[option], examples=["test --new x"]), ["--help"]).output
    assert "Examples:\n  mimecast-secops test --new x\n" in output
    assert "--new" in section(output, "Options")
