"""Undo: the journal on the screen, and a change that is reverted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CommandLine

EVE, ANN = "eve@evil.example.org", "ann@example.com"
KINDS = pytest.mark.parametrize(("done", "opposite"), [("permit", "block"), ("block", "permit")])


@pytest.fixture(scope="module")
def shared_simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


@pytest.fixture
def simulator(shared_simulator: Simulator) -> Simulator:
    shared_simulator.tenant.managed_senders.clear()
    shared_simulator.tenant.policies.clear()
    return shared_simulator


def set_sender(command_line: CommandLine, done: str) -> None:
    result = command_line.invoke("action", f"{done}-sender", "--sender", EVE, "--recipient", ANN)
    assert result.exit_code == exit_codes.OK


def create_policy(command_line: CommandLine) -> None:
    result = command_line.invoke(
        *("action", "create-block-sender-policy", "--description", "d", "--sender", EVE),
        *("--sender-type", "Email Address", "--recipient-type", "Everyone"),
    )
    assert result.exit_code == exit_codes.OK


def managed_entry(simulator: Simulator) -> str:
    return simulator.tenant.managed_senders[EVE, ANN].action


# the list


def test_without_a_state_there_is_no_change_and_no_file(command_line: CommandLine) -> None:
    result = command_line.invoke("undo")
    assert result.exit_code == exit_codes.OK
    assert f"There is no state database {command_line.state}" in result.stderr
    assert "No change is recorded." in result.stderr
    result = command_line.invoke("undo", "3")
    assert result.exit_code == exit_codes.USAGE
    assert "The journal has no entry 3." in result.stderr
    assert not command_line.state.exists()


def test_the_list_shows_each_change_with_its_undo(command_line: CommandLine) -> None:
    set_sender(command_line, "block")
    create_policy(command_line)
    output = command_line.invoke("undo").stdout
    assert "Changes made from this machine" in output
    assert "Block Sender" in output
    assert "Create Block Sender" in output
    newest, oldest = [line for line in output.splitlines() if " done " in line]
    assert newest.split()[0] == "2"
    assert oldest.split()[0] == "1"


def test_an_unknown_entry_is_a_usage_error(command_line: CommandLine) -> None:
    set_sender(command_line, "block")
    result = command_line.invoke("undo", "7")
    assert result.exit_code == exit_codes.USAGE
    assert "The journal has no entry 7. Run `mimecast-secops undo` to list the entries." in result.stderr


def test_the_list_as_json(command_line: CommandLine) -> None:
    set_sender(command_line, "block")
    entry = command_line.invoke_json("undo")
    assert (entry["id"], entry["action"], entry["state"]) == (1, "Block Sender", "done")
    assert entry["parameters"] == {"Sender": EVE, "Recipient": ANN}


# reverting a change


def test_a_policy_is_deleted_without_a_prompt_and_only_once(command_line: CommandLine, simulator: Simulator) -> None:
    create_policy(command_line)
    assert len(simulator.tenant.policies) == 1
    assert command_line.invoke("undo", "1").exit_code == exit_codes.OK
    assert simulator.tenant.policies == {}
    result = command_line.invoke("undo", "1")
    assert (result.exit_code, result.stdout) == (exit_codes.OK, "Entry 1 is already reverted.\n")


def test_a_change_that_cannot_be_reverted_gives_the_reason(command_line: CommandLine) -> None:
    message_id = command_line.held_ids()[0]
    command_line.invoke("action", "release-message", "--message-id", message_id)
    result = command_line.invoke("undo", "1")
    assert result.exit_code == exit_codes.NOT_DONE
    assert "Entry 1 (Release Message, done) cannot be reverted: " in result.stderr


def test_a_change_of_another_tenant_is_refused(command_line: CommandLine, tmp_path: Path) -> None:
    set_sender(command_line, "block")
    with Simulator() as other:
        result = CommandLine(other, tmp_path).invoke("undo", "1", "--yes")
    assert result.exit_code == exit_codes.USAGE
    assert f"Entry 1 changed {command_line.simulator.url}, but the settings lead to {other.url}." in result.stderr


# an undo that creates a block or a permit


@KINDS
@pytest.mark.parametrize("options", [[], ["--quiet"], ["--json"]], ids=str)
def test_without_a_terminal_it_is_refused(
    simulator: Simulator, command_line: CommandLine, done: str, opposite: str, options: list[str]
) -> None:
    set_sender(command_line, done)
    result = command_line.invoke("undo", "1", *options)
    assert result.exit_code == exit_codes.NOT_DONE
    assert f'Reverting it executes "{opposite.title()} Sender" (Sender {EVE}, Recipient {ANN}).' in result.stderr
    assert "Add --yes to confirm." in result.stderr
    assert managed_entry(simulator) == done


@KINDS
def test_with_yes_it_is_executed(simulator: Simulator, command_line: CommandLine, done: str, opposite: str) -> None:
    set_sender(command_line, done)
    result = command_line.invoke("undo", "1", "--yes")
    assert result.exit_code == exit_codes.OK
    assert f'Reverting it executes "{opposite.title()} Sender"' in result.stderr
    assert managed_entry(simulator) == opposite


@pytest.mark.parametrize(
    ("typed", "code", "action"),
    [(b"y\n", exit_codes.OK, "block"), (b"\x04", exit_codes.NOT_DONE, "permit")],
    ids=["yes", "end of input"],
)
def test_at_a_terminal_the_user_is_asked(
    simulator: Simulator, command_line: CommandLine, typed: bytes, code: int, action: str
) -> None:
    set_sender(command_line, "permit")
    ours, theirs = os.openpty()
    try:
        with command_line.start("undo", "1", stdin=theirs, stdout=subprocess.DEVNULL) as process:
            os.write(ours, typed)
            _, errors = process.communicate(timeout=120)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == code, errors
    assert "Continue? [y/N]" in errors
    assert managed_entry(simulator) == action
