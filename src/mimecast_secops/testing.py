"""State and alerts in memory, for tests and for one-off runs."""

from __future__ import annotations

from collections.abc import Mapping

from mimecast_secops.ingest import Alert, DeliveryResult


class MemoryStore:
    """A state store that forgets everything with its process."""

    def __init__(self) -> None:
        self._parts: dict[str, bytes] = {}

    def load(self) -> Mapping[str, bytes]:
        """The parts as last committed."""
        return dict(self._parts)

    def commit(self, parts: Mapping[str, bytes]) -> None:
        """Replace them."""
        self._parts = dict(parts)


class MemoryDelivery:
    """A delivery that keeps the alerts in a list."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    def delivered_since(self, token: str) -> list[str]:
        """The ids delivered after a token."""
        return [alert.ticket_id for alert in self.alerts[int(token or 0) :]]

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Keep it."""
        self.alerts.append(alert)
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        """How many there are."""
        return str(len(self.alerts))
