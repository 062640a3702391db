"""Execution of an action from the command line, with an entry in the journal for each change."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from mimecast_secops.actions import Action, ActionFailed, Context, Result, execute
from mimecast_secops.api import MimecastClient
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.journal import DONE, FAILED, STARTED, Journal
from mimecast_secops.cli.messages import worded
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.parameters import parse
from mimecast_secops.stores.errors import StateError

_LOG: Final = logging.getLogger("mimecast_secops.actions")


def execute_action(
    context: CommandContext, action: Action, raw: Mapping[str, object], client: MimecastClient | None = None
) -> Result:
    """Execute an action once. A change is recorded in the journal before the first request is sent.

    Args:
        context: the context of the command.
        action: the action.
        raw: its parameters by name.
        client: the client to use; None opens one once the parameters are known to be valid, and closes it.

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
        if action.writes and not _is_dry_run(action, raw):
            try:
                journal = Journal(context.state())
                entries.append((journal, journal.begin(connected.api_root, action.name, raw)))
            except (StateError, UnreadableState) as error:
                state_errors.append(error)
                raise ActionFailed(f"{error} Nothing was sent: every change needs an entry in the journal.") from error
        return Context(client=connected, log=_LOG, progress=lambda *_: None)

    try:
        result = worded(execute(action, raw, connect))
        for journal, entry_id in entries:
            _record_end(context, journal, entry_id, result)
        return replace(result, error=state_errors[0]) if state_errors else result
    finally:
        for connected in opened:
            connected.close()


def show_result(context: CommandContext, result: Result) -> None:
    """Show a result: its message and tables, or one JSON document with `--json`."""
    screen = context.screen
    if screen.as_json:
        screen.data({"message": result.message, "is_success": result.is_success, "json_result": result.json_result})
        return
    for table in result.tables:
        screen.table(table)
    if result.is_success:
        screen.say(result.message, "green")
        if isinstance(result.json_result, dict) and not result.tables:
            _show_details(context, result.json_result)
    else:
        screen.fail(result.message)


def _is_dry_run(action: Action, raw: Mapping[str, object]) -> bool:
    values, _ = parse(action.parameters, raw)
    return bool(getattr(values, "dry_run", False))


def _record_end(context: CommandContext, journal: Journal, entry_id: int, result: Result) -> None:
    """Record in the journal how a change ended. The change is made, so its result stands even if this fails."""
    try:
        journal.end(entry_id, DONE if result.is_success else FAILED, _undo_of(result.json_result))
    except (StateError, UnreadableState) as error:
        context.screen.fail(
            f"The journal cannot record how the change ended. Entry {entry_id} stays {STARTED!r}, and `undo` cannot "
            f"revert it. {error}"
        )


def _show_details(context: CommandContext, json_result: Mapping[str, Any]) -> None:
    if json_result.get("dryRun"):
        context.screen.data(json_result)
    elif "state" in json_result:
        already = " (already set)" if json_result.get("already") else ""
        context.screen.note(f"State: {json_result['state']}{already}.")


def _undo_of(json_result: Any) -> list[dict[str, Any]]:
    """The steps that revert a change, from its JSON result."""
    records = json_result if isinstance(json_result, list) else [json_result]
    steps = [record.get("undo") for record in records if isinstance(record, dict) and not record.get("already")]
    return [step for step in steps if isinstance(step, dict)]
