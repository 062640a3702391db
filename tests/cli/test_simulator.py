"""The `simulator` command: its options reach the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import server


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[server.Options]:
    """The options of each server that a command has run."""
    calls: list[server.Options] = []

    def serve(options: server.Options) -> int:
        calls.append(options)
        return 0

    monkeypatch.setattr(server, "serve", serve)
    return calls


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ([], {"mail": [server.SAMPLES], "host": "127.0.0.1", "port": 0, "allow_remote": False}),
        (["--empty"], {"mail": []}),
        (["--mail", "a.eml", "--mail", "folder"], {"mail": [Path("a.eml"), Path("folder")]}),
        (["--port", "8765", "--host", "0.0.0.0", "--allow-remote"], {"port": 8765, "allow_remote": True}),
        (["--domain", "a.example", "--domain", "b.example"], {"domains": ["a.example", "b.example"]}),
        (["--set", "latency_ms=5"], {"sets": ["latency_ms=5"]}),
    ],
)
def test_options_of_the_server(served: list[server.Options], words: list[str], values: dict[str, Any]) -> None:
    assert CliRunner().invoke(main, ["simulator", *words]).exit_code == exit_codes.OK
    [options] = served
    assert {name: getattr(options, name) for name in values} == values


@pytest.mark.parametrize("words", [["--set", "unknown=1"], ["--host", "0.0.0.0"]])
def test_an_invalid_option_is_a_configuration_error(words: list[str]) -> None:
    result = CliRunner().invoke(main, ["simulator", "--empty", *words])
    assert result.exit_code == exit_codes.CONFIGURATION
    assert len(result.stderr.splitlines()) == 1
