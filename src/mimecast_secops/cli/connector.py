"""`mimecast-secops connector`: one cycle, or a service."""

from __future__ import annotations

import logging
import shlex
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.alert_output import AlertOutput
from mimecast_secops.cli.connector_status import STATUS, namespace_options
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
from mimecast_secops.cli.help import HelpfulGroup, helpful_command
from mimecast_secops.cli.intervals import read_interval
from mimecast_secops.cli.listing import save_list
from mimecast_secops.cli.logs import is_json
from mimecast_secops.cli.messages import message_of, text_of
from mimecast_secops.cli.metrics_output import METRICS_OPTIONS, MetricsOutput
from mimecast_secops.cli.options import add, connection_options, options_of
from mimecast_secops.cli.recorded_delivery import RecordingDelivery
from mimecast_secops.cli.signals import StopSignals
from mimecast_secops.cli.stdout import StdoutDelivery
from mimecast_secops.ingest import (
    Connector,
    ConnectorSettings,
    MimecastTenant,
    PlatformSettings,
    Report,
    StateStore,
    cycle_deadline,
)
from mimecast_secops.parameters import InvalidParameter, parse, split
from mimecast_secops.stores.errors import StateLocked, StateUnwritable
from mimecast_secops.stores.sqlite import SqliteStore
from mimecast_secops.testing import MemoryStore

# Errors that do not end a service: the cause can be temporary, and a failed cycle loses and repeats nothing.
_TRANSIENT: Final = (StateLocked, StateUnwritable, OSError)


def run(context: CommandContext) -> int:
    """Run one cycle, or with `--every` one cycle after the other until a signal."""
    options = context.options
    pause = read_interval(options["every"]) if options["every"] else None
    settings, notes = parse(ConnectorSettings, context.raw(ConnectorSettings))
    platform, _ = parse(PlatformSettings, context.raw(PlatformSettings))
    settings = settings.with_dynamic_list(_read_dynamic_list(str(options["dynamic_list"] or "")))
    for note in notes:
        context.screen.note(text_of(note), "yellow", level=logging.WARNING)
    signals = StopSignals()
    if pause is not None:
        signals.install()
    with ExitStack() as stack:
        store = MemoryStore() if options["test"] else _open_store(context, stack)
        client = stack.enter_context(context.client(max_concurrency=settings.concurrency))
        delivery = _open_delivery(context, client.tenant_key)
        stack.enter_context(delivery)
        metrics = stack.enter_context(
            MetricsOutput(options, context.screen, interval=pause, cycle_limit=platform.process_timeout)
        )
        while True:
            deadline = cycle_deadline(platform)
            signals.begin_cycle(deadline)
            connector = Connector(
                MimecastTenant(client.until(deadline)),
                settings,
                store,
                delivery,
                deadline=deadline,
                product_field=platform.device_product_field,
                test_run=options["test"],
            )
            try:
                report = connector.run_cycle()
            except Exception as error:
                metrics.cycle_failed(error)
                if pause is None or not isinstance(error, _TRANSIENT) or isinstance(error, BrokenPipeError):
                    raise
                context.screen.fail(
                    f"cycle NOT OK: {message_of(error)} The next cycle begins in {pause:g} s.",
                    fields={"cycle": {"outcome": "failed"}},
                )
                is_backlogged, wait = False, 0.0
            else:
                show_report(context, report, is_service=pause is not None)
                metrics.cycle_ended(report)
                if pause is None:
                    return exit_codes.code_of_cycle(report)
                is_backlogged = report.ok and (report.more_to_read or report.delivered >= settings.max_messages)
                wait = _rate_limit_wait(report)
                if wait > pause:
                    metrics.cycle_is_late(wait)
            if signals.wait(0 if is_backlogged else max(pause, wait)):
                context.screen.note("Stopped.")
                return exit_codes.OK


def _rate_limit_wait(report: Report) -> float:
    """The seconds until the first of the rate limits is over that the connector waits for; 0 if it waits for none."""
    until_ms = min((wait.until_ms for wait in report.waiting), default=0)
    return max(0.0, until_ms / 1000 - time.time())


def _open_store(context: CommandContext, stack: ExitStack) -> StateStore:
    """The state of this connector, claimed until the stack ends so that no other process runs the same connector."""
    database, namespace = context.state(), context.options["namespace"]
    stack.enter_context(database.claim(namespace))
    return SqliteStore(database, namespace)


def _open_delivery(context: CommandContext, tenant: str) -> AlertOutput | StdoutDelivery | RecordingDelivery:
    """Where the alerts go: to a file or to standard output, and except in a test run to the table of alerts."""
    delivery: AlertOutput | StdoutDelivery
    if context.options["output"]:
        delivery = AlertOutput(context.options["output"])
    else:
        save = partial(save_list, context.screen, context.lists_folder, tenant)
        # A service that prints to a log must not change the numbers of the list that the user sees.
        is_for_user = not context.options["every"] or sys.stdout.isatty()
        delivery = StdoutDelivery(context.screen, save) if is_for_user else StdoutDelivery(context.screen)
    if context.options["test"]:
        return delivery
    return RecordingDelivery(delivery, DeliveredAlerts(context.state()), context.options["namespace"], tenant)


def show_report(context: CommandContext, report: Report, *, is_service: bool) -> None:
    """Show what a cycle did, unless the log has shown it. A single cycle without an alert also says why."""
    options = context.options
    # Programs read the figures of a cycle from the members of a JSON log, whatever its level.
    if is_json(options) or not (options["verbose"] or options["debug"]):
        level = logging.INFO if report.ok else logging.ERROR
        context.screen.note(report.summary(), level=level, fields={"cycle": report.figures()})
    if is_service or not report.ok or report.interrupted or report.delivered or report.pending:
        return
    if report.known:
        words = ["mimecast-secops", "alerts", "list"]
        if options["state"]:
            words += ["--state", options["state"]]
        context.screen.note(
            "Every message is known: earlier cycles delivered or filtered it. "
            f"To see the delivered alerts, run `{shlex.join(words)}`."
        )
    elif not report.seen:
        context.screen.note("No messages found.")


def _read_dynamic_list(text: str) -> tuple[str, ...]:
    """The entries of `--dynamic-list`: comma-separated, or the lines of a file that is named after an @.

    Raises:
        InvalidParameter: the file cannot be read.
    """
    if text.startswith("@"):
        try:
            lines = Path(text[1:]).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            message = f"The file {text[1:]} of --dynamic-list cannot be read: {reason}."
            raise InvalidParameter("dynamic-list", message) from None
        return tuple(line.strip() for line in lines if line.strip())
    return split(text)


@add(connection_options())
@add(namespace_options())
@add(METRICS_OPTIONS)
@add(options_of((ConnectorSettings, PlatformSettings), is_setting=True))
@helpful_command(
    "run",
    examples=(
        "connector run --domains example.com --lowest-risk-to-fetch medium",
        "connector run --domains example.com --every 60s --output alerts.jsonl",
    ),
)
@click.option("--every", metavar="INTERVAL", help="Run a cycle at this interval, such as 60s or 5m, instead of once.")
@click.option("--output", metavar="FILE", help="Append the alerts to a file as JSON lines instead of printing them.")
@click.option(
    "--dynamic-list", metavar="A,B,…", help="Entries of the dynamic list, or @FILE for a file with one entry per line."
)
@click.option("--test", is_flag=True, help="Deliver at most one alert, and do not store the state.")
def _run(**options: Any) -> None:
    """Ingest new messages as alerts, and print the alerts or write them to a file."""
    command(run)(**options)


@click.group(name="connector", cls=HelpfulGroup)
def _group() -> None:
    """Ingest Mimecast messages as alerts, once or continuously."""


_group.add_command(_run)
_group.add_command(STATUS)
COMMAND = _group
