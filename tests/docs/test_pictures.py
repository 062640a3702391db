"""The generated pictures of the documentation."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

from tests.docs.test_pages import ROOT, tool

STATIC = ROOT / "docs" / "_static"


def lines_in(svg: str) -> list[str]:
    """The text of a picture of a terminal, line by line."""
    lines: dict[str, str] = {}
    for height, text in re.findall(r'<text class="demo-r\d+" x="[\d.]+" y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        lines[height] = lines.get(height, "") + unescape(text).replace("\xa0", " ").rstrip("\n")
    return [line.rstrip() for line in lines.values()]


def test_the_picture_of_the_demo_shows_what_the_demo_prints() -> None:
    demo_picture = tool("demo_picture")
    output = demo_picture.demo_output()
    drawn = lines_in((STATIC / "demo.svg").read_text(encoding="utf-8"))
    assert len(drawn) > 20
    assert drawn == lines_in(demo_picture.picture(output)), "run `make reference`"


def test_the_picture_of_the_demo_depends_on_neither_port_nor_duration() -> None:
    normalized = tool("demo_picture").normalized
    runs = (
        "http://127.0.0.1:{}\nAPI 1.0, 17 requests, {} s.".format(*values) for values in ((1025, 0.05), (65535, 12.5))
    )
    assert len({normalized(run) for run in runs}) == 1
    assert normalized("API 1.0, 17 requests") == "API 1.0, 17 requests"


def test_the_picture_of_the_demo_loads_nothing() -> None:
    elements = list(ElementTree.parse(STATIC / "demo.svg").iter())
    links = [value for element in elements for name, value in element.items() if name.endswith(("href", "src"))]
    assert [link for link in links if not link.startswith("#")] == []
    styles = "".join(element.text or "" for element in elements if element.tag.endswith("}style"))
    assert "font-family" in styles
    assert not re.search(r"@import|@font-face|url\(", styles)


def test_the_picture_of_the_imports_has_a_box_for_each_package() -> None:
    folder = ROOT / "src" / "mimecast_secops"
    packages = {path.stem for path in folder.iterdir() if path.suffix in ("", ".py") and not path.name.startswith("_")}
    boxes = re.findall(r"<text [^>]*>(\w+)</text>", (STATIC / "imports.svg").read_text(encoding="utf-8"))
    assert sorted(boxes) == sorted(packages)
