"""The message for an extra that is not installed."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.extras import EXTRAS, missing_extra

ROOT = Path(__file__).parents[1]
# Runs a module as if one of its requirements were not installed.
WITHOUT = "import runpy, sys; sys.modules[{missing!r}] = None; runpy.run_module({module!r}, run_name='__main__')"


def test_the_extras_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    distributions = importlib.metadata.packages_distributions()
    for extra, modules in EXTRAS.items():
        installed = {name.lower() for module in modules for name in distributions[module]}
        assert installed == {line.partition(">=")[0] for line in project["optional-dependencies"][extra]}
    assert set(project["optional-dependencies"]) == {*EXTRAS, "all"}


@pytest.mark.parametrize("name", ["click", "mimecast_secops.simulator.absent", None])
def test_a_module_of_no_extra_has_no_message(name: str | None) -> None:
    assert missing_extra(ModuleNotFoundError(name=name)) is None


@pytest.mark.parametrize(
    ("missing", "module", "words", "extra"),
    [
        ("starlette", "mimecast_secops.cli.main", ["simulator"], "simulator"),
        ("uvicorn", "mimecast_secops.cli.main", ["demo"], "simulator"),
        ("jinja2", "mimecast_secops.packaging", ["integration", "--output", "dist"], "packaging"),
    ],
)
def test_a_command_without_its_extra_says_how_to_install_it(
    missing: str, module: str, words: list[str], extra: str
) -> None:
    code = WITHOUT.format(missing=missing, module=module)
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == exit_codes.CONFIGURATION, done.stderr
    [line] = done.stderr.splitlines()
    assert f'extra "{extra}"' in line
    assert "pipx install --force '.[all]'" in line
    assert done.stdout == ""
