"""Execution of an action: the journal entry of a change, and what the user sees of the result."""

from __future__ import annotations

import pytest

from mimecast_secops.actions import Result, find
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.execution import show_result
from mimecast_secops.cli.journal import Journal
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from tests.cli.command_line import CommandLine

BLOCK = ("action", "block-sender", "--sender", "a@example.org", "--recipient", "ann@example.com")


def test_a_change_is_in_the_journal_with_its_undo(command_line: CommandLine) -> None:
    assert command_line.invoke(*BLOCK).exit_code == exit_codes.OK
    with StateDatabase.open(command_line.state) as database:
        [entry] = Journal(database).entries()
    assert (entry.action, entry.state, entry.tenant) == ("Block Sender", "done", command_line.tenant)
    assert entry.parameters == {"Sender": "a@example.org", "Recipient": "ann@example.com"}
    assert [step["action"] for step in entry.undo] == ["Permit Sender"]


def test_a_change_names_its_message(command_line: CommandLine, simulator: Simulator) -> None:
    record = next(record for record in simulator.tenant.held() if "wire" in record.subject)
    output = command_line.invoke("action", "release-message", "--message-id", record.id).stdout
    success, target = output.splitlines()
    assert success == f'Successfully released message with ID "{record.id}" in Mimecast.'
    assert target.startswith(f'  "{record.subject}" from ')
    with StateDatabase.open(command_line.state) as database:
        [entry] = Journal(database).entries()
    assert [(target.subject, target.recipient) for target in entry.targets] == [(record.subject, record.recipient)]


def test_a_change_describes_its_policy(command_line: CommandLine) -> None:
    output = command_line.invoke(
        *("action", "create-block-sender-policy", "--description", "Phishing", "--sender", "evil.example.org"),
        *("--recipient-type", "Everyone"),
    ).stdout
    assert "  Effect      blocks messages from evil.example.org to everyone\n" in output
    assert "  Direction   also blocks messages from the recipient to the sender\n" in output


def test_a_failed_change_is_in_the_journal_as_failed(command_line: CommandLine) -> None:
    assert command_line.invoke("action", "release-message", "--message-id", "eNoDAAAAAAE").exit_code != exit_codes.OK
    assert command_line.journal() == {"failed": 1}


def test_a_read_is_not_in_the_journal(command_line: CommandLine) -> None:
    assert command_line.invoke("action", "ping").exit_code == exit_codes.OK
    assert not command_line.state.exists()


@pytest.mark.parametrize("is_json", [True, False])
def test_a_dry_run_shows_the_plan_and_changes_nothing(
    command_line: CommandLine, simulator: Simulator, is_json: bool
) -> None:
    release = ("action", "release-message", "--message-id", command_line.held_ids()[0], "--dry-run")
    if is_json:
        assert command_line.invoke_json(*release)["json_result"]["request"]["path"] == "/api/gateway/hold-release"
    else:
        result = command_line.invoke(*release)
        assert result.stdout.startswith("Would release: ")
        assert result.stdout.endswith("Dry run: nothing was done.\n")
        assert "/api/gateway/hold-release" not in result.stdout
        assert "/api/gateway/hold-release" in command_line.invoke(*release, "-v").stdout
    assert simulator.tenant.decisions == []
    assert not command_line.state.exists()


def test_no_dry_run_is_a_change(command_line: CommandLine) -> None:
    assert command_line.invoke(*BLOCK, "--no-dry-run").exit_code == exit_codes.OK
    assert command_line.journal() == {"done": 1}


@pytest.mark.parametrize(("already", "note"), [(False, "State: pending.\n"), (True, "State: pending (already set).\n")])
def test_the_state_of_a_change_is_a_note(capsys: pytest.CaptureFixture[str], already: bool, note: str) -> None:
    result = Result(message="Done.", json_result={"state": "pending", "already": already, "undo": {}})
    show_result(CommandContext({}), find("block-sender"), result)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("Done.\n", note)


def test_nothing_is_sent_without_a_journal(command_line: CommandLine, simulator: Simulator) -> None:
    command_line.state.mkdir(parents=True)
    result = command_line.invoke(*BLOCK)
    assert result.exit_code == exit_codes.UNWRITABLE
    assert "Nothing was sent" in result.stderr
    assert simulator.tenant.managed_senders == {}


def test_a_change_stands_even_if_the_journal_cannot_record_its_end(command_line: CommandLine) -> None:
    with StateDatabase.open(command_line.state) as database:
        [(pages,)] = database.rows("PRAGMA page_count")
        database.rows(f"PRAGMA max_page_count = {pages}")
        database.execute(
            "CREATE TEMP TRIGGER fill BEFORE UPDATE ON journal "
            "BEGIN INSERT INTO bulk VALUES ('run', hex(zeroblob(100000))); END"
        )
        result = command_line.invoke(*BLOCK)
    assert result.exit_code == exit_codes.OK
    assert "Successfully blocked sender a@example.org" in result.stdout
    assert "Entry 1 stays 'started'" in result.stderr
    assert "the disk is full" in result.stderr
    assert command_line.journal() == {"started": 1}
