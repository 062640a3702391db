"""`mimecast-secops connector`: one cycle, or one after the other as a service."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.alert_output import AlertOutput
from mimecast_secops.cli.context import CommandContext, command, sentence_of
from mimecast_secops.cli.metrics_file import MetricsFile
from mimecast_secops.cli.options import add, common_options, connection_options, options_of, state_options
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.signals import StopSignals
from mimecast_secops.cli.stdout import StdoutDelivery
from mimecast_secops.ingest import (
    Alert,
    Connector,
    ConnectorSettings,
    Delivery,
    DeliveryResult,
    MimecastTenant,
    PlatformSettings,
    StateStore,
    cycle_deadline,
    failed_metrics,
    metrics,
)
from mimecast_secops.ingest.clock import to_time
from mimecast_secops.ingest.state import State
from mimecast_secops.parameters import InvalidParameter, parse, split
from mimecast_secops.stores.errors import StateLocked, StateMissing, StateUnwritable
from mimecast_secops.stores.sqlite import SqliteStore
from mimecast_secops.testing import MemoryStore

_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
# What a service survives: the cause may be gone by the next cycle, and a failed cycle loses and repeats nothing.
_PASSING: Final = (StateLocked, StateUnwritable, OSError)


def interval(given: str) -> float:
    """`90`, `60s`, `5m` or `1h` in seconds.

    Raises:
        InvalidParameter: it is none of these.
    """
    unit = _UNITS.get(given[-1:].lower())
    try:
        seconds = float(given[:-1]) * unit if unit else float(given)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise InvalidParameter("every", f'"--every" cannot be "{given}": a time such as 60s or 5m is accepted.')
    return seconds


def run(runtime: CommandContext) -> int:
    """Run one cycle, or go on until told to stop."""
    options = runtime.options
    pause = interval(options["every"]) if options["every"] else None
    settings, notes = parse(ConnectorSettings, runtime.raw(ConnectorSettings))
    platform, _ = parse(PlatformSettings, runtime.raw(PlatformSettings))
    settings = settings.with_dynamic_list(_dynamic_list(str(options["dynamic_list"] or "")))
    for note in notes:
        runtime.screen.note(note, "yellow")
    signals = StopSignals()
    if pause is not None:
        signals.install()
    with ExitStack() as stack:
        store = MemoryStore() if options["test"] else _claimed_store(runtime, stack)
        client = stack.enter_context(runtime.client(max_concurrency=settings.concurrency))
        delivery = stack.enter_context(_delivery(runtime))
        figures = MetricsFile(options["metrics"], runtime.screen)
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
                figures.write(failed_metrics())
                if pause is None or not isinstance(error, _PASSING) or isinstance(error, BrokenPipeError):
                    raise
                runtime.screen.fail(f"cycle NOT OK: {sentence_of(error)} The next cycle begins in {pause:g} s.")
                more_waits = False
            else:
                runtime.screen.note(report.line())
                if not report.interrupted:
                    figures.write(metrics(report))
                if pause is None:
                    return exit_codes.code_of(report.error) if report.error else exit_codes.OK
                more_waits = report.ok and (report.more_to_read or report.delivered >= settings.max_messages)
            if signals.wait(0 if more_waits else pause):
                runtime.screen.note("Stopped.")
                return exit_codes.OK


class _Shown(StdoutDelivery):
    """A screen delivery that can be entered and left like the one to a file.

    A screen cannot be read back, so the process remembers what it has shown: after a commit that failed, the next cycle
    must not show it again. The token is the number of alerts shown, and belongs to this process.
    """

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._process = secrets.token_hex(8)
        self._before = 0
        self._shown: list[str] = []

    def delivered_since(self, token: str) -> list[str]:
        """The ids of the alerts that this process has shown since the token."""
        process, _, number = token.partition(":")
        if process == self._process:
            del self._shown[: int(number) - self._before]
            self._before = int(number)
        return list(self._shown)

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Show it, and remember its id."""
        deliver = super().deliver(alert)
        self._shown.append(alert.ticket_id)
        return deliver

    def flush(self) -> str:
        """Show the table."""
        super().flush()
        return f"{self._process}:{self._before + len(self._shown)}"

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def _claimed_store(runtime: CommandContext, stack: ExitStack) -> StateStore:
    """The state of this connector, and the right to be the only process that runs it."""
    database, namespace = runtime.state(), runtime.options["namespace"]
    stack.enter_context(database.claim(namespace))
    return SqliteStore(database, namespace)


def _delivery(runtime: CommandContext) -> AlertOutput | _Shown:
    output = runtime.options["output"]
    return AlertOutput(output) if output else _Shown(runtime.screen)


def _dynamic_list(given: str) -> tuple[str, ...]:
    if given.startswith("@"):
        return tuple(line.strip() for line in Path(given[1:]).read_text(encoding="utf-8").splitlines() if line.strip())
    return split(given)


def status(runtime: CommandContext) -> int:
    """Show what the state says."""
    try:
        database = runtime.state(create=False)
    except StateMissing as error:
        runtime.screen.note(str(error))
        runtime.screen.say("No cycle has run yet.")
        return exit_codes.OK
    state = State.decode(SqliteStore(database, runtime.options["namespace"]).load())
    if state is None:
        runtime.screen.say("No cycle has run yet.")
        return exit_codes.OK
    oldest = state.backlog.oldest_ms()
    shown = {
        "checkpoint": to_time(state.checkpoint_ms).isoformat(),
        "read up to": to_time(state.read_until_ms).isoformat(),
        "began at": to_time(state.start_ms).isoformat(),
        "waiting": len(state.backlog),
        "oldest waiting": to_time(oldest).isoformat() if oldest else None,
        "with a setback": sum(bool(record.error) for record in state.backlog),
        "remembered as settled": len(state.processed_ids),
    }
    if runtime.screen.as_json:
        runtime.screen.data({name.replace(" ", "_"): value for name, value in shown.items()})
    else:
        runtime.screen.rows(
            "", ("", ""), [(name, value if value is not None else "-") for name, value in shown.items()]
        )
    return exit_codes.OK


_STATE = (
    *state_options(),
    click.Option(["--namespace"], default="connector", help="Keeps several connectors of one database apart."),
)


@add(connection_options())
@add(_STATE)
@add(options_of((ConnectorSettings, PlatformSettings), environment=True))
@click.command(name="run")
@click.option("--every", metavar="TIME", help="Go on, a cycle each time: 60s, 5m. Default: one cycle.")
@click.option("--output", metavar="FILE", help="Append alerts to a file, as JSON lines, one durable write each.")
@click.option("--metrics", metavar="FILE", help="Write the figures of each cycle to a file, for Prometheus.")
@click.option("--dynamic-list", metavar="A,B,…", help="Entries of the dynamic list, or @FILE with one per line.")
@click.option("--test", is_flag=True, help="At most one alert, and nothing is remembered.")
def _run(**options: Any) -> None:
    """Bring new messages as alerts: to the terminal, or to a file."""
    command(run)(**options)


@add(common_options())
@add(_STATE)
@click.command(name="status")
def _status(**options: Any) -> None:
    """Show how far it has come, and what waits."""
    command(status)(**options)


@click.group(name="connector")
def _group() -> None:
    """Bring held and tracked mail as alerts: once, or as a service."""


_group.add_command(_run)
_group.add_command(_status)
COMMAND = _group
