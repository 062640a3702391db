"""The command line: what people and programs get, and what a script can act on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions import all_actions
from mimecast_secops.api import ApiVersion
from mimecast_secops.api import errors as api_errors
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.main import main
from mimecast_secops.cli.output import plain
from mimecast_secops.cli.settings import key
from mimecast_secops.simulator import Simulator
from tests.tenants import environment_for

BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda one: one.name)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


class Terminal:
    """Somebody who types commands, with a home of their own."""

    def __init__(self, environment: dict[str, str], home: Path) -> None:
        self.home = home
        self.environment = environment | {
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
        }

    def type(self, *words: str) -> Result:
        return CliRunner().invoke(main, list(words), env=self.environment)

    def json(self, *words: str) -> Any:
        done = self.type(*words, "--json")
        return json.loads(done.stdout)

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mimecast_secops.cli.main", *words]
        environment = os.environ | self.environment
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def terminal(simulator: Simulator, tmp_path: Path) -> Terminal:
    return Terminal(environment_for(simulator, ApiVersion.V2), tmp_path)


def held(simulator: Simulator) -> list[str]:
    return [one.id for one in simulator.tenant.tracked.values() if one.is_held and one.hold and one.hold.risk != "high"]


# help and options


@pytest.mark.parametrize(
    "words",
    [[], ["action"], ["connector"], ["connector", "run"], ["connector", "status"], ["doctor"], ["undo"], ["simulator"]]
    + [["action", action.slug] for action in all_actions()],
    ids=" ".join,
)
def test_every_command_explains_itself(words: list[str]) -> None:
    done = CliRunner().invoke(main, [*words, "--help"])
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 3


def test_every_parameter_of_every_action_is_an_option() -> None:
    for action in all_actions():
        shown = CliRunner().invoke(main, ["action", action.slug, "--help"]).output
        for parameter in action.declared:
            assert f"--{parameter.slug}" in shown, key(parameter)


def test_the_exit_codes_are_in_the_help() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    assert all(meaning.split(",")[0] in shown for meaning in exit_codes.MEANINGS.values())


def test_each_kind_of_error_has_a_code_of_its_own() -> None:
    kinds = [
        api_errors.Misconfigured("x"),
        api_errors.AuthenticationFailed("x"),
        api_errors.MissingPermission("x"),
        api_errors.Unreachable("x"),
        api_errors.UnreadableReply("x"),
    ]
    assert len({exit_codes.code_of(kind) for kind in kinds}) == len(kinds)
    assert exit_codes.code_of(ValueError("x")) == exit_codes.BUG


# settings


def test_options_win_over_the_environment_and_that_over_the_file(terminal: Terminal, simulator: Simulator) -> None:
    config = terminal.home / "config.toml"
    config.write_text('api_root = "http://127.0.0.1:9"\n[profiles.lab]\napi_root = "http://127.0.0.1:8"\n')
    assert terminal.type("action", "ping", "--config", str(config)).exit_code == 0
    overruled = terminal.type("action", "ping", "--api-root", "http://127.0.0.1:9", "--timeout", "1")
    assert overruled.exit_code == exit_codes.UNREACHABLE
    del terminal.environment["MIMECAST_API_ROOT"]
    config.write_text(f'api_root = "http://127.0.0.1:9"\n[profiles.lab]\napi_root = "{simulator.url}"\n')
    assert terminal.type("action", "ping", "--config", str(config), "--profile", "lab").exit_code == 0


def test_a_file_with_secrets_that_others_can_read_is_refused(terminal: Terminal) -> None:
    secret = terminal.environment.pop("MIMECAST_CLIENT_SECRET")
    config = terminal.home / "config.toml"
    config.write_text(f'client_secret = "{secret}"\n')
    config.chmod(0o644)
    done = terminal.type("action", "ping", "--config", str(config))
    assert (done.exit_code, "chmod 600" in done.stderr) == (exit_codes.CONFIGURATION, True)
    config.chmod(0o600)
    assert terminal.type("action", "ping", "--config", str(config)).exit_code == 0


def test_an_unknown_profile_is_refused_with_the_known_ones(terminal: Terminal) -> None:
    config = terminal.home / "config.toml"
    config.write_text('[profiles.lab]\napi_root = "x"\n')
    done = terminal.type("action", "ping", "--config", str(config), "--profile", "production")
    assert done.exit_code == exit_codes.CONFIGURATION
    assert "lab" in done.stderr


# what goes wrong: one line each, that tells what to do


def one_line(done: Result) -> str:
    assert "Traceback" not in done.output + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_wrong_secret(terminal: Terminal) -> None:
    done = terminal.type("action", "ping", "--client-secret", "wrong-wrong-wrong-wrong")
    assert done.exit_code == exit_codes.AUTHENTICATION
    assert "Check Client ID and Client Secret" in one_line(done)


def test_missing_credentials(terminal: Terminal) -> None:
    del terminal.environment["MIMECAST_CLIENT_SECRET"]
    done = terminal.type("action", "ping")
    assert done.exit_code == exit_codes.CONFIGURATION
    assert "Client Secret" in one_line(done)


def test_missing_permission(terminal: Terminal, simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Account | Dashboard | Read"]})
    done = terminal.type("action", "ping")
    assert done.exit_code == exit_codes.REFUSED
    assert 'the permission "Account | Dashboard | Read"' in one_line(done)


def test_nothing_listens(terminal: Terminal) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        done = terminal.type("action", "ping", "--api-root", f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert done.exit_code == exit_codes.UNREACHABLE
    one_line(done)


def test_a_login_page(terminal: Terminal, simulator: Simulator) -> None:
    simulator.control("faults", {"add": [{"kind": "html", "path": "*"}]})
    done = terminal.type("action", "ping")
    assert done.exit_code == exit_codes.UNREADABLE
    assert "web page" in one_line(done)


def test_plain_http_to_another_machine(terminal: Terminal) -> None:
    done = terminal.type("action", "ping", "--api-root", "http://mimecast.example.com")
    assert done.exit_code == exit_codes.CONFIGURATION
    assert "http" in one_line(done)


def test_a_message_that_is_not_held_is_told_from_an_error(terminal: Terminal, simulator: Simulator) -> None:
    [archived, *_] = [one.id for one in simulator.tenant.tracked.values() if not one.is_held]
    done = terminal.type("action", "release-message", "--message-id", archived)
    assert done.exit_code == exit_codes.NOT_DONE
    assert 'its status is "archived"' in one_line(done)


# results


@BOTH
def test_the_same_messages_as_everywhere_as_text_and_as_json(
    simulator: Simulator, api_version: ApiVersion, tmp_path: Path
) -> None:
    terminal = Terminal(environment_for(simulator, api_version), tmp_path)
    search = ["action", "simple-archive-search", "--time-frame", "Last 24 Hours"]
    found = terminal.type(*search)
    assert "Successfully found archive emails for the provided criteria in Mimecast." in found.stdout
    assert "Lunch on Thursday?" in found.stdout
    result = terminal.json(*search)
    assert result["is_success"] is True
    assert {item["subject"] for item in result["json_result"]} >= {"Lunch on Thursday?"}


def test_a_dry_run_shows_the_plan_and_does_nothing(terminal: Terminal, simulator: Simulator) -> None:
    plan = terminal.json("action", "release-message", "--message-id", held(simulator)[0], "--dry-run")
    assert plan["json_result"]["request"]["path"] == "/api/gateway/hold-release"
    assert simulator.tenant.decisions == []
    assert "Release Message" not in terminal.type("undo").stdout


@given(st.text())
def test_no_text_of_a_stranger_moves_the_cursor(text: str) -> None:
    shown = plain(text)
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u061c") & set(shown)


def test_markup_in_a_subject_is_shown_as_it_is(terminal: Terminal) -> None:
    done = terminal.type("connector", "run", "--domains", "example.com", "--test")
    assert done.exit_code == 0
    assert "\x1b[31m" not in done.output


# the connector


@BOTH
def test_alerts_as_json_lines_and_a_second_run_brings_none(
    simulator: Simulator, api_version: ApiVersion, tmp_path: Path
) -> None:
    terminal = Terminal(environment_for(simulator, api_version), tmp_path)
    alerts, figures = tmp_path / "alerts.jsonl", tmp_path / "figures.prom"
    run = ["connector", "run", "--domains", "example.com", "--output", str(alerts), "--metrics", str(figures)]
    assert terminal.type(*run).exit_code == 0
    lines = [json.loads(line) for line in alerts.read_text().splitlines()]
    waiting = {one.id for one in simulator.tenant.tracked.values() if one.is_held}
    assert {line["ticket_id"] for line in lines} == waiting
    assert "mimecast_secops_cycle_ok 1" in figures.read_text()
    assert terminal.type(*run).exit_code == 0
    assert len(alerts.read_text().splitlines()) == len(waiting)
    assert terminal.json("connector", "status")["waiting"] == 0


def test_a_cycle_that_cannot_work_has_an_honest_exit(terminal: Terminal, simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Gateway | Tracking | Read"]})
    done = terminal.type("connector", "run", "--domains", "example.com")
    assert done.exit_code == exit_codes.REFUSED
    assert "Gateway | Tracking | Read" in done.stderr


@pytest.mark.parametrize("every", ["soon", "0s", "-5", "2d"])
def test_a_pause_that_is_none_is_refused(terminal: Terminal, every: str) -> None:
    done = terminal.type("connector", "run", "--domains", "example.com", "--every", every)
    assert done.exit_code == exit_codes.USAGE


def test_the_service_stops_when_it_is_asked_to(terminal: Terminal, simulator: Simulator) -> None:
    alerts = terminal.home / "alerts.jsonl"
    process = terminal.start("connector", "run", "--domains", "example.com", "--every", "1s", "--output", str(alerts))
    for _ in range(200):
        if alerts.exists() and alerts.read_text().count("\n") >= len(held(simulator)):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Stopped." in said


def test_a_second_service_on_the_same_state_is_refused(terminal: Terminal) -> None:
    run = ["connector", "run", "--domains", "example.com", "--every", "60s", "--output", str(terminal.home / "a.jsonl")]
    first = terminal.start(*run)
    try:
        for _ in range(200):
            if (terminal.home / "a.jsonl").exists():
                break
            time.sleep(0.05)
        done = terminal.type(*run)
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=30)
    assert done.exit_code == exit_codes.LOCKED
    assert "Another process" in done.stderr


def test_kills_lose_nothing_and_repeat_nothing() -> None:
    from benchmarks.kill import run

    figures = run(kills=8, seed=int.from_bytes(os.urandom(2), "big"))
    assert (figures["missing"], figures["repeated"]) == (0, 0), figures


# many at once, and taking back


def test_many_ids_one_line_each_and_the_rest_after_an_interruption(terminal: Terminal, simulator: Simulator) -> None:
    ids = held(simulator)
    listed = terminal.home / "ids.txt"
    listed.write_text("# two that are, one that is not\n" + "\n".join([ids[0], "eNoDAAAAAAE", ids[1]]) + "\n")
    done = terminal.type("action", "reject-message", "--from-file", str(listed))
    assert done.exit_code == exit_codes.PARTIAL
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok", "FAILED", "ok"]
    assert "2 succeeded, 1 failed" in done.stderr
    again = terminal.type("action", "reject-message", "--from-file", str(listed))
    assert [line.split()[0] for line in again.stdout.splitlines()] == ["FAILED"]
    assert "2 of 3 were done before" in again.stderr
    assert len(simulator.tenant.decisions) == 2


def test_an_id_that_names_no_message_does_not_stop_the_others(terminal: Terminal, simulator: Simulator) -> None:
    [message_id, *_] = held(simulator)
    listed = terminal.home / "ids.txt"
    listed.write_text(f"<>\n{message_id}\n")
    done = terminal.type("action", "reject-message", "--from-file", str(listed))
    assert done.exit_code == exit_codes.PARTIAL
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["FAILED", "ok"]
    assert "names no message" in done.stdout


@pytest.mark.parametrize("given", ["<>", "<", "< >", " "])
@pytest.mark.parametrize("slug", ["release-message", "reject-message"])
def test_an_empty_id_is_a_wrong_parameter(terminal: Terminal, slug: str, given: str) -> None:
    done = terminal.type("action", slug, "--message-id", given)
    assert done.exit_code == exit_codes.USAGE
    assert '"Message ID"' in one_line(done)


def test_a_policy_is_taken_back_from_the_journal(terminal: Terminal, simulator: Simulator) -> None:
    made = terminal.type(
        *("action", "create-block-sender-policy", "--description", "d", "--sender", "a@example.org"),
        *("--sender-type", "Email Address", "--recipient-type", "Everyone"),
    )
    assert made.exit_code == 0
    assert len(simulator.tenant.policies) == 1
    shown = terminal.type("undo")
    assert "Create Block Sender" in shown.stdout
    assert terminal.type("undo", "1").exit_code == 0
    assert len(simulator.tenant.policies) == 0
    assert "already" in terminal.type("undo", "1").stdout


def test_what_cannot_be_taken_back_says_why(terminal: Terminal, simulator: Simulator) -> None:
    assert terminal.type("action", "release-message", "--message-id", held(simulator)[0]).exit_code == 0
    done = terminal.type("undo", "1")
    assert done.exit_code == exit_codes.NOT_DONE
    assert "cannot be called back" in done.stderr


def test_a_change_made_elsewhere_is_not_taken_back_here(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("action", "block-sender", "--sender", "a@example.org", "--recipient", "ann@example.com")
    with Simulator() as other:
        elsewhere = Terminal(environment_for(other, ApiVersion.V2), tmp_path)
        done = elsewhere.type("undo", "1")
    assert done.exit_code == exit_codes.USAGE
    assert "was made on" in done.stderr


# the demo


def test_the_demo_fits_eighty_columns_and_proves_itself() -> None:
    done = CliRunner().invoke(main, ["demo"], env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    assert "one release, one rejection, nothing else" in done.output
    assert max(len(line) for line in done.output.splitlines()) <= 80


def test_the_demo_fails_when_a_step_does_not_do_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from mimecast_secops.simulator.tenant.tenant import Tenant

    monkeypatch.setattr(Tenant, "decide", lambda *_args, **_more: False)
    done = CliRunner().invoke(main, ["demo"])
    assert done.exit_code != 0
    assert "The demo failed" in done.stderr


def test_a_client_sends_no_more_requests_at_a_time_than_it_was_made_for(simulator: Simulator) -> None:
    runtime = CommandContext({}, environment_for(simulator, ApiVersion.V1))
    with runtime.client(max_concurrency=3) as client:
        assert client._session.connection.max_concurrency == 3
