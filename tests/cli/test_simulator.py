"""The `simulator` command: its options reach the server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli import simulator as command
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import SAMPLES, foreground
from mimecast_secops.simulator.access import VERSIONS
from tests.simulator.process import environment, running, url_of


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[foreground.Options]:
    """The options of each server that a command has run."""
    calls: list[foreground.Options] = []

    def serve(options: foreground.Options) -> int:
        calls.append(options)
        return 0

    monkeypatch.setattr(foreground, "serve", serve)
    return calls


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ([], {"mail": [SAMPLES], "host": "127.0.0.1", "port": 0, "allow_remote": False}),
        (["--empty"], {"mail": []}),
        (["--mail", "a.eml", "--mail", "."], {"mail": [Path("a.eml"), Path()]}),
        (["--port", "8765", "--host", "0.0.0.0", "--allow-remote"], {"port": 8765, "allow_remote": True}),
        (["--domain", "a.example", "--domain", "b.example"], {"domains": ["a.example", "b.example"]}),
        (["--set", "latency_ms=5"], {"sets": ["latency_ms=5"]}),
        (["--replay", "a.eml"], {"replay": Path("a.eml"), "mail": []}),
    ],
)
def test_options_of_the_server(
    served: list[foreground.Options],
    words: list[str],
    values: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.eml").touch()
    assert CliRunner().invoke(main, ["simulator", *words]).exit_code == exit_codes.OK
    [options] = served
    assert {name: getattr(options, name) for name in values} == values


@pytest.mark.parametrize("words", [["--set", "unknown=1"], ["--host", "0.0.0.0"]])
def test_an_invalid_option_is_a_configuration_error(words: list[str]) -> None:
    result = CliRunner().invoke(main, ["simulator", "--empty", *words])
    assert result.exit_code == exit_codes.CONFIGURATION
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_path_is_refused_before_anything_starts(served: list[foreground.Options]) -> None:
    result = CliRunner().invoke(main, ["simulator", "--mail", "typo"])
    assert result.exit_code == exit_codes.USAGE
    assert "typo" in result.stderr
    assert served == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--env", "--empty"], "--empty cannot be combined with --env"),
        (["--env", "--set", "a=1"], "--set cannot be combined with --env"),
        (["--api-version", "1.0"], "--api-version needs --env"),
        (["--shell", "fish"], "--shell needs --env"),
    ],
)
def test_options_without_effect_are_refused(served: list[foreground.Options], words: list[str], reason: str) -> None:
    result = CliRunner().invoke(main, ["simulator", *words])
    assert (result.exit_code, served) == (exit_codes.USAGE, [])
    assert reason in result.stderr


def test_the_command_knows_the_versions_of_the_simulator() -> None:
    assert command._VERSIONS == VERSIONS


# the start


def test_the_start_names_the_command_that_connects_and_the_status_page(tmp_path: Path) -> None:
    with running(tmp_path) as (_, output):
        text = "\n".join(output)
        assert 'eval "$(mimecast-secops simulator --env)"' in text
        assert 'eval "$(mimecast-secops simulator --env --api-version 1.0)"' in text
        assert f"Status page:  {url_of(output)}/\n" in text
        assert "are not real" in text
        assert "MIMECAST_" not in text
        assert str(SAMPLES) not in text


def test_the_start_names_the_folders_that_are_watched_and_those_without_messages(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    with running(tmp_path, "--mail", str(tmp_path / "mail")) as (process, output):
        assert f"New .eml files in {tmp_path / 'mail'} arrive as messages." in output
        process.terminate()
        assert process.stderr is not None
        assert "contains no .eml files yet" in process.stderr.read()


def test_quiet_prints_only_the_url(tmp_path: Path) -> None:
    with running(tmp_path, "--empty", "--quiet") as (_, output):
        assert output == [f"ready: {url_of(output)}"]


def test_a_state_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "mimecast-secops").touch()
    with running(tmp_path, "--empty") as (process, output):
        assert output[-1].startswith("ready: ")
        process.terminate()
        assert process.stderr is not None
        assert "--env does not find this simulator" in process.stderr.read()


# --env


def run_in_shell(home: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in which `mimecast-secops` is the command of this checkout."""
    function = f'mimecast-secops() {{ "{sys.executable}" -m mimecast_secops.cli.main "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", function + script], env=environment(home), capture_output=True, text=True, check=False
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The home of a user who runs a simulator."""
    with running(tmp_path, "--empty"):
        yield tmp_path


@pytest.mark.parametrize("version", VERSIONS)
def test_the_variables_connect_with_each_api_version(home: Path, version: str) -> None:
    line = f'eval "$(mimecast-secops simulator --env --api-version {version})"'
    done = run_in_shell(home, f"{line} && mimecast-secops action ping")
    assert done.returncode == exit_codes.OK, done.stderr
    assert "Successfully connected" in done.stdout


def test_switching_the_api_version_clears_the_credentials_of_the_other(home: Path) -> None:
    script = """
        eval "$(mimecast-secops simulator --env)"
        eval "$(mimecast-secops simulator --env --api-version 1.0)"
        echo "<$MIMECAST_CLIENT_ID$MIMECAST_CLIENT_SECRET>" && mimecast-secops action ping
        eval "$(mimecast-secops simulator --env --api-version 2.0)"
        echo "<$MIMECAST_APPLICATION_ID$MIMECAST_SECRET_KEY>" && mimecast-secops action ping
    """
    done = run_in_shell(home, script)
    assert done.returncode == exit_codes.OK, done.stderr
    assert done.stdout.count("<>") == done.stdout.count("Successfully connected") == 2
    assert "API 2.0 is used" not in done.stderr


def test_credentials_in_the_settings_file_have_no_effect_on_the_other_api_version(home: Path) -> None:
    folder = home / "mimecast-secops"
    (folder / "config.toml").write_text('client_id = "real"\nclient_secret = "real"\n')
    (folder / "config.toml").chmod(0o600)
    script = 'eval "$(mimecast-secops simulator --env --api-version 1.0)" && mimecast-secops action ping'
    done = run_in_shell(home, script)
    assert (done.returncode, done.stderr) == (exit_codes.OK, "")


def test_json_prints_the_variables_as_an_object(home: Path) -> None:
    done = run_in_shell(home, "mimecast-secops simulator --env --json")
    assert set(json.loads(done.stdout)) == {"MIMECAST_API_ROOT", "MIMECAST_CLIENT_ID", "MIMECAST_CLIENT_SECRET"}


def test_without_a_simulator_nothing_is_printed_that_a_shell_would_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_WAIT_S", 0.0)
    for words, where in (([], "running."), (["--port", "1"], "running on port 1.")):
        result = CliRunner().invoke(main, ["simulator", "--env", *words], env=environment(tmp_path))
        assert (result.exit_code, result.stdout) == (exit_codes.UNREACHABLE, "")
        assert where in result.stderr


def test_env_waits_for_a_simulator_that_a_script_has_just_started(tmp_path: Path) -> None:
    script = """
        mimecast-secops simulator --empty > /dev/null &
        until eval "$(mimecast-secops simulator --env)" && test -n "$MIMECAST_API_ROOT"; do :; done
        mimecast-secops action ping && kill %1 && wait
    """
    done = run_in_shell(tmp_path, "set -m\n" + script)
    assert "Successfully connected" in done.stdout, done.stderr
