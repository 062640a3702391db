"""The delivered alerts of the state database: recorded by the connector, shown by `alerts` and found by handles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from mimecast_secops.cli.alert_summary import AlertSummary
from mimecast_secops.cli.handles import ListedMessage
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import Row, StateDatabase

MAX_ALERTS: Final = 10_000
_SELECT: Final = "SELECT number, namespace, delivered_at, line FROM alerts"
# The largest value that sorts after every ID with the same beginning.
_LAST: Final = "\U0010ffff"


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    tenant: str
    alert: AlertSummary


_DECODE: Final = msgspec.json.Decoder(_Line)


class DeliveredAlert(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    Attributes:
        number: the number of the row, higher for an alert that was delivered later.
        namespace: the name of the connector.
        tenant: the tenant, as `MimecastClient.tenant_key` names it.
        delivered_at: when the cycle of the alert ended, aware.
        alert: the summary of the alert.
    """

    number: int
    namespace: str
    tenant: str
    delivered_at: datetime
    alert: AlertSummary

    def listed(self, number: int) -> ListedMessage:
        """The alert as a row of a list."""
        return listed(self.alert, number)


class DeliveredAlerts:
    """The table `alerts` of a state database.

    Args:
        database: an open database; its owner closes it.
    """

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def record(self, namespace: str, tenant: str, alerts: Sequence[AlertSummary]) -> None:
        """Add alerts in one transaction. An alert that the connector has delivered before stays as it was.

        Only the newest 10,000 alerts of a connector are kept.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(namespace, alert.ticket_id, now, _encode(tenant, alert)) for alert in alerts]
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO alerts (namespace, ticket_id, delivered_at, line) VALUES (?, ?, ?, ?)", rows
            )
            [(count,)] = connection.execute("SELECT COUNT(*) FROM alerts WHERE namespace = ?", (namespace,))
            if count > MAX_ALERTS:
                connection.execute(
                    "DELETE FROM alerts WHERE number IN"
                    " (SELECT number FROM alerts WHERE namespace = ? ORDER BY number LIMIT ?)",
                    (namespace, count - MAX_ALERTS),
                )

    def newest(
        self, *, namespace: str = "", since: datetime | None = None, limit: int | None = None
    ) -> Iterator[DeliveredAlert]:
        """The alerts, newest first.

        Args:
            namespace: the name of a connector; "" for all connectors.
            since: the earliest time of delivery, aware; None for no limit.
            limit: the maximum number of alerts; None for no limit.

        Raises:
            UnreadableState: a row is damaged.
        """
        rows = self._database.rows(
            f"{_SELECT} WHERE (? = '' OR namespace = ?) AND delivered_at >= ? ORDER BY number DESC LIMIT ?",
            (
                namespace,
                namespace,
                since.astimezone(UTC).isoformat(timespec="seconds") if since else "",
                -1 if limit is None else limit,
            ),
        )
        return map(self._read, rows)

    def beginning_with(self, prefix: str) -> list[DeliveredAlert]:
        """The alerts whose ticket ID, tracking ID or hold ID begins with a text.

        Raises:
            UnreadableState: a row is damaged.
        """
        # In JSON, every quotation mark in a text is escaped, so the text of a message cannot imitate the member.
        member = '"hold_id":' + msgspec.json.encode(prefix).decode().removesuffix('"')
        rows = self._database.rows(
            f"{_SELECT} WHERE ticket_id >= ? AND ticket_id < ? OR instr(line, ?) ORDER BY number DESC",
            (prefix, prefix + _LAST, member),
        )
        return [self._read(row) for row in rows]

    def _read(self, row: Row) -> DeliveredAlert:
        number, namespace, delivered_at, text = row
        try:
            line = _DECODE.decode(text)
            at = datetime.fromisoformat(delivered_at)
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            raise UnreadableState(
                f"Alert {number} in {self._database.path} is damaged. Restore a backup of the state database."
            ) from error
        return DeliveredAlert(number=number, namespace=namespace, tenant=line.tenant, delivered_at=at, alert=line.alert)


def listed(alert: AlertSummary, number: int) -> ListedMessage:
    """An alert as a row of a list."""
    return ListedMessage(
        number=number,
        id=alert.action_id,
        recipient=alert.recipient,
        sender=alert.sender or alert.header_sender,
        subject=alert.subject,
        risk=alert.risk,
        reason=alert.reason,
        received=datetime.fromtimestamp(alert.received_ms / 1000, UTC),
    )


def _encode(tenant: str, alert: AlertSummary) -> str:
    return msgspec.json.encode(_Line(tenant=tenant, alert=alert)).decode()
