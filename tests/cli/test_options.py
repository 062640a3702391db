"""Options from declarations of parameters."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from mimecast_secops.actions import all_actions, find
from mimecast_secops.cli.main import main
from mimecast_secops.cli.options import ParameterOption, connection_options, values_of
from mimecast_secops.cli.settings import key
from mimecast_secops.parameters import Kind, Parameter


def help_of(parameter: Parameter, *, is_setting: bool = False) -> str:
    option = ParameterOption(parameter, is_setting=is_setting)
    record = option.get_help_record(click.Context(click.Command("test")))
    assert record is not None
    return " ".join(" ".join(record).split())


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        (Parameter(name="Note", help="A note.", kind=Kind.TEXT), "--note TEXT A note."),
        (Parameter(name="Sender", help="S.", kind=Kind.ADDRESS, mandatory=True), "--sender ADDRESS S. [required]"),
        (
            Parameter(name="As", help="A.", kind=Kind.CHOICE, options=("X", "Y"), default="X"),
            "--as X|Y A. [default: X]",
        ),
        (Parameter(name="Fast", help="F.", kind=Kind.FLAG, default="true"), "--[no-]fast F. [default: true]"),
        (
            Parameter(name="Fields", help="F.", kind=Kind.LIST, default="x" * 50, mandatory=True),
            f"--fields A,B,… F. [default: {'x' * 40}…]",
        ),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Parameter) else "",
)
def test_the_help_of_an_option(parameter: Parameter, text: str) -> None:
    assert help_of(parameter) == text


def test_only_a_setting_has_a_variable() -> None:
    parameter = Parameter(name="Client ID", help="C.", kind=Kind.TEXT)
    assert help_of(parameter, is_setting=True) == "--client-id TEXT C. [env var: MIMECAST_CLIENT_ID]"
    assert help_of(parameter) == "--client-id TEXT C."


def test_a_variable_does_not_set_a_parameter_of_an_action(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIMECAST_MESSAGE_ID", "x")
    result = CliRunner().invoke(main, ["action", "release-message"])
    assert "Missing --message-id." in result.stderr


def test_every_parameter_of_every_action_is_an_option() -> None:
    for action in all_actions():
        output = CliRunner().invoke(main, ["action", action.slug, "--help"]).output
        for parameter in action.declared:
            assert f"--{parameter.slug} " in output or f"--[no-]{parameter.slug} " in output, key(parameter)


def test_values_have_the_names_of_parameters_and_leave_out_what_is_not_given() -> None:
    options = {"message_id": "x", "note": "", "dry_run": False, "reason": None, "timeout": 30.0}
    values = values_of(find("reject-message").declared, options)
    assert values == {"Message ID": "x", "Note": "", "Dry Run": False}


def test_no_two_options_of_a_command_have_the_same_name() -> None:
    for action in all_actions():
        names = [option.name for option in connection_options()] + [key(parameter) for parameter in action.declared]
        assert len(names) == len(set(names)), action.name
