"""The pages of the widgets, without a browser."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from mimecast_secops.actions import all_actions
from mimecast_secops.packaging.widgets import WIDGETS, Widget, definition, page

EACH_WIDGET = pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.stem)


@EACH_WIDGET
def test_the_policy_of_a_page_allows_only_its_own_script_and_style(widget: Widget) -> None:
    html = page(widget)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    allowed = dict(directive.split(" ", 1) for directive in policy.split("; "))
    [script] = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert allowed["default-src"] == "'none'"
    assert [allowed["script-src"], allowed["style-src"]] == [f"'sha256-{digest}'" for digest in hashes]


@EACH_WIDGET
def test_a_page_refers_to_no_other_file(widget: Widget) -> None:
    assert not re.search(r"https?://(?!www\.w3\.org)|\bsrc=|<link|@import", page(widget))


@EACH_WIDGET
def test_a_page_has_the_placeholder_of_the_result_once(widget: Widget) -> None:
    assert page(widget).count("[{stepInstanceName}.JsonResult]") == 1


@EACH_WIDGET
def test_a_widget_is_hidden_until_the_placeholder_is_replaced(widget: Widget) -> None:
    conditions = definition(widget)["condition_group"]["conditions"]
    assert ("not_contains", "{stepInstanceName}") in [(each["match_type"], each["value"]) for each in conditions]


@EACH_WIDGET
def test_a_widget_belongs_to_an_action_with_a_json_result(widget: Widget) -> None:
    assert widget.action in {action.name for action in all_actions() if action.example is not None}
