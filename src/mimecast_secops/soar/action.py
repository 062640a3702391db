"""Runs an action on the platform: one process, which always writes one JSON object to standard output.

The script of an action imports the SDK and calls `main`. Everything else is the code that the command line runs, too.
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
from mimecast_secops.soar.log import forward_log
from mimecast_secops.soar.results import csv_lines, fit_to_limit, json_text

INTEGRATION: Final = "Mimecast"
_COMPLETED: Final = 0
_FAILED: Final = 2
# Time before the platform's deadline in which the result is written.
_RESERVE_SECONDS: Final = 5.0
_MIN_SECONDS: Final = 5.0
_DEFAULT_LIMIT_MEGABYTES: Final = 15.0
_LOG: Final = logging.getLogger("mimecast_secops.actions")


def main(slug: str, sdk_class: Callable[[], Any]) -> None:
    """Run one action and end the process.

    Args:
        slug: the file name of the action, such as `reject_message`.
        sdk_class: the SDK's class `SiemplifyAction`.
    """
    action = find(slug)
    try:
        platform = sdk_class()
    except Exception as error:  # noqa: BLE001 -- an analyst must see a message, not an empty result
        _write_failure(action, f"The platform's input could not be read ({type(error).__name__}).")
        return
    forward_log(platform.LOGGER)
    result = fit_to_limit(_run(action, platform), _limit_megabytes(platform))
    _write_result(platform, result)


def _run(action: Action, platform: Any) -> Result:
    clients: list[MimecastClient] = []

    def connect() -> Context:
        # Call this once only: each time, the SDK fetches the whole configuration over HTTP.
        configuration: Mapping[str, object] = platform.get_configuration(INTEGRATION) or {}
        settings, parse_notes = parse(ConnectionSettings, configuration)
        selection = connection_of(settings)
        for note in (*parse_notes, *selection.notes):
            _LOG.warning(note)
        clients.append(MimecastClient(selection.connection))
        return Context(client=clients[0].until(_deadline(platform)))

    try:
        return execute(action, platform.parameters or {}, connect)
    finally:
        for client in clients:
            client.close()


def _deadline(platform: Any) -> Deadline:
    deadline_ms = platform.execution_deadline_unix_time_ms
    if not isinstance(deadline_ms, (int, float)) or deadline_ms <= 0:
        return Deadline.never()
    return Deadline.after(max(_MIN_SECONDS, deadline_ms / 1000 - time.time() - _RESERVE_SECONDS))


def _limit_megabytes(platform: Any) -> float:
    limit = platform.max_json_result_size
    return float(limit) if isinstance(limit, (int, float)) and limit > 0 else _DEFAULT_LIMIT_MEGABYTES


def _write_result(platform: Any, result: Result) -> None:
    if result.json_result is not None:
        platform.result.add_result_json(json_text(result.json_result))
    for table in result.tables:
        platform.result.add_data_table(table.title, csv_lines(table))
    level = logging.INFO if result.is_success else logging.ERROR
    _LOG.log(level, result.message)
    platform.end(scrub(result.message), result.is_success, _COMPLETED if result.is_success else _FAILED)


def _write_failure(action: Action, reason: str) -> None:
    """Write the object that the SDK would have written, if the SDK itself cannot be used."""
    output = {
        "Message": action.failure.format(action=action.name, error=scrub(reason)),
        "ResultObjectJson": "{}",
        "ResultValue": False,
        "DebugOutput": "",
        "ExecutionState": _FAILED,
    }
    stdout = sys.__stdout__ or sys.stdout  # the SDK has replaced `sys.stdout`
    stdout.write(json.dumps(output))
    stdout.flush()
