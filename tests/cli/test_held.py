"""The `held list` command: the hold queue now, without any effect on the tenant or the connector."""

from __future__ import annotations

import csv
import io
import json
import signal
from typing import Any

import pytest

from mimecast_secops.cli import exit_codes, handles
from tests.cli.command_line import CommandLine

RED_SUBJECT = (
    b"X-Simulator-Hold: Attack\r\nFrom: a@example.org\r\nTo: ann@example.com\r\nSubject: \x1b[31mred\r\n\r\nx\r\n"
)


def listed(command_line: CommandLine, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in command_line.invoke("held", "list", *words, "--json").stdout.splitlines()]


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (80, ["No", "Risk", "To", "Subject", "Reason", "Expires"]),
        (120, ["No", "Risk", "To", "From", "Subject", "Reason", "Expires"]),
    ],
)
def test_the_held_messages_are_listed_with_handles(command_line: CommandLine, width: int, headings: list[str]) -> None:
    command_line.environment["COLUMNS"] = str(width)
    result = command_line.invoke("held", "list")
    heading, _, *rows = result.stdout.splitlines()
    assert heading.split() == headings
    assert [row.split()[0] for row in rows] == [str(number) for number in range(1, 8)]
    assert all(row.split()[-1] == "h" for row in rows)
    assert max(map(len, rows)) <= width
    found = handles.find(command_line.state.parent, command_line.tenant, "3")
    assert found is not None
    assert found.id == listed(command_line)[2]["id"]
    assert "release-message 1" in result.stderr


def test_neither_the_tenant_nor_a_state_changes(command_line: CommandLine) -> None:
    assert len(listed(command_line)) == 7
    assert not command_line.state.parent.exists()
    command_line.invoke("held", "list")
    assert [path.name for path in command_line.state.parent.iterdir()] == [handles.FILE_NAME]
    assert command_line.simulator.tenant.decisions == []
    assert len(list(command_line.simulator.tenant.held())) == 7


def test_a_listed_message_can_be_released_by_its_number(command_line: CommandLine) -> None:
    command_line.invoke("held", "list", "--subject", "wire", "--recipient", "bob@")
    result = command_line.invoke("action", "release-message", "1", "--yes")
    assert result.exit_code == exit_codes.OK, result.stderr
    [decision] = command_line.simulator.tenant.decisions
    assert decision.outcome == "released"


def test_an_empty_hold_queue_is_reported(empty_command_line: CommandLine) -> None:
    assert empty_command_line.invoke("held", "list").stdout == "No held messages.\n"
    assert empty_command_line.invoke("held", "list", "--json").stdout == ""


def test_filters_select_messages(command_line: CommandLine) -> None:
    assert command_line.invoke("held", "list", "--sender", "nobody").stdout == "No held messages.\n"
    assert {row["policy"] for row in listed(command_line, "--policy", "payment")} == {"Payment Fraud"}
    assert len(listed(command_line, "--recipient", "ann@", "--reason", "macro")) == 1
    assert listed(command_line, "--since", "2999-01-01") == []


def test_a_limit_says_how_many_there_are(command_line: CommandLine) -> None:
    result = command_line.invoke("held", "list", "--limit", "2")
    assert "2 of 7 held messages are listed." in result.stderr
    assert len(result.stdout.splitlines()) == 4


def test_the_risk_is_looked_up_unless_it_is_not_wanted(command_line: CommandLine) -> None:
    rows = command_line.invoke("held", "list").stdout.splitlines()[2:]
    assert {row.split()[1] for row in rows} == {"high", "medium"}
    assert {row["risk"] for row in listed(command_line)} == {"high", "medium"}
    assert {row["risk"] for row in listed(command_line, "--no-risk")} == {""}


def test_a_risk_that_cannot_be_looked_up_is_unknown_and_explained(command_line: CommandLine) -> None:
    command_line.simulator.control("rights", {"revoke": ["Gateway | Tracking | Read"]})
    result = command_line.invoke("held", "list")
    assert result.exit_code == exit_codes.OK
    assert {row.split()[1] for row in result.stdout.splitlines()[2:]} == {"unknown"}
    assert result.stderr.count("Gateway | Tracking | Read") == 1


@pytest.mark.parametrize(("days", "texts"), [("14", {"336 h"}), ("0", {"expired"}), ("0.02", {"< 1 h"})])
def test_the_time_until_a_message_expires(empty_command_line: CommandLine, days: str, texts: set[str]) -> None:
    empty_command_line.hold(1)
    rows = empty_command_line.invoke("held", "list", "--expires-after", days).stdout.splitlines()[2:]
    assert {row.rstrip().rsplit("  ", 1)[-1] for row in rows} == texts


def test_csv_has_a_row_per_message(command_line: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(command_line.invoke("held", "list", "--csv").stdout)))
    assert len(rows) == 7
    assert all(row["id"] and row["recipient"] and row["expires"] for row in rows)


def test_hostile_subjects_are_printed_as_harmless_text(command_line: CommandLine) -> None:
    command_line.simulator.tenant.receive(RED_SUBJECT)
    output = command_line.invoke("held", "list").output
    assert "[31mred" in output
    assert "\x1b[31m" not in output


def test_a_watched_queue_prints_new_messages_until_ctrl_c(empty_command_line: CommandLine) -> None:
    command_line = empty_command_line
    first = command_line.hold(1)
    process = command_line.start("held", "list", "--watch", "1s", "--json")
    assert process.stdout is not None
    seen = [json.loads(process.stdout.readline())["subject"]]
    command_line.simulator.tenant.receive(RED_SUBJECT)
    seen.append(json.loads(process.stdout.readline())["subject"])
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (exit_codes.OK, "", "")
    assert len(first) == 1
    assert "red" in seen[1]


def test_a_message_keeps_its_number_while_the_queue_is_watched(empty_command_line: CommandLine) -> None:
    command_line = empty_command_line
    command_line.hold(2)
    process = command_line.start("held", "list", "--watch", "1s")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(5)]
    assert [line.split()[0] for line in lines[3:]] == ["1", "2"]
    command_line.simulator.tenant.receive(RED_SUBJECT)
    while "red" not in lines[-1]:
        lines.append(process.stdout.readline())
    lines += [process.stdout.readline() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert [line.split()[0] for line in lines[-3:]] == ["3", "1", "2"]
    assert [line.split()[-1] == "new" for line in lines[-3:]] == [True, False, False]
    found = handles.find(command_line.state.parent, command_line.tenant, "3")
    assert found is not None
    assert "red" in found.subject


def test_an_invalid_interval_is_a_usage_error(command_line: CommandLine) -> None:
    result = command_line.invoke("held", "list", "--watch", "soon")
    assert result.exit_code == exit_codes.USAGE
    assert '"--watch" cannot be "soon"' in result.stderr
