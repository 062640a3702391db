"""Confirmation of a change by the user: a prompt at a terminal, `--yes` elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.output import plain

_LONGEST_LINE = 1000


def yes_option(help_: str) -> click.Option:
    """The option that confirms without a prompt."""
    return click.Option(["--yes", "-y"], is_flag=True, help=help_)


def is_confirmed(context: CommandContext, plan: Sequence[str], question: str, not_done: str) -> bool:
    """Whether the user confirms a plan, with `--yes` or at the prompt.

    Args:
        context: the context of the command.
        plan: the lines that say what will be done. They may contain untrusted text.
        question: the question of the prompt.
        not_done: the sentence that says what was not done.
    """
    screen = context.screen
    if context.options.get("yes"):
        for line in plan:
            screen.note(line, "yellow")
        return True
    if not sys.stdin.isatty():
        screen.fail("\n".join([*plan, f"{not_done} Add --yes to confirm."]))
        return False
    for line in plan:
        click.echo(plain(line, _LONGEST_LINE), err=True)
    try:
        confirmed = click.confirm(question, err=True)
    except click.Abort:
        click.echo(err=True)
        confirmed = False
    if not confirmed:
        screen.fail(not_done)
    return confirmed
