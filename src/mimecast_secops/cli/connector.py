"""`mimecast-secops connector`: one cycle, or a service."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.alert_output import AlertOutput
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.help import HelpfulGroup, helpful_command
from mimecast_secops.cli.messages import message_of, text_of
from mimecast_secops.cli.metrics_output import METRICS_OPTIONS, MetricsOutput
from mimecast_secops.cli.options import add, common_options, connection_options, options_of, state_options
from mimecast_secops.cli.signals import StopSignals
from mimecast_secops.cli.stdout import StdoutDelivery
from mimecast_secops.ingest import (
    Connector,
    ConnectorSettings,
    MimecastTenant,
    PlatformSettings,
    StateStore,
    cycle_deadline,
)
from mimecast_secops.ingest.clock import to_time
from mimecast_secops.ingest.state import State
from mimecast_secops.parameters import InvalidParameter, parse, split
from mimecast_secops.stores.errors import StateLocked, StateMissing, StateUnwritable
from mimecast_secops.stores.sqlite import SqliteStore
from mimecast_secops.testing import MemoryStore

_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
# Errors that do not end a service: the cause can be temporary, and a failed cycle loses and repeats nothing.
_TRANSIENT: Final = (StateLocked, StateUnwritable, OSError)


def read_interval(text: str) -> float:
    """An interval such as `90`, `60s`, `5m` or `1h` in seconds.

    Raises:
        InvalidParameter: the text is not an interval, or the interval is not between one second and one day.
    """
    unit = _UNITS.get(text[-1:].lower())
    try:
        seconds = float(text[:-1]) * unit if unit else float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise InvalidParameter("every", f'"--every" cannot be "{text}". Use an interval such as 60s or 5m.')
    return seconds


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
        delivery = _open_delivery(context)
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
                is_backlogged = False
            else:
                level = logging.INFO if report.ok else logging.ERROR
                context.screen.note(report.line(), level=level, fields={"cycle": report.figures()})
                metrics.cycle_ended(report)
                if pause is None:
                    return exit_codes.code_of(report.error) if report.error else exit_codes.OK
                is_backlogged = report.ok and (report.more_to_read or report.delivered >= settings.max_messages)
            if signals.wait(0 if is_backlogged else pause):
                context.screen.note("Stopped.")
                return exit_codes.OK


def _open_store(context: CommandContext, stack: ExitStack) -> StateStore:
    """The state of this connector, claimed until the stack ends so that no other process runs the same connector."""
    database, namespace = context.state(), context.options["namespace"]
    stack.enter_context(database.claim(namespace))
    return SqliteStore(database, namespace)


def _open_delivery(context: CommandContext) -> AlertOutput | StdoutDelivery:
    output = context.options["output"]
    return AlertOutput(output) if output else StdoutDelivery(context.screen)


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


def status(context: CommandContext) -> int:
    """Show the progress of the connector and its pending messages."""
    try:
        database = context.state(create=False)
    except StateMissing as error:
        if context.options.get("state"):
            context.screen.fail(error)
            return exit_codes.USAGE
        context.screen.note(str(error))
        context.screen.say("No cycle has run yet.")
        return exit_codes.OK
    state = State.decode(SqliteStore(database, context.options["namespace"]).load())
    if state is None:
        context.screen.say("No cycle has run yet.")
        return exit_codes.OK
    oldest = state.backlog.oldest_ms()
    values = {
        "checkpoint": to_time(state.checkpoint_ms).isoformat(),
        "read until": to_time(state.read_until_ms).isoformat(),
        "started at": to_time(state.start_ms).isoformat(),
        "pending": len(state.backlog),
        "oldest pending": to_time(oldest).isoformat() if oldest else None,
        "pending with an error": sum(bool(record.error) for record in state.backlog),
        "processed IDs": len(state.processed_ids),
    }
    if context.screen.as_json:
        context.screen.data({name.replace(" ", "_").lower(): value for name, value in values.items()})
    else:
        rows = [(name, value if value is not None else "-") for name, value in values.items()]
        context.screen.rows("", ("", ""), rows)
    return exit_codes.OK


_STATE_OPTIONS: Final = (
    *state_options(),
    click.Option(
        ["--namespace"],
        metavar="NAME",
        default="connector",
        show_default=True,
        help="Name of the connector. Connectors with different names can share a state database.",
    ),
)


@add(connection_options())
@add(_STATE_OPTIONS)
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


@add(common_options())
@add(_STATE_OPTIONS)
@helpful_command("status", examples=("connector status --json",))
def _status(**options: Any) -> None:
    """Show the progress of the connector and its pending messages."""
    command(status)(**options)


@click.group(name="connector", cls=HelpfulGroup)
def _group() -> None:
    """Ingest Mimecast messages as alerts, once or continuously."""


_group.add_command(_run)
_group.add_command(_status)
COMMAND = _group
