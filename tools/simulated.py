"""Data of a simulated tenant for the documentation, with fixed times: they would differ between runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from mimecast_secops.actions import Context, execute, find
from mimecast_secops.api import MimecastClient
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.deliveries.alert_lines import as_json
from mimecast_secops.ingest import Alert, Connector, ConnectorSettings, MimecastTenant
from mimecast_secops.parameters import parse
from mimecast_secops.simulator import Simulator
from mimecast_secops.testing import MemoryDelivery, MemoryStore

# When the sample messages arrive, in the documentation.
RECEIVED: Final = datetime(2026, 11, 16, 8, 3, 10, tzinfo=UTC)
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)")


@cache
def alerts() -> list[Alert]:
    """The alerts for the sample messages of the simulator, the highest priority first."""
    delivery = MemoryDelivery()
    with _client(1) as (simulator, client):
        settings = ConnectorSettings(domains=tuple(sorted(simulator.tenant.domains)))
        Connector(MimecastTenant(client), settings, MemoryStore(), delivery).run_cycle()
    return sorted(delivery.alerts, key=lambda alert: (-alert.priority, alert.grouping_id, alert.ticket_id))


def alert_with_attachment() -> Alert:
    """The first alert that has a file."""
    return next(alert for alert in alerts() if alert.files)


def alert_as_json(alert: Alert) -> dict[str, Any]:
    """An alert as the command line writes it, as if its message had arrived at the fixed time."""
    text = json.dumps(as_json(alert)).replace(str(alert.start_ms), str(int(RECEIVED.timestamp() * 1000)))
    # The time in the email itself is part of the sample.
    for sent in {event["sent"] for event in alert.events}:
        text = text.replace(sent[:19], sent[:19].replace("-", "/"))
    received = datetime.fromtimestamp(alert.start_ms / 1000, UTC)
    moved = _TIME.sub(lambda match: _moved(match, received), text)
    fixed: dict[str, Any] = json.loads(re.sub(r"(\d{4})/(\d\d)/(\d\d)T", r"\1-\2-\3T", moved))
    return fixed


def _moved(match: re.Match[str], received: datetime) -> str:
    """A time that is as far from the fixed time as it is from the time of receipt, in whole minutes."""
    date, separator, time = match.groups()
    minutes = round((datetime.fromisoformat(f"{date}T{time}+00:00") - received).total_seconds() / 60)
    if date.startswith("1970"):
        return match[0]
    return (RECEIVED + timedelta(minutes=minutes)).strftime(f"%Y-%m-%d{separator}%H:%M:%S")


@cache
def archived_emails() -> list[dict[str, Any]]:
    """What the archive search finds."""
    with _client(2) as (_, client):
        result = execute(find("simple-archive-search"), {}, lambda: Context(client=client))
    rows = sorted(result.json_result, key=lambda row: row["subject"])
    return [row | {"receiveddate": f"2026-11-16T08:{minute:02}:10+0000"} for minute, row in enumerate(rows, start=3)]


@contextmanager
def _client(version: int) -> Iterator[tuple[Simulator, MimecastClient]]:
    """A tenant with the sample messages, and a client on API 1.0 or 2.0 (`version` 1 or 2)."""
    with Simulator(mail=[Simulator.SAMPLES]) as simulator:
        settings, _ = parse(ConnectionSettings, simulator.settings(version))
        with MimecastClient(connection_of(settings).connection) as client:
            yield simulator, client
