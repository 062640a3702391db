"""The log of a command on standard error, as text and as JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from mimecast_secops.api import Secret
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.logs import log_line, log_to_stderr
from mimecast_secops.cli.options import add, common_options
from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CommandLine, Service

# text


@pytest.mark.parametrize(
    ("options", "levels"),
    [
        ({}, ["WARNING", "ERROR"]),
        ({"verbose": True}, ["INFO", "WARNING", "ERROR"]),
        ({"debug": True}, ["DEBUG", "INFO", "WARNING", "ERROR"]),
        ({"quiet": True}, ["ERROR"]),
    ],
    ids=str,
)
def test_options_select_the_level_of_the_log(
    options: dict[str, bool], levels: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("mimecast_secops.test")
    with log_to_stderr(options):
        log.debug("x")
        log.info("x")
        log.warning("x")
        log.error("x")
    assert [line.split()[1] for line in capsys.readouterr().err.splitlines()] == levels


@pytest.mark.parametrize("is_debug", [False, True])
def test_the_log_has_no_secrets_and_control_codes_and_tracebacks_with_debug_only(
    is_debug: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Secret("another-secret-of-the-test")
    with log_to_stderr({"debug": is_debug}):
        try:
            int(secret.reveal())
        except ValueError:
            logging.getLogger("mimecast_secops.test").exception("failed \x1b[31m %s", secret.reveal())
    errors = capsys.readouterr().err
    assert "failed" in errors
    assert secret.reveal() not in errors
    assert "\x1b" not in errors
    assert ("Traceback" in errors) is is_debug


# JSON


def objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a log, one per line."""
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_has_a_time_with_a_zone_a_level_a_logger_and_a_message() -> None:
    line = json.loads(log_line(logging.WARNING, "x", {"cycle": {"seen": 1}}, logger="a.b", time=1.5))
    assert line == {
        "time": "1970-01-01T00:00:01.500+00:00",
        "level": "warning",
        "logger": "a.b",
        "message": "x",
        "cycle": {"seen": 1},
    }
    assert datetime.fromisoformat(json.loads(log_line(logging.INFO, "x"))["time"]).utcoffset() == timedelta()


@pytest.mark.parametrize("message", ["a\nb", "\x1b[31mred", "\u202egnp.exe", 'a"b\\c', "\udcff", "é"])
def test_a_message_stays_one_line_of_ascii_without_control_characters(message: str) -> None:
    line = log_line(logging.INFO, message)
    assert line.isascii()
    assert line.isprintable()
    decoded = json.loads(line)["message"]
    assert all(character == "\n" or character.isprintable() for character in decoded)


@pytest.mark.parametrize("is_debug", [False, True])
def test_a_json_log_has_no_secrets_and_tracebacks_with_debug_only(
    is_debug: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Secret('a-secret-"with-quotes"-of-the-test')
    with log_to_stderr({"debug": is_debug, "log_format": "json"}):
        try:
            int(secret.reveal())
        except ValueError:
            logging.getLogger("mimecast_secops.test").exception("failed %s", secret.reveal())
    errors = capsys.readouterr().err
    [line] = objects(errors)
    assert (line["level"], line["logger"]) == ("error", "mimecast_secops.test")
    assert "a-secret" not in errors
    assert ("traceback" in line) is is_debug


def invoke(run: Callable[[CommandContext], int], *words: str) -> Result:
    test_command = add(common_options())(click.Command("test", callback=command(run)))
    return CliRunner().invoke(test_command, list(words))


@pytest.mark.parametrize("is_debug", [False, True])
def test_an_unexpected_error_is_json(is_debug: bool) -> None:
    def fail(_context: CommandContext) -> int:
        raise ValueError("x")

    result = invoke(fail, "--log-format", "json", *(["--debug"] if is_debug else []))
    lines = objects(result.stderr)
    assert lines[0]["message"].startswith("Unexpected error (ValueError")
    assert lines[0]["level"] == "error"
    assert any("Traceback" in line["message"] for line in lines) is is_debug


def test_quiet_leaves_only_errors() -> None:
    def talk(context: CommandContext) -> int:
        context.screen.note("a note")
        context.screen.fail("an error")
        return 0

    words = ("--log-format", "json")
    assert [line["level"] for line in objects(invoke(talk, *words).stderr)] == ["info", "error"]
    assert [line["level"] for line in objects(invoke(talk, *words, "--quiet").stderr)] == ["error"]


def test_the_variable_selects_the_format(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_LOG_FORMAT"] = "json"
    result = command_line.invoke("action", "ping", "--client-secret", "wrong-wrong-wrong-wrong")
    [line] = objects(result.stderr)
    assert (result.exit_code, line["level"]) == (exit_codes.AUTHENTICATION, "error")
    assert "--client-secret" in line["message"]


def test_the_line_of_a_cycle_has_its_figures(command_line: CommandLine, simulator: Simulator) -> None:
    words = command_line.connector("--log-format", "json")
    [line] = [line for line in objects(command_line.invoke(*words).stderr) if "cycle" in line]
    held = len(list(simulator.tenant.held()))
    assert line["level"] == "info"
    assert (line["cycle"]["outcome"], line["cycle"]["delivered"]) == ("ok", held)
    simulator.control("rights", {"revoke": ["Gateway | Tracking | Read"]})
    *problems, line = objects(command_line.invoke(*words).stderr)
    assert (line["level"], line["cycle"]["outcome"]) == ("error", "not ok")
    assert problems
    assert {problem["level"] for problem in problems} == {"error"}


def test_every_line_of_a_service_is_json(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_LOG_FORMAT"] = "json"
    with Service(command_line, "--output", str(command_line.alerts), "--debug") as service:
        service.wait_for('"outcome": "ok"')
        lines = objects(service.stop())
    assert lines[-1]["message"] == "Stopped."
    assert {"mimecast_secops.cli", "mimecast_secops.ingest"} <= {line["logger"] for line in lines}


def test_a_json_log_excludes_a_progress_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert CommandContext({"log_format": "text"}).screen.bar_console() is not None
    assert CommandContext({"log_format": "json"}).screen.bar_console() is None
