"""Undo: the journal on the screen, and a change that is reverted."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.journal import Journal
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from tests.cli.command_line import UNKNOWN_ID, CommandLine

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
    result = command_line.invoke("undo", env={"COLUMNS": "200"})
    title, headings, _, newest, oldest = [line for line in result.stdout.splitlines() if line.strip()]
    assert title.strip() == "Changes made from this machine"
    assert re.split(r"\s{2,}", headings.strip()) == ["No", "When (UTC)", "Action", "Target", "Undo"]
    assert re.split(r"\s{2,}", newest.strip())[2:] == [
        "Create Block Sender Policy",
        f"{EVE} → everyone: d",
        "→ Delete Block Sender Policy",
    ]
    assert re.split(r"\s{2,}", oldest.strip())[2:] == [
        "Block Sender",
        f"{EVE} → {ANN}",
        "→ Permit Sender (creates a permit)",
    ]


def numbers(output: str) -> list[int]:
    """The numbers in the first column of a table."""
    return [int(number) for number in re.findall(r"^ *(\d+) ", output, re.MULTILINE)]


def test_the_list_shows_the_newest_20_and_all_on_request(command_line: CommandLine) -> None:
    with StateDatabase.open(command_line.state) as database:
        for _ in range(25):
            journal = Journal(database)
            journal.end(journal.begin("tenant", "Block Sender", {}, []), "done", [])
    result = command_line.invoke("undo", env={"COLUMNS": "200"})
    assert numbers(result.stdout) == list(range(25, 5, -1))
    assert "These are the newest 20 of 25: add --all to list all." in result.stderr
    result = command_line.invoke("undo", "--all", env={"COLUMNS": "200"})
    assert numbers(result.stdout) == list(range(25, 0, -1))
    assert "--all" not in result.stderr


def test_failed_attempts_are_listed_apart(command_line: CommandLine) -> None:
    set_sender(command_line, "block")
    command_line.invoke("action", "reject-message", "--message-id", UNKNOWN_ID)
    result = command_line.invoke("undo", env={"COLUMNS": "200"})
    assert numbers(result.stdout) == [1]
    assert "1 failed attempt changed nothing: add --failed to list them." in result.stderr
    result = command_line.invoke("undo", "--failed", env={"COLUMNS": "200"})
    assert numbers(result.stdout) == [2]
    assert "Failed attempts" in result.stdout
    assert "nothing was changed" in result.stdout
    assert command_line.invoke_json("undo", "--failed")["id"] == 2


def test_a_change_that_failed_partway_is_listed_as_a_change(command_line: CommandLine, simulator: Simulator) -> None:
    fault = {"kind": "html", "path": "/api/policy/blockedsenders/create-policy", "after": 1}
    simulator.control("faults", {"add": [fault]})
    result = command_line.invoke(
        *("action", "create-block-sender-policy", "--description", "d", "--sender", "a.example.org,b.example.org"),
        *("--recipient-type", "Everyone"),
    )
    simulator.control("faults", {"clear": True})
    assert result.exit_code == exit_codes.PARTIAL
    output = command_line.invoke("undo", env={"COLUMNS": "200"}).stdout
    assert "failed partway: → Delete Block Sender Policy" in output
    assert command_line.invoke("undo", "1").exit_code == exit_codes.OK
    assert simulator.tenant.policies == {}


def test_the_list_of_one_action(command_line: CommandLine) -> None:
    set_sender(command_line, "block")
    set_sender(command_line, "permit")
    for name in ("permit-sender", "Permit Sender"):
        assert command_line.invoke_json("undo", "--action", name)["id"] == 2


@pytest.mark.parametrize(
    ("since", "expected"), [("30m", [2]), ("2h", [2]), ("4d", [2, 1]), ("the first change", [2, 1]), ("2999-01-01", [])]
)
def test_the_list_since_a_time(command_line: CommandLine, since: str, expected: list[int]) -> None:
    set_sender(command_line, "block")
    set_sender(command_line, "block")
    with StateDatabase.open(command_line.state) as database:
        earlier = (datetime.now(UTC) - timedelta(days=3)).isoformat()
        later = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
        for number, moment in ((1, earlier), (2, later)):
            database.execute("UPDATE journal SET at = ? WHERE id = ?", (moment, number))
    since = earlier if since == "the first change" else since
    result = command_line.invoke("undo", "--since", since, "--json")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == expected


@pytest.mark.parametrize("since", ["yesterday", "h", "99999999999d", ""])
def test_a_time_that_cannot_be_read_is_a_usage_error(command_line: CommandLine, since: str) -> None:
    result = command_line.invoke("undo", "--since", since)
    assert result.exit_code == exit_codes.USAGE
    assert "is not a time. Use 24h, 7d, or 2026-03-07T16:03:00Z." in result.stderr


def test_a_list_without_a_match_is_a_note(command_line: CommandLine) -> None:
    set_sender(command_line, "block")
    result = command_line.invoke("undo", "--action", "release-message")
    assert (result.stdout, result.stderr) == ("", "No change is recorded that matches.\n")


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
    [target] = entry["target"]
    assert (target["sender"], target["recipient"]) == (EVE, ANN)


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
    assert result.stderr == "Entry 1 (Release Message, done): cannot be undone: a released message has left\n"


def test_a_change_of_another_tenant_is_refused(command_line: CommandLine, tmp_path: Path) -> None:
    set_sender(command_line, "block")
    with Simulator() as other:
        result = CommandLine(other, tmp_path).invoke("undo", "1", "--yes")
    assert result.exit_code == exit_codes.USAGE
    assert f"Entry 1 changed {command_line.tenant}, but the settings lead to {other.url} (credentials " in result.stderr


def test_a_change_with_other_credentials_is_refused_because_tenants_share_an_api_root(
    command_line: CommandLine, simulator: Simulator
) -> None:
    set_sender(command_line, "block")
    result = command_line.invoke("undo", "1", "--yes", "--client-id", "another-application")
    assert result.exit_code == exit_codes.USAGE
    assert "Use the credentials that made the change." in result.stderr
    [entry] = simulator.tenant.managed_senders.values()
    assert entry.action == "block"


def test_a_change_by_version_1_0_names_the_api_root_only_and_can_be_reverted(command_line: CommandLine) -> None:
    set_sender(command_line, "block")
    with StateDatabase.open(command_line.state) as database:
        database.execute("UPDATE journal SET tenant = ?", (command_line.simulator.url,))
    assert command_line.invoke("undo", "1", "--yes").exit_code == exit_codes.OK


def test_an_undo_says_what_it_does(command_line: CommandLine) -> None:
    create_policy(command_line)
    errors = command_line.invoke("undo", "1").stderr
    assert f"Undo of entry 1: Create Block Sender Policy, {EVE} → everyone: d." in errors
    assert "This runs Delete Block Sender Policy (Policy ID " in errors


def test_a_dry_run_of_an_undo_changes_nothing(command_line: CommandLine, simulator: Simulator) -> None:
    set_sender(command_line, "block")
    result = command_line.invoke("undo", "1", "--dry-run")
    assert result.exit_code == exit_codes.OK
    assert result.stdout == f"Would permit: sender {EVE} for recipient {ANN}\nDry run: nothing was done.\n"
    assert managed_entry(simulator) == "block"
    assert command_line.journal() == {"done": 1}


# an undo that creates a block or a permit


@KINDS
@pytest.mark.parametrize("options", [[], ["--quiet"], ["--json"]], ids=str)
def test_without_a_terminal_it_is_refused(
    simulator: Simulator, command_line: CommandLine, done: str, opposite: str, options: list[str]
) -> None:
    set_sender(command_line, done)
    result = command_line.invoke("undo", "1", *options)
    assert result.exit_code == exit_codes.NOT_DONE
    assert f"Undo of entry 1: {done.title()} Sender, {EVE} → {ANN}." in result.stderr
    assert f"This runs {opposite.title()} Sender (Sender {EVE}, Recipient {ANN})." in result.stderr
    assert f"It creates a {opposite}, which may not have existed before." in result.stderr
    assert ("Messages that match a permit bypass spam checks." in result.stderr) is (opposite == "permit")
    assert "Add --yes to confirm." in result.stderr
    assert managed_entry(simulator) == done


@KINDS
def test_with_yes_it_is_executed(simulator: Simulator, command_line: CommandLine, done: str, opposite: str) -> None:
    set_sender(command_line, done)
    result = command_line.invoke("undo", "1", "--yes")
    assert result.exit_code == exit_codes.OK
    assert f"This runs {opposite.title()} Sender" in result.stderr
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
