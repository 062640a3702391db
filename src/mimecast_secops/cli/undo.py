"""`mimecast-secops undo`: what was changed from this machine, and taking it back."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from mimecast_secops.actions import find
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.execution import execute_action, show
from mimecast_secops.cli.journal import UNDONE, Entry, Journal
from mimecast_secops.cli.options import add, connection_options, state_options
from mimecast_secops.cli.output import plain
from mimecast_secops.stores.errors import StateMissing

# What they make may never have applied before, so a person confirms it.
_BLOCKING_OR_PERMITTING: Final = frozenset({"Block Sender", "Permit Sender", "Create Block Sender Policy"})
_LONGEST_PLAN: Final = 1000


def run(runtime: CommandContext) -> int:
    """Show the journal, or take one entry of it back."""
    number = runtime.options.get("number")
    try:
        journal = Journal(runtime.state(create=False))
    except StateMissing as error:
        if number is None:
            runtime.screen.note(f"{error} No change from this machine is recorded.")
            return exit_codes.OK
        runtime.screen.fail(f"{error} It would hold entry {number}.")
        return exit_codes.USAGE
    entries = list(journal.entries())
    if number is None:
        _show(runtime, entries)
        return exit_codes.OK
    entry = next((entry for entry in entries if entry.id == number), None)
    if entry is None:
        runtime.screen.fail(f"The journal has no entry {number}. Run `mimecast-secops undo` to see them.")
        return exit_codes.USAGE
    return _revert(runtime, journal, entry)


def _show(runtime: CommandContext, entries: list[Entry]) -> None:
    if runtime.screen.as_json:
        for entry in entries:
            runtime.screen.data(
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
    rows = [(entry.id, f"{entry.at:%Y-%m-%d %H:%M}", entry.action, entry.state, _remedy(entry)) for entry in entries]
    runtime.screen.rows("Changes made from this machine", ("No", "When", "Action", "State", "Undo"), rows)
    runtime.screen.note("`mimecast-secops undo NUMBER` takes one back, where that is possible.")


def _remedy(entry: Entry) -> str:
    said = [str(one.get("action") or one.get("why") or "") for one in entry.undo]
    return "; ".join(said) or "not known"


def _revert(runtime: CommandContext, journal: Journal, entry: Entry) -> int:
    screen = runtime.screen
    if entry.state == UNDONE:
        screen.say(f"Entry {entry.id} has been taken back already.")
        return exit_codes.OK
    steps = [one for one in entry.undo if one.get("possible") and isinstance(one.get("parameters"), dict)]
    if not steps:
        screen.fail(f"Entry {entry.id} ({entry.action}, {entry.state}) cannot be taken back: {_remedy(entry)}")
        return exit_codes.NOT_DONE
    with runtime.client() as client:
        if client.api_root != entry.tenant:
            screen.fail(f"Entry {entry.id} was made on {entry.tenant}, and these settings lead to {client.api_root}.")
            return exit_codes.USAGE
        if not _is_confirmed(runtime, entry, steps):
            return exit_codes.NOT_DONE
        for step in steps:
            action = find("-".join(str(step["action"]).lower().split()))
            result = execute_action(runtime, action, step["parameters"], client)
            show(runtime, result)
            if not result.is_success:
                return exit_codes.code_of_result(result)
    journal.end(entry.id, UNDONE)
    return exit_codes.OK


def _is_confirmed(runtime: CommandContext, entry: Entry, steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether steps that create a block or a permit may be done: by `--yes`, or by the person at the terminal."""
    creating = [step for step in steps if step.get("action") in _BLOCKING_OR_PERMITTING]
    if not creating:
        return True
    screen = runtime.screen
    plan = " ".join(f"{_described(step)} {step.get('why') or ''}".strip() for step in creating)
    if runtime.options.get("yes"):
        screen.note(plan, "yellow")
        return True
    if not sys.stdin.isatty():
        screen.fail(f"Entry {entry.id} was not taken back. {plan} Add --yes to do it.")
        return False
    try:
        agreed = click.confirm(f"{plain(plan, _LONGEST_PLAN)} Do it?", err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        screen.fail(f"Entry {entry.id} was not taken back.")
    return agreed


def _described(step: Mapping[str, Any]) -> str:
    values = ", ".join(f"{name} {value}" for name, value in step["parameters"].items())
    return f'Taking it back does "{step["action"]}" ({values}).'


@add(connection_options())
@add(state_options())
@click.command(name="undo")
@click.argument("number", type=int, required=False)
@click.option("--yes", is_flag=True, help="Do not ask before an undo that creates a block or a permit.")
def _undo(**options: Any) -> None:
    """Show the changes made from this machine; with a NUMBER, take that one back."""
    command(run)(**options)


COMMAND = _undo
