"""Implementations of the interfaces of `mimecast_secops.ingest` in memory, for tests and for runs that keep nothing.

Use them to test your own code around the connector without files or a platform:

    from mimecast_secops.testing import MemoryDelivery, MemoryStore

    store, delivery = MemoryStore(), MemoryDelivery()
    Connector(tenant, rules, store, delivery).run_cycle()
    assert [alert.name for alert in delivery.alerts] == ["Held Message"]
"""

from __future__ import annotations

from collections.abc import Mapping

from mimecast_secops.ingest import Alert, DeliveryResult

__all__ = ["MemoryDelivery", "MemoryStore"]


class MemoryStore:
    """A `StateStore` that keeps the state of one connector in memory."""

    def __init__(self) -> None:
        self._parts: dict[str, bytes] = {}

    def load(self) -> Mapping[str, bytes]:
        """The parts of the last commit by name, as a copy; empty before the first commit."""
        return dict(self._parts)

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Replace all parts by these."""
        self._parts = dict(parts)


class MemoryDelivery:
    """A `Delivery` that keeps alerts in a list.

    Attributes:
        alerts: the delivered alerts, oldest first.
    """

    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    def delivered_since(self, token: str) -> list[str]:
        """The ticket IDs of the alerts that were delivered after `flush` returned the token; all for ""."""
        return [alert.ticket_id for alert in self.alerts[int(token or 0) :]]

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Add the alert to the list."""
        self.alerts.append(alert)
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        """The token: the number of alerts."""
        return str(len(self.alerts))
