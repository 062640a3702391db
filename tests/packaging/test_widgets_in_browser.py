"""The widgets in a real browser: what they show, and which attacks they prevent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mimecast_secops.actions import find
from mimecast_secops.packaging import widgets
from mimecast_secops.soar.results import json_text
from tests.prerequisites import find_browser

pytestmark = pytest.mark.browser
PLACEHOLDER = "[{stepInstanceName}.JsonResult]"
TABLE = next(widget for widget in widgets.WIDGETS if widget.action == "Simple Archive Search")
CARD = next(widget for widget in widgets.WIDGETS if widget.action == "Create Block Sender Policy")
HOSTILE = [
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "\u202egnp.exe\u2066",
    "x" * 10_000,
    "<!--<script>",
    "\u2028window.hacked=1",
]
Show = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    opened: list[Any] = []

    def open_page(widget: widgets.Widget, result: str | None, scheme: str = "light") -> Page:
        content = widgets.page(widget)
        if result is not None:
            content = content.replace(PLACEHOLDER, result)
        file = tmp_path / f"{len(opened)}.html"
        file.write_text(content, encoding="utf-8")
        context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        requests: list[str] = []
        page.on("requestfinished", lambda request: requests.append(request.url))  # a blocked request does not finish
        page.goto(file.as_uri())
        opened.append((context, requests, file.as_uri()))
        return page

    yield open_page
    for context, requests, uri in opened:
        assert requests == [uri], "a widget sent a request"
        context.close()


def rows(page: Page, column: int) -> list[str]:
    return page.locator(f"tbody tr td:nth-child({column})").all_text_contents()


def example(slug: str) -> Any:
    return find(slug).example


def test_the_table_shows_the_emails(show: Show) -> None:
    page = show(TABLE, json_text(example("simple-archive-search")))
    assert "Overdue invoice 4711" in page.locator("tbody").inner_text()
    assert page.locator("caption").inner_text()
    assert "1 of 1 emails" in page.locator("[role=status]").inner_text()


def test_a_heading_sorts_by_mouse_and_by_keyboard_and_announces_the_order(show: Show) -> None:
    page = show(TABLE, json_text([{"subject": name, "size": size} for name, size in (("b", 9), ("a", 10), ("c", 2))]))
    page.get_by_role("button", name="Subject").click()
    assert rows(page, 1) == ["a", "b", "c"]
    assert page.locator("th").first.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Bytes").focus()
    page.keyboard.press("Enter")
    assert rows(page, 2) == ["2", "9", "10"]
    page.keyboard.press("Enter")
    assert rows(page, 2) == ["10", "9", "2"]
    assert [head.get_attribute("aria-sort") for head in page.locator("th").all()] == ["none", "descending"]


def test_the_filter_hides_emails_that_do_not_match(show: Show) -> None:
    page = show(TABLE, json_text([{"subject": "Lunch"}, {"subject": "Invoice"}]))
    page.get_by_label("Filter the emails").fill("LUN")
    assert rows(page, 1) == ["Lunch"]
    assert "1 of 2 emails" in page.locator("[role=status]").inner_text()


def test_the_card_shows_the_policy(show: Show) -> None:
    page = show(CARD, json_text(example("create-block-sender-policy")))
    text = page.locator("main").inner_text()
    assert "Block Sender Policy from SecOps automation." in text
    assert "offers@mail.example.org" in text
    assert "State: confirmed" in text


def test_several_policies_are_several_cards(show: Show) -> None:
    policy = example("create-block-sender-policy")
    page = show(CARD, json_text([policy, policy]))
    assert page.locator("section").count() == 2


@pytest.mark.parametrize("widget", [TABLE, CARD], ids=["table", "card"])
def test_a_step_without_a_result_shows_a_message(show: Show, widget: widgets.Widget) -> None:
    assert "no result yet" in show(widget, None).locator("main").inner_text()
    assert "no result yet" in show(widget, "[]").locator("main").inner_text()


@pytest.mark.parametrize("widget", [TABLE, CARD], ids=["table", "card"])
def test_an_incomplete_result_shows_a_message(show: Show, widget: widgets.Widget) -> None:
    page = show(widget, '[{"subject": "cut')
    assert "cannot be shown" in page.locator("main").inner_text()


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_are_shown_as_text(show: Show, value: str) -> None:
    table = show(TABLE, json_text([{"subject": value, value: "key"}]))
    card = show(CARD, json_text({"id": value, "policy": {"description": value, value: value}}))
    for page in (table, card):
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main script").count() == 0
        text = page.locator("main").inner_text()
        assert not set("\u202e\u2066\u2028") & set(text)
    visible = "".join("\ufffd" if character in "\u202e\u2066\u2028" else character for character in value[:20])
    assert visible in table.locator("tbody").inner_text()


@pytest.mark.parametrize("value", HOSTILE[:2], ids=["script", "handler"])
def test_a_result_that_escapes_from_its_element_runs_no_script(show: Show, value: str) -> None:
    raw = json.dumps([{"subject": "</script>" + value}])
    page = show(TABLE, raw)
    assert page.evaluate("window.hacked") is None


def test_the_theme_follows_the_platform(show: Show) -> None:
    page = show(TABLE, json_text(example("simple-archive-search")))
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "light"
    page.evaluate("window.postMessage({backgroundColor: '#282837'}, '*')")
    page.wait_for_function(f"{theme} === 'dark'")
    page.evaluate("window.postMessage({background: 'rgb(255, 255, 255)'}, '*')")
    page.wait_for_function(f"{theme} === 'light'")
    assert show(TABLE, "[]", "dark").evaluate(theme) == "dark"


def test_text_has_enough_contrast_in_both_themes(show: Show) -> None:
    contrast = """() => {
        const light = (color) => { const [r, g, b] = color.match(/\\d+/g).map(Number).map((v) => { v /= 255;
            return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const body = getComputedStyle(document.body);
        const [lighter, darker] = [light(body.color), light(body.backgroundColor)].sort((a, b) => b - a);
        return (lighter + 0.05) / (darker + 0.05); }"""
    for scheme in ("light", "dark"):
        assert show(TABLE, json_text(example("simple-archive-search")), scheme).evaluate(contrast) >= 7
