"""One state database under several processes, and what a person is told when it cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import SCHEMA_VERSION, StateDatabase
from tests.cli.processes import CommandLine, reject_beside_other_commands
from tests.stores.processes import held_by_another_process


@pytest.fixture
def command(tmp_path: Path) -> Iterator[CommandLine]:
    with Simulator() as simulator:
        yield CommandLine(simulator, tmp_path)


def rejected(command: CommandLine) -> int:
    return len(command.simulator.tenant.decisions)


# several processes


def test_a_bulk_beside_undo_status_and_connector_loses_no_journal_entry(command: CommandLine) -> None:
    reject_beside_other_commands(command, [command.hold(60)])
    assert command.journal() == {"done": 60}
    assert rejected(command) == 60


def test_three_bulks_at_once_keep_one_whole_journal(command: CommandLine) -> None:
    files = [command.hold(20, f"ids{number}") for number in range(3)]
    bulks = [command.start("action", "reject-message", "--from-file", str(file)) for file in files]
    ended = [(bulk.communicate(timeout=120), bulk.returncode) for bulk in bulks]
    assert [code for _, code in ended] == [0, 0, 0], ended
    assert command.journal() == {"done": 60}
    assert rejected(command) == 60


def test_a_second_connector_is_refused_through_a_symbolic_link(command: CommandLine) -> None:
    with StateDatabase.open(command.state) as database, database.claim("connector"):
        command.state = command.folder / "link.db"
        command.state.symlink_to("state.db")
        code, _, error = command.run(*command.connector())
    assert code == exit_codes.LOCKED
    assert "Another process runs the connector 'connector'" in error
    assert not command.alerts.exists()


# a state that does not exist


@pytest.mark.parametrize("words", [("undo",), ("connector", "status")])
def test_looking_at_a_state_that_does_not_exist_creates_nothing(command: CommandLine, words: tuple[str, ...]) -> None:
    command.state = command.folder / "folder" / "state.db"
    code, _, error = command.run(*words)
    assert code == exit_codes.OK
    assert f"There is no state database {command.state}" in error
    assert list(command.folder.iterdir()) == []


def test_an_entry_of_a_journal_that_does_not_exist_is_refused(command: CommandLine) -> None:
    code, _, error = command.run("undo", "3")
    assert code == exit_codes.USAGE
    assert "entry 3" in error
    assert not command.state.exists()


def test_a_test_run_of_the_connector_creates_no_state(command: CommandLine) -> None:
    command.hold(2)
    code, _, _ = command.run("connector", "run", "--domains", "example.com", "--test")
    assert code == exit_codes.OK
    assert not command.state.exists()


# a state that cannot be used

COMMANDS = pytest.mark.parametrize("name", ["connector", "status", "undo", "action"])


def words_of(command: CommandLine, name: str) -> tuple[str, ...]:
    block = ("action", "block-sender", "--sender", "a@example.org", "--recipient", "ann@example.com")
    return {
        "connector": command.connector(),
        "status": ("connector", "status"),
        "undo": ("undo",),
        "action": block,
    }[name]


def refusal(command: CommandLine, name: str, *more: str) -> tuple[int, str]:
    """The exit code and the one line of a command that cannot use its state, which has therefore done nothing."""
    code, output, error = command.type(*words_of(command, name), *more)
    assert output == ""
    [line] = error.splitlines()
    assert command.simulator.requests == []
    assert not command.alerts.exists()
    return code, line


@COMMANDS
def test_a_damaged_state_has_its_own_exit_code(command: CommandLine, name: str) -> None:
    command.state.write_text("not a database\n" * 1000)
    code, line = refusal(command, name)
    assert code == exit_codes.DAMAGED
    assert "is damaged (file is not a database)" in line


@COMMANDS
def test_a_newer_state_has_the_same_exit_code(command: CommandLine, name: str) -> None:
    with StateDatabase.open(command.state) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    code, line = refusal(command, name)
    assert code == exit_codes.DAMAGED
    assert "newer version" in line


@COMMANDS
def test_a_locked_state_has_its_own_exit_code(command: CommandLine, name: str) -> None:
    StateDatabase.open(command.state).close()
    lock = (
        "import sqlite3; database = sqlite3.connect(path, isolation_level=None)\n"
        "database.execute('PRAGMA locking_mode=EXCLUSIVE')\n"
        "database.execute(\"INSERT INTO bulk VALUES ('run', 'item')\")"
    )
    with held_by_another_process(command.state, lock):
        code, line = refusal(command, name, "--state-timeout", "0.1")
    assert code == exit_codes.LOCKED
    assert "did not release it within 0.1 seconds" in line


@COMMANDS
def test_a_state_that_cannot_be_written_has_its_own_exit_code(command: CommandLine, name: str) -> None:
    command.state.mkdir()
    code, line = refusal(command, name)
    assert code == exit_codes.UNWRITABLE
    assert "is not a file" in line


def test_a_bulk_stops_at_the_first_id_when_the_journal_cannot_be_written(command: CommandLine) -> None:
    ids = command.hold(3)
    StateDatabase.open(command.state).close()
    with held_by_another_process(
        command.state, "database = StateDatabase.open(path); database.execute('BEGIN EXCLUSIVE')"
    ):
        code, output, _ = command.run(
            "action", "reject-message", "--from-file", str(ids), "--state-timeout", "0.1", "--json"
        )
    assert code == exit_codes.LOCKED
    [line] = output.splitlines()
    assert "Nothing was sent" in json.loads(line)["message"]
    assert rejected(command) == 0


def test_a_change_is_reported_as_made_even_if_the_journal_cannot_record_its_end(command: CommandLine) -> None:
    with StateDatabase.open(command.state) as database:
        [(pages,)] = database.rows("PRAGMA page_count")
        database.rows(f"PRAGMA max_page_count = {pages}")
        database.execute(
            "CREATE TEMP TRIGGER fill BEFORE UPDATE ON journal "
            "BEGIN INSERT INTO bulk VALUES ('run', hex(zeroblob(100000))); END"
        )
        code, output, error = command.type(*words_of(command, "action"))
    assert code == exit_codes.OK
    assert "Successfully blocked sender a@example.org" in output
    assert "entry 1 stays 'started'" in error
    assert "the disk is full" in error
    assert command.journal() == {"started": 1}
