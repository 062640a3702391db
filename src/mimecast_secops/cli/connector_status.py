"""`mimecast-secops connector status`: the progress of a connector, from its state."""

from __future__ import annotations

from typing import Any, Final

import click

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.options import add, common_options, state_options
from mimecast_secops.ingest.clock import to_time
from mimecast_secops.ingest.state import State
from mimecast_secops.stores.errors import StateMissing
from mimecast_secops.stores.sqlite import SqliteStore

# The keys of the JSON document, and the labels on the terminal.
_LABELS: Final = {
    "checkpoint": "Checkpoint",
    "read_until": "Read until",
    "started_at": "Started at",
    "pending": "Pending",
    "oldest_pending": "Oldest pending",
    "pending_with_an_error": "Deferred",
    "processed_ids": "Processed IDs",
}


def status(context: CommandContext) -> int:
    """Show the progress of the connector and its pending messages."""
    try:
        database = context.state(create=False)
    except StateMissing as error:
        if context.options["state"]:
            context.screen.fail(str(error))
            return exit_codes.USAGE
        context.screen.note(str(error))
        context.screen.say("No cycle has run yet.")
        return exit_codes.OK
    state = State.decode(SqliteStore(database, context.options["namespace"]).load())
    if state is None:
        context.screen.say("No cycle has run yet.")
        return exit_codes.OK
    values = _values(state)
    if context.screen.as_json:
        context.screen.data(values)
    else:
        facts = [(label, "-" if values[key] is None else str(values[key])) for key, label in _LABELS.items()]
        facts += [("Tenant", line) for line in state.profile.lines()]
        context.screen.facts(f"Connector {context.options['namespace']}", facts)
    return exit_codes.OK


def _values(state: State) -> dict[str, object]:
    oldest = state.backlog.oldest_ms()
    return {
        "checkpoint": to_time(state.checkpoint_ms).isoformat(),
        "read_until": to_time(state.read_until_ms).isoformat(),
        "started_at": to_time(state.start_ms).isoformat(),
        "pending": len(state.backlog),
        "oldest_pending": to_time(oldest).isoformat() if oldest else None,
        "pending_with_an_error": sum(bool(record.error) for record in state.backlog),
        "processed_ids": len(state.processed_ids),
        "profile": state.profile.as_json(),
    }


def namespace_options() -> list[click.Parameter]:
    """The options that select a connector and its state."""
    return [
        *state_options(),
        click.Option(
            ["--namespace"],
            metavar="NAME",
            default="connector",
            show_default=True,
            help="Name of the connector. Connectors with different names can share a state database.",
        ),
    ]


@add(common_options())
@add(namespace_options())
@helpful_command("status", examples=("connector status --json",))
def _status(**options: Any) -> None:
    """Show the progress of the connector and its pending messages."""
    command(status)(**options)


STATUS: Final = _status
