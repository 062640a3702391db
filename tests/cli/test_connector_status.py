"""The `connector status` command."""

from __future__ import annotations

from mimecast_secops.cli import exit_codes
from tests.cli.command_line import CommandLine


def test_the_status_before_and_after_the_first_cycle(command_line: CommandLine) -> None:
    result = command_line.invoke("connector", "status")
    assert (result.exit_code, result.stdout) == (exit_codes.OK, "No cycle has run yet.\n")
    assert f"There is no state database {command_line.state}" in result.stderr
    assert not command_line.state.exists()
    command_line.invoke(*command_line.connector("--max-messages-to-return", "2"))
    status = command_line.invoke_json("connector", "status")
    assert status["pending"] == 5
    assert status["processed_ids"] >= 2
    assert status["started_at"] <= status["checkpoint"] <= status["oldest_pending"] <= status["read_until"]


def test_the_status_has_a_title_and_a_label_per_line(command_line: CommandLine) -> None:
    command_line.invoke(*command_line.connector())
    title, *facts = command_line.invoke("connector", "status").stdout.splitlines()
    assert title == "Connector connector"
    labels = [fact[2:18].rstrip() for fact in facts]
    assert labels[:7] == [
        "Checkpoint",
        "Read until",
        "Started at",
        "Pending",
        "Oldest pending",
        "Deferred",
        "Processed IDs",
    ]
    assert set(labels[7:]) == {"Tenant"}
    assert any("search most rows: 7 (last seen " in fact for fact in facts)


def test_a_state_database_that_does_not_exist_is_an_error(command_line: CommandLine) -> None:
    path = command_line.folder / "typo.db"
    result = command_line.invoke("connector", "status", "--state", str(path))
    assert (result.exit_code, result.stdout) == (exit_codes.USAGE, "")
    assert f"There is no state database {path}." in result.stderr
    assert not path.exists()


def test_with_json_no_text_is_on_standard_output(command_line: CommandLine) -> None:
    result = command_line.invoke("connector", "status", "--json")
    assert (result.exit_code, result.stdout) == (exit_codes.OK, "")
    assert "No cycle has run yet." in result.stderr


def test_the_status_of_another_connector_of_the_state(command_line: CommandLine) -> None:
    command_line.invoke(*command_line.connector())
    result = command_line.invoke("connector", "status", "--namespace", "other")
    assert result.stdout == "No cycle has run yet.\n"
