"""Bulk runs: a line per ID, and an interrupted run resumes."""

from __future__ import annotations

import json
from pathlib import Path

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.bulk import read_ids
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from tests.cli.command_line import CommandLine
from tests.stores.processes import held_by_another_process, lock_for_writing

UNKNOWN_ID = "eNoDAAAAAAE"


def reject(command_line: CommandLine, *ids: str) -> tuple[str, ...]:
    """The words that reject the IDs of a file."""
    command_line.ids_file().write_text("\n".join(ids) + "\n")
    return ("action", "reject-message", "--from-file", str(command_line.ids_file()))


def first_words(output: str) -> list[str]:
    return [line.split()[0] for line in output.splitlines()]


def test_ids_of_a_file() -> None:
    assert read_ids(["# comment\n", "a\n", "\n", " b \n", "a\n", "c"]) == ["a", "b", "c"]


def test_a_line_per_id_and_the_failed_ids_again(command_line: CommandLine, simulator: Simulator) -> None:
    first, second, *_ = command_line.held_ids()
    words = reject(command_line, "# comment", first, UNKNOWN_ID, second)
    result = command_line.invoke(*words)
    assert result.exit_code == exit_codes.PARTIAL
    assert first_words(result.stdout) == ["ok", "FAILED", "ok"]
    assert "2 succeeded, 1 failed, 0 were done before." in result.stderr
    result = command_line.invoke(*words)
    assert result.exit_code == exit_codes.PARTIAL
    assert first_words(result.stdout) == ["FAILED"]
    assert "2 of 3 were done before; 1 remain." in result.stderr
    assert len(simulator.tenant.decisions) == 2


def test_a_complete_run_starts_over(command_line: CommandLine, simulator: Simulator) -> None:
    words = reject(command_line, *command_line.held_ids()[:2])
    for _ in range(2):
        result = command_line.invoke(*words)
        assert result.exit_code == exit_codes.OK
        assert "2 succeeded, 0 failed, 0 were done before." in result.stderr
    assert len(simulator.tenant.decisions) == 2


def test_restart_forgets_the_interrupted_run(command_line: CommandLine) -> None:
    words = reject(command_line, command_line.held_ids()[0], UNKNOWN_ID)
    command_line.invoke(*words)
    result = command_line.invoke(*words, "--restart")
    assert first_words(result.stdout) == ["ok", "FAILED"]


def test_an_invalid_id_does_not_stop_the_others(command_line: CommandLine) -> None:
    result = command_line.invoke(*reject(command_line, "<>", command_line.held_ids()[0]))
    assert result.exit_code == exit_codes.PARTIAL
    assert first_words(result.stdout) == ["FAILED", "ok"]


def test_an_error_that_concerns_all_ids_stops_the_run(command_line: CommandLine, simulator: Simulator) -> None:
    words = reject(command_line, *command_line.held_ids()[:3])
    result = command_line.invoke(*words, "--client-secret", "wrong-wrong-wrong-wrong")
    assert result.exit_code == exit_codes.AUTHENTICATION
    assert first_words(result.stdout) == ["FAILED"]
    assert simulator.tenant.decisions == []


def test_the_run_stops_if_the_journal_cannot_be_written(command_line: CommandLine, simulator: Simulator) -> None:
    words = reject(command_line, *command_line.held_ids()[:3])
    StateDatabase.open(command_line.state).close()
    with held_by_another_process(lock_for_writing, command_line.state):
        result = command_line.invoke(*words, "--state-timeout", "0.1", "--json")
    assert result.exit_code == exit_codes.LOCKED
    [line] = result.stdout.splitlines()
    assert "Nothing was sent" in json.loads(line)["message"]
    assert simulator.tenant.decisions == []


def test_lines_as_json(command_line: CommandLine) -> None:
    message_id = command_line.held_ids()[0]
    [line] = command_line.invoke(*reject(command_line, message_id), "--json").stdout.splitlines()
    document = json.loads(line)
    assert (document["id"], document["is_success"]) == (message_id, True)
    assert document["json_result"]["state"] == "confirmed"


def test_an_id_and_a_file_are_a_usage_error(command_line: CommandLine) -> None:
    result = command_line.invoke(*reject(command_line, "a"), "--message-id", "b")
    assert result.exit_code == exit_codes.USAGE
    assert 'Give either "Message ID" or --from-file, not both.' in result.stderr


def test_a_missing_file_is_one_line(command_line: CommandLine, tmp_path: Path) -> None:
    result = command_line.invoke("action", "reject-message", "--from-file", str(tmp_path / "missing.txt"))
    assert result.exit_code == exit_codes.NOT_DONE
    assert "missing.txt: No such file or directory" in result.stderr
