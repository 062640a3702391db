"""Marked secrets never appear in any output: after success, error, malformed reply, timeout and crash."""

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
    "refusal": {"revoke": sorted(PERMISSIONS)},
    "expired token": {"kind": "expired", "count": 2},
    "rate limit": {"kind": "429", "count": 2},
    "server error": {"kind": "500", "count": 2},
    "html": {"kind": "html", "count": 2},
    "truncated": {"kind": "truncated", "count": 2},
    "reset": {"kind": "reset", "count": 2},
    "too slow": {"kind": "slow", "seconds": 0.6, "count": 1},
}
BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def marks(simulator: Simulator) -> list[str]:
    """Every secret, and the forms that it takes on its way."""
    keys, application = simulator.v1, simulator.v2
    plain = [keys.application_key, keys.access_key, keys.secret_key, application.client_secret]
    plain += list(getattr(simulator.tenant, "tokens", {}))
    found = set()
    for secret in plain:
        found |= {
            secret,
            base64.b64encode(secret.encode()).decode(),
            urllib.parse.quote(secret, safe=""),
            repr(secret)[1:-1],
        }
    return [mark for mark in found if len(mark) >= 16]


def commands() -> list[list[str]]:
    actions = [["action", *action.sample_arguments] for action in all_actions()]
    runs = [["connector", "run", "--domains", "example.com"], ["doctor"], ["undo"]]
    return [*actions, *runs]


@BOTH
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_secret_is_ever_shown_or_stored(
    simulator: Simulator, api_version: ApiVersion, scenario: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    environment = environment_for(simulator, api_version)
    shown: list[str] = []
    fault = SCENARIOS[scenario]
    # Repeats take their time, so those who see many functions fail are left to the scenarios without repeats.
    for command in commands() if "count" not in fault else commands()[:11:5]:
        if "revoke" in fault:
            simulator.control("rights", fault)
        elif fault:
            simulator.control("faults", {"clear": True, "add": [{"path": "/api/*", **fault}]})
        state = ["--state", str(tmp_path / "state.db")] if command[0] in ("connector", "undo") else []
        extra = ["--debug", "--timeout", "0.5"]
        done = CliRunner().invoke(main, [*command, *state, *extra], env={**environment, "HOME": str(tmp_path)})
        shown.append(f"{command}: {done.output}{done.stderr}{done.exception!r}")
    simulator.control("faults", {"clear": True})
    simulator.control("rights", {"grant": sorted(PERMISSIONS)})
    written = [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    everything = "\n".join([*shown, *written, caplog.text])
    assert [mark for mark in marks(simulator) if mark in everything] == []


@BOTH
def test_a_crash_with_a_secret_in_it_shows_no_secret(
    simulator: Simulator, api_version: ApiVersion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = simulator.v2.client_secret if api_version is ApiVersion.V2 else simulator.v1.secret_key

    def crash(_self: AccountResource) -> None:
        raise RuntimeError(f"a bug quotes {secret}")

    monkeypatch.setattr(AccountResource, "get", crash)
    environment = {**environment_for(simulator, api_version), "HOME": str(tmp_path)}
    for command in (["action", "ping", "--debug"], ["doctor", "--debug"]):
        done = CliRunner().invoke(main, command, env=environment)
        assert done.exit_code != 0
        assert secret not in done.output + done.stderr
        assert "reference" in done.output + done.stderr or "under" in done.output + done.stderr


@BOTH
def test_nothing_that_holds_a_secret_shows_it_in_its_repr(simulator: Simulator, api_version: ApiVersion) -> None:
    with client_for(simulator, api_version) as client:
        client.account.get()
        session = client._session
        texts = [repr(value) for value in (client, session, session.connection, session.auth, vars(session.auth))]
    assert [mark for mark in marks(simulator) if any(mark in text for text in texts)] == []
    assert "hunter2" not in f"{Secret('hunter2')} {Secret('hunter2')!r}"


@BOTH
def test_every_file_that_is_written_is_private(simulator: Simulator, api_version: ApiVersion, tmp_path: Path) -> None:
    environment = {**environment_for(simulator, api_version), "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    alerts, state = tmp_path / "alerts.jsonl", tmp_path / "connector.db"
    command = ["connector", "run", "--domains", "example.com", "--output", str(alerts), "--state", str(state)]
    assert CliRunner().invoke(main, command, env=environment).exit_code == 0
    block = ["action", "block-sender", "--sender", "a@example.org", "--recipient", "ann@example.com"]
    assert CliRunner().invoke(main, block, env=environment).exit_code == 0
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.rglob("*") if path.is_file()}
    assert modes
    assert set(modes.values()) == {"0o600"}, modes


def test_a_secret_is_hidden_as_long_as_one_of_its_copies_lives() -> None:
    first, second = Secret("one-and-the-same-value"), Secret("one-and-the-same-value")
    assert first == second
    del first
    assert scrub("said one-and-the-same-value aloud") == "said ******** aloud"
