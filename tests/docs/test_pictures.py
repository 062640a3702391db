"""The generated pictures of the documentation."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from tools.pictures import case, forms, panel, widgets
from tools.simulated import alerts

from mimecast_secops.packaging import source
from mimecast_secops.packaging.widgets import Widget
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


# forms, case and widgets

DRAWN = {"instance.svg": forms.instance_form, "connector.svg": forms.connector_form, "case.svg": case.case}
EACH_WIDGET = pytest.mark.parametrize("widget", widgets.shown_widgets(), ids=lambda widget: widget.stem)


def texts_in(name: str) -> list[str]:
    return [element.text or "" for element in ElementTree.parse(STATIC / name).iter() if element.tag.endswith("}text")]


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_shows_what_the_definitions_say(name: str) -> None:
    assert (STATIC / name).read_text(encoding="utf-8") == DRAWN[name](), "run `make reference`"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("instance.svg", source.integration()["parameters"]),
        ("connector.svg", [each for each in source.connector()["parameters"] if not each["is_advanced"]]),
    ],
)
def test_a_form_has_a_label_for_each_parameter(name: str, parameters: list[dict[str, Any]]) -> None:
    labels = {parameter["name"] + (" *" if parameter["is_mandatory"] else "") for parameter in parameters}
    assert labels - set(texts_in(name)) == set()


def test_the_case_shows_each_grouped_email_once() -> None:
    assert sum(text == "Held Message" for text in texts_in("case.svg")) == 1 + len(
        {alert.grouping_id for alert in alerts()}
    )


def test_the_case_shows_a_subject_with_html_as_text() -> None:
    assert any(text.startswith("</script><img") for text in texts_in("case.svg"))


@EACH_WIDGET
def test_the_picture_of_a_widget_is_that_of_its_page(widget: Widget) -> None:
    drawn = (STATIC / widgets.name_of(widget)).read_text(encoding="utf-8")
    assert f"<!-- inputs: {widgets.digest(widget)} -->" in drawn, "run `make pictures`"


def test_the_digest_of_a_widget_depends_on_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    [widget, *_] = widgets.shown_widgets()
    before = widgets.digest(widget)
    monkeypatch.setattr(widgets, "page", lambda _: "<p>another page</p>")
    assert widgets.digest(widget) != before


@pytest.mark.parametrize("name", [*DRAWN, *map(widgets.name_of, widgets.shown_widgets())])
def test_a_picture_has_colors_for_dark_and_a_description_and_loads_nothing(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.get("aria-label")
    assert "prefers-color-scheme: dark" in text
    elements = list(root.iter())
    assert [element.tag for element in elements if element.tag.endswith("}script")] == []
    assert [name for element in elements for name in element.attrib if name.endswith(("href", "src"))] == []
    assert not re.search(r"@import|@font-face|url\(", text)


def test_a_text_that_is_too_long_ends_with_an_ellipsis() -> None:
    assert panel.shortened("Domains", 200, 13) == "Domains"
    shortened = panel.shortened("Comma-separated list of domains", 100, 13)
    assert shortened.endswith("…")
    assert len(shortened) < 20
