"""Where the metrics of a connector go: a file, an HTTP server, both or neither."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Final, Self

import click

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.metrics_file import MetricsFile
from mimecast_secops.cli.metrics_server import MetricsServer
from mimecast_secops.cli.output import Screen
from mimecast_secops.ingest import Totals, failed_metrics, metrics
from mimecast_secops.ingest.report import Report
from mimecast_secops.parameters import InvalidParameter

METRICS_OPTIONS: Final[tuple[click.Parameter, ...]] = (
    click.Option(
        ["--metrics"],
        metavar="FILE",
        help="Write the metrics of each cycle to a file, for the textfile collector of the Prometheus node exporter.",
    ),
    click.Option(
        ["--metrics-port"],
        metavar="PORT",
        type=click.IntRange(0, 65_535),
        help="Serve the metrics at /metrics and the health at /healthz while the connector runs with --every.",
    ),
    click.Option(
        ["--metrics-host"],
        metavar="ADDRESS",
        default="127.0.0.1",
        show_default=True,
        help="Address that --metrics-port listens on.",
    ),
)


class MetricsOutput:
    """Publishes the metrics of each cycle. Use it as a context manager.

    Args:
        options: the values of `METRICS_OPTIONS` by key.
        screen: shows an error when the file cannot be written.
        interval: seconds between two cycles; None for a single cycle.
        cycle_limit: the longest duration of a cycle, in seconds.

    Raises:
        InvalidParameter: a port is given for a single cycle.
        OSError: the server cannot listen on its address.
    """

    def __init__(
        self, options: Mapping[str, Any], screen: Screen, *, interval: float | None, cycle_limit: float
    ) -> None:
        self._stack = ExitStack()
        # A counter has no meaning where each cycle is a process.
        self._totals = None if interval is None else Totals()
        self._outputs: list[MetricsFile | MetricsServer] = []
        if options["metrics"]:
            self._outputs.append(MetricsFile(options["metrics"], screen))
        if options["metrics_port"] is None:
            return
        if interval is None:
            raise InvalidParameter("metrics_port", '"--metrics-port" needs "--every": it serves between cycles.')
        # Twice, because a busy machine is not a reason to restart the service.
        server = MetricsServer(
            options["metrics_host"], options["metrics_port"], stale_after=2 * (interval + cycle_limit)
        )
        self._outputs.append(self._stack.enter_context(server))

    def cycle_ended(self, report: Report) -> None:
        """Publish the figures of a cycle. A cycle that was interrupted from outside has none."""
        if not report.interrupted:
            code = exit_codes.code_of_cycle(report)
            self._write(metrics(report, ended=time.time(), exit_code=code), report)

    def cycle_is_late(self, seconds: float) -> None:
        """Keep the service healthy while it waits for a rate limit. Call it after `cycle_ended`.

        Args:
            seconds: how long the service waits before the next cycle.
        """
        for output in self._outputs:
            if isinstance(output, MetricsServer):
                output.wait(seconds)

    def cycle_failed(self, error: BaseException) -> None:
        """Publish that a cycle ended with an exception."""
        self._write(failed_metrics(ended=time.time(), exit_code=exit_codes.code_of(error)), None)

    def _write(self, text: str, report: Report | None) -> None:
        if self._totals is not None:
            self._totals.add(report)
            text += self._totals.text()
        for output in self._outputs:
            output.write(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
