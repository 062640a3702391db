"""The status page in a real browser: what it shows, what it changes, and which attacks it prevents."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import ACCOUNT, Caller, eml, held_eml

pytestmark = pytest.mark.browser
HOSTILE = [
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "\u202egnp.exe\u2066",
    "x" * 10_000,
    "javascript:window.hacked=1",
]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture
def show(browser: Browser, simulator: Simulator) -> Iterator[OpenPage]:
    """Opens the status page, and checks that it reported no error and loaded nothing from elsewhere."""
    opened: list[Any] = []
    problems: list[str] = []

    def open_page(scheme: str = "light", width: int = 1280) -> Page:
        viewport = {"width": width, "height": 800}
        context = browser.new_context(color_scheme=scheme, viewport=viewport)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on(
            "request", lambda request: None if request.url.startswith(simulator.url) else problems.append(request.url)
        )
        page.goto(f"{simulator.url}/")
        expect(page.get_by_role("tab")).to_have_count(6)
        return page

    yield open_page
    for context in opened:
        context.close()
    is_expected = re.compile(r"data:|Failed to load resource: .* 400 \(Bad Request\)")  # the icon, a refused change
    assert [problem for problem in problems if not is_expected.match(problem)] == []


def open_tab(page: Page, name: str) -> str:
    """Open a list, and return its text."""
    page.get_by_role("tab", name=name).click()
    return page.get_by_role("tabpanel").inner_text()


def test_the_page_shows_messages_the_queue_and_requests(show: OpenPage, simulator: Simulator) -> None:
    simulator.tenant.receive(eml("Minutes", sender="Carol <carol@example.org>", files={"a.txt": b"x"}))
    simulator.tenant.receive(held_eml("Offer", X_Simulator_Risk="high"))
    Caller(simulator, 1).call(ACCOUNT)
    page = show()
    messages = open_tab(page, "Messages")
    for text in ("Minutes", "Carol", "carol@example.org", "Files: a.txt", "ann@example.com", "archived", "Offer"):
        assert text in messages
    queue = open_tab(page, "Hold queue")
    assert "Offer" in queue
    assert "high risk" in queue
    assert "Minutes" not in queue
    requests = open_tab(page, "Requests")
    for text in ("POST", ACCOUNT, "1.0", "200"):
        assert text in requests
    assert "No message was released" in open_tab(page, "Decisions")
    assert page.get_by_role("tab", name="Hold queue").inner_text().endswith("1")


def test_an_arriving_message_appears_without_a_reload(show: OpenPage, simulator: Simulator) -> None:
    page = show()
    assert "No messages" in open_tab(page, "Messages")
    simulator.control("mail", {"eml": eml("Just arrived").decode()})
    expect(page.get_by_role("tabpanel")).to_contain_text("Just arrived", timeout=30_000)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_are_shown_as_text(show: OpenPage, simulator: Simulator, value: str) -> None:
    headers = {"sender": "bad@example.org", "X_Simulator_Hold": value[:900]}
    simulator.tenant.receive(eml(value, files={value[:200]: b"x"}, **headers))
    (record,) = simulator.tenant.held()
    simulator.tenant.decide(record.hold_id, "rejected", reason=value, message=value)
    simulator.tenant.report(record, value, value)
    simulator.tenant.manage_sender(value, value, "block")
    policy = {"description": value, "from": {"type": value}, "to": {"type": "everyone"}}
    Caller(simulator).post(
        "/policy-management/cloud-gateway/v1/blocked-senders/policies", {"option": "no_action"} | policy
    )
    simulator.control("faults", {"add": [{"kind": "500", "path": value}]})
    simulator.control("rights", {"grant": [value]})
    simulator.tenant.domains.add(value)
    page = show()
    for name in ("Messages", "Hold queue", "Decisions", "Senders and policies", "Requests", "Quirks"):
        open_tab(page, name)
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main script, main a, aside img, aside script").count() == 0
        assert not set("\u202e\u2066\u2028") & set(page.locator("body").inner_text())
    visible = "".join("\ufffd" if character in "\u202e\u2066\u2028" else character for character in value[:20])
    assert visible in open_tab(page, "Messages")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_buttons_change_the_tenant(show: OpenPage, simulator: Simulator, tmp_path: Path) -> None:
    page = show()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Overdue invoice 4711")
    (tmp_path / "own.eml").write_bytes(eml("From my machine"))
    page.get_by_label("Or an .eml file").set_input_files(tmp_path / "own.eml")
    expect(page.get_by_role("tabpanel")).to_contain_text("From my machine")
    page.get_by_label("Kind").select_option("503")
    page.get_by_label("Path").select_option(ACCOUNT)
    page.get_by_label("Calls").fill("2")
    page.get_by_role("button", name="Inject").click()
    expect(page.locator("#faults")).to_contain_text("0 of 2 calls")
    assert Caller(simulator).call(ACCOUNT).status == 503
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#faults li")).to_have_count(0)
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator("#now")).to_contain_text("moved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Reset the tenant").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("No messages")
    assert simulator.tenant.clock.offset.total_seconds() == 0


def test_a_refused_change_is_reported(show: OpenPage) -> None:
    page = show()
    page.evaluate("change('done', 'faults', { add: [{ kind: 'nonsense' }] })")
    expect(page.get_by_role("status")).to_contain_text("There is no fault 'nonsense'")


def test_the_page_of_another_origin_can_neither_change_nor_read_the_tenant(
    browser: Browser, simulator: Simulator
) -> None:
    simulator.tenant.receive(eml("Secret"))
    attack = """async (url) => {
        const read = await fetch(`${url}/simulator/overview`).then((reply) => reply.text()).catch(() => "blocked");
        for (const type of ["application/json", "text/plain"]) {
            const message = { method: "POST", body: '{"sample": "04-newsletter.eml"}' };
            const headers = { "Content-Type": type };
            await fetch(`${url}/simulator/mail`, { ...message, headers }).catch(() => null);
            await fetch(`${url}/simulator/mail`, { ...message, mode: "no-cors" });
        }
        const frame = document.createElement("iframe");
        frame.src = url;
        document.body.append(frame);
        await new Promise((resolve) => { frame.onload = resolve; });
        return [read, frame.contentDocument === null];
    }"""
    with Simulator() as other:
        context = browser.new_context(bypass_csp=True)
        page = context.new_page()
        page.goto(f"{other.url}/")
        read, is_blocked = page.evaluate(attack, simulator.url)
        context.close()
    assert read == "blocked"
    assert is_blocked
    assert len(simulator.tenant.tracked) == 1


@pytest.mark.parametrize("width", [400, 1280])
def test_every_list_fits_the_window(show: OpenPage, simulator: Simulator, width: int) -> None:
    simulator.receive(Simulator.SAMPLES)
    Caller(simulator, 1).call(ACCOUNT)
    page = show(width=width)
    for name in ("Messages", "Hold queue", "Decisions", "Senders and policies", "Requests", "Quirks"):
        open_tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def test_text_has_enough_contrast_in_both_themes(show: OpenPage, simulator: Simulator) -> None:
    contrasts = """() => {
        const parse = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
        const light = (color) => { const [r, g, b] = parse(color).map((v) => { v /= 255;
            return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const back = (node) => { const color = getComputedStyle(node).backgroundColor;
            return parse(color)[3] === 0 && node.parentElement ? back(node.parentElement) : color; };
        return [...document.querySelectorAll("body, .faint, .badge, td, th, .tabs button, .count, button, a, label")]
            .filter((node) => node.offsetParent !== null).map((node) => {
                const [high, low] = [light(getComputedStyle(node).color), light(back(node))].sort((a, b) => b - a);
                return (high + 0.05) / (low + 0.05); });
    }"""
    simulator.receive(Simulator.SAMPLES)
    backgrounds = set()
    for scheme in ("light", "dark"):
        page = show(scheme)
        open_tab(page, "Hold queue")
        page.mouse.move(0, 0)
        values = page.evaluate(contrasts)
        assert len(values) > 50
        assert min(values) >= 4.5
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(backgrounds) == 2


def test_the_lists_can_be_selected_with_the_keyboard(show: OpenPage) -> None:
    page = show()
    page.get_by_role("tab", name="Messages").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Hold queue")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text("The hold queue is empty")


def test_a_simulator_that_stopped_is_reported(browser: Browser) -> None:
    with Simulator() as stopping:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{stopping.url}/")
        expect(page.get_by_role("tab")).to_have_count(6)
        expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.get_by_role("alert")).to_contain_text("does not answer", timeout=30_000)
    context.close()
