"""Errors that end a command before it runs."""

from __future__ import annotations

from typing import IO, Any, Final

import click

# `exit_codes.CONFIGURATION`, without the imports of that module.
_CONFIGURATION: Final = 3
_USAGE: Final = 2


class CommandFailed(click.ClickException):
    """The command cannot run: a setting is wrong, or an extra is not installed. The message has a line per problem."""

    exit_code = _CONFIGURATION

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002 -- the signature is that of click
        """Print the message on standard error, in the same form as every other error of a command."""
        from mimecast_secops.cli.output import Screen

        Screen().fail(self.message)


class OptionsFailed(CommandFailed):
    """The command cannot run because of options on the command line only."""

    exit_code = _USAGE
