"""Runs the connector on the platform: one cycle per process.

The alerts are returned before the state is stored. A run that could not do its work logs the reason. A test run fails
instead, so that the user who started it sees the reason.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any, Final

from mimecast_secops.api import MimecastClient, scrub
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.ingest import (
    Connector,
    ConnectorSettings,
    ImportedState,
    MimecastTenant,
    PlatformSettings,
    Report,
    UnreadableState,
    cycle_deadline,
)
from mimecast_secops.parameters import InvalidParameter, parse
from mimecast_secops.soar.context_store import ContextStore
from mimecast_secops.soar.delivery import ConnectorSdk, PlatformDelivery
from mimecast_secops.soar.environment import AlertEnvironment
from mimecast_secops.soar.log import forward_log

_LOG: Final = logging.getLogger("mimecast_secops.ingest")
# A smaller timestamp is not in milliseconds: this one is in 1973.
_MIN_MILLISECONDS: Final = 10**11


def main(sdk: ConnectorSdk) -> None:
    """Run one cycle and end the process."""
    platform = sdk.execution()
    forward_log(platform.LOGGER)
    test_run = bool(platform.is_test_run)
    try:
        report, delivery = _run(platform, sdk, test_run=test_run)
        problem = "; ".join(report.problems)
    except (InvalidParameter, MimecastError, UnreadableState) as error:
        delivery, problem = None, str(error)
    except Exception as error:  # noqa: BLE001 -- the platform needs a result, and the user a message
        _LOG.exception("Unexpected error")
        delivery, problem = None, f"Unexpected error ({type(error).__name__}). See the log."
    if test_run and problem:
        _fail_test_run(problem)
    if delivery is None:
        _LOG.error(problem)
        platform.return_package([])
    else:
        delivery.return_alerts()


def _run(platform: Any, sdk: ConnectorSdk, *, test_run: bool) -> tuple[Report, PlatformDelivery]:
    parameters: Mapping[str, object] = platform.parameters
    connector_settings, connector_notes = parse(ConnectorSettings, parameters)
    platform_settings, _ = parse(PlatformSettings, parameters)
    connection_settings, connection_notes = parse(ConnectionSettings, parameters)
    connector_settings = connector_settings.with_dynamic_list(_dynamic_list(platform.whitelist))
    # The SDK exports the proxy parameters to the environment, and the client follows the environment.
    selection = connection_of(connection_settings, max_concurrency=connector_settings.concurrency)
    for note in (*connector_notes, *connection_notes, *selection.notes):
        _LOG.warning(note)
    connector_info = platform.context.connector_info
    identifier = str(connector_info.identifier)
    environment = AlertEnvironment(
        platform_settings.environment_field,
        platform_settings.environment_pattern,
        str(connector_info.environment or ""),
    )
    delivery = PlatformDelivery(platform, sdk, environment, test_run=test_run)
    deadline = cycle_deadline(platform_settings)
    with MimecastClient(selection.connection) as client:
        connector = Connector(
            MimecastTenant(client.until(deadline)),
            connector_settings,
            ContextStore(platform, identifier),
            delivery,
            deadline=deadline,
            product_field=platform_settings.device_product_field,
            test_run=test_run,
            imported=lambda: imported_state(platform, identifier),
        )
        try:
            return connector.run_cycle(), delivery
        except Exception:
            if not delivery.returned:
                raise
            # The platform has the alerts, but the state is not stored: the next run repeats them with the same ids.
            _LOG.exception("The state could not be stored")
            sys.stderr.write("The alerts were delivered, but the state could not be stored.\n")
            raise SystemExit(0) from None


def imported_state(platform: Any, identifier: str) -> ImportedState | None:
    """Read the state that another connector stored in this context: its newest time and its ids.

    Source: docs/reference/secops-platform.md#stored-ids-and-time.

    Returns:
        None if there is no such state.
    """
    timestamp = _context_value(platform, identifier, "timestamp")
    ids = _context_value(platform, identifier, "ids")
    try:
        time_ms = int(timestamp)
    except (TypeError, ValueError):
        return None
    if time_ms < _MIN_MILLISECONDS:
        return None
    return ImportedState(time_ms, tuple(str(name) for name in ids) if isinstance(ids, (list, dict)) else ())


def _context_value(platform: Any, identifier: str, key: str) -> Any:
    """The decoded value of a context property; None if it is not JSON."""
    value = platform.get_connector_context_property(identifier, key)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _dynamic_list(entries: Any) -> tuple[str, ...]:
    return tuple(str(entry) for entry in entries) if isinstance(entries, (list, tuple, dict)) else ()


def _fail_test_run(problem: str) -> None:
    sys.stderr.write(scrub(problem) + "\n")
    raise SystemExit(1)
