"""Command lines of files and pages, read as the product reads them."""

from __future__ import annotations

from typing import Any

import click

from mimecast_secops.cli.main import main


def resolve(words: list[str]) -> tuple[click.Context, list[str]]:
    """The context of the command that a command line calls, and the remaining words."""
    context = click.Context(main, info_name="mimecast-secops")
    while isinstance(context.command, click.Group):
        name, command, words = context.command.resolve_command(context, words)
        assert command is not None, name
        context = click.Context(command, info_name=name, parent=context)
    return context, words


def options_of(words: list[str]) -> dict[str, Any]:
    """The options that a command line gives, as the command line of the product reads them."""
    context, words = resolve(words)
    values, rest, _ = context.command.make_parser(context).parse_args(list(words))
    assert rest == []
    return values


def variables_of(words: list[str]) -> set[str]:
    """The variables that the command of a command line reads."""
    context, _ = resolve(words)
    return {str(option.envvar) for option in context.command.params if option.envvar}
