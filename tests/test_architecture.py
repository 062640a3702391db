"""Imports go one way, and importing a package does not load the others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after `statement`."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_the_import_rules_of_pyproject_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_the_client_is_importable_alone() -> None:
    ours = {name for name in loaded_by("import mimecast_secops.api") if name.startswith("mimecast_secops.")}
    assert {name for name in ours if not name.startswith("mimecast_secops.api")} == {"mimecast_secops._version"}


@pytest.mark.parametrize("package", ["api", "actions", "ingest", "connection"])
def test_what_ships_to_the_platform_never_loads_what_only_a_terminal_needs(package: str) -> None:
    loaded = loaded_by(f"import mimecast_secops.{package}")
    assert not loaded & {"click", "rich", "starlette", "uvicorn", "jinja2", "sqlite3", "asyncio", "requests"}


def test_the_simulator_shares_no_code_with_the_client() -> None:
    ours = {name for name in loaded_by("import mimecast_secops.simulator") if name.startswith("mimecast_secops.")}
    assert {name for name in ours if not name.startswith("mimecast_secops.simulator")} == {"mimecast_secops._version"}
