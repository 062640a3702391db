"""Alerts on standard output: as a table at the end, or as JSON lines as they come."""

from __future__ import annotations

from mimecast_secops.cli.output import Screen
from mimecast_secops.deliveries.alert_lines import as_json
from mimecast_secops.ingest import Alert, DeliveryResult

PRIORITY_NAMES = {-1: "info", 40: "low", 60: "medium", 80: "high", 100: "critical"}


class StdoutDelivery:
    """Shows alerts. A terminal remembers nothing, so there is nothing to recover.

    Args:
        screen: where to.

    Raises:
        OSError: standard output is closed.
    """

    def __init__(self, screen: Screen) -> None:
        screen.check_output()
        self._screen = screen
        self.alerts: list[Alert] = []

    def delivered_since(self, _token: str) -> list[str]:
        """Nothing."""
        return []

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Show it, or keep it for the table."""
        if self._screen.as_json:
            self._screen.data(as_json(alert))
        else:
            self.alerts.append(alert)
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        """Show the table, and write out what is still buffered: the state is committed after this.

        Raises:
            OSError: standard output did not take everything. The alerts come again with the next cycle.
        """
        if self.alerts:
            show_alerts(self._screen, self.alerts)
            self.alerts = []
        self._screen.sync()
        return ""


def show_alerts(screen: Screen, alerts: list[Alert]) -> None:
    """A table of alerts that fits 80 columns."""
    rows = [
        (
            PRIORITY_NAMES.get(alert.priority, str(alert.priority)),
            alert.rule_generator,
            alert.events[0].get("fromEnv_emailAddress", ""),
            alert.events[0].get("subject", ""),
            len(alert.files),
        )
        for alert in alerts
    ]
    screen.rows("Alerts", ("Risk", "Reason", "From", "Subject", "Files"), rows, short=True)
