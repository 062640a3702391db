"""`mimecast-secops action`: one command per action, with options from its declaration."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.actions.resolution import MESSAGE_ID
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.confirmation import yes_option
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.execution import execute_action, is_dry_run, show_result
from mimecast_secops.cli.help import HelpfulCommand, HelpfulGroup
from mimecast_secops.cli.options import ParameterOption, connection_options, state_options, values_of
from mimecast_secops.cli.result_tables import options_for
from mimecast_secops.parameters import InvalidParameter, Parameter, parse

_ARGUMENTS: Final = "messages"
_CONCURRENCY: Final = 4
_MAX_CONCURRENCY: Final = 32


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
        return command_of(action)


def command_of(action: Action) -> click.Command:
    """The command that executes an action."""
    parameter = action.bulk_parameter
    return HelpfulCommand(
        action.slug,
        examples=_examples_of(action),
        callback=command(lambda context: _run(context, action)),
        params=[
            *([_message_argument()] if takes_messages(action) else []),
            *(_option_of(declared, action) for declared in action.declared),
            *([_yes_option()] if takes_messages(action) else []),
            *(_bulk_options(parameter) if parameter else []),
            *options_for(action),
            *(state_options() if action.writes else []),
            *connection_options(),
        ],
        help=_help_of(action),
        short_help=action.description,
    )


def _examples_of(action: Action) -> list[str]:
    by_number = [f"{action.slug} 3"] if takes_messages(action) else []
    return [*by_number, shlex.join(action.sample_arguments)]


def takes_messages(action: Action) -> bool:
    """Whether the command of an action takes messages as positional arguments."""
    parameter = action.bulk_parameter
    return parameter is not None and parameter.name == MESSAGE_ID


def permissions_of(action: Action) -> str:
    """The role permissions that an action requires, for its help."""
    permissions = dict.fromkeys(endpoint.permission for endpoint in action.endpoints if endpoint.permission)
    return "; ".join(permissions) or "none"


def _help_of(action: Action) -> str:
    paragraphs = [action.description]
    if takes_messages(action):
        paragraphs.append(
            "MESSAGE is an ID, the beginning of an ID, or a number of the last list, such as 3 or 7-9. A number and "
            "the beginning of an ID need a confirmation."
        )
    return "\n\n".join([*paragraphs, f"Required permissions: {permissions_of(action)}."])


def _option_of(parameter: Parameter, action: Action) -> ParameterOption:
    if parameter != action.bulk_parameter:
        return ParameterOption(parameter)
    others = ["MESSAGE", "--from-file"] if takes_messages(action) else ["--from-file"]
    return ParameterOption(parameter, required=f"required without {' or '.join(others)}")


def _message_argument() -> click.Argument:
    return click.Argument([_ARGUMENTS], nargs=-1, metavar="[MESSAGE]...")


def _yes_option() -> click.Option:
    return yes_option("Do not prompt before a change to messages that numbers or beginnings of IDs stand for.")


def _bulk_options(parameter: Parameter) -> list[click.Option]:
    return [
        click.Option(
            ["--from-file"],
            metavar="FILE",
            help=f"Execute the action for each {parameter.name} in a file, one per line, or for each row of a CSV file "
            "whose first line names parameters. - is standard input.",
        ),
        click.Option(
            ["--concurrency"],
            metavar="NUMBER",
            type=click.IntRange(1, _MAX_CONCURRENCY),
            default=_CONCURRENCY,
            show_default=True,
            help="Number of entries that are processed at the same time.",
        ),
        click.Option(
            ["--job"],
            metavar="NAME",
            help="Name under which the progress is kept for 7 days, so that the same command resumes an interrupted "
            "run. Default: the path of the file.",
        ),
        click.Option(["--restart"], is_flag=True, help="Start over instead of resuming an interrupted run."),
    ]


def _run(context: CommandContext, action: Action) -> int:
    shared = values_of(action.declared, context.options)
    file = str(context.options.get("from_file") or "")
    arguments: Sequence[str] = context.options.get(_ARGUMENTS) or ()
    parameter = action.bulk_parameter
    if parameter is None or not (file or arguments):
        result = execute_action(context, action, shared)
        show_result(context, action, result)
        return exit_codes.code_of_result(result)
    _check_single_source(parameter, shared, file, arguments)
    if file:
        return _run_file(context, action, parameter, shared, file)
    return _run_arguments(context, action, shared, arguments)


def _check_single_source(
    parameter: Parameter, shared: Mapping[str, object], file: str, arguments: Sequence[str]
) -> None:
    option = f"--{parameter.slug}"
    sources = [name for name, used in ((option, parameter.name in shared), ("--from-file", file)) if used]
    if arguments:
        sources.append("arguments")
    if len(sources) > 1:
        raise InvalidParameter(parameter.name, f"Use only one of these: {', '.join(sources)}.")


def _run_file(
    context: CommandContext, action: Action, parameter: Parameter, shared: Mapping[str, object], file: str
) -> int:
    from mimecast_secops.cli.bulk import BulkRun
    from mimecast_secops.cli.item_file import STANDARD_INPUT
    from mimecast_secops.cli.items import items_of_file

    items = items_of_file(file, action, parameter, shared)
    job = context.options.get("job") or ("" if file == STANDARD_INPUT else str(Path(file).resolve()))
    with context.client() as client:
        return BulkRun(context, client, action, shared, job).execute(items)


def _run_arguments(
    context: CommandContext, action: Action, shared: Mapping[str, object], arguments: Sequence[str]
) -> int:
    from mimecast_secops.cli.bulk import BulkRun
    from mimecast_secops.cli.items import unique
    from mimecast_secops.cli.selection import is_selection_confirmed, items_of_arguments

    with context.client() as client:
        items = unique(items_of_arguments(context, client.tenant_key, arguments))
        for item in items:
            action.check(parse(action.parameters, {**shared, **item.values})[0])
        if not is_dry_run(action, shared) and not is_selection_confirmed(context, action, items):
            return exit_codes.NOT_DONE if sys.stdin.isatty() else exit_codes.USAGE
        if len(items) > 1:
            return BulkRun(context, client, action, shared, str(context.options.get("job") or "")).execute(items)
        [item] = items
        result = execute_action(context, action, {**shared, **item.values}, client, item.targets)
        show_result(context, action, result, item.targets)
        return exit_codes.code_of_result(result)


@click.group(cls=ActionGroup, name="action")
def _group() -> None:
    """Execute an action. Each action has its own --help."""


COMMAND = _group
