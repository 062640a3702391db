"""Alerts on standard output: a table with handles per cycle, or JSON lines."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from mimecast_secops.cli.alert_summary import AlertSummary
from mimecast_secops.cli.delivered_alerts import listed
from mimecast_secops.cli.handles import LARGEST_NUMBER, ListedMessage
from mimecast_secops.cli.listing import FROM, NUMBER, REASON, RISK, SUBJECT, TO, cells_of, print_hint, print_messages
from mimecast_secops.cli.output import Screen
from mimecast_secops.deliveries.alert_lines import as_json
from mimecast_secops.ingest import Alert, DeliveryResult
from mimecast_secops.stores.closeable import Closeable

# The rows of a service that a handle can refer to.
_MAX_LISTED: Final = 1000


class StdoutDelivery(Closeable):
    """Prints alerts.

    Standard output cannot be read back, so the process remembers which alerts it has printed since the last commit:
    after a commit that failed, the next cycle does not print them again. The token counts the printed alerts of this
    process.

    Args:
        screen: the screen that prints the alerts.
        save: saves the rows of all tables of this process as the last list, and returns whether their numbers can be
            used. Their numbers continue from one cycle to the next, so that a number never changes its meaning.

    Raises:
        OSError: standard output is closed.
    """

    def __init__(self, screen: Screen, save: Callable[[Sequence[ListedMessage]], bool] = lambda _: False) -> None:
        screen.check_output()
        self._screen = screen
        self._save = save
        self._process = secrets.token_hex(8)
        self._committed = 0
        self._printed: list[str] = []
        self._table: list[AlertSummary] = []
        self._listed: list[ListedMessage] = []
        self._last_number = 0

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
            self._table.append(AlertSummary.of(alert))
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
            self._print_table()
            self._table = []
        self._screen.sync()
        return f"{self._process}:{self._committed + len(self._printed)}"

    def close(self) -> None:
        """Do nothing: standard output stays open."""

    def _print_table(self) -> None:
        if self._last_number + len(self._table) > LARGEST_NUMBER:
            self._last_number = 0
            self._listed.clear()
        rows = [listed(alert, number) for number, alert in enumerate(self._table, self._last_number + 1)]
        self._last_number += len(rows)
        self._listed = [*self._listed, *rows][-_MAX_LISTED:]
        has_handles = self._save(self._listed)
        show_alerts(self._screen, rows, has_handles=has_handles)
        if has_handles:
            print_hint(self._screen, rows)


def show_alerts(screen: Screen, rows: Sequence[ListedMessage], *, has_handles: bool = False) -> None:
    """Print a table of alerts. Without handles, the rows have no numbers."""
    print_messages(
        screen, (NUMBER, RISK, TO, FROM, SUBJECT, REASON), list(map(cells_of, rows)), has_handles=has_handles
    )
