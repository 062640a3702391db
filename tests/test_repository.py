"""What must never be committed, and the size limit of a module."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 400
# Written in pieces, so that this file does not match itself.
INDEX_HOST = re.compile(
    "|".join(
        ["pypi" + r"\.org", "pythonhosted" + r"\.org", r"--(?:extra-)?index" + r"-url[ =]\S", "registry" + r"\.npmjs"]
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "opt/py" + "pi"]) + r")/")
PRIVATE_KEY = re.compile("-----BEGIN" + r" [A-Z ]*PRIVATE KEY")


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("needs a Git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8", errors="replace")) for path in tracked() if path.suffix != ".png"]


@pytest.mark.parametrize("forbidden", [INDEX_HOST, MACHINE_PATH, PRIVATE_KEY], ids=["index", "path", "key"])
def test_no_file_names_a_package_index_or_a_path_of_a_machine_or_holds_a_key(forbidden: re.Pattern[str]) -> None:
    assert [str(path.relative_to(ROOT)) for path, text in texts() if forbidden.search(text)] == []


def test_every_pinned_requirement_carries_a_hash() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
        assert blocks
        assert [block for block in blocks if "--hash=sha256:" not in block] == [], path.name


def test_no_module_exceeds_the_length_limit() -> None:
    modules = list((ROOT / "src").rglob("*.py"))
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


@pytest.mark.parametrize(
    ("selection", "runs"), [((), False), (("-m", "not host and not browser"), False), (("-m", "attack"), True)]
)
def test_attacks_run_only_where_their_marker_is_asked_for(selection: tuple[str, ...], runs: bool) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *selection]
    done = subprocess.run([*command, "tests/attack"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ("test_kills.py" in done.stdout) is runs
    assert done.returncode == (pytest.ExitCode.OK if runs else pytest.ExitCode.NO_TESTS_COLLECTED), done.stdout


def test_no_folder_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "misc", "common"}
    assert [str(path) for path in (ROOT / "src").rglob("*") if path.stem in drawers] == []
