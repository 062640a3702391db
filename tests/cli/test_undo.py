"""Taking a change back: what creates a block or a permit is not done without a person's word."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mimecast_secops.api import ApiVersion
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import Simulator
from tests.tenants import environment_for

EVE, ANN = "eve@evil.example.org", "ann@example.com"
KINDS = pytest.mark.parametrize(("done", "opposite"), [("permit", "block"), ("block", "permit")])


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.tenant.managed.clear()
    running.tenant.policies.clear()
    return running


@pytest.fixture
def environment(simulator: Simulator, tmp_path: Path) -> dict[str, str]:
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    return environment_for(simulator, ApiVersion.V2) | home


def run(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env=environment)


def set_sender(environment: dict[str, str], done: str) -> None:
    result = run(environment, "action", f"{done}-sender", "--sender", EVE, "--recipient", ANN)
    assert result.exit_code == exit_codes.OK


def entry(simulator: Simulator) -> str:
    return simulator.tenant.managed[EVE, ANN].action


@KINDS
@pytest.mark.parametrize("more", [[], ["--quiet"], ["--json"]], ids=str)
def test_without_a_terminal_an_undo_that_blocks_or_permits_is_refused(
    simulator: Simulator, environment: dict[str, str], done: str, opposite: str, more: list[str]
) -> None:
    set_sender(environment, done)
    result = run(environment, "undo", "1", *more)
    assert result.exit_code == exit_codes.NOT_DONE
    assert f'Taking it back does "{opposite.title()} Sender" (Sender {EVE}, Recipient {ANN}).' in result.stderr
    assert "does not tell what applied before" in result.stderr
    assert "Add --yes to do it." in result.stderr
    assert entry(simulator) == done


@KINDS
def test_it_is_done_with_yes_and_says_what_it_does(
    simulator: Simulator, environment: dict[str, str], done: str, opposite: str
) -> None:
    set_sender(environment, done)
    result = run(environment, "undo", "1", "--yes")
    assert result.exit_code == exit_codes.OK
    assert f'Taking it back does "{opposite.title()} Sender"' in result.stderr
    assert entry(simulator) == opposite


@pytest.mark.parametrize(
    ("typed", "code", "action"),
    [
        (b"y\n", exit_codes.OK, "block"),
        (b"n\n", exit_codes.NOT_DONE, "permit"),
        (b"\x04", exit_codes.NOT_DONE, "permit"),
    ],
    ids=["yes", "no", "end of input"],
)
def test_at_a_terminal_a_person_is_asked(
    simulator: Simulator, environment: dict[str, str], typed: bytes, code: int, action: str
) -> None:
    set_sender(environment, "permit")
    ours, theirs = os.openpty()
    try:
        command = [sys.executable, "-m", "mimecast_secops.cli.main", "undo", "1"]
        with subprocess.Popen(
            command, env=os.environ | environment, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            os.write(ours, typed)
            _, said = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == code, said
    assert b"Do it? [y/N]" in said
    assert entry(simulator) == action


def test_an_undo_that_deletes_a_policy_does_not_ask(simulator: Simulator, environment: dict[str, str]) -> None:
    made = run(
        environment,
        *("action", "create-block-sender-policy", "--description", "d", "--sender", EVE),
        *("--sender-type", "Email Address", "--recipient-type", "Everyone"),
    )
    assert made.exit_code == exit_codes.OK
    assert run(environment, "undo", "1").exit_code == exit_codes.OK
    assert simulator.tenant.policies == {}
