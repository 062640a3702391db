"""The pictures of the status page."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from tests.docs.test_pages import ROOT, tool

STATIC = ROOT / "docs" / "_static"
LARGEST = 150_000


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG picture."""
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


@pytest.mark.browser
def test_the_tool_draws_the_pictures_of_the_guide(tmp_path: Path) -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("no Chromium is installed")
    drawn = tool("simulator_picture").draw(tmp_path)
    assert sorted(path.name for path in drawn) == sorted(path.name for path in STATIC.glob("simulator-status-*.png"))
    for path in drawn:
        assert size_of(path) == size_of(STATIC / path.name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_is_small(scheme: str) -> None:
    assert (STATIC / f"simulator-status-{scheme}.png").stat().st_size < LARGEST


@pytest.mark.parametrize("language", ["", "fr"])
def test_the_guide_shows_the_pictures_of_both_themes(language: str) -> None:
    page = ROOT / "docs" / language / "guide" / "simulator.md"
    for scheme in ("light", "dark"):
        assert f"_static/simulator-status-{scheme}.png\n" in page.read_text(encoding="utf-8")
