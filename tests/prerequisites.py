"""What tests need and a machine can lack: programs, and the platform's SDK.

A test declares it with a marker. `pytest_runtest_setup` in `tests/conftest.py` skips the tests that lack something, all
at the same line, so that `pytest -rs` prints one line for each prerequisite.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# The script host of the platform's SDK. CONTRIBUTING.md describes it.
SCRIPT_HOST = (Path(__file__).parents[2] / "shared" / "host").resolve()
_SDK = SCRIPT_HOST.parents[1] / ".mirror" / "chronicle+soar-sdk"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_program(*names: str) -> str | None:
    """The path of the first of these programs that is installed, also where only administrators look."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def find_browser() -> str | None:
    """The path of Chromium."""
    return find_program(*_BROWSERS)


def missing_prerequisite(item: pytest.Item) -> str:
    """What the markers of a test ask for and this machine lacks, "" if it has everything."""
    if item.get_closest_marker("host") and not _has_script_host():
        return "the Google SecOps SDK: see CONTRIBUTING.md"
    if item.get_closest_marker("browser") and not find_browser():
        return "Chromium"
    programs = (name for marker in item.iter_markers("program") for name in marker.args)
    return next((name for name in programs if not find_program(name)), "")


def _has_script_host() -> bool:
    return (SCRIPT_HOST / "run_action.py").exists() and _SDK.exists() and shutil.which("bash") is not None
