"""Options of the command line, derived from the declarations of parameters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from mimecast_secops.cli.settings import key, variable
from mimecast_secops.connection import ConnectionSettings, ProxySettings
from mimecast_secops.parameters import Kind, Parameter, declared

_METAVARS = {
    Kind.INTEGER: "NUMBER",
    Kind.LIST: "A,B,…",
    Kind.CHOICES: "A,B,…",
    Kind.ADDRESSES: "A,B,…",
    Kind.ADDRESS: "ADDRESS",
    Kind.TIME: "TIME",
    Kind.SECRET: "SECRET",
}


def option_of(parameter: Parameter, *, environment: bool = False) -> click.Option:
    """The option of a parameter. Its value stays text: the declaration reads it, as on every other host."""
    name = f"--{parameter.slug}"
    help_ = parameter.help + _default_of(parameter)
    if environment:
        help_ += f" [env: {variable(parameter)}]"
    if parameter.kind is Kind.FLAG:
        return click.Option([f"{name}/--no-{parameter.slug}", key(parameter)], default=None, help=help_)
    metavar = "|".join(parameter.options) if parameter.kind is Kind.CHOICE else _METAVARS.get(parameter.kind, "TEXT")
    read = _read_secret if parameter.kind is Kind.SECRET else None
    return click.Option([name, key(parameter)], help=help_, metavar=metavar, callback=read)


def options_of(records: Iterable[type[Any]], *, environment: bool = False) -> list[click.Parameter]:
    """The options of all parameters of some records."""
    return [option_of(parameter, environment=environment) for record in records for parameter in declared(record)]


def connection_options() -> list[click.Parameter]:
    """The options that every command has that talks to a tenant."""
    return [
        *options_of((ConnectionSettings, ProxySettings), environment=True),
        click.Option(["--ca-bundle"], help="PEM file to verify the server against.", metavar="FILE", default=""),
        click.Option(["--timeout"], help="Seconds that one request may take.", type=float, default=30.0),
        click.Option(["--config"], help="TOML file with settings.", metavar="FILE", type=click.Path(path_type=Path)),
        click.Option(["--profile"], help="Profile of the settings file.", metavar="NAME", default=""),
        *common_options(),
    ]


def state_options() -> list[click.Parameter]:
    """The options of every command that uses the state database."""
    return [
        click.Option(
            ["--state"],
            metavar="FILE",
            help="State database: progress, and the journal of changes. [default: in the user's state folder]",
        ),
        click.Option(
            ["--state-timeout"],
            metavar="SECONDS",
            type=click.FloatRange(0, 600),
            default=15.0,
            help="How long to wait for another process that has locked the state database. [default: 15]",
        ),
    ]


def common_options() -> list[click.Parameter]:
    """The options that every command has."""
    return [
        click.Option(["--json", "as_json"], is_flag=True, help="Results as JSON, for programs."),
        click.Option(["--quiet", "-q"], is_flag=True, help="Nothing but results and errors."),
        click.Option(["--verbose", "-v"], is_flag=True, help="Say what is being done."),
        click.Option(["--debug"], is_flag=True, help="Show the trace of an error that nobody foresaw."),
    ]


def add(options: Iterable[click.Parameter]) -> Callable[[click.Command], click.Command]:
    """A decorator that adds options to a command."""

    def decorate(command: click.Command) -> click.Command:
        command.params.extend(options)
        return command

    return decorate


def _default_of(parameter: Parameter) -> str:
    if parameter.mandatory and not parameter.default:
        return " [required]"
    shown = parameter.default if len(parameter.default) <= 40 else parameter.default[:40] + "…"
    return f" [default: {shown}]" if shown else ""


def _read_secret(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """`-` reads the secret from the terminal without showing it, or a line of standard input."""
    if value != "-":
        return value
    if sys.stdin.isatty():
        return str(click.prompt("Secret", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\n")
