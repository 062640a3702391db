"""`mimecast-secops action`: every action, its options derived from its declaration."""

from __future__ import annotations

from typing import Any, Final

import click

from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.cli import bulk, exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.execution import execute_action, show
from mimecast_secops.cli.options import connection_options, option_of, state_options
from mimecast_secops.cli.settings import key

BULK_PARAMETER: Final = "Message ID"


def raw_of(action: Action, options: dict[str, Any]) -> dict[str, object]:
    """The parameters of an action that were typed, by name."""
    given = {parameter.name: options.get(key(parameter)) for parameter in action.declared}
    return {name: value for name, value in given.items() if value is not None}


class _Actions(click.Group):
    """One command per action, made when it is wanted."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return [action.slug for action in all_actions()]

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        try:
            action = find(name)
        except LookupError:
            return None
        return _command_of(action)


def _command_of(action: Action) -> click.Command:
    def run(runtime: CommandContext) -> int:
        raw = raw_of(action, dict(runtime.options))
        if runtime.options.get("from_file"):
            with click.open_file(str(runtime.options["from_file"]), encoding="utf-8") as file:
                ids = bulk.ids_in(file)
            return bulk.run(runtime, action, raw, BULK_PARAMETER, ids)
        result = execute_action(runtime, action, raw)
        show(runtime, result)
        return exit_codes.code_of_result(result)

    own = [option_of(parameter) for parameter in action.declared]
    several: list[click.Parameter] = []
    if any(parameter.name == BULK_PARAMETER for parameter in action.declared):
        several.append(
            click.Option(
                ["--from-file"],
                metavar="FILE",
                help=f"Do it for each {BULK_PARAMETER} in a file, one per line; - reads standard input. An interrupted "
                "run goes on where it stopped.",
            )
        )
        several.append(click.Option(["--restart"], is_flag=True, help="Forget what an interrupted run has done."))
    writes = state_options() if action.writes else []
    return click.Command(
        action.slug,
        callback=command(run),
        params=[*own, *several, *writes, *connection_options()],
        help=f"{action.description}\n\nNeeds: {needs_of(action)}",
        short_help=action.description,
    )


def needs_of(action: Action) -> str:
    """The role permissions that an action needs."""
    needed = dict.fromkeys(endpoint.permission for endpoint in action.endpoints if endpoint.permission)
    return "; ".join(needed) or "nothing"


@click.group(cls=_Actions, name="action")
def _group() -> None:
    """Do one of the actions. Each has its own --help."""


COMMAND = _group
