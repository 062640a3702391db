"""An action on the platform: one process, one JSON object on standard output, whatever happens.

The script of an action imports the SDK and calls `main`; everything else is the same code as in a terminal.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from mimecast_secops.actions import Action, Context, Result, execute, find
from mimecast_secops.api import Deadline, MimecastClient, scrub
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.parameters import parse
from mimecast_secops.soar.log import bridge
from mimecast_secops.soar.results import csv_lines, fit, json_text

INTEGRATION: Final = "Mimecast"
_COMPLETED: Final = 0
_FAILED: Final = 2
# Left of the platform's deadline for writing the result.
_RESERVE_SECONDS: Final = 5.0
_LEAST_SECONDS: Final = 5.0
_LOG: Final = logging.getLogger("mimecast_secops.actions")


def main(slug: str, sdk: Callable[[], Any]) -> None:
    """Run one action and end the process.

    Args:
        slug: the action's file name, `reject_message`.
        sdk: the SDK's class `SiemplifyAction`.
    """
    action = find(slug)
    try:
        platform = sdk()
    except Exception as error:  # noqa: BLE001 -- a user must see a sentence, not an empty result
        _end_without_sdk(action, f"The platform's input could not be read ({type(error).__name__}).")
        return
    bridge(platform.LOGGER)
    result = fit(_run(action, platform), _limit_of(platform))
    _deliver(platform, result)


def _run(action: Action, platform: Any) -> Result:
    clients: list[MimecastClient] = []

    def connect() -> Context:
        # Asked for once: the SDK fetches the whole configuration over HTTP each time.
        configuration: Mapping[str, object] = platform.get_configuration(INTEGRATION) or {}
        settings, notes = parse(ConnectionSettings, configuration)
        chosen = connection_of(settings)
        for note in (*notes, *chosen.notes):
            _LOG.warning(note)
        clients.append(MimecastClient(chosen.connection))
        return Context(client=clients[0].until(_deadline_of(platform)))

    try:
        return execute(action, platform.parameters or {}, connect)
    finally:
        for client in clients:
            client.close()


def _deadline_of(platform: Any) -> Deadline:
    at_ms = platform.execution_deadline_unix_time_ms
    if not isinstance(at_ms, (int, float)) or at_ms <= 0:
        return Deadline.never()
    return Deadline.after(max(_LEAST_SECONDS, at_ms / 1000 - time.time() - _RESERVE_SECONDS))


def _limit_of(platform: Any) -> float:
    limit = platform.max_json_result_size
    return float(limit) if isinstance(limit, (int, float)) and limit > 0 else 15.0


def _deliver(platform: Any, result: Result) -> None:
    if result.json_result is not None:
        platform.result.add_result_json(json_text(result.json_result))
    for table in result.tables:
        platform.result.add_data_table(table.title, csv_lines(table))
    level = logging.INFO if result.is_success else logging.ERROR
    _LOG.log(level, result.message)
    platform.end(scrub(result.message), result.is_success, _COMPLETED if result.is_success else _FAILED)


def _end_without_sdk(action: Action, sentence: str) -> None:
    """What the SDK would have written, when it cannot be made at all."""
    output = {
        "Message": action.failure.format(action=action.name, error=scrub(sentence)),
        "ResultObjectJson": "{}",
        "ResultValue": False,
        "DebugOutput": "",
        "ExecutionState": _FAILED,
    }
    stdout = sys.__stdout__ or sys.stdout  # the SDK has replaced the other one
    stdout.write(json.dumps(output))
    stdout.flush()
