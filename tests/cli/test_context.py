"""The command context: errors and their exit codes, the log, the client and the state database."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from mimecast_secops.actions import find
from mimecast_secops.api import ApiVersion, Secret
from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.options import add, common_options, values_of
from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CommandLine, error_line
from tests.tenants import retry_at_once, settings_for


def invoke(run: Callable[[CommandContext], int], *words: str) -> Result:
    test_command = add(common_options())(click.Command("test", callback=command(run)))
    return CliRunner().invoke(test_command, list(words))


def raising(error: BaseException) -> Callable[[CommandContext], int]:
    def run(_context: CommandContext) -> int:
        raise error

    return run


# errors of a command


def test_the_exit_code_of_a_command_is_what_it_returns() -> None:
    assert invoke(lambda _context: 7).exit_code == 7


def test_an_expected_error_is_one_line() -> None:
    result = invoke(raising(Misconfigured("Set the API root.")))
    assert (result.exit_code, error_line(result)) == (exit_codes.CONFIGURATION, "Set the API root.")


def test_an_interruption_has_its_own_code() -> None:
    assert invoke(raising(KeyboardInterrupt())).exit_code == exit_codes.INTERRUPTED


def test_an_unexpected_error_has_a_reference_and_a_traceback_with_debug_only() -> None:
    secret = Secret("a-secret-of-the-test")
    result = invoke(raising(ValueError(secret.reveal())))
    assert result.exit_code == exit_codes.UNEXPECTED
    assert "Unexpected error (ValueError, reference " in result.stderr
    assert "Traceback" not in result.stderr
    result = invoke(raising(ValueError(secret.reveal())), "--debug")
    assert "Traceback" in result.stderr
    assert secret.reveal() not in result.stderr


# errors of a tenant


def test_wrong_secret(command_line: CommandLine) -> None:
    result = command_line.invoke("action", "ping", "--client-secret", "wrong-wrong-wrong-wrong")
    assert result.exit_code == exit_codes.AUTHENTICATION
    assert "Check MIMECAST_CLIENT_ID and --client-secret, and" in error_line(result)


def test_missing_credentials(command_line: CommandLine) -> None:
    del command_line.environment["MIMECAST_CLIENT_SECRET"]
    result = command_line.invoke("action", "ping")
    assert result.exit_code == exit_codes.CONFIGURATION
    assert "--client-secret (MIMECAST_CLIENT_SECRET) is missing" in error_line(result)


def test_missing_permission(command_line: CommandLine, simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Account | Dashboard | Read"]})
    result = command_line.invoke("action", "ping")
    assert result.exit_code == exit_codes.API_ERROR
    assert "Account | Dashboard | Read" in error_line(result)


def test_no_server_at_the_api_root(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    retry_at_once(monkeypatch)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        result = command_line.invoke("action", "ping", "--api-root", url)
    assert result.exit_code == exit_codes.UNREACHABLE
    error_line(result)


def test_a_web_page_instead_of_a_reply(
    command_line: CommandLine, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    retry_at_once(monkeypatch)
    simulator.control("faults", {"add": [{"kind": "html", "path": "*"}]})
    result = command_line.invoke("action", "ping")
    assert result.exit_code == exit_codes.UNREADABLE
    assert "web page" in error_line(result)


def test_plain_http_to_another_machine(command_line: CommandLine) -> None:
    result = command_line.invoke("action", "ping", "--api-root", "http://mimecast.example.com")
    assert result.exit_code == exit_codes.CONFIGURATION
    assert "http" in error_line(result)


# the client and the state database


def test_the_limit_of_concurrent_requests_reaches_the_client(simulator: Simulator) -> None:
    settings = settings_for(simulator, ApiVersion.V1)
    options: dict[str, Any] = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name in settings.__slots__
        if (value := getattr(settings, name))
    }
    with CommandContext(options).client(max_concurrency=3) as client:
        assert client._session.connection.max_concurrency == 3


def test_the_state_is_opened_once_and_closed_with_the_context(tmp_path: Any) -> None:
    context = CommandContext({"state": str(tmp_path / "s.db"), "state_timeout": 0.5})
    assert context.state() is context.state()
    assert context.state()._busy_seconds == 0.5
    context.close()
    assert not (tmp_path / "s.db-wal").exists()


def test_raw_values_of_a_record() -> None:
    action = find("block-sender")
    context = CommandContext({"sender": "a@example.org", "recipient": None})
    assert context.raw(action.parameters) == values_of(action.declared, context.options) == {"Sender": "a@example.org"}


# the log


def test_a_command_leaves_the_log_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    invoke(lambda _context: 0, "--debug")
    logging.getLogger("mimecast_secops.test").warning("after the command")
    assert "after the command" in caplog.text
