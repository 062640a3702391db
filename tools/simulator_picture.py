"""Writes docs/_static/simulator-status-{light,dark}.png: the status page of the simulator after some actions.

Needs Chromium. The clock of the tenant is stopped, so that the pictures change only with the page and the samples.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, sync_playwright

from mimecast_secops.actions import Context, execute, find
from mimecast_secops.api import MimecastClient
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.parameters import parse
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.tenant import Clock, Tenant

TARGET = Path(__file__).parents[1] / "docs" / "_static"
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def draw(folder: Path = TARGET) -> list[Path]:
    """Write the pictures to a folder. Returns their paths."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with Simulator(mail=[Simulator.SAMPLES], tenant=_tenant()) as simulator, sync_playwright() as playwright:
        _act(simulator)
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        paths = [_draw(browser, simulator.url, scheme, folder) for scheme in SCHEMES]
        browser.close()
    return paths


def _tenant() -> Tenant:
    return Tenant(clock=Clock(frozen=datetime(2026, 11, 16, 8, 8, 10, tzinfo=UTC)))


def _act(simulator: Simulator) -> None:
    """Release, reject and block, so that the lists have entries, and inject a fault."""
    settings, _ = parse(ConnectionSettings, simulator.settings(2))
    held = {record.mail.subject: record.id for record in simulator.tenant.held()}
    with MimecastClient(connection_of(settings).connection) as client:
        actions: list[tuple[str, dict[str, object]]] = [
            ("release-message", {"Message ID": held["Urgent wire transfer"]}),
            ("reject-message", {"Message ID": held["Your password expires today"], "Reason": "Restricted Content"}),
            ("block-sender", {"Sender": "billing@supplier.example.org", "Recipient": "ann@example.com"}),
        ]
        for slug, parameters in actions:
            result = execute(find(slug), parameters, lambda: Context(client=client))
            assert result.is_success, result.message
    simulator.control("faults", {"add": [{"kind": "429", "path": "/api/gateway/hold-release", "count": 2}]})


def _draw(browser: Browser, url: str, scheme: Literal["light", "dark"], folder: Path) -> Path:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1200, "height": 710})
    page = context.new_page()
    page.goto(f"{url}/#held")
    page.wait_for_selector("table")
    path = folder / f"simulator-status-{scheme}.png"
    page.screenshot(path=path, animations="disabled")
    context.close()
    return path


if __name__ == "__main__":
    for picture in draw():
        print(picture)
