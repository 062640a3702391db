"""One state database under several commands, and the errors of a state database that cannot be used."""

from __future__ import annotations

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.migrations import SCHEMA_VERSION
from tests.cli.command_line import CommandLine, reject_while_other_commands_run
from tests.stores.processes import held_by_another_process, lock_whole_file

COMMANDS = pytest.mark.parametrize("name", ["connector", "status", "undo", "action"])


def words_of(command_line: CommandLine, name: str) -> tuple[str, ...]:
    return {
        "connector": command_line.connector(),
        "status": ("connector", "status"),
        "undo": ("undo",),
        "action": ("action", "block-sender", "--sender", "a@example.org", "--recipient", "ann@example.com"),
    }[name]


def failure_of(command_line: CommandLine, name: str, *options: str) -> tuple[int, str]:
    """The exit code and the error line of a command that cannot use its state, and therefore has done nothing."""
    result = command_line.invoke(*words_of(command_line, name), *options)
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert command_line.simulator.requests == []
    assert not command_line.alerts.exists()
    return result.exit_code, line


@pytest.fixture
def command_line(empty_command_line: CommandLine) -> CommandLine:
    empty_command_line.state.parent.mkdir()
    return empty_command_line


def test_a_bulk_run_next_to_undo_status_and_connector_loses_no_journal_entry(command_line: CommandLine) -> None:
    command_line.hold(10)
    reject_while_other_commands_run(command_line, ["ids"])
    assert command_line.journal() == {"done": 10}
    assert len(command_line.simulator.tenant.decisions) == 10


@COMMANDS
def test_a_damaged_state(command_line: CommandLine, name: str) -> None:
    command_line.state.write_text("not a database\n" * 1000)
    code, line = failure_of(command_line, name)
    assert code == exit_codes.DAMAGED
    assert "is damaged (file is not a database)" in line


@COMMANDS
def test_a_state_of_a_newer_version(command_line: CommandLine, name: str) -> None:
    with StateDatabase.open(command_line.state) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    code, line = failure_of(command_line, name)
    assert code == exit_codes.DAMAGED
    assert "newer version" in line


@COMMANDS
def test_a_locked_state(command_line: CommandLine, name: str) -> None:
    StateDatabase.open(command_line.state).close()
    with held_by_another_process(lock_whole_file, command_line.state):
        code, line = failure_of(command_line, name, "--state-timeout", "0.1")
    assert code == exit_codes.LOCKED
    assert "did not release it within 0.1 seconds" in line


@COMMANDS
def test_a_state_that_cannot_be_written(command_line: CommandLine, name: str) -> None:
    command_line.state.mkdir()
    code, line = failure_of(command_line, name)
    assert code == exit_codes.UNWRITABLE
    assert "is not a file" in line
