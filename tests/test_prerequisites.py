"""Tests that need what a machine can lack."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.prerequisites import find_program, missing_prerequisite


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_programs")
def test_the_first_program_that_is_missing_is_named(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(pytest.mark.program(sys.executable))
    assert missing_prerequisite(request.node) == ""
    request.node.add_marker(pytest.mark.program("no-such-program"))
    assert missing_prerequisite(request.node) == "no-such-program"


@pytest.mark.usefixtures("no_programs")
def test_a_missing_browser_is_named(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(pytest.mark.browser)
    assert missing_prerequisite(request.node) == "Chromium"


def test_the_first_of_several_programs_that_exists_is_found() -> None:
    assert find_program("no-such-program", sys.executable) == sys.executable
    assert find_program("no-such-program") is None
