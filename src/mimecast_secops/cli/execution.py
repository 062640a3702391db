"""Execution of an action from the command line, with an entry in the journal for each change."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mimecast_secops.actions import Action, ActionFailed, Context, Result, execute
from mimecast_secops.api import MimecastClient
from mimecast_secops.cli import plans
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.findings import show_findings
from mimecast_secops.cli.journal import DONE, FAILED, STARTED, Journal
from mimecast_secops.cli.messages import worded
from mimecast_secops.cli.result_tables import show_table
from mimecast_secops.cli.targets import Target, targets_of_result, targets_of_values
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.parameters import InvalidParameter, parse
from mimecast_secops.stores.errors import StateError

# Its table has more text than fits a terminal.
_CHECK_PERMISSIONS: Final = "check-permissions"
_LOG: Final = logging.getLogger("mimecast_secops.actions")


def execute_action(
    context: CommandContext,
    action: Action,
    raw: Mapping[str, object],
    client: MimecastClient | None = None,
    known: Sequence[Target] = (),
) -> Result:
    """Execute an action once. A change is recorded in the journal before the first request is sent.

    Threads may share the context if its state database is open.

    Args:
        context: the context of the command.
        action: the action.
        raw: its parameters by name.
        client: the client to use; None opens one once the parameters are known to be valid, and closes it.
        known: what is known about the targets before the execution, for the journal.

    Returns:
        The result of the action. It is a failure if the journal cannot be written, and then nothing was sent.
    """
    opened: list[MimecastClient] = []
    entries: list[tuple[Journal, int]] = []
    state_errors: list[Exception] = []

    def connect() -> Context:
        connected = client
        if connected is None:
            connected = context.client()
            opened.append(connected)
        if action.writes and not is_dry_run(action, raw):
            try:
                journal = Journal(context.state())
                targets = known or targets_of_values(raw)
                entries.append((journal, journal.begin(connected.tenant_key, action.name, raw, targets)))
            except (StateError, UnreadableState) as error:
                state_errors.append(error)
                raise ActionFailed(f"{error} Nothing was sent: every change needs an entry in the journal.") from error
        return Context(client=connected, log=_LOG, progress=lambda *_: None)

    try:
        result = execute(action, raw, connect)
        for journal, entry_id in entries:
            _record_end(context, journal, entry_id, result, known)
        return replace(result, error=state_errors[0]) if state_errors else result
    finally:
        for connected in opened:
            connected.close()


def show_result(context: CommandContext, action: Action, result: Result, known: Sequence[Target] = ()) -> None:
    """Show a result: its message and tables, or one JSON document with `--json`.

    Args:
        context: the context of the command.
        action: the action.
        result: its result.
        known: what was known about the targets before the execution.
    """
    screen = context.screen
    result = worded(result)
    if screen.as_json:
        screen.data({"message": result.message, "is_success": result.is_success, "json_result": result.json_result})
        return
    is_csv = bool(context.options.get("as_csv"))
    if action.slug == _CHECK_PERMISSIONS and result.tables and not (is_csv or context.options.get("columns")):
        show_findings(screen, result.json_result)
    else:
        for table in result.tables:
            show_table(context, table)
    if is_csv and result.is_success:
        screen.note(result.message)
        return
    if not result.is_success:
        screen.fail(result.message)
        return
    json_result = result.json_result
    if isinstance(json_result, dict) and json_result.get("dryRun"):
        _show_plan(context, action, result, known)
        return
    screen.say(result.message, "green")
    if action.writes:
        _show_change(context, result, known)


def is_dry_run(action: Action, raw: Mapping[str, object]) -> bool:
    """Whether the values of an action ask for a dry run. Mandatory values may be missing. Invalid values do not ask."""
    try:
        values, _ = parse(action.parameters, {**action.sample, **raw})
    except InvalidParameter:
        return False
    return bool(getattr(values, "dry_run", False))


def _record_end(
    context: CommandContext, journal: Journal, entry_id: int, result: Result, known: Sequence[Target]
) -> None:
    """Record in the journal how a change ended. The change is made, so its result stands even if this fails."""
    targets = plans.complete(targets_of_result(result), known)
    try:
        journal.end(entry_id, DONE if result.is_success else FAILED, _undo_of(result.json_result), targets)
    except (StateError, UnreadableState) as error:
        context.screen.fail(
            f"The journal cannot record how the change ended. Entry {entry_id} stays {STARTED!r}, and `undo` cannot "
            f"revert it. {error}"
        )


def _show_plan(context: CommandContext, action: Action, result: Result, known: Sequence[Target]) -> None:
    for line in plans.plan(action, result, known):
        context.screen.say(line)
    context.screen.say(result.message, "green")
    if context.options.get("verbose") or context.options.get("debug"):
        context.screen.data(result.json_result)


def _show_change(context: CommandContext, result: Result, known: Sequence[Target]) -> None:
    details = plans.policy_details(result)
    targets = plans.complete(targets_of_result(result), known)
    for line in details or [f"  {target.sentence()}" for target in targets if target.subject]:
        context.screen.say(line)
    json_result = result.json_result
    if isinstance(json_result, dict) and "state" in json_result:
        already = " (already set)" if json_result.get("already") else ""
        context.screen.note(f"State: {json_result['state']}{already}.")


def _undo_of(json_result: Any) -> list[dict[str, Any]]:
    """The steps that revert a change, from its JSON result."""
    records = json_result if isinstance(json_result, list) else [json_result]
    changes = [record for record in records if isinstance(record, dict) and not record.get("already")]
    # A report of several messages has an empty list if none of them was reported.
    steps = [record.get("undo") for record in changes if record.get("reported") != []]
    return [step for step in steps if isinstance(step, dict)]
