"""The connector on the platform: one cycle per process.

Alerts are handed over before the state is stored. A run that could not do its work says so in the log; in a test run
it fails, so that whoever pressed the button sees it.
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
    rules_of,
)
from mimecast_secops.parameters import InvalidParameter, parse
from mimecast_secops.soar.context_store import ContextStore
from mimecast_secops.soar.log import bridge
from mimecast_secops.soar.package import Environments, PackageDelivery, Sdk

_LOG: Final = logging.getLogger("mimecast_secops.ingest")
_MILLISECONDS: Final = 10**11


def main(sdk: Sdk) -> None:
    """Run one cycle and end the process.

    Args:
        sdk: the SDK's classes.
    """
    platform = sdk.execution()
    bridge(platform.LOGGER)
    test_run = bool(platform.is_test_run)
    try:
        report, delivery = _run(platform, sdk, test_run=test_run)
        problem = "; ".join(report.problems)
    except (InvalidParameter, MimecastError, UnreadableState) as error:
        delivery, problem = None, str(error)
    except Exception as error:  # noqa: BLE001 -- the platform needs a package, and a person a sentence
        _LOG.exception("Unforeseen error")
        delivery, problem = None, f"An unforeseen error occurred ({type(error).__name__}); the log has the details."
    if test_run and problem:
        _fail(problem)
    if delivery is None:
        _LOG.error(problem)
        platform.return_package([])
    else:
        delivery.hand_over()


def _run(platform: Any, sdk: Sdk, *, test_run: bool) -> tuple[Report, PackageDelivery]:
    raw: Mapping[str, object] = platform.parameters
    settings, notes = parse(ConnectorSettings, raw)
    platform_settings, _ = parse(PlatformSettings, raw)
    connection, more = parse(ConnectionSettings, raw)
    rules, remarks = rules_of(settings, _dynamic_list(platform.whitelist))
    # The SDK has exported the proxy parameters to the environment, which the client follows.
    chosen = connection_of(connection, max_concurrency=rules.concurrency)
    for note in (*notes, *more, *remarks, *chosen.notes):
        _LOG.warning(note)
    own = platform.context.connector_info
    environments = Environments(
        platform_settings.environment_field, platform_settings.environment_pattern, str(own.environment or "")
    )
    delivery = PackageDelivery(platform, sdk, environments, test_run=test_run)
    deadline = cycle_deadline(platform_settings)
    with MimecastClient(chosen.connection) as client:
        connector = Connector(
            MimecastTenant(client.until(deadline)),
            rules,
            ContextStore(platform, str(own.identifier)),
            delivery,
            deadline=deadline,
            product_field=platform_settings.device_product_field,
            test_run=test_run,
            imported=lambda: imported_state(platform, str(own.identifier)),
        )
        try:
            return connector.run_cycle(), delivery
        except Exception:
            if not delivery.handed_over:
                raise
            # The alerts are with the platform, the state is not stored: the next run repeats them under the same ids.
            _LOG.exception("The state could not be stored")
            sys.stderr.write("The alerts were handed over, but the state could not be stored.\n")
            raise SystemExit(0) from None


def imported_state(platform: Any, identifier: str) -> ImportedState | None:
    """What another connector left in this context: its newest time and its ids (platform notes 3.3)."""
    timestamp = _stored(platform, identifier, "timestamp")
    ids = _stored(platform, identifier, "ids")
    try:
        time_ms = int(timestamp)
    except (TypeError, ValueError):
        return None
    if time_ms < _MILLISECONDS:
        return None
    names = list(ids) if isinstance(ids, (list, dict)) else []
    return ImportedState(time_ms, tuple(str(name) for name in names))


def _stored(platform: Any, identifier: str, key: str) -> Any:
    value = platform.get_connector_context_property(identifier, key)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _dynamic_list(given: Any) -> tuple[str, ...]:
    return tuple(str(entry) for entry in given) if isinstance(given, (list, tuple, dict)) else ()


def _fail(problem: str) -> None:
    """End a test run so that its user sees why."""
    sys.stderr.write(scrub(problem) + "\n")
    raise SystemExit(1)
