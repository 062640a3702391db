"""The alert file: errors with its name, and a service that follows rotations."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.alert_output import AlertOutput
from mimecast_secops.deliveries.errors import AlertsUnwritable
from tests.cli.command_line import CommandLine, Service
from tests.deliveries.alerts import make_alert
from tests.deliveries.rotation import rename, ticket_ids, whole_ticket_ids
from tests.prerequisites import find_program

EXAMPLES = Path(__file__).parents[2] / "examples"


# errors


def test_a_path_that_cannot_be_an_alert_file_is_refused(tmp_path: Path) -> None:
    for path, kind in ((Path("/dev/full"), "a device"), (tmp_path, "a folder")):
        with pytest.raises(AlertsUnwritable) as failure:
            AlertOutput(path)
        assert failure.value.filename == str(path)
        expected = f"It cannot be used for alerts, because it is {kind}. Name a regular file."
        assert failure.value.strerror == expected


def test_a_system_error_says_that_no_alert_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> int:
        raise OSError(28, os.strerror(28))

    with AlertOutput(tmp_path / "alerts.jsonl") as output:
        monkeypatch.setattr(os, "write", fail)
        with pytest.raises(AlertsUnwritable) as failure:
            output.deliver(make_alert(1))
    assert failure.value.strerror == (
        "The alert file cannot be written: No space left on device. "
        "No alert is lost: the next cycle that can write the file delivers the missing alerts."
    )


def test_the_command_refuses_such_a_path_before_any_request(command_line: CommandLine) -> None:
    command_line.alerts.mkdir()
    result = command_line.invoke(*command_line.connector())
    assert result.exit_code == exit_codes.UNWRITABLE
    [line] = result.stderr.splitlines()
    assert line.startswith(f"{command_line.alerts}: It cannot be used for alerts, because it is a folder.")
    assert command_line.simulator.requests == []


# rotation while a service runs


def rotate_while_alerts_arrive(command_line: CommandLine, rotate: Callable[[], object]) -> None:
    """Rotate between alerts, and kill the service once. Every alert must be in exactly one file."""
    options = ("--output", str(command_line.alerts), "--state-timeout", "0.1")
    expected: list[str] = []

    def receive(service: Service) -> None:
        expected.extend(command_line.hold(3))
        while not set(expected) <= set(whole_ticket_ids(files_of(command_line))):
            service.wait_for("cycle ok")

    with Service(command_line, *options) as service:
        receive(service)
        rotate()
        receive(service)
    rotate()
    with Service(command_line, *options) as service:
        receive(service)
        service.stop()
    assert sorted(ticket_ids(files_of(command_line))) == sorted(expected)


def files_of(command_line: CommandLine) -> Path:
    return command_line.alerts.with_suffix("")


def test_a_service_follows_rotations(empty_command_line: CommandLine, tmp_path: Path) -> None:
    configuration = configure_logrotate(tmp_path, empty_command_line.alerts)

    def rotate() -> None:
        if find_program("logrotate"):
            logrotate(configuration, "-f")
        else:
            rename(empty_command_line.alerts)

    rotate_while_alerts_arrive(empty_command_line, rotate)


# the examples


def configure_logrotate(folder: Path, alerts: Path) -> Path:
    """The example configuration with another path."""
    text = (EXAMPLES / "logrotate.conf").read_text(encoding="utf-8")
    replaced = text.replace("/var/lib/mimecast-secops/alerts.jsonl", str(alerts))
    assert replaced != text
    configuration = folder / "logrotate.conf"
    configuration.write_text(replaced)
    configuration.chmod(0o644)
    return configuration


def logrotate(configuration: Path, *options: str) -> str:
    program = find_program("logrotate")
    assert program is not None
    command = [program, *options, "-s", str(configuration.with_suffix(".state")), str(configuration)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr
    return done.stderr


@pytest.mark.program("logrotate")
def test_logrotate_accepts_the_example(tmp_path: Path) -> None:
    assert "rotating pattern" in logrotate(configure_logrotate(tmp_path, tmp_path / "alerts.jsonl"), "-d")


def test_the_example_of_logrotate_names_the_file_of_the_example_unit() -> None:
    unit = (EXAMPLES / "mimecast-secops.service").read_text(encoding="utf-8")
    [folder] = re.findall(r"^StateDirectory=(.+)$", unit, re.MULTILINE)
    [name] = re.findall(r"--output \$\{STATE_DIRECTORY\}/(\S+)", unit)
    configuration = (EXAMPLES / "logrotate.conf").read_text(encoding="utf-8")
    assert re.findall(r"^(/\S+) \{$", configuration, re.MULTILINE) == [f"/var/lib/{folder}/{name}"]
