"""Tables of actions: the columns of an archive search that fit a terminal, selected columns, and CSV."""

from __future__ import annotations

import csv
import io

import pytest

from mimecast_secops.cli import exit_codes
from tests.cli.command_line import CommandLine

SEARCH = ("action", "simple-archive-search", "--time-frame", "Last 24 Hours")
CHECK = ("action", "check-permissions")


@pytest.fixture(params=[80, 120])
def width(request: pytest.FixtureRequest, command_line: CommandLine) -> int:
    columns: int = request.param
    command_line.environment["COLUMNS"] = str(columns)
    return columns


def test_an_archive_search_is_a_table_with_a_line_per_message(command_line: CommandLine, width: int) -> None:
    heading, rule, *rows = command_line.invoke(*SEARCH).stdout.splitlines()[:-1]
    assert heading.split() == ["Received", "From", "To", "Subject"]
    assert len(rows) == 3
    assert all(len(line) <= width for line in (rule, *rows))
    assert any("Lunch on Thursday?" in row for row in rows)


def test_other_columns_are_named_and_can_be_selected(command_line: CommandLine) -> None:
    assert "add --columns: attachmentcount, status, size," in command_line.invoke(*SEARCH).stderr
    heading, _, *rows = command_line.invoke(*SEARCH, "--columns", "Size,subject").stdout.splitlines()[:-1]
    assert heading.split() == ["size", "Subject"]
    assert all(row.split()[0].isdigit() for row in rows)


def test_a_column_that_does_not_exist_is_refused(command_line: CommandLine) -> None:
    result = command_line.invoke(*SEARCH, "--columns", "subject,sizes")
    assert result.exit_code == exit_codes.USAGE
    assert '"--columns" cannot be "sizes"' in result.stderr
    assert "attachmentcount" in result.stderr


def test_csv_has_every_column_and_nothing_else_is_on_standard_output(command_line: CommandLine) -> None:
    result = command_line.invoke(*SEARCH, "--csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 3
    assert {"subject", "size", "receiveddate", "id"} <= rows[0].keys()
    assert "Lunch on Thursday?" in {row["subject"] for row in rows}
    assert "Successfully found archive emails" in result.stderr


def test_selected_columns_as_csv(command_line: CommandLine) -> None:
    output = command_line.invoke(*SEARCH, "--csv", "--columns", "size,subject").stdout
    assert output.splitlines()[0] == "size,subject"


def test_an_empty_search_prints_its_sentence_and_no_table(empty_command_line: CommandLine) -> None:
    output = empty_command_line.invoke(*SEARCH).stdout
    assert output == "No archive emails were found for the provided criteria in Mimecast.\n"


def test_check_permissions_fits_80_columns_like_the_doctor(command_line: CommandLine) -> None:
    command_line.environment["COLUMNS"] = "80"
    checked, diagnosed = (
        [line for line in command_line.invoke(*words).stdout.splitlines() if "clock is" not in line]
        for words in (CHECK, ("doctor",))
    )
    assert checked[:-1] == diagnosed
    assert command_line.invoke(*CHECK, "--csv").stdout.startswith("Subject,Verdict,Why,Remedy\n")


def test_a_change_has_no_options_for_tables(command_line: CommandLine) -> None:
    result = command_line.invoke("action", "release-message", "--csv")
    assert "No such option" in result.stderr
