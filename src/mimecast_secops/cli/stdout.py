"""Alerts on standard output: one table per cycle, or JSON lines."""

from __future__ import annotations

import secrets

from mimecast_secops.cli.output import Screen
from mimecast_secops.deliveries.alert_lines import as_json
from mimecast_secops.ingest import Alert, DeliveryResult
from mimecast_secops.stores.closeable import Closeable

PRIORITY_NAMES = {-1: "info", 40: "low", 60: "medium", 80: "high", 100: "critical"}


class StdoutDelivery(Closeable):
    """Prints alerts.

    Standard output cannot be read back, so the process remembers which alerts it has printed since the last commit:
    after a commit that failed, the next cycle does not print them again. The token counts the printed alerts of this
    process.

    Args:
        screen: the screen that prints the alerts.

    Raises:
        OSError: standard output is closed.
    """

    def __init__(self, screen: Screen) -> None:
        screen.check_output()
        self._screen = screen
        self._process = secrets.token_hex(8)
        self._committed = 0
        self._printed: list[str] = []
        self._table: list[Alert] = []

    def delivered_since(self, token: str) -> list[str]:
        """The ticket IDs of the alerts that this process has printed since the token."""
        process, _, count = token.partition(":")
        if process == self._process:
            del self._printed[: int(count) - self._committed]
            self._committed = int(count)
        return list(self._printed)

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Print the alert, or add it to the table that `flush` prints."""
        if self._screen.as_json:
            self._screen.data(as_json(alert))
        else:
            self._table.append(alert)
        self._printed.append(alert.ticket_id)
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        """Print the table, and write what is buffered: the state is committed after this.

        Returns:
            The token.

        Raises:
            OSError: standard output did not take everything. The next process delivers the alerts again.
        """
        if self._table:
            show_alerts(self._screen, self._table)
            self._table = []
        self._screen.sync()
        return f"{self._process}:{self._committed + len(self._printed)}"

    def close(self) -> None:
        """Do nothing: standard output stays open."""


def show_alerts(screen: Screen, alerts: list[Alert]) -> None:
    """Print a table of alerts that fits 80 columns."""
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
