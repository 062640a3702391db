"""The `connector` command: cycles, the service, and its progress.

A service runs in this process: `Schedule` takes the place of the signals, and calls the next step instead of waiting.
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result

from mimecast_secops.api import ApiVersion, Deadline
from mimecast_secops.cli import connector, exit_codes, handles
from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.stdout import StdoutDelivery
from mimecast_secops.ingest import Connector, ConnectorSettings
from mimecast_secops.ingest.state import State
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.errors import StateUnwritable
from mimecast_secops.stores.sqlite import SqliteStore
from mimecast_secops.testing import MemoryStore
from tests.cli.command_line import CommandLine, Service, ticket_ids
from tests.ingest.model import DOMAIN, START, ModelTenant, Record
from tests.stores.processes import held_by_another_process, lock_for_writing

BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


class Schedule:
    """Takes the place of `StopSignals`: one step between two cycles, and a stop after the last step."""

    def __init__(self, steps: list[Callable[[], object]]) -> None:
        self._steps = steps
        self.pauses: list[float] = []

    def install(self) -> None:
        """Nothing to install."""

    def begin_cycle(self, _deadline: Deadline) -> None:
        """No signal comes inside a cycle."""

    def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        if not self._steps:
            return True
        self._steps.pop(0)()
        return False


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, list[float]]]:
    """Run a service. Returns its result and the pauses between its cycles."""

    def run(command_line: CommandLine, *words: str, steps: list[Callable[[], object]]) -> tuple[Result, list[float]]:
        schedule = Schedule(steps)
        monkeypatch.setattr(connector, "StopSignals", lambda: schedule)
        service = ("connector", "run", "--domains", "example.com", "--every", "60s", "--state-timeout", "0.1")
        return command_line.invoke(*service, *words), schedule.pauses

    return run


Serve = Callable[..., tuple[Result, list[float]]]


def nothing() -> None:
    """A step that only lets the next cycle run."""


def outcomes(result: Result) -> list[str]:
    """`ok` or `NOT OK` for each cycle."""
    lines = [line for line in result.stderr.splitlines() if " known) in " in line or line.startswith("cycle ")]
    return ["NOT OK" if line.startswith("cycle NOT OK") else "ok" for line in lines]


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# rate limits

LIMITED = [
    "/api/message-finder/search",
    "/api/message-finder/get-message-info",
    "/api/gateway/get-hold-message-list",
    "/oauth/token",
]


@pytest.mark.parametrize("endpoint", LIMITED)
def test_a_wait_for_a_rate_limit_ends_the_cycle_with_its_own_exit_code(
    command_line: CommandLine, endpoint: str
) -> None:
    command_line.simulator.control("faults", {"add": [{"kind": "quota", "path": endpoint, "seconds": 600}]})
    sentence = f"Waiting for Mimecast's rate limit on {endpoint} until "
    first = command_line.invoke(*command_line.connector("--log-format", "json"))
    assert first.exit_code == exit_codes.RATE_LIMITED
    assert sentence in first.stderr
    [cycle] = [json.loads(line)["cycle"] for line in first.stderr.splitlines() if '"cycle"' in line]
    assert cycle["outcome"] == "not ok"
    assert [wait["endpoint"] for wait in cycle["waiting"]] == [endpoint]
    requests = command_line.simulator.control("requests")["counts"][endpoint]

    second = command_line.invoke(*command_line.connector())
    assert second.exit_code == exit_codes.RATE_LIMITED
    assert sentence in second.stderr
    assert command_line.simulator.control("requests")["counts"][endpoint] == requests


def test_after_the_wait_everything_comes(command_line: CommandLine) -> None:
    endpoint = "/api/message-finder/get-message-info"
    command_line.simulator.control("faults", {"add": [{"kind": "quota", "path": endpoint, "seconds": 600}]})
    command_line.invoke(*command_line.connector())
    assert not command_line.alerts.exists() or not command_line.alerts.read_text(encoding="utf-8")
    command_line.simulator.control("faults", {"clear": True})
    with StateDatabase.open(command_line.state) as database:
        store = SqliteStore(database)
        state = State.decode(store.load())
        assert state is not None
        assert list(state.rate_limits) == [endpoint]
        state.rate_limits[endpoint] = int(time.time() * 1000) - 1  # as if the time had passed
        store.commit(state.encode())
    result = command_line.invoke(*command_line.connector())
    assert result.exit_code == exit_codes.OK
    held = list(command_line.simulator.tenant.held())
    assert len(ticket_ids(command_line.alerts.read_text(encoding="utf-8"))) == len(held) > 0


def test_a_service_sleeps_until_the_rate_limit_allows_the_next_call(
    command_line: CommandLine, serve: Serve, tmp_path: Path
) -> None:
    endpoint, seconds = "/api/message-finder/search", 9  # longer than a cycle may take
    fault = {"kind": "quota", "path": endpoint, "seconds": seconds}
    command_line.simulator.control("faults", {"add": [fault]})
    output = tmp_path / "alerts.jsonl"
    command_line.environment["MIMECAST_PYTHONPROCESSTIMEOUT"] = "10"
    words = ("--every", "1s", "--output", str(output))
    result, pauses = serve(command_line, *words, steps=[lambda: time.sleep(seconds)])
    assert outcomes(result) == ["NOT OK", "ok"]
    assert 1 < pauses[0] <= seconds
    assert pauses[1] == 1
    assert len(ticket_ids(output.read_text(encoding="utf-8"))) == len(list(command_line.simulator.tenant.held()))
    refused = [entry for entry in command_line.simulator.requests if entry.status == 429]
    assert {entry.path for entry in refused} == {endpoint}


# options


def test_the_debug_log_has_the_outcome_of_each_message(command_line: CommandLine, tmp_path: Path) -> None:
    alerts = tmp_path / "alerts.jsonl"
    result = command_line.invoke(*command_line.connector("--debug", "--output", str(alerts)))
    assert result.exit_code == exit_codes.OK
    delivered = ticket_ids(alerts.read_text(encoding="utf-8"))
    assert delivered
    for ticket_id in delivered:
        assert f"Record '{ticket_id}': delivered" in result.stderr


def test_an_invalid_interval_is_a_usage_error(command_line: CommandLine) -> None:
    assert command_line.invoke(*command_line.connector("--every", "soon")).exit_code == exit_codes.USAGE


@pytest.mark.parametrize("form", ["list", "file"])
def test_a_dynamic_list_from_the_command_line_or_a_file(tmp_path: Path, form: str) -> None:
    entries = ["Macro Documents", "Payment Fraud"]
    (tmp_path / "list.txt").write_text("\n".join(entries) + "\n\n")
    value = ",".join(entries) if form == "list" else f"@{tmp_path / 'list.txt'}"
    assert connector._read_dynamic_list(value) == tuple(entries)


# one cycle


@BOTH
def test_each_held_message_is_one_line_and_a_second_run_adds_none(
    simulator: Simulator, api_version: ApiVersion, tmp_path: Path
) -> None:
    command_line = CommandLine(simulator, tmp_path, api_version)
    metrics = tmp_path / "metrics.prom"
    run = command_line.connector("--metrics", str(metrics))
    expected = sorted(record.id for record in simulator.tenant.held())
    for _ in range(2):
        assert command_line.invoke(*run).exit_code == exit_codes.OK
        assert ticket_ids(command_line.alerts.read_text()) == expected
    assert "mimecast_secops_cycle_ok 1" in metrics.read_text()
    assert command_line.invoke_json("connector", "status")["pending"] == 0


def test_a_cycle_that_fails_has_the_code_of_its_error(command_line: CommandLine, simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Gateway | Tracking | Read"]})
    result = command_line.invoke("connector", "run", "--domains", "example.com")
    assert result.exit_code == exit_codes.API_ERROR
    assert "Gateway | Tracking | Read" in result.stderr


def test_a_test_run_delivers_one_alert_and_stores_no_state(command_line: CommandLine) -> None:
    result = command_line.invoke("connector", "run", "--domains", "example.com", "--test", "--json")
    assert result.exit_code == exit_codes.OK
    assert len(ticket_ids(result.stdout)) == 1
    assert not command_line.state.exists()


def test_hostile_subjects_are_printed_as_harmless_text(command_line: CommandLine, simulator: Simulator) -> None:
    simulator.tenant.receive(
        b"X-Simulator-Hold: Attack\r\nFrom: a@example.org\r\nTo: ann@example.com\r\nSubject: \x1b[31mred\r\n\r\nx\r\n"
    )
    result = command_line.invoke("connector", "run", "--domains", "example.com")
    assert "[31mred" in result.stdout
    assert "\x1b[31m" not in result.output


# the service


def test_a_service_runs_a_cycle_per_interval_until_it_stops(empty_command_line: CommandLine, serve: Serve) -> None:
    command_line, expected = empty_command_line, list[str]()
    steps = [lambda: expected.extend(command_line.hold(2)), nothing, lambda: expected.extend(command_line.hold(1))]
    result, pauses = serve(command_line, "--output", str(command_line.alerts), steps=steps)
    assert result.exit_code == exit_codes.OK
    assert outcomes(result) == ["ok"] * 4
    assert pauses == [60] * 4
    assert result.stderr.splitlines()[-1] == "Stopped."
    assert ticket_ids(command_line.alerts.read_text()) == sorted(expected)


def test_a_service_does_not_pause_while_messages_remain(empty_command_line: CommandLine, serve: Serve) -> None:
    empty_command_line.hold(5)
    options = ("--output", str(empty_command_line.alerts), "--max-messages-to-return", "2")
    _, pauses = serve(empty_command_line, *options, steps=[nothing, nothing])
    assert pauses == [0, 0, 60]
    assert len(ticket_ids(empty_command_line.alerts.read_text())) == 5


def test_a_service_waits_for_another_process_that_locks_the_state(
    empty_command_line: CommandLine, serve: Serve
) -> None:
    command_line, metrics = empty_command_line, empty_command_line.folder / "metrics.prom"
    expected = command_line.hold(3)
    lock = held_by_another_process(lock_for_writing, command_line.state)

    def release() -> None:
        assert "mimecast_secops_cycle_ok 0" in metrics.read_text()
        lock.__exit__(None, None, None)

    options = ("--output", str(command_line.alerts), "--metrics", str(metrics))
    result, _ = serve(command_line, *options, steps=[lock.__enter__, release])
    assert result.exit_code == exit_codes.OK
    assert outcomes(result) == ["ok", "NOT OK", "ok"]
    assert "has locked the state database" in result.stderr
    assert "The next cycle begins in 60 s." in result.stderr
    assert "mimecast_secops_cycle_ok 1" in metrics.read_text()
    assert ticket_ids(command_line.alerts.read_text()) == sorted(expected)


def test_a_service_waits_for_space_for_the_state_and_prints_no_alert_again(
    empty_command_line: CommandLine, serve: Serve
) -> None:
    command_line, expected = empty_command_line, list[str]()
    limit = file_size_limit(os.sysconf("SC_PAGE_SIZE"))

    def fill() -> None:
        expected.extend(command_line.hold(3))
        limit.__enter__()

    result, _ = serve(command_line, "--json", steps=[fill, nothing, lambda: limit.__exit__(None, None, None), nothing])
    assert outcomes(result) == ["ok", "NOT OK", "NOT OK", "ok", "ok"]
    assert "The state database" in result.stderr
    assert ticket_ids(result.stdout) == sorted(expected)


def test_a_service_waits_for_space_in_the_alert_file(empty_command_line: CommandLine, serve: Serve) -> None:
    command_line, expected = empty_command_line, list[str]()
    earlier = json.dumps({"ticket_id": "earlier", "padding": "x" * 8_000_000}) + "\n"
    command_line.alerts.write_text(earlier)
    limit = file_size_limit(len(earlier) + 1000)

    def fill() -> None:
        expected.extend(command_line.hold(3))
        limit.__enter__()

    steps = [fill, lambda: limit.__exit__(None, None, None), nothing]
    result, _ = serve(command_line, "--output", str(command_line.alerts), steps=steps)
    assert outcomes(result) == ["ok", "NOT OK", "ok", "ok"]
    assert f"{command_line.alerts}: The alert file cannot be written: File too large." in result.stderr
    content = command_line.alerts.read_text()
    assert content.startswith(earlier)
    assert ticket_ids(content[len(earlier) :]) == sorted(expected)


def test_metrics_that_cannot_be_written_fail_no_cycle(empty_command_line: CommandLine, serve: Serve) -> None:
    metrics = empty_command_line.folder / "missing" / "metrics.prom"
    options = ("--output", str(empty_command_line.alerts), "--metrics", str(metrics))
    result, _ = serve(empty_command_line, *options, steps=[nothing, nothing])
    assert outcomes(result) == ["ok"] * 3
    assert result.stderr.count("metrics file") == 1


def test_a_service_ends_if_its_state_is_replaced(empty_command_line: CommandLine, serve: Serve) -> None:
    state, metrics = empty_command_line.state, empty_command_line.folder / "metrics.prom"
    options = ("--output", str(empty_command_line.alerts), "--metrics", str(metrics))
    result, _ = serve(empty_command_line, *options, steps=[lambda: state.rename(state.with_name("moved.db"))])
    assert result.exit_code == exit_codes.UNWRITABLE
    assert "was replaced, moved or deleted" in result.stderr.splitlines()[-1]
    assert "mimecast_secops_cycle_ok 0" in metrics.read_text()
    assert not state.exists()


def test_a_new_state_with_the_same_alert_file_repeats_nothing(empty_command_line: CommandLine) -> None:
    command_line = empty_command_line
    expected = command_line.hold(3)
    assert command_line.invoke(*command_line.connector()).exit_code == exit_codes.OK
    command_line.state.write_text("not a database\n" * 1000)
    assert command_line.invoke(*command_line.connector()).exit_code == exit_codes.DAMAGED
    command_line.state.rename(command_line.folder / "damaged.db")
    expected += command_line.hold(1)
    assert command_line.invoke(*command_line.connector()).exit_code == exit_codes.OK
    assert ticket_ids(command_line.alerts.read_text()) == sorted(expected)


class FailingStore(MemoryStore):
    """A store whose next commits fail."""

    failures = 0

    def commit(self, parts: object) -> None:
        if self.failures:
            self.failures -= 1
            raise StateUnwritable("full")
        super().commit(parts)  # type: ignore[arg-type]


def test_each_alert_is_printed_once_whatever_commits_fail(capsys: pytest.CaptureFixture[str]) -> None:
    tenant, store, delivery = ModelTenant(now_ms=START), FailingStore(), StdoutDelivery(Screen(as_json=True))
    settings = ConnectorSettings(domains=(DOMAIN,))
    cycles = Connector(tenant, settings, store, delivery, clock=tenant.clock)
    for number, failures in enumerate([1, 0, 0, 2, 1, 0]):
        tenant.add(Record(f"m{number}", tenant.now_ms - 1000, tenant.now_ms - 1000))
        store.failures = failures
        for _ in range(failures):
            with pytest.raises(StateUnwritable):
                cycles.run_cycle()
        cycles.run_cycle()
        tenant.now_ms += 60_000
    assert ticket_ids(capsys.readouterr().out) == [f"m{number}" for number in range(6)]


def test_a_second_connector_on_the_same_state_is_refused(command_line: CommandLine) -> None:
    command_line.state.parent.mkdir()
    with StateDatabase.open(command_line.state) as database, database.claim("connector"):
        link = command_line.folder / "link.db"
        link.symlink_to(command_line.state)
        for state in (command_line.state, link):
            result = command_line.invoke(*command_line.connector("--state", str(state)))
            assert result.exit_code == exit_codes.LOCKED
            assert "Another process runs the connector 'connector'" in result.stderr
            assert not command_line.alerts.exists()
        other = command_line.invoke(*command_line.connector("--namespace", "other"))
        assert other.exit_code == exit_codes.OK


def test_kills_lose_nothing_and_repeat_nothing() -> None:
    from benchmarks.kill import run

    measured = run(kills=3, seed=int.from_bytes(os.urandom(2), "big"))
    assert (measured["missing"], measured["repeated"]) == (0, 0), measured


# what the user sees


def test_a_table_has_handles_and_a_hint(command_line: CommandLine) -> None:
    result = command_line.invoke("connector", "run", "--domains", "example.com")
    rows = [line.split() for line in result.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 8)]
    assert {row[1] for row in rows} == {"high", "medium"}
    assert "mimecast-secops release-message 1" in result.stderr
    assert "7 alerts (7 new, 0 known) in " in result.stderr
    found = handles.find(command_line.state.parent, command_line.tenant, "1")
    assert found is not None
    assert found.id in {record.id for record in command_line.simulator.tenant.held()}
    assert rows[0][2] == found.recipient


def test_the_log_shows_the_figures_of_a_cycle_once(command_line: CommandLine) -> None:
    result = command_line.invoke("connector", "run", "--domains", "example.com", "-v")
    assert result.stderr.count("cycle ok: seen 7") == 1
    assert "7 alerts (" not in result.stderr


def test_a_cycle_without_a_new_message_points_to_the_delivered_alerts(command_line: CommandLine) -> None:
    command_line.invoke(*command_line.connector())
    result = command_line.invoke(*command_line.connector())
    assert "Every message is known" in result.stderr
    assert "`mimecast-secops alerts list`" in result.stderr
    path = str(command_line.state)
    result = command_line.invoke(*command_line.connector("--state", path))
    assert f"`mimecast-secops alerts list --state {path}`" in result.stderr


def test_a_cycle_without_messages_reports_it(empty_command_line: CommandLine) -> None:
    result = empty_command_line.invoke("connector", "run", "--domains", "example.com")
    assert result.stdout == ""
    assert "No messages found." in result.stderr


@pytest.mark.parametrize("words", [("--json",), ("--output", "alerts.jsonl")], ids=" ".join)
def test_alerts_for_another_program_leave_the_last_list_as_it_is(
    command_line: CommandLine, words: tuple[str, ...]
) -> None:
    options = [word.replace("alerts.jsonl", str(command_line.alerts)) for word in words]
    command_line.invoke("connector", "run", "--domains", "example.com", *options)
    assert not (command_line.state.parent / handles.FILE_NAME).exists()


def recorded(command_line: CommandLine) -> list[str]:
    with StateDatabase.open(command_line.state) as database:
        return sorted(row.alert.ticket_id for row in DeliveredAlerts(database).newest())


def test_delivered_alerts_are_recorded_once(command_line: CommandLine) -> None:
    expected = sorted(record.id for record in command_line.simulator.tenant.held())
    for _ in range(2):
        command_line.invoke(*command_line.connector())
        assert recorded(command_line) == expected


def test_a_test_run_records_no_alert(command_line: CommandLine) -> None:
    command_line.invoke(*command_line.connector("--test"))
    assert recorded(command_line) == []


def test_another_state_database_does_not_change_where_the_last_list_is(command_line: CommandLine) -> None:
    run = ("connector", "run", "--domains", "example.com", "--state", str(command_line.folder / "other" / "state.db"))
    assert command_line.invoke(*run).exit_code == exit_codes.OK
    listed = handles.find(command_line.state.parent, command_line.tenant, "1")
    assert listed is not None
    assert f'Reject "{listed.subject}"' in command_line.invoke("reject-message", "1").stderr


def test_a_service_that_prints_to_a_log_does_not_change_the_last_list(command_line: CommandLine) -> None:
    command_line.invoke("held", "list", "--limit", "1", "--no-risk")
    before = (command_line.state.parent / handles.FILE_NAME).read_bytes()
    with Service(command_line, "--domains", "example.com", "--every", "1s") as service:
        service.wait_for(" known) in ")
        service.stop()
    assert (command_line.state.parent / handles.FILE_NAME).read_bytes() == before
