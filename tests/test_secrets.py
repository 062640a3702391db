"""Secrets appear in no output, log or file: on success, error replies, malformed replies, timeouts and crashes."""

from __future__ import annotations

import base64
import logging
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mimecast_secops.actions import all_actions
from mimecast_secops.api import ApiVersion, Secret, scrub
from mimecast_secops.api.resources.account import AccountResource
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.rights import PERMISSIONS
from tests.tenants import client_for, environment_for

SCENARIOS: dict[str, dict[str, Any]] = {
    "success": {},
    "missing permissions": {"revoke": sorted(PERMISSIONS)},
    "expired token": {"kind": "expired", "count": 2},
    "rate limit": {"kind": "429", "count": 2},
    "server error": {"kind": "500", "count": 2},
    "html": {"kind": "html", "count": 2},
    "truncated": {"kind": "truncated", "count": 2},
    "reset": {"kind": "reset", "count": 2},
    "timeout": {"kind": "slow", "seconds": 0.3, "count": 1},
}
PARAMETERS = {
    "ping": [],
    "simple-archive-search": [],
    "advanced-archive-search": ["--xml-query", "<xmlquery><metadata/><muse/></xmlquery>"],
    "reject-message": ["--message-id", "eNoDAAAAAAE"],
    "release-message": ["--message-id", "nobody@example.com"],
    "report-message": ["--message-id", "eNoDAAAAAAE"],
    "block-sender": ["--sender", "a@example.org", "--recipient", "ann@example.com"],
    "permit-sender": ["--sender", "a@example.org", "--recipient", "ann@example.com"],
    "create-block-sender-policy": ["--description", "d", "--sender", "a.example", "--recipient-type", "Everyone"],
    "delete-block-sender-policy": ["--policy-id", "eNoDAAAAAAE"],
    "check-permissions": [],
}
BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def marks(simulator: Simulator) -> list[str]:
    """All secrets, in each encoding in which they can appear."""
    keys, application = simulator.v1, simulator.v2
    plain = [keys.application_key, keys.access_key, keys.secret_key, application.client_secret]
    plain += list(getattr(simulator.tenant, "tokens", {}))
    encodings = set()
    for secret in plain:
        encodings |= {
            secret,
            base64.b64encode(secret.encode()).decode(),
            urllib.parse.quote(secret, safe=""),
            repr(secret)[1:-1],
        }
    return [mark for mark in encodings if len(mark) >= 16]


def commands() -> list[list[str]]:
    actions = [["action", slug, *more] for slug, more in PARAMETERS.items()]
    runs = [["connector", "run", "--domains", "example.com"], ["doctor"], ["undo"]]
    return [*actions, *runs]


def test_every_action_is_covered() -> None:
    assert set(PARAMETERS) == {action.slug for action in all_actions()}


@BOTH
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_output_log_or_file_contains_a_secret(
    simulator: Simulator, api_version: ApiVersion, scenario: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    environment = environment_for(simulator, api_version)
    outputs: list[str] = []
    fault = SCENARIOS[scenario]
    # Retries take time, so the scenarios with retries run fewer commands.
    for command in commands() if "count" not in fault else [commands()[0], commands()[-3]]:
        if "revoke" in fault:
            simulator.control("rights", fault)
        elif fault:
            simulator.control("faults", {"clear": True, "add": [{"path": "/api/*", **fault}]})
        state = ["--state", str(tmp_path / "state.db")] if command[0] in ("connector", "undo") else []
        options = ["--debug", *(["--timeout", "0.2"] if scenario == "timeout" else [])]
        result = CliRunner().invoke(main, [*command, *state, *options], env={**environment, "HOME": str(tmp_path)})
        outputs.append(f"{command}: {result.output}{result.stderr}{result.exception!r}")
    simulator.control("faults", {"clear": True})
    simulator.control("rights", {"grant": sorted(PERMISSIONS)})
    files = [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    everything = "\n".join([*outputs, *files, caplog.text])
    assert [mark for mark in marks(simulator) if mark in everything] == []


@BOTH
def test_the_message_of_a_crash_contains_no_secret(
    simulator: Simulator, api_version: ApiVersion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = simulator.v2.client_secret if api_version is ApiVersion.V2 else simulator.v1.secret_key

    def crash(_self: AccountResource) -> None:
        raise RuntimeError(f"a bug quotes {secret}")

    monkeypatch.setattr(AccountResource, "get", crash)
    environment = {**environment_for(simulator, api_version), "HOME": str(tmp_path)}
    for command in (["action", "ping", "--debug"], ["doctor", "--debug"]):
        result = CliRunner().invoke(main, command, env=environment)
        assert result.exit_code != 0
        assert secret not in result.output + result.stderr
        assert "reference" in result.output + result.stderr or "under" in result.output + result.stderr


@BOTH
def test_no_repr_contains_a_secret(simulator: Simulator, api_version: ApiVersion) -> None:
    with client_for(simulator, api_version) as client:
        client.account.get()
        session = client._session
        texts = [repr(value) for value in (client, session, session.connection, session.auth, vars(session.auth))]
    assert [mark for mark in marks(simulator) if any(mark in text for text in texts)] == []
    assert "hunter2" not in f"{Secret('hunter2')} {Secret('hunter2')!r}"


@BOTH
def test_every_written_file_is_private(simulator: Simulator, api_version: ApiVersion, tmp_path: Path) -> None:
    environment = {**environment_for(simulator, api_version), "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    alerts, state = tmp_path / "alerts.jsonl", tmp_path / "connector.db"
    command = ["connector", "run", "--domains", "example.com", "--output", str(alerts), "--state", str(state)]
    assert CliRunner().invoke(main, command, env=environment).exit_code == 0
    block = ["action", "block-sender", "--sender", "a@example.org", "--recipient", "ann@example.com"]
    assert CliRunner().invoke(main, block, env=environment).exit_code == 0
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.rglob("*") if path.is_file()}
    assert modes
    assert set(modes.values()) == {"0o600"}, modes


def test_a_secret_is_hidden_while_a_copy_of_it_exists() -> None:
    first, second = Secret("one-and-the-same-value"), Secret("one-and-the-same-value")
    assert first == second
    del first
    assert scrub("the token one-and-the-same-value expired") == "the token ******** expired"
