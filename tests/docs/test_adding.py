"""docs/maintainers/adding.md, section "An action": followed exactly, in a copy of the source tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
PAGE = (ROOT / "docs" / "maintainers" / "adding.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## An action\n") : PAGE.index("## An endpoint\n")]
FILE = re.compile(r"^Create `([\w/.]+)`[^\n]*\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHANGELOG_ENTRY = re.compile(r"^```markdown\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"^make (.+)$", re.MULTILINE)
FOLDERS = ("docs", "examples", "src", "tests", "tools")
# The test modules that depend on the list of actions, and what to select of them.
MODULES = (
    "tests/actions/test_bad_input.py",
    "tests/actions/test_contract.py",
    "tests/actions/test_declaration.py",
    "tests/actions/test_get_message_info.py",
    "tests/actions/test_missing_rights.py",
    "tests/cli/test_options.py",
    "tests/diagnosis/test_permission_check.py",
    "tests/docs/test_pages.py",
    "tests/soar/test_action.py",
    "tests/test_mirror.py",
    "tests/test_secrets.py",
    "tests/test_wire_names.py",
)
SELECTED = (
    "get_message_info or get-message-info or test_contract or test_declaration or test_pages or test_wire_names "
    "or test_every_parameter_of_every_action or (test_the_verdicts_match and Dashboard) "
    "or (test_no_secret_is_ever_shown and success and V1)"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the source tree, without the inputs of the fuzz tests. The copied bytecode stays valid."""
    ignore = shutil.ignore_patterns("_build", "corpus", "*.egg-info", "*.pyc.*")  # the last are being written
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, tmp_path / path.name)
    return tmp_path


def run(tree: Path, *command: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(tree / "src"), "HOME": str(tree), "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def commands_of(tree: Path, target: str) -> list[list[str]]:
    """The commands of a target in the Makefile, run with the tools of this interpreter."""
    lines = run(tree, "make", "--dry-run", "--assume-old=.venv/.test", target, "VENV=.venv").splitlines()
    commands = [line.split() for line in lines if line.startswith(".venv/bin/")]
    return [[str(TOOLS / Path(program).name), *arguments] for program, *arguments in commands]


def test_an_action_that_follows_the_page_passes_every_test_without_further_edits(tree: Path) -> None:
    files = FILE.findall(SECTION)
    assert [Path(name).parts[0] for name, _ in files] == ["src", "tests"]
    for name, content in files:
        assert not (tree / name).exists()
        (tree / name).write_text(content, encoding="utf-8")
    [entry] = CHANGELOG_ENTRY.findall(SECTION)
    changelog = (tree / "CHANGELOG.md").read_text(encoding="utf-8")
    (tree / "CHANGELOG.md").write_text(changelog.replace("### Added\n\n", f"### Added\n\n{entry}", 1), encoding="utf-8")
    targets = [target for line in MAKE.findall(SECTION) for target in line.split()]
    assert targets == ["reference", "check", "test"]
    for command in commands_of(tree, "reference"):
        run(tree, *command)
    assert "Get Message Info" in (tree / "docs" / "reference" / "actions.md").read_text(encoding="utf-8")
    # Of `make check`, only what is quick: the type checkers take longer than the rest of this test.
    quick = [command for command in commands_of(tree, "check") if Path(command[0]).name == "ruff"]
    assert quick
    for command in quick:
        run(tree, *command)
    pytest_command = [sys.executable, "-m", "pytest", "-q", "-rp", "-p", "no:cacheprovider"]
    output = run(tree, *pytest_command, "-k", SELECTED, *MODULES)
    for module in MODULES:
        assert f"PASSED {module}::" in output
    assert "skipped" not in output
