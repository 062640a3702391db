"""The check of the built documentation finds broken links, tables, images and language switches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.loading import load_tool

check = load_tool("html_check")

SWITCH = '<a hreflang="fr" href="page.html">Français</a>'
SOUND = f"""
{SWITCH}<h1 id="top">Title</h1>
<a href="#top">up</a> <a href="page.html#top">here</a> <a href="search.html?q=x">search</a>
<a href="https://example.com/missing">elsewhere</a>
<img src="picture.svg" alt="A picture">
<table><tr><th>A</th><th>B</th></tr><tr><td colspan="2">1</td></tr><tr><td>1</td><td>2</td></tr></table>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "picture.svg").touch()
    (tmp_path / "search.html").write_text(SWITCH, encoding="utf-8")
    (tmp_path / "page.html").write_text(SOUND, encoding="utf-8")
    return tmp_path


def test_sound_pages_have_no_problem(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(folder) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ('<a href="nowhere.html">x</a>', "the link nowhere.html leads nowhere"),
        ('<a href="search.html#nowhere">x</a>', "the link search.html#nowhere leads nowhere"),
        ('<a href="#nowhere">x</a>', "the link #nowhere leads nowhere"),
        ("<table><tr><th>A</th></tr><tr><td>1</td><td>2</td></tr></table>", "the rows of a table have [1, 2] cells"),
        ('<img src="nowhere.svg" alt="x">', "the image nowhere.svg does not exist"),
        ('<img src="picture.svg">', "the image picture.svg has no description"),
        (SWITCH, "there are 2 links to the other language, not one"),
    ],
)
def test_a_problem_is_named_with_its_page(
    folder: Path, capsys: pytest.CaptureFixture[str], html: str, problem: str
) -> None:
    (folder / "page.html").write_text(SOUND + html, encoding="utf-8")
    assert check.main(folder) == 1
    assert capsys.readouterr().out == f"page.html: {problem}\n"


def test_a_page_without_a_link_to_the_other_language_is_named(folder: Path) -> None:
    (folder / "page.html").write_text(SOUND.replace(SWITCH, ""), encoding="utf-8")
    assert list(check.problems(folder)) == ["page.html: there are 0 links to the other language, not one"]
