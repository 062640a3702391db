"""Options of the command line, derived from the declarations of parameters."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource
from click.types import BoolParamType, OptionHelpExtra

from mimecast_secops.cli.settings import key, read_settings_file, variable
from mimecast_secops.connection import ConnectionSettings, ProxySettings
from mimecast_secops.parameters import Kind, Parameter, declared

_METAVARS: Final = {
    Kind.INTEGER: "NUMBER",
    Kind.LIST: "A,B,…",
    Kind.CHOICES: "A,B,…",
    Kind.ADDRESSES: "A,B,…",
    Kind.ADDRESS: "ADDRESS",
    Kind.TIME: "TIME",
    Kind.SECRET: "SECRET",
}
_LONGEST_DEFAULT: Final = 40
_FILE_OPTIONS: Final = frozenset({"config", "profile"})


class _UnconvertedFlag(BoolParamType):
    """A flag whose values from variables and files stay as they are; click recognizes a flag by this type."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        """The value itself."""
        return value


class ParameterOption(click.Option):
    """The option of a declared parameter.

    click does not convert its value: `parameters.parse` reads it, as on every other platform.

    Args:
        parameter: the declaration.
        is_setting: whether an environment variable and the settings file can set the parameter, too.
    """

    def __init__(self, parameter: Parameter, *, is_setting: bool = False) -> None:
        self.parameter = parameter
        self.is_setting = is_setting
        name = f"--{parameter.slug}"
        is_flag = parameter.kind is Kind.FLAG
        metavar = (
            "|".join(parameter.options) if parameter.kind is Kind.CHOICE else _METAVARS.get(parameter.kind, "TEXT")
        )
        super().__init__(
            [f"{name}/--no-{parameter.slug}" if is_flag else name, key(parameter)],
            help=parameter.help,
            default=None,
            metavar=None if is_flag else metavar,
            type=_UnconvertedFlag() if is_flag else click.UNPROCESSED,
            callback=_read_secret if parameter.kind is Kind.SECRET else None,
            envvar=variable(parameter) if is_setting else None,
            show_envvar=True,
        )

    def value_from_envvar(self, ctx: click.Context) -> str | None:  # noqa: ARG002
        """The value of the variable. An empty value is a value, unlike in click: it clears a list."""
        return os.environ.get(variable(self.parameter)) if self.is_setting else None

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """What the help shows in brackets: the declared default, and never a value from the settings file."""
        extra = super().get_help_extra(ctx)
        default = self.parameter.default
        if default:
            shortened = default[:_LONGEST_DEFAULT] + "…"
            extra["default"] = default if len(default) <= _LONGEST_DEFAULT else shortened
        elif self.parameter.mandatory:
            extra["required"] = "required"
        return extra


def options_of(records: Iterable[type[Any]], *, is_setting: bool = False) -> list[click.Parameter]:
    """The options of all parameters of some records."""
    return [ParameterOption(parameter, is_setting=is_setting) for record in records for parameter in declared(record)]


def values_of(parameters: Iterable[Parameter], options: Mapping[str, Any]) -> dict[str, object]:
    """The values of parameters, by the name of the parameter, as `parameters.parse` takes them.

    Args:
        parameters: the declarations.
        options: the options of a command as click read them, by key. None means not given.
    """
    values = {parameter.name: options.get(key(parameter)) for parameter in parameters}
    return {name: value for name, value in values.items() if value is not None}


def connection_options() -> list[click.Parameter]:
    """The options of every command that calls a Mimecast tenant."""
    return [
        *options_of((ConnectionSettings, ProxySettings), is_setting=True),
        click.Option(
            ["--ca-bundle"], metavar="FILE", default="", help="PEM file with the certificates to verify the server."
        ),
        click.Option(
            ["--timeout"], metavar="SECONDS", type=float, default=30.0, show_default=True, help="Timeout of a request."
        ),
        click.Option(
            ["--config"],
            metavar="FILE",
            type=click.Path(path_type=Path),
            is_eager=True,
            callback=_read_settings_file,
            show_default="config.toml in the user's configuration folder",
            help="TOML file with settings.",
        ),
        click.Option(
            ["--profile"],
            metavar="NAME",
            default="",
            is_eager=True,
            callback=_read_settings_file,
            help="Profile of the settings file.",
        ),
        *common_options(),
    ]


def state_options() -> list[click.Parameter]:
    """The options of every command that uses the state database."""
    return [
        click.Option(
            ["--state"],
            metavar="FILE",
            show_default="state.db in the user's state folder",
            help="State database: progress of the connector and of bulk runs, and the journal of changes.",
        ),
        click.Option(
            ["--state-timeout"],
            metavar="SECONDS",
            type=click.FloatRange(0, 600),
            default=15.0,
            show_default=True,
            help="Time to wait for another process that has locked the state database.",
        ),
    ]


def common_options() -> list[click.Parameter]:
    """The options of every command."""
    return [
        click.Option(["--json", "as_json"], is_flag=True, help="Print results as JSON."),
        click.Option(["--quiet", "-q"], is_flag=True, help="Print only results and errors."),
        click.Option(["--verbose", "-v"], is_flag=True, help="Print the log of what the command does."),
        click.Option(
            ["--log-format"],
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            envvar="MIMECAST_LOG_FORMAT",
            show_envvar=True,
            help="Format of standard error: lines of text, or a JSON object per line.",
        ),
        click.Option(
            ["--debug"], is_flag=True, help="Print the detailed log, and the traceback of an unexpected error."
        ),
    ]


def add(options: Iterable[click.Parameter]) -> Callable[[click.Command], click.Command]:
    """A decorator that adds options to a command."""

    def decorate(command: click.Command) -> click.Command:
        command.params.extend(options)
        return command

    return decorate


def _read_settings_file(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Make the settings file the default map of the command, once both options that select it are known."""
    selected: dict[str, Any] = ctx.meta.setdefault(__name__, {})
    selected[str(option.name)] = value
    if selected.keys() == _FILE_OPTIONS and not ctx.resilient_parsing:
        options = [option for option in ctx.command.params if isinstance(option, ParameterOption)]
        settings = [option.parameter for option in options if option.is_setting]
        ctx.default_map = read_settings_file(selected["config"], selected["profile"], settings)
    return value


def _read_secret(ctx: click.Context, option: click.Parameter, value: object) -> object:
    """Replace `-` on the command line by a secret from the terminal, without echo, or a line of standard input."""
    is_typed = ctx.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
    if value != "-" or not is_typed:
        return value
    if sys.stdin.isatty():
        return str(click.prompt("Secret", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\n")
