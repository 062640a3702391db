"""Messages for the terminal: options, variables and settings instead of the fields of a form."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from mimecast_secops.actions import Action, ActionFailed, Result, all_actions, execute
from mimecast_secops.api.credentials import choose_credentials
from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.api.urls import check_url
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.help import HelpfulCommand
from mimecast_secops.cli.messages import message_of, reword_log, text_of, worded
from mimecast_secops.cli.options import ParameterOption, connection_options, options_of
from mimecast_secops.cli.settings import RECORDS, all_settings
from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.parameters import InvalidParameter, Kind, Parameter, declared, parse
from mimecast_secops.sentences import Form, Mention, joined, sentence

SOURCE = Path(__file__).parents[2] / "src" / "mimecast_secops"
# Values that no parameter of the kind accepts.
INVALID = {
    Kind.FLAG: "perhaps",
    Kind.INTEGER: "many",
    Kind.CHOICE: "nonsense",
    Kind.CHOICES: "nonsense",
    Kind.ADDRESS: "nobody",
    Kind.ADDRESSES: "nobody",
    Kind.TIME: "tomorrow",
}


def context_of(options: list[click.Parameter], *words: str) -> click.Context:
    test_command = click.Command("test", params=options, callback=lambda **_: None)
    return test_command.make_context("test", list(words))


def settings_context(*words: str) -> click.Context:
    options = options_of([record for record in RECORDS if "Connection" not in record.__name__], is_setting=True)
    names = {option.name for option in options}
    return context_of([*options, *(option for option in connection_options() if option.name not in names)], *words)


def failures_of(action: Action) -> Iterator[Result]:
    """The results of an action with each parameter missing, empty or invalid."""

    def connect() -> Any:
        raise Misconfigured("not reached")

    for parameter in action.declared:
        for value in (None, ",", "<>", "[Event.value]", '{"', INVALID.get(parameter.kind, "x y")):
            yield execute(action, {**action.sample, parameter.name: value}, connect)


@pytest.mark.parametrize("action", all_actions(), ids=lambda action: action.slug)
def test_no_failure_of_an_action_names_the_field_of_a_form_in_the_terminal(action: Action) -> None:
    context = context_of([ParameterOption(parameter) for parameter in action.declared])
    fields = [parameter.name for parameter in action.declared]
    with context:
        for result in failures_of(action):
            message = worded(result).message
            assert not names_a_field(message, fields), message
            assert str(result.sentence) == result.message


def names_a_field(message: str, fields: list[str]) -> bool:
    """Whether a message has the name of a form's field, in quotes or as two words."""
    words = [f'"{name}"' for name in fields] + [name for name in fields if " " in name]
    return any(re.search(rf"{re.escape(word)}(?!-)", message) for word in words)


@pytest.mark.parametrize("parameter", all_settings().values(), ids=lambda parameter: parameter.slug)
def test_no_error_of_a_setting_names_the_field_of_a_form_in_the_terminal(parameter: Parameter) -> None:
    record = next(record for record in RECORDS if parameter in declared(record))
    valid = {"Domains": "example.com"}
    for value in (None, "", INVALID.get(parameter.kind, "not a domain")):
        try:
            parse(record, valid | {parameter.name: value})
        except InvalidParameter as error:
            with settings_context():
                assert f"--{parameter.slug}" in message_of(error)
                assert f'"{parameter.name}"' not in message_of(error)
            assert f'"{parameter.name}"' in str(error)


@pytest.mark.parametrize(
    ("given", "terminal"),
    [
        ({"client_id": "x"}, "--client-secret (MIMECAST_CLIENT_SECRET) is missing"),
        ({"application_id": "x"}, "--application-key (MIMECAST_APPLICATION_KEY), --access-key"),
        ({}, "Set --client-id (MIMECAST_CLIENT_ID) and --client-secret (MIMECAST_CLIENT_SECRET) (API 2.0)"),
    ],
)
def test_missing_credentials_are_options_and_variables(given: dict[str, Any], terminal: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        choose_credentials(**given)
    with settings_context():
        assert terminal in message_of(caught.value)


# where a value comes from


def test_a_message_names_where_the_value_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured) as caught:
        check_url("ftp://x", "API Root")
    with settings_context("--api-root", "ftp://x"):
        assert message_of(caught.value).startswith("--api-root must be a URL")
    monkeypatch.setenv("MIMECAST_API_ROOT", "ftp://x")
    with settings_context():
        assert message_of(caught.value).startswith("MIMECAST_API_ROOT must be a URL")


def test_a_value_from_a_profile_is_named_with_its_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[profiles.lab]\napi_root = "ftp://x"\n', encoding="utf-8")
    with settings_context("--config", str(file), "--profile", "lab"):
        text = text_of(sentence("{API Root:bare} is wrong."))
    assert text == f"api_root in [profiles.lab] of {file} is wrong."


# forms


@pytest.mark.parametrize(
    ("mention", "text"),
    [
        (Mention("Allow High Risk"), "--allow-high-risk"),
        (Mention("Allow High Risk", Form.BARE), "--allow-high-risk"),
        (Mention("Allow High Risk", Form.PARAMETER), "--allow-high-risk"),
        (Mention("Allow High Risk", Form.ENABLE), "add --allow-high-risk"),
        (Mention("Allow High Risk", Form.ENABLE, capital=True), "Add --allow-high-risk"),
        (Mention("Allow High Risk", Form.DISABLE, capital=True), "Add --no-allow-high-risk"),
        (Mention("Allow High Risk", Form.MISSING), "Missing --allow-high-risk."),
        (Mention("Unknown"), '"Unknown"'),
    ],
)
def test_the_forms_of_a_mention(mention: Mention, text: str) -> None:
    parameter = Parameter(name="Allow High Risk", help="…", kind=Kind.FLAG)
    with context_of([ParameterOption(parameter)]):
        assert text_of(joined([mention])) == text


def test_without_a_command_a_message_is_that_of_the_platform() -> None:
    assert text_of(sentence("{Domains:Missing}")) == '"Domains" is mandatory and was not given.'
    assert message_of(ActionFailed(sentence("{Dry Run:Enable}."))) == 'Enable "Dry Run".'


def test_a_suggestion_follows_the_message() -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(ConnectorSettings, {"Domains": "example.com", "Lowest Risk To Fetch": "medum"})
    assert "Did you mean" not in str(caught.value)
    assert message_of(caught.value).endswith(' Did you mean "Medium"?')


def test_the_name_of_a_field_in_hostile_text_stays_text() -> None:
    hostile = 'Enable "Allow High Risk" {Allow High Risk:Enable}'
    parameter = Parameter(name="Allow High Risk", help="…", kind=Kind.FLAG)
    with context_of([ParameterOption(parameter)]):
        assert message_of(ActionFailed(hostile)) == hostile
        assert message_of(ActionFailed(sentence("No: {text}", text=hostile))) == f"No: {hostile}"


def test_a_command_prints_errors_in_the_words_of_the_terminal() -> None:
    def run(_context: CommandContext) -> int:
        raise InvalidParameter("Dry Run", sentence("{Dry Run:Enable} first."))

    parameter = Parameter(name="Dry Run", help="…", kind=Kind.FLAG)
    test_command = HelpfulCommand("test", params=[ParameterOption(parameter)], callback=command(run))
    result = CliRunner().invoke(test_command, [])
    assert (result.exit_code, result.stderr) == (exit_codes.USAGE, "Add --dry-run first.\n")


# the sources


def templates() -> Iterator[tuple[Path, str]]:
    """Every template of a sentence in the sources."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="sentence"), args=[ast.Constant(value=str(template)), *_]):
                    yield path, template


def all_names() -> set[str]:
    settings = {setting.name for setting in all_settings().values()}
    return settings | {parameter.name for action in all_actions() for parameter in action.declared}


def test_every_mention_in_the_sources_is_a_declared_parameter() -> None:
    mentioned = {field for _, text in templates() for field in re.findall(r"(?<!{){([A-Z][^}:]*)", text)}
    assert mentioned
    assert mentioned <= all_names()


def test_no_error_in_the_sources_names_a_field_as_text() -> None:
    quoted = re.compile("|".join(f'"{re.escape(name)}"' for name in sorted(all_names())))
    found = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise):
                texts = [child.value for child in ast.walk(node) if isinstance(child, ast.Constant)]
                found += [f"{path.name}: {text}" for text in texts if isinstance(text, str) and quoted.search(text)]
    assert found == []


def test_a_log_line_names_the_option_too() -> None:
    error = InvalidParameter("Domains", sentence("{Domains:missing}"))
    record = logging.LogRecord("mimecast_secops", logging.WARNING, "", 0, "The cycle failed: %s", (error,), None)
    assert record.getMessage() == 'The cycle failed: "Domains" is mandatory and was not given.'
    assert reword_log(settings_context())(record)
    assert "Missing --domains (or MIMECAST_DOMAINS, or domains in config.toml)." in record.getMessage()


def test_the_message_of_a_system_error_begins_with_the_file() -> None:
    assert message_of(FileNotFoundError(2, "No such file", "x.txt")) == "x.txt: No such file"
    assert message_of(OSError("broken")) == "broken"
