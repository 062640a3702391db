"""The output of bulk runs: lines that name the message, JSON lines, and a bar that mixes with neither."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CLEAN_ENVIRONMENT, COMMAND, UNKNOWN_ID, CommandLine, first_words, read_terminal

# lines


def test_a_line_per_item_names_the_recipient_and_the_subject(command_line: CommandLine, simulator: Simulator) -> None:
    first, second = [record for record in simulator.tenant.held() if "wire" in record.subject][:2]
    result = command_line.invoke(*command_line.reject("# comment", first.id, UNKNOWN_ID, second.id))
    assert result.exit_code == exit_codes.PARTIAL
    lines = result.stdout.splitlines()
    assert lines[0] == f"ok      {first.recipient}  {first.subject}"
    assert lines[1].startswith(f"FAILED  {UNKNOWN_ID}  No held message has the ID")
    assert lines[2] == f"ok      {second.recipient}  {second.subject}"
    assert "2 succeeded, 1 failed." in result.stderr
    assert len(simulator.tenant.decisions) == 2


def test_a_message_that_is_already_rejected_is_a_success(command_line: CommandLine) -> None:
    message_id = command_line.held_ids()[0]
    words = command_line.reject(message_id)
    command_line.invoke(*words)
    result = command_line.invoke(*words)
    assert (result.exit_code, first_words(result.stdout)) == (exit_codes.OK, ["already"])
    assert "1 succeeded (1 already done), 0 failed." in result.stderr


def test_a_long_id_is_never_printed_whole(command_line: CommandLine) -> None:
    unknown = UNKNOWN_ID + "A" * 189
    [line] = command_line.invoke(*command_line.reject(unknown)).stdout.splitlines()
    assert line.startswith("FAILED  eNoDAAAAAAEAAAAA…  ")
    assert "A" * 20 not in line


def test_a_line_of_a_block_names_the_sender_and_the_recipient(command_line: CommandLine) -> None:
    command_line.ids_file().write_text("a@evil.example.org\n")
    words = ("action", "block-sender", "--from-file", str(command_line.ids_file()), "--recipient", "ann@example.com")
    assert command_line.invoke(*words).stdout == "ok      a@evil.example.org → ann@example.com\n"


def test_a_message_that_fails_is_named_if_mimecast_names_it(command_line: CommandLine, simulator: Simulator) -> None:
    risky = next(record for record in simulator.tenant.held() if record.hold and record.hold.risk == "high")
    command_line.ids_file().write_text(risky.id)
    [line] = command_line.invoke(
        *("action", "release-message", "--from-file", str(command_line.ids_file()))
    ).stdout.splitlines()
    assert line.startswith(f"FAILED  {risky.recipient}  {risky.subject}  Mimecast's verdict on this message is high")


# JSON lines


def test_lines_as_json_and_a_summary(command_line: CommandLine) -> None:
    message_id = command_line.held_ids()[0]
    result = command_line.invoke(*command_line.reject(message_id, UNKNOWN_ID), "--json")
    first, second, summary = map(json.loads, result.stdout.splitlines())
    assert (first["id"], first["is_success"]) == (message_id, True)
    assert first["json_result"]["state"] == "confirmed"
    assert (second["id"], second["is_success"]) == (UNKNOWN_ID, False)
    assert summary == {
        "summary": {
            "succeeded": 1,
            "already": 0,
            "failed": 1,
            "done_before": 0,
            "left": 0,
            "interrupted": False,
        }
    }


def test_rows_of_csv_as_json(command_line: CommandLine) -> None:
    command_line.ids_file().write_text("sender,recipient\na@evil.example.org,ann@example.com\n")
    words = ("action", "block-sender", "--from-file", str(command_line.ids_file()), "--json")
    document = json.loads(command_line.invoke(*words).stdout.splitlines()[0])
    assert document["id"] == "a@evil.example.org"
    assert document["parameters"] == {"Sender": "a@evil.example.org", "Recipient": "ann@example.com"}


# terminals


def run_at_a_terminal(command_line: CommandLine, *words: str, stdout: int | None = None) -> str:
    """The bytes that a terminal gets as standard error, and as standard output unless that is `stdout`."""
    ours, theirs = os.openpty()
    environment = {**CLEAN_ENVIRONMENT, **command_line.environment, "TERM": "xterm", "COLUMNS": "80"}
    printed = bytearray()
    try:
        with subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            env=environment,
        ) as process:
            os.close(theirs)
            while chunk := read_terminal(ours):
                printed += chunk
            assert process.wait(120) == exit_codes.OK, printed
    finally:
        os.close(ours)
    return printed.decode()


def visible_lines(printed: str) -> list[str]:
    """The lines that stay on the screen: what follows the last erasure of each line, without colors."""
    lines = [re.split(r"\x1b\[2K", line.rstrip("\r"))[-1] for line in printed.split("\n")]
    return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line).strip("\r") for line in lines]


@pytest.fixture
def held_files(command_line: CommandLine) -> tuple[str, ...]:
    command_line.hold(12)
    return ("action", "reject-message", "--from-file", str(command_line.ids_file()))


def test_json_lines_go_to_a_file_although_a_terminal_shows_a_bar(
    command_line: CommandLine, held_files: tuple[str, ...], tmp_path: Path
) -> None:
    output = tmp_path / "output.jsonl"
    with output.open("wb") as file:
        printed = run_at_a_terminal(command_line, *held_files, "--json", stdout=file.fileno())
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    assert len(lines) == 13
    assert lines[-1]["summary"]["succeeded"] == 12
    assert "━" in printed
    assert "is_success" not in printed


def test_text_goes_to_a_file_although_a_terminal_shows_a_bar(
    command_line: CommandLine, held_files: tuple[str, ...], tmp_path: Path
) -> None:
    output = tmp_path / "output.txt"
    with output.open("wb") as file:
        printed = run_at_a_terminal(command_line, *held_files, stdout=file.fileno())
    assert first_words(output.read_text()) == ["ok"] * 12
    assert "━" in printed
    assert "Offer number" not in printed


def test_a_terminal_shows_whole_lines_above_the_bar(command_line: CommandLine, held_files: tuple[str, ...]) -> None:
    printed = run_at_a_terminal(command_line, *held_files)
    assert "━" in printed
    lines = [line for line in visible_lines(printed) if "Offer number" in line]
    assert len(lines) == 12
    assert all(re.fullmatch(r"ok      user\d+@example\.com  Offer number \d+", line) for line in lines), lines


def test_a_terminal_shows_json_lines_without_a_bar(command_line: CommandLine, held_files: tuple[str, ...]) -> None:
    printed = run_at_a_terminal(command_line, *held_files, "--json")
    assert "━" not in printed
    documents = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert len(documents) == 13
