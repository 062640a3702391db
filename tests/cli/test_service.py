"""A service survives what passes, says so, and ends on what does not pass."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.connector import _Shown
from mimecast_secops.cli.metrics_file import MetricsFile
from mimecast_secops.cli.output import Screen
from mimecast_secops.ingest import Connector, ConnectorSettings
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.errors import StateUnwritable
from mimecast_secops.testing import MemoryStore
from tests.cli.processes import CommandLine, Service
from tests.ingest.model import DOMAIN, START, ModelTenant, Record
from tests.stores.processes import held_by_another_process

EXCLUSIVE = "database = StateDatabase.open(path); database.execute('BEGIN EXCLUSIVE')"


@pytest.fixture
def command(tmp_path: Path) -> Iterator[CommandLine]:
    with Simulator() as simulator:
        yield CommandLine(simulator, tmp_path)


def ids(file: Path) -> list[str]:
    return sorted(file.read_text().split())


def tickets(lines: str) -> list[str]:
    return sorted(json.loads(line)["ticket_id"] for line in lines.splitlines())


def test_a_service_waits_for_another_process_that_locks_the_state(command: CommandLine) -> None:
    metrics = command.folder / "metrics.prom"
    expected = command.hold(3)
    with Service(command, "--output", str(command.alerts), "--metrics", str(metrics)) as service:
        service.next_cycles()
        with held_by_another_process(command.state, EXCLUSIVE):
            line = service.wait_for("cycle NOT OK")
            assert "has locked the state database" in line
            assert "The next cycle begins in 1 s." in line
            assert "mimecast_secops_cycle_ok 0" in metrics.read_text()
        service.next_cycles()
        assert service.stop() == exit_codes.OK
    assert "mimecast_secops_cycle_ok 1" in metrics.read_text()
    assert tickets(command.alerts.read_text()) == ids(expected)


def test_alerts_on_standard_output_are_not_repeated_after_a_commit_that_failed(command: CommandLine) -> None:
    with Service(command, "--json") as service:
        service.next_cycles()
        service.limit_files(command.state.stat().st_size)
        expected = command.hold(3)
        assert "cannot be written" in service.wait_for("cycle NOT OK")
        service.wait_for("cycle NOT OK")
        service.limit_files(-1)
        service.next_cycles(2)
        assert service.stop() == exit_codes.OK
    assert tickets("".join(service.output)) == ids(expected)


def test_a_service_waits_for_room_in_the_alert_file(command: CommandLine) -> None:
    former = json.dumps({"ticket_id": "former", "padding": "x" * 8_000_000}) + "\n"
    command.alerts.write_text(former)
    with Service(command, "--output", str(command.alerts)) as service:
        service.next_cycles()
        service.limit_files(len(former) + 1000)
        expected = command.hold(3)
        line = service.wait_for("cycle NOT OK")
        assert f"{command.alerts}: The alert file cannot be written: File too large" in line
        service.limit_files(-1)
        service.next_cycles(2)
        assert service.stop() == exit_codes.OK
    content = command.alerts.read_text()
    assert content.startswith(former)
    assert tickets(content[len(former) :]) == ids(expected)


def test_one_cycle_that_cannot_write_the_alert_file_has_its_own_exit_code(command: CommandLine) -> None:
    command.hold(1)
    command.alerts.mkdir()
    code, _, error = command.type(*command.connector())
    assert code == exit_codes.UNWRITABLE
    assert f"{command.alerts}: It cannot be used for alerts, because it is a folder." in error


def test_metrics_that_cannot_be_written_are_reported_once_and_fail_no_cycle(command: CommandLine) -> None:
    expected = command.hold(3)
    metrics = command.folder / "missing" / "metrics.prom"
    with Service(command, "--output", str(command.alerts), "--metrics", str(metrics)) as service:
        service.next_cycles(3)
        assert service.stop() == exit_codes.OK
    assert sum("metrics file" in line for line in service.errors) == 1
    assert tickets(command.alerts.read_text()) == ids(expected)


def test_metrics_are_reported_again_when_the_reason_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    metrics = MetricsFile(folder / "metrics.prom", Screen())
    metrics.write("a")
    metrics.write("b")
    folder.write_text("a file")
    metrics.write("c")
    folder.unlink()
    folder.mkdir()
    metrics.write("d")
    shutil.rmtree(folder)
    metrics.write("e")
    reasons = [line for line in capsys.readouterr().err.splitlines() if "cannot be written" in line]
    assert ["No such file" in line for line in reasons] == [True, False, True]


def test_a_service_ends_when_its_state_is_replaced(command: CommandLine) -> None:
    metrics = command.folder / "metrics.prom"
    with Service(command, "--output", str(command.alerts), "--metrics", str(metrics)) as service:
        service.next_cycles()
        command.state.rename(command.folder / "moved.db")
        assert service.code() == exit_codes.UNWRITABLE
    assert "was replaced, moved or deleted" in service.errors[-1]
    assert "mimecast_secops_cycle_ok 0" in metrics.read_text()
    assert not command.state.exists()


def test_a_new_state_with_the_former_alert_file_repeats_nothing(command: CommandLine) -> None:
    expected = command.hold(3)
    assert command.type(*command.connector())[0] == exit_codes.OK
    command.state.write_text("not a database\n" * 1000)
    assert command.type(*command.connector())[0] == exit_codes.DAMAGED
    command.state.rename(command.folder / "damaged.db")
    expected.write_text(expected.read_text() + command.hold(1, "new").read_text())
    assert command.type(*command.connector())[0] == exit_codes.OK
    assert tickets(command.alerts.read_text()) == ids(expected)


class Failing(MemoryStore):
    """A store whose next commits fail."""

    failures = 0

    def commit(self, parts: object) -> None:
        if self.failures:
            self.failures -= 1
            raise StateUnwritable("full")
        super().commit(parts)  # type: ignore[arg-type]


def test_a_screen_shows_each_alert_once_whichever_commits_fail(capsys: pytest.CaptureFixture[str]) -> None:
    tenant, store, screen = ModelTenant(now_ms=START), Failing(), _Shown(Screen(as_json=True))
    settings = ConnectorSettings(domains=(DOMAIN,))
    connector = Connector(tenant, settings, store, screen, clock=tenant.clock)
    for number, failures in enumerate([1, 0, 0, 2, 1, 0]):
        tenant.add(Record(f"m{number}", tenant.now_ms - 1000, tenant.now_ms - 1000))
        store.failures = failures
        for _ in range(failures):
            with pytest.raises(StateUnwritable):
                connector.run_cycle()
        connector.run_cycle()
        tenant.now_ms += 60_000
    assert tickets(capsys.readouterr().out) == [f"m{number}" for number in range(6)]
