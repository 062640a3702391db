"""A delivery that also records the alerts in the state database, for `mimecast-secops alerts`."""

from __future__ import annotations

from typing import Protocol

from mimecast_secops.cli.alert_summary import AlertSummary
from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
from mimecast_secops.ingest import Alert, Delivery, DeliveryResult
from mimecast_secops.stores.closeable import Closeable


class _CloseableDelivery(Delivery, Protocol):
    def close(self) -> None:
        """Release what the delivery has open."""


class RecordingDelivery(Closeable):
    """Delivers alerts elsewhere, and records them when the delivery has flushed them: one transaction per cycle.

    An alert that was delivered just before the process was killed is not delivered again, and is missing in the record.

    Args:
        delivery: where the alerts go. It is closed with this delivery.
        alerts: the record.
        namespace: the name of the connector.
        tenant: the tenant, as `MimecastClient.tenant_key` names it.
    """

    def __init__(self, delivery: _CloseableDelivery, alerts: DeliveredAlerts, namespace: str, tenant: str) -> None:
        self._delivery = delivery
        self._alerts = alerts
        self._namespace = namespace
        self._tenant = tenant
        self._unrecorded: list[AlertSummary] = []

    def delivered_since(self, token: str) -> list[str]:
        """The ticket IDs of the alerts that were delivered after the token."""
        return list(self._delivery.delivered_since(token))

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Deliver the alert, and note it for the record."""
        result = self._delivery.deliver(alert)
        if result is DeliveryResult.DELIVERED:
            self._unrecorded.append(AlertSummary.of(alert))
        return result

    def flush(self) -> str:
        """Flush the delivery, and record its alerts. Returns the token of the delivery.

        Raises:
            StateError: the alerts cannot be recorded. They are recorded with the next cycle of this process.
        """
        token = self._delivery.flush()
        if self._unrecorded:
            self._alerts.record(self._namespace, self._tenant, self._unrecorded)
            self._unrecorded.clear()
        return token

    def close(self) -> None:
        """Close the delivery."""
        self._delivery.close()
