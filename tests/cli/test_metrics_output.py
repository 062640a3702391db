"""Where the metrics of a connector go, and what a cycle publishes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.api.errors import AuthenticationFailed
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.metrics_output import MetricsOutput
from mimecast_secops.cli.output import Screen
from mimecast_secops.deliveries.errors import AlertsUnwritable
from mimecast_secops.ingest import Report
from tests.cli.command_line import CommandLine, Service
from tests.cli.test_metrics_server import get
from tests.ingest.conftest import Bench


def output(interval: float | None = 60, **options: Any) -> MetricsOutput:
    values = {"metrics": None, "metrics_port": None, "metrics_host": "127.0.0.1"} | options
    return MetricsOutput(values, Screen(), interval=interval, cycle_limit=180)


@pytest.fixture
def report() -> Report:
    return Bench().cycle()


def test_the_file_has_the_exit_code_of_each_cycle(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "metrics.prom"
    with output(metrics=str(file)) as metrics:
        metrics.cycle_ended(report)
        assert f"mimecast_secops_cycle_exit_code {exit_codes.OK}\n" in file.read_text()
        metrics.cycle_ended(replace(report, problems=("x",), error=AuthenticationFailed("x")))
        assert f"mimecast_secops_cycle_exit_code {exit_codes.AUTHENTICATION}\n" in file.read_text()
        metrics.cycle_failed(AlertsUnwritable("x"))
        assert f"mimecast_secops_cycle_exit_code {exit_codes.UNWRITABLE}\n" in file.read_text()
        assert "mimecast_secops_cycle_ok 0\n" in file.read_text()


def test_only_a_service_has_totals(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "metrics.prom"
    for interval, has_totals in [(60, True), (None, False)]:
        with output(interval, metrics=str(file)) as metrics:
            metrics.cycle_ended(report)
        assert ('cycles_total{outcome="ok"} 1' in file.read_text()) is has_totals


def test_an_interrupted_cycle_publishes_nothing(report: Report, tmp_path: Path) -> None:
    with output(metrics=str(tmp_path / "metrics.prom")) as metrics:
        metrics.cycle_ended(replace(report, interrupted=True))
    assert list(tmp_path.iterdir()) == []


def test_without_options_nothing_is_written(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with output() as metrics:
        metrics.cycle_ended(report)
    assert list(tmp_path.iterdir()) == []


def test_a_single_cycle_serves_no_metrics(command_line: CommandLine) -> None:
    result = command_line.invoke(*command_line.connector("--metrics-port", "0"))
    assert result.exit_code == exit_codes.USAGE
    assert '"--metrics-port" needs "--every"' in result.stderr


def test_a_service_serves_its_metrics_on_the_address_that_was_given(command_line: CommandLine) -> None:
    import socket

    with socket.socket() as unused:
        unused.bind(("127.0.0.2", 0))
        port = unused.getsockname()[1]
    words = ("--output", str(command_line.alerts), "--metrics-port", str(port), "--metrics-host", "127.0.0.2")
    with Service(command_line, *words) as service:
        service.wait_for(" known) in ")
        service.wait_for(" known) in ")
        status, text = get(port, "/metrics", host="127.0.0.2")
        assert status == 200
        assert "mimecast_secops_cycle_ok 1\n" in text
        assert get(port, "/healthz", host="127.0.0.2") == (200, "ok\n")
        service.stop()


def test_an_address_that_cannot_be_used_ends_the_service(command_line: CommandLine) -> None:
    result = command_line.invoke(
        *command_line.connector("--every", "60s", "--metrics-port", "1", "--metrics-host", "192.0.2.1")
    )
    assert result.exit_code == exit_codes.NOT_DONE
    assert result.stderr.startswith("192.0.2.1:1: ")
