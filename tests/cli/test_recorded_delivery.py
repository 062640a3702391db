"""The recording delivery: alerts are recorded when they are delivered, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
from mimecast_secops.cli.recorded_delivery import RecordingDelivery
from mimecast_secops.ingest import Alert, DeliveryResult
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.errors import StateLocked
from mimecast_secops.testing import MemoryDelivery
from tests.deliveries.alerts import make_alert
from tests.stores.processes import held_by_another_process, lock_for_writing


class LimitedDelivery(MemoryDelivery):
    """A delivery that accepts two alerts, and whose first flush can fail."""

    fails = False

    def deliver(self, alert: Alert) -> DeliveryResult:
        return super().deliver(alert) if len(self.alerts) < 2 else DeliveryResult.OVERFLOWED

    def flush(self) -> str:
        if self.fails:
            self.fails = False
            raise OSError("full")
        return super().flush()

    def close(self) -> None:
        self.alerts.clear()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    with StateDatabase.open(tmp_path / "state.db", busy_seconds=0.1) as opened:
        yield opened


def recorded(database: StateDatabase) -> list[str]:
    return sorted(row.alert.ticket_id for row in DeliveredAlerts(database).newest())


def test_delivered_alerts_are_recorded_by_the_flush(database: StateDatabase) -> None:
    delivery = RecordingDelivery(LimitedDelivery(), DeliveredAlerts(database), "connector", "tenant")
    for number in range(3):
        delivery.deliver(make_alert(number))
    assert recorded(database) == []
    assert delivery.flush() == "2"
    assert recorded(database) == ["t0", "t1"]
    assert delivery.delivered_since("") == ["t0", "t1"]


def test_a_flush_that_fails_records_nothing_and_the_next_one_everything(database: StateDatabase) -> None:
    inner = LimitedDelivery()
    inner.fails = True
    delivery = RecordingDelivery(inner, DeliveredAlerts(database), "connector", "tenant")
    delivery.deliver(make_alert(0))
    with pytest.raises(OSError, match="full"):
        delivery.flush()
    assert recorded(database) == []
    delivery.deliver(make_alert(0))
    delivery.flush()
    assert recorded(database) == ["t0"]


def test_alerts_that_cannot_be_recorded_are_recorded_with_the_next_cycle(database: StateDatabase) -> None:
    delivery = RecordingDelivery(LimitedDelivery(), DeliveredAlerts(database), "connector", "tenant")
    delivery.deliver(make_alert(0))
    with held_by_another_process(lock_for_writing, database.path), pytest.raises(StateLocked):
        delivery.flush()
    assert recorded(database) == []
    delivery.flush()
    assert recorded(database) == ["t0"]


def test_closing_closes_the_delivery(database: StateDatabase) -> None:
    inner = LimitedDelivery()
    with RecordingDelivery(inner, DeliveredAlerts(database), "connector", "tenant") as delivery:
        delivery.deliver(make_alert(0))
    assert inner.alerts == []
