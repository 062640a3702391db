"""Delivered alerts: recorded once per connector, newest first, and limited in number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mimecast_secops.cli import delivered_alerts
from mimecast_secops.cli.alert_summary import AlertSummary
from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import StateDatabase

TENANT = "https://api.example.com"


def summary(
    ticket_id: str, *, subject: str = "Invoice", hold_id: str = "", recipients: tuple[str, ...] = ()
) -> AlertSummary:
    return AlertSummary(
        ticket_id=ticket_id,
        display_id="d",
        name="Held Message",
        received_ms=1_000,
        event_count=1,
        is_complete=True,
        subject=subject,
        tracking_id="" if ":" in ticket_id else ticket_id,
        hold_id=hold_id,
        recipients=recipients,
        header_sender="eve@example.org",
        risk="high",
        reason="Payment Fraud",
    )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    with StateDatabase.open(tmp_path / "state.db") as opened:
        yield opened


@pytest.fixture
def alerts(database: StateDatabase) -> DeliveredAlerts:
    return DeliveredAlerts(database)


def test_alerts_are_listed_newest_first_as_they_were_recorded(alerts: DeliveredAlerts) -> None:
    alerts.record("connector", TENANT, [summary("a"), summary("b")])
    alerts.record("other", TENANT, [summary("c")])
    rows = list(alerts.newest())
    assert [(row.namespace, row.tenant, row.alert) for row in rows] == [
        ("other", TENANT, summary("c")),
        ("connector", TENANT, summary("b")),
        ("connector", TENANT, summary("a")),
    ]
    assert all(timedelta() <= datetime.now(UTC) - row.delivered_at < timedelta(minutes=5) for row in rows)
    assert [row.alert.ticket_id for row in alerts.newest(limit=1)] == ["c"]
    assert [row.alert.ticket_id for row in alerts.newest(namespace="connector")] == ["b", "a"]


def test_alerts_since_a_time(alerts: DeliveredAlerts, database: StateDatabase) -> None:
    alerts.record("connector", TENANT, [summary("a"), summary("b")])
    database.execute("UPDATE alerts SET delivered_at = '2026-03-07T10:00:00+00:00' WHERE ticket_id = 'a'")
    zone = datetime.fromisoformat("2026-03-07T11:00:01+01:00")
    assert [row.alert.ticket_id for row in alerts.newest(since=zone)] == ["b"]
    assert [row.alert.ticket_id for row in alerts.newest(since=zone - timedelta(seconds=1))] == ["b", "a"]


def test_a_repeated_cycle_records_no_alert_twice(alerts: DeliveredAlerts) -> None:
    alerts.record("connector", TENANT, [summary("a")])
    alerts.record("connector", TENANT, [summary("a", subject="changed"), summary("b")])
    assert [(row.alert.ticket_id, row.alert.subject) for row in alerts.newest()] == [("b", "Invoice"), ("a", "Invoice")]


def test_only_the_newest_alerts_of_each_connector_are_kept(
    alerts: DeliveredAlerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivered_alerts, "MAX_ALERTS", 3)
    alerts.record("other", TENANT, [summary("x")])
    for number in range(0, 6, 2):
        alerts.record("connector", TENANT, [summary(f"t{number}"), summary(f"t{number + 1}")])
    assert [row.alert.ticket_id for row in alerts.newest()] == ["t5", "t4", "t3", "x"]


def test_alerts_are_found_by_the_beginning_of_their_ids(alerts: DeliveredAlerts) -> None:
    alerts.record(
        "connector", TENANT, [summary("eJwA_x", hold_id="eJwH%1"), summary("eJwAbx"), summary("hold:eJwHold")]
    )
    found = {
        prefix: [row.alert.ticket_id for row in alerts.beginning_with(prefix)] for prefix in ("eJwA_", "eJwH%", "eJwZ")
    }
    assert found == {"eJwA_": ["eJwA_x"], "eJwH%": ["eJwA_x"], "eJwZ": []}
    assert len(alerts.beginning_with("eJwA")) == 2


def test_the_text_of_a_message_is_not_taken_for_an_id(alerts: DeliveredAlerts) -> None:
    alerts.record("connector", TENANT, [summary("a", subject='"hold_id":"eJwImitated"')])
    assert alerts.beginning_with("eJwI") == []


@pytest.mark.parametrize(("column", "value"), [("line", "{"), ("line", "{}"), ("line", "[]"), ("delivered_at", "noon")])
def test_a_damaged_row_is_named(alerts: DeliveredAlerts, database: StateDatabase, column: str, value: str) -> None:
    alerts.record("connector", TENANT, [summary("a")])
    database.execute(f"UPDATE alerts SET {column} = ?", (value,))
    with pytest.raises(UnreadableState, match=r"Alert 1 in .*state\.db is damaged"):
        list(alerts.newest())


def test_an_alert_as_a_row_of_a_list(alerts: DeliveredAlerts) -> None:
    alerts.record("connector", TENANT, [summary("a", recipients=("ann@example.com", "bob@example.com"))])
    [row] = alerts.newest()
    listed = row.listed(7)
    assert (listed.number, listed.id, listed.recipient, listed.sender) == (7, "a", "ann@example.com", "eve@example.org")
    assert (listed.risk, listed.reason, listed.subject) == ("high", "Payment Fraud", "Invoice")
    assert listed.received == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
