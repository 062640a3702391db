"""Positional arguments: IDs, prefixes of IDs, and numbers of the last list."""

from __future__ import annotations

import os
import subprocess

import pytest

from mimecast_secops.cli import exit_codes, handles
from mimecast_secops.cli.handles import ListedMessage
from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CommandLine, first_words

RELEASE, REJECT = ("action", "release-message"), ("action", "reject-message")


@pytest.fixture
def listed(command_line: CommandLine, simulator: Simulator) -> list[ListedMessage]:
    """The last list: the held messages without a high risk."""
    records = [record for record in simulator.tenant.held() if record.hold and record.hold.risk != "high"]
    messages = [
        ListedMessage(number=number, id=record.id, recipient=record.recipient, subject=record.subject, risk="medium")
        for number, record in enumerate(records, 1)
    ]
    handles.save(command_line.state.parent, command_line.tenant, messages)
    return messages


def decided(simulator: Simulator) -> list[str]:
    return [decision.tracking_id for decision in simulator.tenant.decisions]


def test_a_number_stands_for_a_message_of_the_last_list(
    command_line: CommandLine, simulator: Simulator, listed: list[ListedMessage]
) -> None:
    result = command_line.invoke(*RELEASE, "3", "--yes")
    assert result.exit_code == exit_codes.OK
    assert decided(simulator) == [listed[2].id]
    assert f'Release "{listed[2].subject}" to {listed[2].recipient} (risk medium)' in result.stderr
    assert f'"{listed[2].subject}" from ' in result.stdout


def test_without_a_terminal_a_number_needs_yes_and_says_which_message_it_is(
    command_line: CommandLine, simulator: Simulator, listed: list[ListedMessage]
) -> None:
    result = command_line.invoke(*RELEASE, "3")
    assert result.exit_code == exit_codes.USAGE
    assert f'Release "{listed[2].subject}" to {listed[2].recipient}' in result.stderr
    assert "Nothing was done. Add --yes to confirm." in result.stderr
    assert simulator.requests == []


@pytest.mark.parametrize(("typed", "code", "count"), [(b"y\n", 0, 1), (b"n\n", 1, 0)])
def test_at_a_terminal_the_user_is_asked(
    command_line: CommandLine,
    simulator: Simulator,
    listed: list[ListedMessage],
    typed: bytes,
    code: int,
    count: int,
) -> None:
    ours, theirs = os.openpty()
    try:
        with command_line.start(*RELEASE, "1", stdin=theirs, stdout=subprocess.DEVNULL) as process:
            os.write(ours, typed)
            _, errors = process.communicate(timeout=120)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == code, errors
    assert "Release this message? [y/N]" in errors
    assert listed[0].recipient in errors
    assert len(simulator.tenant.decisions) == count


def test_a_dry_run_of_a_number_needs_no_confirmation(
    command_line: CommandLine, simulator: Simulator, listed: list[ListedMessage]
) -> None:
    result = command_line.invoke(*RELEASE, "2", "--dry-run")
    assert result.exit_code == exit_codes.OK
    assert result.stdout.startswith(f'Would release: "{listed[1].subject}" from ')
    assert simulator.tenant.decisions == []


def test_a_complete_id_needs_no_confirmation_and_no_list(command_line: CommandLine, simulator: Simulator) -> None:
    message_id = command_line.held_ids()[0]
    assert command_line.invoke(*RELEASE, message_id).exit_code == exit_codes.OK
    assert decided(simulator) == [message_id]


def test_the_beginning_of_an_id_needs_a_confirmation(
    command_line: CommandLine, simulator: Simulator, listed: list[ListedMessage]
) -> None:
    prefix = listed[0].id[:-4]
    assert command_line.invoke(*REJECT, prefix).exit_code == exit_codes.USAGE
    assert command_line.invoke(*REJECT, prefix, "-y").exit_code == exit_codes.OK
    assert decided(simulator) == [listed[0].id]


def test_several_arguments_and_ranges_are_a_bulk_run(
    command_line: CommandLine, simulator: Simulator, listed: list[ListedMessage]
) -> None:
    result = command_line.invoke(*REJECT, "1-2", "4", "2", "--yes")
    assert result.exit_code == exit_codes.OK, result.output
    assert first_words(result.stdout) == ["ok"] * 3
    assert sorted(decided(simulator)) == sorted(listed[index].id for index in (0, 1, 3))
    assert "3 succeeded, 0 failed." in result.stderr


def test_a_failure_of_a_listed_message_names_it(command_line: CommandLine, listed: list[ListedMessage]) -> None:
    command_line.invoke(*RELEASE, "1", "--yes")
    result = command_line.invoke(*RELEASE, "1", "2", "--yes")
    assert result.exit_code == exit_codes.PARTIAL
    [failure] = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert failure.startswith(f"FAILED  {listed[0].recipient}  ")
    assert listed[0].id not in failure


def test_the_journal_knows_the_listed_message(command_line: CommandLine, listed: list[ListedMessage]) -> None:
    command_line.invoke(*RELEASE, "1", "--yes")
    command_line.invoke(*RELEASE, "1", "--yes")
    failed = command_line.invoke_json("undo", "--failed")
    assert failed["target"][0]["recipient"] == listed[0].recipient


@pytest.mark.parametrize(
    ("argument", "error"),
    [
        ("99", "The last list has no row 99."),
        ("9-7", 'The range "9-7" ends before it begins.'),
        ("1-1001", 'The range "1-1001" has more than 1000 numbers.'),
        ("eNo[]", ""),
    ],
)
@pytest.mark.usefixtures("listed")
def test_an_argument_that_stands_for_no_message(
    command_line: CommandLine, simulator: Simulator, argument: str, error: str
) -> None:
    result = command_line.invoke(*REJECT, argument, "--yes")
    assert result.exit_code != exit_codes.OK
    assert error in result.stderr
    assert simulator.tenant.decisions == []


def test_a_number_without_a_list_is_a_usage_error(command_line: CommandLine) -> None:
    result = command_line.invoke(*REJECT, "3", "--yes")
    assert result.exit_code == exit_codes.USAGE
    assert "no list of this user exists" in result.stderr


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("1", "--message-id", "a"), "Use only one of these: --message-id, arguments."),
        (("1", "--from-file", "ids.txt"), "Use only one of these: --from-file, arguments."),
        (("--message-id", "b", "--from-file", "ids.txt"), "Use only one of these: --message-id, --from-file."),
    ],
)
def test_messages_come_from_one_source(command_line: CommandLine, words: tuple[str, ...], error: str) -> None:
    result = command_line.invoke(*REJECT, *words)
    assert (result.exit_code, result.stderr) == (exit_codes.USAGE, f"{error}\n")


def test_an_option_is_used_as_it_is(command_line: CommandLine, listed: list[ListedMessage]) -> None:
    result = command_line.invoke(*REJECT, "--message-id", str(listed[0].number))
    assert result.exit_code == exit_codes.NOT_DONE
    assert 'No held message has the ID "1"' in result.stderr


def test_arguments_are_checked_before_anything_is_done(
    command_line: CommandLine, simulator: Simulator, listed: list[ListedMessage]
) -> None:
    result = command_line.invoke(*REJECT, listed[0].id, "[Event.trackingId]", "--yes")
    assert result.exit_code == exit_codes.USAGE
    assert "this is a placeholder of the playbook that no value replaced" in result.stderr
    assert simulator.requests == []


def test_a_list_with_other_credentials_is_refused_because_tenants_share_an_api_root(
    command_line: CommandLine, simulator: Simulator, listed: list[ListedMessage]
) -> None:
    result = command_line.invoke(*RELEASE, "1", "--yes", "--client-id", "of-another-tenant")
    assert result.exit_code == exit_codes.USAGE
    assert f'"1" refers to a list of {command_line.tenant}, but the settings lead to ' in result.stderr
    assert simulator.requests == []
