"""`mimecast-secops undo`: list the changes made from this machine, and revert one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import islice
from typing import Any, Final

import click

from mimecast_secops.actions import find
from mimecast_secops.cli import exit_codes, undo_plans
from mimecast_secops.cli.confirmation import is_confirmed
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.execution import execute_action, show_result
from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.journal import UNDONE, Entry, Journal
from mimecast_secops.cli.listing import since_option
from mimecast_secops.cli.options import add, connection_options, state_options
from mimecast_secops.cli.tables import Column, ColumnKind
from mimecast_secops.stores.errors import StateMissing

_NEWEST: Final = 20
_MAX_TARGETS: Final = 3
_COLUMNS: Final = (
    Column("No", ColumnKind.NUMBER),
    Column("When (UTC)", ColumnKind.TIME),
    Column("Action", ColumnKind.WORD),
    Column("Target"),
    Column("Undo"),
)


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
    if number is None:
        _show_entries(context, journal)
        return exit_codes.OK
    entry = journal.entry(number)
    if entry is None:
        context.screen.fail(f"The journal has no entry {number}. Run `mimecast-secops undo` to list the entries.")
        return exit_codes.USAGE
    return _revert(context, journal, entry)


def _show_entries(context: CommandContext, journal: Journal) -> None:
    action = str(context.options.get("action") or "").replace("-", " ").casefold()
    entries = [
        entry
        for entry in journal.entries(since=context.options.get("since"))
        if not action or entry.action.casefold() == action
    ]
    if context.screen.as_json:
        shown = [entry for entry in entries if entry.changed_nothing] if context.options.get("failed") else entries
        for entry in shown:
            context.screen.data(entry.as_json())
        return
    failed = [entry for entry in entries if entry.changed_nothing]
    changes = [entry for entry in entries if not entry.changed_nothing]
    _show_table(context, failed if context.options.get("failed") else changes)
    if failed and not context.options.get("failed"):
        attempts = "attempt" if len(failed) == 1 else "attempts"
        context.screen.note(f"{len(failed)} failed {attempts} changed nothing: add --failed to list them.")


def _show_table(context: CommandContext, entries: Sequence[Entry]) -> None:
    screen = context.screen
    limit = None if context.options.get("all_entries") else _NEWEST
    rows = [_row(entry) for entry in islice(entries, limit)]
    if not rows:
        screen.note("No change is recorded that matches.")
        return
    title = "Failed attempts" if context.options.get("failed") else "Changes made from this machine"
    screen.rows(title, _COLUMNS, rows)
    if len(rows) < len(entries):
        screen.note(f"These are the newest {len(rows)} of {len(entries)}: add --all to list all.")
    if not context.options.get("failed"):
        screen.note("Run `mimecast-secops undo NUMBER` to revert a change.")


def _row(entry: Entry) -> tuple[object, ...]:
    at = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M}"
    return entry.id, at, entry.action, _targets(entry), undo_plans.summary(entry)


def _targets(entry: Entry) -> str:
    texts = [target.label() for target in entry.targets]
    more = f" and {len(texts) - _MAX_TARGETS} more" if len(texts) > _MAX_TARGETS else ""
    return "; ".join(texts[:_MAX_TARGETS]) + more


def _revert(context: CommandContext, journal: Journal, entry: Entry) -> int:
    screen = context.screen
    if entry.state == UNDONE:
        screen.say(f"Entry {entry.id} is already reverted.")
        return exit_codes.OK
    steps = undo_plans.steps_of(entry)
    if not steps:
        screen.fail(f"Entry {entry.id} ({entry.action}, {entry.state}): {undo_plans.summary(entry)}")
        return exit_codes.NOT_DONE
    with context.client() as client:
        if entry.tenant not in (client.tenant_key, client.api_root):
            screen.fail(
                f"Entry {entry.id} changed {entry.tenant}, but the settings lead to {client.tenant_key}. "
                "Use the credentials that made the change."
            )
            return exit_codes.USAGE
        is_dry_run = bool(context.options.get("dry_run"))
        if not is_dry_run and not _is_confirmed(context, entry, steps):
            return exit_codes.NOT_DONE
        for step in steps:
            action = find("-".join(str(step["action"]).lower().split()))
            values = {**step["parameters"], **({"Dry Run": True} if is_dry_run else {})}
            result = execute_action(context, action, values, client, entry.targets)
            show_result(context, action, result, entry.targets)
            if not result.is_success:
                return exit_codes.code_of_result(result)
    if not is_dry_run:
        journal.end(entry.id, UNDONE)
    return exit_codes.OK


def _is_confirmed(context: CommandContext, entry: Entry, steps: Sequence[Mapping[str, Any]]) -> bool:
    """Say what the undo does. Returns whether the user confirms steps that create a block or a permit."""
    targets = _targets(entry)
    plan = [f"Undo of entry {entry.id}: {entry.action}{f', {targets}' if targets else ''}."]
    plan += [undo_plans.description(step) for step in steps]
    if not undo_plans.creating_steps(steps):
        for line in plan:
            context.screen.note(line)
        return True
    return is_confirmed(context, plan, "Continue?", f"Entry {entry.id} was not reverted.")


@add(connection_options())
@add(state_options())
@add([since_option("List only changes since this time, such as 2h or 7d.")])
@helpful_command("undo", examples=("undo", "undo 7"))
@click.argument("number", type=int, required=False)
@click.option("--all", "all_entries", is_flag=True, help=f"List all changes, not only the newest {_NEWEST}.")
@click.option("--action", metavar="NAME", help="List the changes of one action, such as block-sender.")
@click.option("--failed", is_flag=True, help="List the attempts that failed.")
@click.option("--yes", "-y", is_flag=True, help="Do not prompt before an undo that creates a block or a permit.")
@click.option("--dry-run", is_flag=True, help="Show what an undo would do.")
def _undo(**options: Any) -> None:
    """List the changes made from this machine, or revert the change with a NUMBER."""
    command(run)(**options)


COMMAND = _undo
