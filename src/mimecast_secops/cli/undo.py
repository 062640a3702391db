"""`mimecast-secops undo`: list the changes made from this machine, and revert one."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from mimecast_secops.actions import find
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.execution import execute_action, show_result
from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.journal import UNDONE, Entry, Journal
from mimecast_secops.cli.options import add, connection_options, state_options
from mimecast_secops.cli.output import plain
from mimecast_secops.stores.errors import StateMissing

# Reverting a block creates a permit, and vice versa, which may not have existed before. So the user confirms it.
_BLOCKING_OR_PERMITTING: Final = frozenset({"Block Sender", "Permit Sender", "Create Block Sender Policy"})
_LONGEST_PLAN: Final = 1000


def run(context: CommandContext) -> int:
    """List the journal, or revert one entry."""
    number = context.options.get("number")
    try:
        journal = Journal(context.state(create=False))
    except StateMissing as error:
        if number is None:
            context.screen.note(f"{error} No change is recorded.")
            return exit_codes.OK
        context.screen.fail(f"{error} The journal has no entry {number}.")
        return exit_codes.USAGE
    entries = list(journal.entries())
    if number is None:
        _show_entries(context, entries)
        return exit_codes.OK
    entry = next((entry for entry in entries if entry.id == number), None)
    if entry is None:
        context.screen.fail(f"The journal has no entry {number}. Run `mimecast-secops undo` to list the entries.")
        return exit_codes.USAGE
    return _revert(context, journal, entry)


def _show_entries(context: CommandContext, entries: list[Entry]) -> None:
    if context.screen.as_json:
        for entry in entries:
            context.screen.data(
                {
                    "id": entry.id,
                    "at": entry.at.isoformat(),
                    "tenant": entry.tenant,
                    "action": entry.action,
                    "parameters": entry.parameters,
                    "state": entry.state,
                    "undo": entry.undo,
                }
            )
        return
    rows = [(entry.id, f"{entry.at:%Y-%m-%d %H:%M}", entry.action, entry.state, _undo_text(entry)) for entry in entries]
    context.screen.rows("Changes made from this machine", ("No", "When", "Action", "State", "Undo"), rows)
    context.screen.note("Run `mimecast-secops undo NUMBER` to revert a change.")


def _undo_text(entry: Entry) -> str:
    """The actions that revert an entry, or the reason why it cannot be reverted."""
    texts = [str(step.get("action") or step.get("why") or "") for step in entry.undo]
    return "; ".join(texts) or "unknown"


def _revert(context: CommandContext, journal: Journal, entry: Entry) -> int:
    screen = context.screen
    if entry.state == UNDONE:
        screen.say(f"Entry {entry.id} is already reverted.")
        return exit_codes.OK
    steps = [step for step in entry.undo if step.get("possible") and isinstance(step.get("parameters"), dict)]
    if not steps:
        screen.fail(f"Entry {entry.id} ({entry.action}, {entry.state}) cannot be reverted: {_undo_text(entry)}")
        return exit_codes.NOT_DONE
    with context.client() as client:
        if client.api_root != entry.tenant:
            screen.fail(f"Entry {entry.id} changed {entry.tenant}, but the settings lead to {client.api_root}.")
            return exit_codes.USAGE
        if not _is_confirmed(context, entry, steps):
            return exit_codes.NOT_DONE
        for step in steps:
            action = find("-".join(str(step["action"]).lower().split()))
            result = execute_action(context, action, step["parameters"], client)
            show_result(context, result)
            if not result.is_success:
                return exit_codes.code_of_result(result)
    journal.end(entry.id, UNDONE)
    return exit_codes.OK


def _is_confirmed(context: CommandContext, entry: Entry, steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the user confirms steps that create a block or a permit, with `--yes` or at the prompt."""
    creating = [step for step in steps if step.get("action") in _BLOCKING_OR_PERMITTING]
    if not creating:
        return True
    screen = context.screen
    plan = " ".join(f"{_description_of(step)} {step.get('why') or ''}".strip() for step in creating)
    if context.options.get("yes"):
        screen.note(plan, "yellow")
        return True
    if not sys.stdin.isatty():
        screen.fail(f"Entry {entry.id} was not reverted. {plan} Add --yes to confirm.")
        return False
    try:
        is_confirmed = click.confirm(f"{plain(plan, _LONGEST_PLAN)} Continue?", err=True)
    except click.Abort:
        is_confirmed = False
    if not is_confirmed:
        screen.fail(f"Entry {entry.id} was not reverted.")
    return is_confirmed


def _description_of(step: Mapping[str, Any]) -> str:
    values = ", ".join(f"{name} {value}" for name, value in step["parameters"].items())
    return f'Reverting it executes "{step["action"]}" ({values}).'


@add(connection_options())
@add(state_options())
@helpful_command("undo", examples=("undo", "undo 7"))
@click.argument("number", type=int, required=False)
@click.option("--yes", is_flag=True, help="Do not prompt before an undo that creates a block or a permit.")
def _undo(**options: Any) -> None:
    """List the changes made from this machine, or revert the change with a NUMBER."""
    command(run)(**options)


COMMAND = _undo
