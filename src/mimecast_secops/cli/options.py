"""Options of the command line, derived from the declarations of parameters."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem
from click.types import BoolParamType, OptionHelpExtra

from mimecast_secops.cli.errors import CommandFailed
from mimecast_secops.cli.help import CONNECTION
from mimecast_secops.cli.settings import LOG_FORMAT_VARIABLE, key, variable
from mimecast_secops.cli.settings_file import SettingsFile, select_file
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
_LONGEST_METAVAR: Final = 40
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
        group: the heading in the help if the declaration names none.
        required: what the help says about a mandatory parameter.
    """

    def __init__(
        self, parameter: Parameter, *, is_setting: bool = False, group: str = "", required: str = "required"
    ) -> None:
        self.parameter = parameter
        self._required = required
        self.is_setting = is_setting
        self.group = parameter.group or group
        name = f"--{parameter.slug}"
        is_flag = parameter.kind is Kind.FLAG
        metavar, accepted = _values_of_choice(parameter)
        super().__init__(
            [f"{name}/--no-{parameter.slug}" if is_flag else name, key(parameter)],
            help=f"{parameter.help}{accepted}",
            default=None,
            hidden=parameter.platform_only,
            metavar=None if is_flag else metavar,
            type=_UnconvertedFlag() if is_flag else click.UNPROCESSED,
            callback=_read_secret if parameter.kind is Kind.SECRET else None,
            envvar=variable(parameter) if is_setting else None,
            show_envvar=True,
        )

    def value_from_envvar(self, ctx: click.Context) -> str | None:  # noqa: ARG002
        """The value of the variable. An empty value is a value, unlike in click: it clears a list."""
        return os.environ.get(variable(self.parameter)) if self.is_setting else None

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The lines in the help. A flag is written as `--[no-]name`."""
        record = super().get_help_record(ctx)
        if record is None or self.parameter.kind is not Kind.FLAG:
            return record
        return f"--[no-]{self.parameter.slug}", record[1]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """The accepted values that begin with what is typed; in a list, with what follows the last comma."""
        is_list = self.parameter.kind in (Kind.LIST, Kind.CHOICES, Kind.ADDRESSES)
        entries, comma, begun = incomplete.rpartition(",") if is_list else ("", "", incomplete)
        return [
            CompletionItem(f"{entries}{comma}{option}")
            for option in self.parameter.options
            if option.lower().startswith(begun.lower())
        ]

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """What the help shows in brackets: the declared default, and never a value from the settings file."""
        extra = super().get_help_extra(ctx)
        default = self.parameter.default
        if default:
            shortened = default[:_LONGEST_DEFAULT] + "…"
            extra["default"] = default if len(default) <= _LONGEST_DEFAULT else shortened
        elif self.parameter.mandatory:
            extra["required"] = self._required
        return extra


def options_of(records: Iterable[type[Any]], *, is_setting: bool = False, group: str = "") -> list[click.Parameter]:
    """The options of all parameters of some records, under a heading if their declarations name none."""
    return [
        ParameterOption(parameter, is_setting=is_setting, group=group)
        for record in records
        for parameter in declared(record)
    ]


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
        *options_of((ConnectionSettings, ProxySettings), is_setting=True, group=CONNECTION),
        click.Option(
            ["--ca-bundle"],
            metavar="FILE",
            type=click.Path(),
            default="",
            help="PEM file with the certificates to verify the server.",
        ),
        click.Option(
            ["--timeout"], metavar="SECONDS", type=float, default=30.0, show_default=True, help="Timeout of a request."
        ),
        *file_options(),
        *common_options(),
    ]


def file_options() -> list[click.Parameter]:
    """The options that select the settings file. With them, a file sets the settings of the command."""
    return [
        click.Option(
            ["--config"],
            metavar="FILE",
            type=click.Path(path_type=Path),
            is_eager=True,
            callback=_select_settings_file,
            show_default="config.toml in the user's configuration folder",
            help="TOML file with settings.",
        ),
        click.Option(
            ["--profile"],
            metavar="NAME",
            default="",
            is_eager=True,
            callback=_select_settings_file,
            shell_complete=_complete_profile,
            help="Profile of the settings file.",
        ),
    ]


def state_options() -> list[click.Parameter]:
    """The options of every command that uses the state database."""
    return [
        click.Option(
            ["--state"],
            metavar="FILE",
            type=click.Path(),
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
            envvar=LOG_FORMAT_VARIABLE,
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


def _select_settings_file(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Make the settings file the default map of the command, once both options that select it are known."""
    selected: dict[str, Any] = ctx.meta.setdefault(__name__, {})
    selected[str(option.name)] = value
    if selected.keys() == _FILE_OPTIONS and not ctx.resilient_parsing:
        options = [option for option in ctx.command.params if isinstance(option, ParameterOption)]
        file = SettingsFile.load(selected["config"], selected["profile"])
        select_file(ctx, file)
        ctx.default_map = file.default_map(option.parameter for option in options if option.is_setting) if file else {}
    return value


def _complete_profile(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The profiles of the settings file that begin with what is typed; none if the file cannot be read."""
    try:
        file = SettingsFile.load(ctx.params.get("config"), "")
    except CommandFailed:
        return []
    return [name for name in file.profiles if name.startswith(incomplete)] if file else []


def _values_of_choice(parameter: Parameter) -> tuple[str, str]:
    """What stands for the value of a parameter in the help, and what the description adds about accepted values."""
    if parameter.kind is not Kind.CHOICE:
        return _METAVARS.get(parameter.kind, "TEXT"), ""
    options = "|".join(parameter.options)
    return (
        (options, "") if len(options) <= _LONGEST_METAVAR else ("CHOICE", f" One of: {', '.join(parameter.options)}.")
    )


def _read_secret(ctx: click.Context, option: click.Parameter, value: object) -> object:
    """Replace `-` on the command line by a secret from the terminal, without echo, or a line of standard input."""
    is_typed = ctx.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
    if value != "-" or not is_typed:
        return value
    if sys.stdin.isatty():
        return str(click.prompt("Secret", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\n")
