"""Exit codes: a code for each kind of error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mimecast_secops.actions import ActionFailed, Result
from mimecast_secops.api import errors
from mimecast_secops.cli import exit_codes
from mimecast_secops.deliveries.errors import AlertsUnwritable
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.errors import StateInUse, StateLocked, StateUnwritable
from tests.cli.command_line import CommandLine
from tests.ingest.conftest import Bench
from tests.tenants import retry_at_once


@pytest.fixture
def bench() -> Bench:
    return Bench()


CODES = [
    (None, exit_codes.OK),
    (ActionFailed("x"), exit_codes.NOT_DONE),
    (FileNotFoundError("x"), exit_codes.NOT_DONE),
    (InvalidParameter("Sender", "x"), exit_codes.USAGE),
    (errors.Misconfigured("x"), exit_codes.CONFIGURATION),
    (errors.AuthenticationFailed("x"), exit_codes.AUTHENTICATION),
    (errors.MissingPermission("x"), exit_codes.API_ERROR),
    (errors.Unreachable("x"), exit_codes.UNREACHABLE),
    (errors.Unavailable("x"), exit_codes.UNREACHABLE),
    (errors.RateLimited("x"), exit_codes.RATE_LIMITED),
    (errors.UnreadableReply("x"), exit_codes.UNREADABLE),
    (StateLocked("x"), exit_codes.LOCKED),
    (StateInUse("x"), exit_codes.LOCKED),
    (StateUnwritable("x"), exit_codes.UNWRITABLE),
    (AlertsUnwritable(28, "x"), exit_codes.UNWRITABLE),
    (UnreadableState("x"), exit_codes.DAMAGED),
    (ValueError("x"), exit_codes.UNEXPECTED),
    (KeyboardInterrupt(), exit_codes.INTERRUPTED),
]


@pytest.mark.parametrize(("error", "code"), CODES, ids=lambda value: type(value).__name__)
def test_each_kind_of_error_has_a_code(error: BaseException | None, code: int) -> None:
    assert exit_codes.code_of(error) == code


def test_every_code_but_those_of_a_command_itself_is_the_code_of_an_error_and_has_a_meaning() -> None:
    of_commands = {exit_codes.PARTIAL, exit_codes.BROKEN_PIPE}
    assert {code for _, code in CODES} | of_commands == set(exit_codes.MEANINGS)


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (Result(message="x"), exit_codes.OK),
        (Result(message="x", is_success=False, error=errors.Unreachable("x")), exit_codes.UNREACHABLE),
        (Result(message="x", is_success=False, error=ActionFailed("x"), partial=True), exit_codes.PARTIAL),
        (Result(message="x", is_success=False), exit_codes.NOT_DONE),
    ],
    ids=["success", "failure", "partial", "failure without an error"],
)
def test_the_code_of_a_result(result: Result, code: int) -> None:
    assert exit_codes.code_of_result(result) == code


# each code from a command against the simulator


def not_held(line: CommandLine) -> int:
    archived = next(record.id for record in line.simulator.tenant.tracked.values() if record.status == "archived")
    return line.invoke("reject-message", "--message-id", archived).exit_code


def wrong_credentials(line: CommandLine) -> int:
    return line.invoke("ping", "--client-secret", "wrong-wrong-wrong-wrong").exit_code


def missing_permission(line: CommandLine) -> int:
    line.simulator.control("rights", {"revoke": ["Account | Dashboard | Read"]})
    return line.invoke("ping").exit_code


def server_error(line: CommandLine) -> int:
    line.simulator.control("faults", {"add": [{"kind": "500", "path": "/api/*"}]})
    return line.invoke("ping").exit_code


def no_connection(line: CommandLine) -> int:
    return line.invoke("ping", "--api-root", "http://127.0.0.1:9").exit_code


def web_page(line: CommandLine) -> int:
    line.simulator.control("faults", {"add": [{"kind": "html", "path": "/api/*"}]})
    return line.invoke("ping").exit_code


def one_of_two(line: CommandLine) -> int:
    [held, *_] = line.held_ids()
    line.ids_file().write_text(f"{held}\neJwNonsense\n", encoding="utf-8")
    return line.invoke("reject-message", "--from-file", str(line.ids_file())).exit_code


def used_by_another_process(line: CommandLine) -> int:
    with StateDatabase.open(line.state, create=True) as database, database.claim("connector"):
        return line.run(*line.connector()).returncode


def unwritable_alerts(line: CommandLine) -> int:
    return line.invoke("connector", "run", "--domains", "example.com", "--output", "/dev/full").exit_code


def damaged_state(*words: str) -> Callable[[CommandLine], int]:
    def run(line: CommandLine) -> int:
        file = line.folder / "no.db"
        file.write_text("not a database", encoding="utf-8")
        return line.invoke(*words, "--state", str(file)).exit_code

    return run


def invoked(*words: str) -> Callable[[CommandLine], int]:
    return lambda line: line.invoke(*words).exit_code


@pytest.mark.parametrize(
    ("provoke", "code"),
    [
        pytest.param(invoked("ping"), exit_codes.OK, id="ping"),
        pytest.param(invoked("connector", "status"), exit_codes.OK, id="no cycle yet"),
        pytest.param(not_held, exit_codes.NOT_DONE, id="not held"),
        pytest.param(invoked("relese-message"), exit_codes.USAGE, id="unknown command"),
        pytest.param(invoked("ping", "--unknown"), exit_codes.USAGE, id="unknown option"),
        pytest.param(invoked("release-message"), exit_codes.USAGE, id="missing parameter"),
        pytest.param(invoked("reject-message", "--from-file", "absent.txt"), exit_codes.USAGE, id="no file of IDs"),
        pytest.param(invoked("connector", "status", "--state", "absent.db"), exit_codes.USAGE, id="no such state"),
        pytest.param(invoked("undo", "9"), exit_codes.USAGE, id="no such entry"),
        pytest.param(
            invoked("connector", "run", "--domains", "example.com", "--dynamic-list", "@absent"),
            exit_codes.USAGE,
            id="no file of the dynamic list",
        ),
        pytest.param(invoked("connector", "run"), exit_codes.CONFIGURATION, id="missing setting"),
        pytest.param(invoked("ping", "--config", "absent.toml"), exit_codes.CONFIGURATION, id="no settings file"),
        pytest.param(invoked("ping", "--api-root", "ftp://x"), exit_codes.CONFIGURATION, id="malformed API root"),
        pytest.param(
            invoked("ping", "--api-root", "https://127.0.0.1:9", "--ca-bundle", "absent.pem"),
            exit_codes.CONFIGURATION,
            id="no CA bundle",
        ),
        pytest.param(wrong_credentials, exit_codes.AUTHENTICATION, id="wrong credentials"),
        pytest.param(missing_permission, exit_codes.API_ERROR, id="missing permission"),
        pytest.param(server_error, exit_codes.UNREACHABLE, id="server error"),
        pytest.param(no_connection, exit_codes.UNREACHABLE, id="no connection"),
        pytest.param(one_of_two, exit_codes.PARTIAL, id="one of two"),
        pytest.param(web_page, exit_codes.UNREADABLE, id="web page"),
        pytest.param(used_by_another_process, exit_codes.LOCKED, id="used by another process"),
        pytest.param(unwritable_alerts, exit_codes.UNWRITABLE, id="disk full"),
        pytest.param(
            damaged_state("connector", "run", "--domains", "example.com"), exit_codes.DAMAGED, id="connector run"
        ),
        pytest.param(damaged_state("connector", "status"), exit_codes.DAMAGED, id="connector status"),
        pytest.param(damaged_state("undo"), exit_codes.DAMAGED, id="undo"),
    ],
)
def test_a_command_exits_with_the_code_that_the_help_names(
    command_line: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    provoke: Callable[[CommandLine], int],
    code: int,
) -> None:
    retry_at_once(monkeypatch)
    monkeypatch.chdir(command_line.folder)
    assert provoke(command_line) == code
    assert not (command_line.folder / "absent.db").exists()


@pytest.mark.parametrize(
    ("problems", "error", "code"),
    [
        ((), None, exit_codes.OK),
        (("A message is missing.",), None, exit_codes.PARTIAL),
        (("x",), errors.Unreachable("x"), exit_codes.UNREACHABLE),
    ],
)
def test_a_cycle_with_a_problem_never_ends_with_success(
    bench: Bench, problems: tuple[str, ...], error: errors.MimecastError | None, code: int
) -> None:
    assert exit_codes.code_of_cycle(replace(bench.cycle(), problems=problems, error=error)) == code
