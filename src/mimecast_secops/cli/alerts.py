"""`mimecast-secops alerts`: the alerts that the connector delivered from this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import click
import msgspec

from mimecast_secops.cli import exit_codes, handles
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.delivered_alerts import DeliveredAlert, DeliveredAlerts
from mimecast_secops.cli.help import HelpfulGroup, helpful_command
from mimecast_secops.cli.listing import (
    FROM,
    NUMBER,
    REASON,
    RISK,
    SUBJECT,
    TO,
    cells_of,
    print_hint,
    print_messages,
    save_list,
    since_option,
    time_text,
)
from mimecast_secops.cli.options import add, common_options, state_options
from mimecast_secops.cli.tables import Column, ColumnKind
from mimecast_secops.parameters.values import shortened
from mimecast_secops.stores.errors import StateMissing

_DELIVERED: Final = Column("Delivered", ColumnKind.TIME)
_COLUMNS: Final = (NUMBER, RISK, TO, FROM, SUBJECT, REASON, _DELIVERED)
_CSV_COLUMNS: Final = (
    "delivered_at",
    "risk",
    "recipients",
    "sender",
    "subject",
    "reason",
    "received",
    "id",
    "ticket_id",
)
_DEFAULT_LIMIT: Final = 20


def list_alerts(context: CommandContext) -> int:
    """List the delivered alerts, newest first."""
    options, screen = context.options, context.screen
    alerts = _open(context)
    if alerts is None:
        return exit_codes.USAGE if options["state"] else exit_codes.OK
    limit = None if options["all"] else options["limit"]
    rows = list(alerts.newest(namespace=options["namespace"], since=options["since"], limit=limit))
    if screen.as_json:
        for row in rows:
            screen.data(_as_json(row))
    elif options["as_csv"]:
        screen.csv(_CSV_COLUMNS, map(_csv_cells, rows))
    elif rows:
        _print_table(context, rows)
    else:
        screen.say("No delivered alerts.")
    return exit_codes.OK


def _print_table(context: CommandContext, rows: list[DeliveredAlert]) -> None:
    listed = [row.listed(number) for number, row in enumerate(rows, 1)]
    tenants = {row.tenant for row in rows}
    # A number must not lead to a message of another tenant.
    has_handles = False
    if len(tenants) == 1:
        has_handles = save_list(context.screen, context.lists_folder, tenants.pop(), listed)
    else:
        context.screen.note("The alerts come from several tenants, so they have no numbers. Use --namespace.", "yellow")
    cells = [
        cells_of(message) | {_DELIVERED: time_text(row.delivered_at)} for message, row in zip(listed, rows, strict=True)
    ]
    print_messages(context.screen, _COLUMNS, cells, has_handles=has_handles)
    if has_handles:
        print_hint(context.screen, listed)


def show_alert(context: CommandContext) -> int:
    """Show one delivered alert."""
    screen, text = context.screen, str(context.options["alert"])
    alerts = _open(context)
    found = _find(context, alerts, text) if alerts else []
    if len(found) != 1:
        problem = f"{len(found)} delivered alerts have" if found else "No delivered alert has"
        screen.fail(f'{problem} the number or ID "{shortened(text)}". Run `mimecast-secops alerts list --json`.')
        return exit_codes.USAGE
    [row] = found
    if screen.as_json:
        screen.data(_as_json(row))
    else:
        screen.facts(row.alert.name, _facts(row))
    return exit_codes.OK


def _find(context: CommandContext, alerts: DeliveredAlerts, text: str) -> list[DeliveredAlert]:
    """The alerts that a number of the last list, an ID or the beginning of an ID stands for."""
    prefix = text
    if handles.is_number(text):
        prefix = handles.numbered(context.lists_folder, int(text)).id
    rows = alerts.beginning_with(prefix)
    exact = [row for row in rows if prefix in (row.alert.ticket_id, row.alert.tracking_id, row.alert.hold_id)]
    # Two connectors of one state database may have delivered the same message.
    distinct = {row.alert.ticket_id: row for row in reversed(exact or rows)}
    return list(distinct.values())


def _open(context: CommandContext) -> DeliveredAlerts | None:
    """The record of alerts; None if there is no state database."""
    try:
        return DeliveredAlerts(context.state(create=False))
    except StateMissing as error:
        if context.options["state"]:
            context.screen.fail(str(error))
        else:
            context.screen.say("No delivered alerts.")
        return None


def _as_json(row: DeliveredAlert) -> dict[str, Any]:
    """A row as a JSON object: every member of the summary, also if it is empty."""
    summary = {field: getattr(row.alert, field) for field in row.alert.__struct_fields__}
    return {
        "namespace": row.namespace,
        "tenant": row.tenant,
        "delivered_at": row.delivered_at.isoformat(),
        "id": row.alert.action_id,
        **{name: msgspec.to_builtins(value) for name, value in summary.items()},
    }


def _csv_cells(row: DeliveredAlert) -> tuple[object, ...]:
    alert = row.alert
    return (
        row.delivered_at.isoformat(),
        alert.risk,
        " ".join(alert.recipients),
        alert.sender or alert.header_sender,
        alert.subject,
        alert.reason,
        _time(alert.received_ms),
        alert.action_id,
        alert.ticket_id,
    )


def _facts(row: DeliveredAlert) -> list[tuple[str, object]]:
    """The labels and values of an alert. Values that are empty are left out."""
    alert = row.alert
    facts: list[tuple[str, object]] = [
        ("Risk", alert.risk or "none"),
        ("Subject", alert.subject),
        ("From", alert.sender),
        ("From (header)", alert.header_sender if alert.header_sender != alert.sender else ""),
        ("To", ", ".join(alert.recipients)),
        ("Reason", alert.reason),
        ("Details", alert.description),
        ("Status", alert.status),
        ("Route", alert.route),
        ("Sender IP", alert.sender_ip),
        ("Received", _time(alert.received_ms)),
        ("Delivered", f"{row.delivered_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Connector", row.namespace),
        ("Tenant", row.tenant),
        ("Tracking ID", alert.tracking_id),
        ("Hold ID", alert.hold_id),
        ("Message-ID", alert.message_id),
        *(("Event", " ".join(filter(None, (event.type, event.recipient, event.file)))) for event in alert.events),
        *(("File", f"{file.name} ({file.size} bytes, SHA-256 {file.sha256})") for file in alert.files),
        *(("Note", note) for note in alert.notes),
    ]
    omitted = alert.event_count - len(alert.events)
    facts.append(("More events", omitted or ""))
    return [(label, value) for label, value in facts if value != ""]


def _time(moment_ms: int) -> str:
    return f"{datetime.fromtimestamp(moment_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


@add(common_options())
@add(state_options())
@helpful_command("list", examples=("alerts list", "alerts list --since 24h --json"))
@click.option("--limit", metavar="NUMBER", type=click.IntRange(1), default=_DEFAULT_LIMIT, show_default=True,
              help="Maximum number of alerts to list.")  # fmt: skip
@click.option("--all", is_flag=True, help="List all alerts that the state database has: the newest 10,000.")
@click.option("--namespace", metavar="NAME", default="", show_default="all connectors", help="Name of the connector.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the list as CSV.")
def _list(**options: Any) -> None:
    """List the alerts that the connector delivered from this machine, newest first."""
    command(list_alerts)(**options)


_list.params.insert(0, since_option("List only alerts that were delivered since this time, such as 24h or 7d."))


@add(common_options())
@add(state_options())
@helpful_command("show", examples=("alerts show 3",))
@click.argument("alert", metavar="NUMBER|ID")
def _show(**options: Any) -> None:
    """Show one delivered alert.

    NUMBER is its number in the last list. ID is its ticket ID, its hold ID, or the beginning of one of them.
    """
    command(show_alert)(**options)


@click.group(name="alerts", cls=HelpfulGroup)
def _group() -> None:
    """List and show the alerts that the connector delivered from this machine."""


_group.add_command(_list)
_group.add_command(_show)
COMMAND = _group
