"""The alert file of a real service: rotated by hand and by logrotate, and what is refused in its place."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.simulator import Simulator
from tests.cli.processes import CONNECTOR, environment
from tests.deliveries.rotation import compress, rename, ticket_ids, whole_ticket_ids

EXAMPLES = Path(__file__).parents[2] / "examples"
LOGROTATE = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin:/sbin")
CONFIGURATIONS = {
    "create": "create 0600\nrotate 9",
    "nocreate": "nocreate\nmissingok\nrotate 9",
    "copytruncate": "copytruncate\nrotate 9",
    "compress": "create 0600\ncompress\nrotate 9",
    "extension": "create 0600\nextension .jsonl\nrotate 9",
}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


class Service:
    """A service process that writes alerts of a simulator to a file."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.path = folder / "alerts" / "alerts.jsonl"
        self._files = self.path.with_suffix("")
        self._simulator = simulator
        self._environment = environment(simulator, folder)
        self._process = self._start()

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self) -> subprocess.Popen[str]:
        command = [*CONNECTOR, "--every", "1s", "--output", str(self.path)]
        return subprocess.Popen(command, env=self._environment, stderr=subprocess.PIPE, text=True)

    def receive(self) -> None:
        """Wait until new mail is in the files as alerts."""
        self._simulator.control("bulk", {"count": 3, "spread": 3, "before": 1})
        held = {record.id for record in self._simulator.tenant.tracked.values() if record.is_held}
        assert self._process.stderr is not None
        for _cycle in self._process.stderr:
            if held <= set(whole_ticket_ids(self._files)):
                return
        pytest.fail("The service ended.")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._process = self._start()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)
        assert self._process.returncode == 0

    def check(self) -> None:
        """Every message is in exactly one file."""
        held = sorted(record.id for record in self._simulator.tenant.tracked.values() if record.is_held)
        assert held
        assert sorted(ticket_ids(self._files)) == held


def rotate_while_alerts_come(service: Service, rotate: Callable[[], object]) -> None:
    for _ in range(2):
        service.receive()
        rotate()
    service.kill()
    service.receive()
    rotate()
    service.receive()
    service.stop()
    service.check()


@pytest.mark.parametrize("rotate", [rename, compress])
def test_a_service_follows_a_file_that_is_rotated_by_hand(
    simulator: Simulator, tmp_path: Path, rotate: Callable[[Path], None]
) -> None:
    with Service(simulator, tmp_path) as service:
        rotate_while_alerts_come(service, lambda: rotate(service.path))


def logrotate(configuration: Path, *options: str) -> subprocess.CompletedProcess[str]:
    if LOGROTATE is None:
        pytest.skip("logrotate is not installed")
    command = [LOGROTATE, *options, "-s", str(configuration.with_suffix(".state")), str(configuration)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
    return done


def shipped_configuration(path: Path) -> str:
    text = (EXAMPLES / "logrotate.conf").read_text(encoding="utf-8")
    replaced = text.replace("/var/lib/mimecast-secops/alerts.jsonl", str(path))
    assert replaced != text
    return replaced


@pytest.mark.parametrize("name", ["shipped", *CONFIGURATIONS])
def test_a_service_follows_a_file_that_logrotate_rotates(simulator: Simulator, tmp_path: Path, name: str) -> None:
    configuration = tmp_path / "logrotate.conf"
    if LOGROTATE is None:
        pytest.skip("logrotate is not installed")
    with Service(simulator, tmp_path) as service:
        text = CONFIGURATIONS.get(name)
        written = f"{service.path} {{\n{text}\n}}\n" if text else shipped_configuration(service.path)
        configuration.write_text(written)
        configuration.chmod(0o644)
        rotate_while_alerts_come(service, lambda: logrotate(configuration, "-f"))
        rotated = [path for path in service.path.parent.iterdir() if path != service.path]
        assert len(rotated) == 3
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in service.path.parent.iterdir())


def test_the_shipped_configuration_is_read_by_logrotate_without_complaint(tmp_path: Path) -> None:
    configuration = tmp_path / "logrotate.conf"
    configuration.write_text(shipped_configuration(tmp_path / "alerts.jsonl"))
    configuration.chmod(0o644)
    assert "rotating pattern" in logrotate(configuration, "-d").stderr


def test_the_shipped_configuration_names_the_file_of_the_shipped_unit() -> None:
    unit = (EXAMPLES / "mimecast-secops.service").read_text(encoding="utf-8")
    [folder] = re.findall(r"^StateDirectory=(.+)$", unit, re.MULTILINE)
    [name] = re.findall(r"--output \$\{STATE_DIRECTORY\}/(\S+)", unit)
    configuration = (EXAMPLES / "logrotate.conf").read_text(encoding="utf-8")
    assert re.findall(r"^(/\S+) \{$", configuration, re.MULTILINE) == [f"/var/lib/{folder}/{name}"]


def test_a_device_and_a_folder_are_refused_before_any_request(simulator: Simulator, tmp_path: Path) -> None:
    for path, kind in (("/dev/full", "a device"), (str(tmp_path), "a folder")):
        done = subprocess.run(
            [*CONNECTOR, "--output", path],
            env=environment(simulator, tmp_path),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == exit_codes.UNWRITABLE
        assert done.stderr.splitlines() == [
            f"{path}: It cannot be used for alerts, because it is {kind}. Name a regular file."
        ]
    assert simulator.requests == []
