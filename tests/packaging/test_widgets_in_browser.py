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
BY_ACTION = {widget.action: widget for widget in widgets.WIDGETS}
TABLE, CARD = BY_ACTION["Simple Archive Search"], BY_ACTION["Create Block Sender Policy"]
RELEASE, REPORT = BY_ACTION["Release Message"], BY_ACTION["Report Message"]
PERMISSIONS = BY_ACTION["Check Permissions"]
EACH = pytest.mark.parametrize("widget", widgets.WIDGETS, ids=lambda widget: widget.stem)
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

    def open_page(widget: widgets.Widget, result: str | None, scheme: str = "light", width: int = 900) -> Page:
        content = widgets.page(widget)
        if result is not None:
            content = content.replace(PLACEHOLDER, result)
        file = tmp_path / f"{len(opened)}.html"
        file.write_text(content, encoding="utf-8")
        context = browser.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": widget.height},
            locale="en-GB",
            timezone_id="Europe/Paris",
        )
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
    page = show(
        TABLE, json_text([{"subject": name, "size": size} for name, size in (("b", 9000), ("a", 10_000), ("c", 2000))])
    )
    page.get_by_role("button", name="Subject").click()
    assert rows(page, 1) == ["a", "b", "c"]
    assert page.locator("th").first.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Size").focus()
    page.keyboard.press("Enter")
    assert rows(page, 2) == ["2 kB", "9 kB", "10 kB"]
    page.keyboard.press("Enter")
    assert rows(page, 2) == ["10 kB", "9 kB", "2 kB"]
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
    assert "Confirmed: Mimecast shows the change." in text


def test_the_card_shows_words_instead_of_the_values_of_the_api(show: Show) -> None:
    policy = example("create-block-sender-policy")
    text = show(CARD, json_text(policy)).locator("main").inner_text()
    for words in (
        *("Block sender", "Individual email address: offers@mail.example.org", "Everyone", "No start", "No end"),
        *("Both directions", "Envelope and header sender", "7 Mar 2026, 17:03 CET"),
    ):
        assert words in text
    for value in ("individual_email_address", "1900-", "2100-", "true", "false", "block_sender", "fromEternal"):
        assert value not in text.replace(policy["id"], "")


def test_the_card_shows_members_that_it_does_not_know(show: Show) -> None:
    text = show(CARD, json_text({"policy": {"novelty": "yes", "from": {"type": "star"}}})).locator("main").inner_text()
    assert "novelty" in text
    assert "star" in text


def test_the_card_of_a_dry_run_shows_what_would_be_created(show: Show) -> None:
    plan = {"dryRun": True, "request": {}, "touches": [{"effect": "Block: messages from a to b.", "already": True}]}
    text = show(CARD, json_text(plan)).locator("main").inner_text()
    assert "no policy was created" in text
    assert "Block: messages from a to b. An equal policy exists" in text


def test_several_policies_are_several_cards(show: Show) -> None:
    policy = example("create-block-sender-policy")
    page = show(CARD, json_text([policy, policy]))
    assert page.locator("section").count() == 2


@EACH
def test_a_step_without_a_result_shows_a_message(show: Show, widget: widgets.Widget) -> None:
    assert "no result yet" in show(widget, None).locator("main").inner_text()
    assert "no result yet" in show(widget, "[Mimecast Search.JsonResult]").locator("main").inner_text()


def test_a_search_without_a_match_says_that_no_emails_were_found(show: Show) -> None:
    assert show(TABLE, "[]").locator("main").inner_text() == "No emails found."


@pytest.mark.parametrize("width", [900, 400])
def test_received_and_subject_are_visible_and_all_rows_have_the_same_height(show: Show, width: int) -> None:
    [email] = example("simple-archive-search")
    page = show(TABLE, json_text([email, email | {"subject": "long " * 200, "id": "x" * 900}]), width=width)
    heads = page.locator("th").all_inner_texts()
    assert [head.split()[0] for head in heads[:4]] == ["Received", "Subject", "From", "To"]
    box = page.locator("th").nth(1).bounding_box()
    assert box is not None
    assert box["x"] < width / 2
    heights = {row["height"] for row in (each.bounding_box() for each in page.locator("tbody tr").all()) if row}
    assert len(heights) == 1
    assert heights.pop() < 40


def test_long_text_can_be_wrapped(show: Show) -> None:
    page = show(TABLE, json_text([{"subject": "long " * 200}]))
    short = page.locator("tbody tr").bounding_box()
    page.get_by_label("Wrap long text").check()
    wrapped = page.locator("tbody tr").bounding_box()
    assert short is not None
    assert wrapped is not None
    assert wrapped["height"] > 3 * short["height"]


def test_sender_and_recipient_have_their_address_and_the_time_is_local(show: Show) -> None:
    page = show(TABLE, json_text(example("simple-archive-search")))
    assert rows(page, 1) == ["7 Mar 2026, 17:03 CET"]
    assert page.locator("time").get_attribute("title") == "2026-03-07T16:03:00+0000"
    assert rows(page, 3) == ["Billing <billing@supplier.example.org>"]
    assert rows(page, 4) == ["Ann <ann@example.com>"]


@pytest.mark.parametrize("value", ["soon", "2026-99-99T00:00:00Z", ""])
def test_a_time_that_is_none_is_shown_as_text(show: Show, value: str) -> None:
    assert rows(show(TABLE, json_text([{"receiveddate": value, "subject": "x"}])), 1) == [value]


def test_a_change_shows_the_message_its_state_and_that_it_cannot_be_undone(show: Show) -> None:
    text = show(RELEASE, json_text(example("release-message"))).locator("main").inner_text()
    assert text.startswith("Release Message")
    for words in (
        "Confirmed:",
        "Overdue invoice 4711",
        "ann@example.com",
        "medium",
        "Not possible. A released message",
    ):
        assert words in text


def test_a_pending_change_is_reported_with_the_action_that_undoes_it(show: Show) -> None:
    result = example("create-block-sender-policy") | {"state": "pending", "already": True}
    text = show(CARD, json_text(result)).locator("main").inner_text()
    assert "Pending: Mimecast does not show the change yet" in text
    assert "already in this state" in text
    assert f"Run Delete Block Sender Policy with Policy ID {result['id']}" in text


def test_a_dry_run_says_that_nothing_was_changed_and_shows_the_message(show: Show) -> None:
    plan = {"dryRun": True, "request": {"path": "/"}, "touches": [example("release-message")["message"]]}
    text = show(RELEASE, json_text(plan)).locator("main").inner_text()
    assert "nothing was changed" in text
    assert "Overdue invoice 4711" in text


def test_an_ambiguous_message_says_that_nothing_was_changed_and_shows_the_candidates(show: Show) -> None:
    page = show(RELEASE, json_text([{"trackingId": "1", "subject": "Lunch"}, {"trackingId": "2", "subject": "Tea"}]))
    assert page.get_by_text("Nothing was changed.").count() == 2
    assert page.locator("section").count() == 2


def test_a_report_shows_what_failed_before_what_was_reported(show: Show) -> None:
    result = example("report-message") | {"failed": [{"id": "<x@y.example>", "error": "no such message"}]}
    text = show(REPORT, json_text(result)).locator("main").inner_text()
    assert "Reported copies: 1. Messages that failed: 1." in text
    assert text.index("no such message") < text.index("spam")


def test_the_permissions_show_what_is_missing_first_with_what_to_grant(show: Show) -> None:
    findings = [
        {"subject": "Ping", "kind": "action", "verdict": "works", "why": "", "remedy": ""},
        {
            "subject": "Report",
            "kind": "action",
            "verdict": "not available on this API version",
            "why": "w",
            "remedy": "",
        },
        *example("check-permissions"),
    ]
    page = show(PERMISSIONS, json_text(findings))
    text = page.locator("main").inner_text()
    assert "1 of 3 actions and connectors work" in text
    assert text.index("Release Message") < text.index("Report")
    assert 'Grant the role permission "Account | Monitoring | Held | Edit".' in text
    assert not page.get_by_text("Ping").is_visible()
    page.get_by_text("Actions and connector that work (1)").click()
    assert page.get_by_text("Ping").is_visible()


@EACH
def test_the_example_of_each_action_is_shown_and_fits_into_a_narrow_widget(show: Show, widget: widgets.Widget) -> None:
    page = show(widget, json_text(example("-".join(widget.action.lower().split()))), "dark", width=400)
    assert len(page.locator("main").inner_text()) > 100
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@EACH
def test_an_incomplete_result_shows_a_message(show: Show, widget: widgets.Widget) -> None:
    page = show(widget, '[{"subject": "cut')
    assert "cannot be shown" in page.locator("main").inner_text()


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_are_shown_as_text(show: Show, value: str) -> None:
    table = show(TABLE, json_text([{"subject": value, value: "key"}]))
    card = show(CARD, json_text({"id": value, "policy": {"description": value, value: value}}))
    release = show(
        RELEASE, json_text({"state": value, "undo": {"why": value}, "message": {"subject": value, value: value}})
    )
    report = show(REPORT, json_text({"reported": [], "failed": [{"id": value, "error": value}]}))
    finding = {"subject": value, "kind": "action", "verdict": value, "why": value, "remedy": value}
    permissions = show(PERMISSIONS, json_text([finding]))
    for page in (table, card, release, report, permissions):
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
