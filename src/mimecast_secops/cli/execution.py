"""Doing an action from a terminal: with progress, and with an entry in the journal when it changes something."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mimecast_secops.actions import Action, ActionFailed, Context, Result, execute
from mimecast_secops.api import MimecastClient
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.journal import DONE, FAILED, STARTED, Journal
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.errors import StateError

_LOG = logging.getLogger("mimecast_secops.actions")


def execute_action(
    runtime: CommandContext, action: Action, raw: Mapping[str, object], client: MimecastClient | None = None
) -> Result:
    """Perform an action once.

    Args:
        runtime: the command's.
        action: what to do.
        raw: its parameters by name.
        client: the one to use; None makes one once the parameters have been found good.
    """
    opened: list[MimecastClient] = []
    entries: list[tuple[Journal, int]] = []
    refusals: list[Exception] = []

    def connect() -> Context:
        used = client
        if used is None:
            used = runtime.client()
            opened.append(used)
        if action.writes and not _is_dry(raw):
            try:
                journal = Journal(runtime.state())
                entries.append((journal, journal.begin(used.api_root, action.name, raw)))
            except (StateError, UnreadableState) as error:
                refusals.append(error)
                raise ActionFailed(
                    f"{error} Nothing was sent: a change is made only with an entry in the journal."
                ) from error
        return Context(client=used, log=_LOG, progress=lambda *_: None)

    try:
        result = execute(action, raw, connect)
        for journal, entry_id in entries:
            _note_end(runtime, journal, entry_id, result)
        return replace(result, error=refusals[0]) if refusals else result
    finally:
        for used in opened:
            used.close()


def _note_end(runtime: CommandContext, journal: Journal, entry_id: int, result: Result) -> None:
    """Write the end of a change to the journal. The change is made, so its result stands even if this fails."""
    try:
        journal.end(entry_id, DONE if result.is_success else FAILED, _undo_of(result.json_result))
    except (StateError, UnreadableState) as error:
        runtime.screen.fail(
            f"The journal could not record how the change ended, so entry {entry_id} stays {STARTED!r} and cannot be "
            f"taken back with `undo`. {error}"
        )


def show(runtime: CommandContext, result: Result) -> None:
    """A result: for people a message and tables, for programs one JSON document."""
    screen = runtime.screen
    if screen.as_json:
        screen.data({"message": result.message, "is_success": result.is_success, "json_result": result.json_result})
        return
    for table in result.tables:
        screen.table(table)
    if result.is_success:
        screen.say(result.message, "green")
        if isinstance(result.json_result, dict) and not result.tables:
            _details(runtime, result.json_result)
    else:
        screen.fail(result.message)


def _details(runtime: CommandContext, value: Mapping[str, Any]) -> None:
    if value.get("dryRun"):
        runtime.screen.data(value)
    elif "state" in value:
        already = ", it was already so" if value.get("already") else ""
        runtime.screen.note(f"State: {value['state']}{already}.")


def _is_dry(raw: Mapping[str, object]) -> bool:
    return str(raw.get("Dry Run", "")).strip().lower() in ("true", "yes", "on", "1", "y", "t")


def _undo_of(json_result: Any) -> list[dict[str, Any]]:
    records = json_result if isinstance(json_result, list) else [json_result]
    found = [record.get("undo") for record in records if isinstance(record, dict) and not record.get("already")]
    return [undo for undo in found if isinstance(undo, dict)]
