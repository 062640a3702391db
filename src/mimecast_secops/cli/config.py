"""`mimecast-secops config`: check, show and create the settings file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.help import CONNECTION, HelpfulGroup, helpful_command
from mimecast_secops.cli.messages import message_of
from mimecast_secops.cli.options import ParameterOption, add, common_options, file_options, options_of
from mimecast_secops.cli.settings import RECORDS, default_settings_file, key, unknown_variables, variable
from mimecast_secops.cli.settings_check import settings_problems
from mimecast_secops.cli.settings_file import selected_file
from mimecast_secops.cli.settings_template import settings_template
from mimecast_secops.cli.tables import Column, ColumnKind
from mimecast_secops.connection import ConnectionSettings, ProxySettings, connection_of
from mimecast_secops.parameters import InvalidParameter, Kind, parse

_MASK: Final = "********"
# The user name and the password in a URL.
_USER_INFO: Final = re.compile(r"(?<=//)[^/@]*(?=@)")
_DEFAULT: Final = "default"
_OPTION: Final = "option"

_COLUMNS: Final = (Column("Setting", ColumnKind.WORD), Column("Value"), Column("From"))


def check(context: CommandContext) -> int:
    """Check all settings without a request."""
    screen, here = context.screen, click.get_current_context()
    problems = settings_problems(here)
    if not problems:
        problems = _connection_problems(context)
    for warning in unknown_variables():
        screen.note(warning, "yellow")
    file = selected_file(here)
    if screen.as_json:
        screen.data({"file": str(file.path) if file else None, "problems": problems})
    else:
        for problem in problems:
            screen.fail(problem)
        if not problems:
            where = str(file.path) if file else f"There is no settings file ({default_settings_file()})"
            screen.say(f"{where}: no problems found." if file else f"{where}. No problems found in the variables.")
        if not context.options.get("domains"):
            screen.note("domains is not set. `connector run` needs it.")
    return exit_codes.CONFIGURATION if problems else exit_codes.OK


def show(context: CommandContext) -> int:
    """Show each setting with its effective value and where the value comes from."""
    here = click.get_current_context()
    rows = []
    for option in here.command.params:
        if isinstance(option, ParameterOption):
            origin = _origin_of(option, here)
            if origin != _DEFAULT or not option.hidden:
                rows.append((key(option.parameter), _shown_value(option, context.options), origin))
    if context.screen.as_json:
        context.screen.data({name: {"value": value, "from": origin} for name, value, origin in rows})
    else:
        context.screen.rows("", _COLUMNS, rows)
    return exit_codes.OK


def create(context: CommandContext) -> int:
    """Write a settings file with every setting as a comment."""
    if context.options["print_"]:
        click.echo(settings_template(), nl=False)
        return exit_codes.OK
    path: Path = context.options["path"] or default_settings_file()
    if path.exists() and not context.options["force"]:
        context.screen.fail(f"{path} exists. Add --force to replace it, or --print to see the new content.")
        return exit_codes.NOT_DONE
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_private(path, settings_template())
    context.screen.say(f"{path} is created. Add the credentials, then run `mimecast-secops config check`.")
    return exit_codes.OK


def _connection_problems(context: CommandContext) -> list[str]:
    try:
        settings, _ = parse(ConnectionSettings, context.raw(ConnectionSettings))
        proxy, _ = parse(ProxySettings, context.raw(ProxySettings))
        connection_of(settings, proxy)
    except (InvalidParameter, Misconfigured) as error:
        return [message_of(error)]
    return []


def _origin_of(option: ParameterOption, context: click.Context) -> str:
    """Where the value of a setting comes from."""
    source = context.get_parameter_source(str(option.name))
    file = selected_file(context)
    if source is ParameterSource.ENVIRONMENT:
        return variable(option.parameter)
    if source is ParameterSource.DEFAULT_MAP and file:
        return file.section_of(key(option.parameter))
    return _OPTION if source is ParameterSource.COMMANDLINE else _DEFAULT


def _shown_value(option: ParameterOption, values: Any) -> str:
    """The effective value of a setting as text, without secrets."""
    value = values.get(key(option.parameter))
    if value is None:
        return option.parameter.default
    if option.parameter.kind is Kind.SECRET:
        return _MASK if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return _USER_INFO.sub(_MASK, text)


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at once: a reader never sees a part of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _setting_options() -> list[click.Parameter]:
    connection = options_of((ConnectionSettings, ProxySettings), is_setting=True, group=CONNECTION)
    others = [record for record in RECORDS if record not in (ConnectionSettings, ProxySettings)]
    return [*connection, *options_of(others, is_setting=True), *file_options(), *common_options()]


@add(_setting_options())
@helpful_command("check", examples=("config check", "config check --profile lab"), describes_connection=True)
def _check(**options: Any) -> None:
    """Check the settings file and the variables without connecting. Reports every problem."""
    command(check, checks_settings=False)(**options)


@add(_setting_options())
@helpful_command("show", examples=("config show", "config show --json"), describes_connection=True)
def _show(**options: Any) -> None:
    """Show each setting with its value, and where the value comes from. Secrets are masked."""
    command(show)(**options)


@add(common_options())
@helpful_command("init", examples=("config init", "config init --print"))
@click.option(
    "--config",
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    show_default="config.toml in the user's configuration folder",
    help="File to create.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option("--print", "print_", is_flag=True, help="Print the content instead of writing a file.")
def _init(**options: Any) -> None:
    """Create a settings file in which every setting is explained and commented out. Only you can read it."""
    command(create)(**options)


@click.group(name="config", cls=HelpfulGroup)
def _group() -> None:
    """Check, show or create the settings file."""


for _command in (_check, _show, _init):
    _group.add_command(_command)
COMMAND: Final = _group
