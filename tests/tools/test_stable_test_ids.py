"""Test IDs that change from one collection to the next are found before a mutation run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.loading import ROOT

TEST = """\
import pytest

@pytest.mark.parametrize("value", ["plain", "caf\\u00e9"], ids={ids})
def test_something(value):
    assert value
"""


@pytest.mark.parametrize(("ids", "accepted"), [("repr", False), ("['plain', 'other']", True)])
def test_an_id_that_changes_is_named(tmp_path: Path, ids: str, *, accepted: bool) -> None:
    (tmp_path / "test_sample.py").write_text(TEST.format(ids=ids), encoding="utf-8")
    command = [sys.executable, str(ROOT / "tools" / "stable_test_ids.py"), "test_sample.py"]
    completed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert completed.returncode == (0 if accepted else 1), completed.stdout
    assert ("test_something" in completed.stderr) is not accepted
