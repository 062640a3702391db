"""Alerts on standard output: none is settled that was not written."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.stdout import StdoutDelivery
from mimecast_secops.simulator import Simulator
from tests.cli.processes import COMMAND, CONNECTOR, environment

EVERY_FORMAT = pytest.mark.parametrize("options", [[], ["--json"]], ids=["table", "JSON"])


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


class Runs:
    """Runs of the connector with one state."""

    def __init__(self, simulator: Simulator, home: Path) -> None:
        self.held = sorted(record.id for record in simulator.tenant.tracked.values() if record.is_held)
        self._environment = environment(simulator, home)

    def run(self, options: list[str], stdout: int | None, *wrapper: str) -> subprocess.CompletedProcess[str]:
        return self._run([*wrapper, *CONNECTOR, *options], stdout)

    def run_status(self, stdout: int) -> subprocess.CompletedProcess[str]:
        return self._run([*COMMAND, "connector", "status", "--json"], stdout)

    def _run(self, command: list[str], stdout: int | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self._environment, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )

    def check_failed(self, done: subprocess.CompletedProcess[str], reason: str) -> None:
        assert done.returncode == exit_codes.NOT_DONE
        assert reason in done.stderr
        assert done.stderr.count("standard output:") == 1
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr

    def check_all_come_again(self) -> None:
        done = self.run(["--json"], subprocess.PIPE)
        assert done.returncode == 0
        assert sorted(json.loads(line)["ticket_id"] for line in done.stdout.splitlines()) == self.held
        assert self.run(["--json"], subprocess.PIPE).stdout == ""


@pytest.fixture
def runs(simulator: Simulator, tmp_path: Path) -> Runs:
    return Runs(simulator, tmp_path)


@EVERY_FORMAT
def test_a_closed_standard_output_is_refused_before_any_request(
    runs: Runs, simulator: Simulator, options: list[str]
) -> None:
    done = runs.run(options, None, "sh", "-c", 'exec "$@" >&-', "sh")
    runs.check_failed(done, "It is closed")
    assert simulator.requests == []
    runs.check_all_come_again()


@EVERY_FORMAT
def test_a_full_device_settles_no_alert(runs: Runs, options: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = runs.run(options, full.fileno())
    runs.check_failed(done, "No space left on device")
    runs.check_all_come_again()


@EVERY_FORMAT
def test_a_pipe_that_nothing_reads_settles_no_alert(runs: Runs, options: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = runs.run(options, writer)
    finally:
        os.close(writer)
    runs.check_failed(done, "Broken pipe")
    runs.check_all_come_again()


def test_alerts_in_a_regular_file_are_settled(runs: Runs, tmp_path: Path) -> None:
    with (tmp_path / "shown.jsonl").open("wb") as file:
        done = runs.run(["--json"], file.fileno())
    assert done.returncode == 0
    shown = [json.loads(line)["ticket_id"] for line in (tmp_path / "shown.jsonl").read_text().splitlines()]
    assert sorted(shown) == runs.held
    assert runs.run(["--json"], subprocess.PIPE).stdout == ""


def test_another_command_reports_a_full_device_in_one_line(runs: Runs) -> None:
    runs.run(["--json"], subprocess.PIPE)
    with Path("/dev/full").open("wb") as full:
        done = runs.run_status(full.fileno())
    runs.check_failed(done, "No space left on device")


def test_after_a_failed_write_a_screen_refuses_further_results(monkeypatch: pytest.MonkeyPatch) -> None:
    # The rest is discarded, so a later write must not pass for a result that was shown.
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        screen = Screen(as_json=True)
        delivery = StdoutDelivery(screen)
        for show in (lambda: screen.data({}), lambda: screen.data({}), delivery.flush):
            with pytest.raises(OSError, match="No space left on device|It is closed"):
                show()
