"""`mimecast-secops action`: one command per action, with options from its declaration."""

from __future__ import annotations

import shlex
from typing import Final

import click

from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.cli import bulk, exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.execution import execute_action, show_result
from mimecast_secops.cli.help import HelpfulCommand, HelpfulGroup
from mimecast_secops.cli.options import ParameterOption, connection_options, state_options, values_of

BULK_PARAMETER: Final = "Message ID"


class ActionGroup(HelpfulGroup):
    """Creates the command of an action when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is that of click
        """The names of all actions for the command line."""
        return [action.slug for action in all_actions()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of an action; None if there is no such action."""
        try:
            action = find(cmd_name)
        except LookupError:
            return None
        return _command_of(action)


def _command_of(action: Action) -> click.Command:
    def run(context: CommandContext) -> int:
        raw = values_of(action.declared, context.options)
        if context.options.get("from_file"):
            with click.open_file(str(context.options["from_file"]), encoding="utf-8") as file:
                ids = bulk.read_ids(file)
            return bulk.run(context, action, raw, BULK_PARAMETER, ids)
        result = execute_action(context, action, raw)
        show_result(context, result)
        return exit_codes.code_of_result(result)

    has_bulk_parameter = any(parameter.name == BULK_PARAMETER for parameter in action.declared)
    return HelpfulCommand(
        action.slug,
        examples=[shlex.join(action.sample_arguments)],
        callback=command(run),
        params=[
            *(ParameterOption(parameter) for parameter in action.declared),
            *(_bulk_options() if has_bulk_parameter else []),
            *(state_options() if action.writes else []),
            *connection_options(),
        ],
        help=f"{action.description}\n\nRequired permissions: {permissions_of(action)}.",
        short_help=action.description,
    )


def _bulk_options() -> list[click.Option]:
    return [
        click.Option(
            ["--from-file"],
            metavar="FILE",
            help=f"Execute the action for each {BULK_PARAMETER} in a file with one ID per line; - is standard input. "
            "The same command resumes an interrupted run.",
        ),
        click.Option(["--restart"], is_flag=True, help="Start over instead of resuming an interrupted run."),
    ]


def permissions_of(action: Action) -> str:
    """The role permissions that an action requires, for its help."""
    permissions = dict.fromkeys(endpoint.permission for endpoint in action.endpoints if endpoint.permission)
    return "; ".join(permissions) or "none"


@click.group(cls=ActionGroup, name="action")
def _group() -> None:
    """Execute an action. Each action has its own --help."""


COMMAND = _group
