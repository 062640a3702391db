"""The widgets with a result of their action, as Chromium shows them.

A widget builds its page with a script, and a picture does not run scripts. So Chromium runs the script, and the picture
contains the resulting page, inside `foreignObject`. The picture also contains a digest of the page before the script
ran, so that a test without a browser finds a picture that is out of date.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from typing import Final
from xml.sax.saxutils import escape

from playwright.sync_api import sync_playwright

from mimecast_secops.actions import all_actions
from mimecast_secops.packaging.widgets import WIDGETS, Widget, page
from mimecast_secops.soar.results import json_text
from tools.simulated import archived_emails

PLACEHOLDER: Final = "[{stepInstanceName}.JsonResult]"
SEARCH: Final = "Simple Archive Search"
WIDTH: Final = 900
_TITLE_HEIGHT: Final = 40
_FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_FRAME: Final = (
    ".scroll { overflow: hidden; } .frame { fill: var(--back); stroke: var(--line); } "
    ".title { fill: var(--text); font: 600 14px system-ui, sans-serif; }"
)
_DARK: Final = re.compile(r':root\[data-theme="dark"\] \{(.*?)\}', re.DOTALL)
_BODY: Final = """() => {
  for (const script of document.querySelectorAll("script")) script.remove();
  const height = document.body.scrollHeight;
  return [new XMLSerializer().serializeToString(document.body), height];
}"""


def shown_widgets() -> list[Widget]:
    """The widgets that look different: one for each set of files."""
    return list({widget.files: widget for widget in reversed(WIDGETS)}.values())[::-1]


def name_of(widget: Widget) -> str:
    """The file name of a picture."""
    return f"widget_{widget.stem}.svg"


def filled_page(widget: Widget) -> str:
    """The page of a widget with a result of its action, as the platform fills it."""
    [action] = [action for action in all_actions() if action.name == widget.action]
    result = archived_emails() if widget.action == SEARCH else action.example
    return page(widget).replace(PLACEHOLDER, json_text(result))


def digest(widget: Widget) -> str:
    """What the picture of a widget depends on, as a hash."""
    return hashlib.sha256(f"{WIDTH} {widget.title} {widget.height} {filled_page(widget)}".encode()).hexdigest()


def pictures() -> list[tuple[str, str]]:
    """Pairs of file name and picture.

    Raises:
        SystemExit: Chromium is not installed.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is needed to draw the widgets.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        drawn = []
        for widget in shown_widgets():
            opened = browser.new_page(viewport={"width": WIDTH, "height": 200}, locale="en-US", timezone_id="UTC")
            opened.set_content(filled_page(widget))
            body, height = opened.evaluate(_BODY)
            drawn.append((name_of(widget), picture(widget, body, height)))
        browser.close()
    return drawn


def picture(widget: Widget, body: str, content_height: int) -> str:
    """The picture of a widget, in the frame with a title that the platform draws around it.

    Args:
        widget: the widget.
        body: the element `body` of its page as XHTML, after its script ran.
        content_height: the height of this element in pixels. The platform cuts what exceeds the height of the widget.
    """
    content_height = min(widget.height, content_height)
    height = content_height + _TITLE_HEIGHT + 8
    [style] = re.findall(r"<style>(.*?)</style>", page(widget), re.DOTALL)
    if not _DARK.search(style):
        raise ValueError("The style of the widget has no dark colors.")
    # The script of a widget switches the colors. In a picture, the browser does.
    style = _DARK.sub(r"@media (prefers-color-scheme: dark) { :root {\1} }", style)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(widget.title)}">',
            f"<!-- inputs: {digest(widget)} -->",
            f"<style>{escape(style)}\n{_FRAME}</style>",
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" class="frame"/>',
            f'<text x="12" y="26" class="title">{escape(widget.title)}</text>',
            f'<foreignObject x="1" y="{_TITLE_HEIGHT}" width="{WIDTH - 2}" height="{content_height}">',
            body,
            "</foreignObject>",
            "</svg>\n",
        ]
    )
