"""Which messages the filters exclude, and under which name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Risk
from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.filters import RiskOfMessage
from mimecast_secops.parameters import parse


def settings(**values: Any) -> ConnectorSettings:
    return ConnectorSettings(domains=("example.com",), **values)


def test_only_held_messages_pass_by_default() -> None:
    assert filters.by_row(settings(), status="held", route="inbound") is None
    assert filters.by_row(settings(), status="archived", route="inbound") == "status"


def test_an_empty_status_filter_passes_every_status() -> None:
    cleared, _ = parse(ConnectorSettings, {"Domains": "example.com", "Status Filter": ""})
    assert filters.by_status(cleared, "bounced") is None


def test_a_route_filter_excludes_other_routes() -> None:
    assert filters.by_row(settings(route_filter=("inbound",)), status="held", route="inbound") is None
    assert filters.by_row(settings(route_filter=("inbound",)), status="held", route="internal") == "route"


def test_an_unknown_status_or_route_passes() -> None:
    assert filters.by_row(settings(route_filter=("inbound",)), status="", route="") is None


@given(st.sampled_from(Risk), st.sampled_from(["", *Risk]))
def test_the_lowest_risk_and_higher_risks_pass(risk: Risk, lowest: str) -> None:
    passes = not lowest or [*Risk].index(risk) >= [*Risk].index(Risk(lowest))
    assert (filters.by_risk(settings(lowest_risk=lowest), RiskOfMessage(risk)) is None) is passes


def test_messages_without_a_risk_have_their_own_setting() -> None:
    assert filters.by_risk(settings(lowest_risk="high"), RiskOfMessage(None)) is None
    assert filters.by_risk(settings(without_risk=False), RiskOfMessage(None)) == "without risk"


@pytest.mark.parametrize("values", [{"lowest_risk": "high"}, {"without_risk": False}])
def test_a_risk_that_cannot_be_read_passes_every_risk_filter(values: dict[str, Any]) -> None:
    assert filters.by_risk(settings(**values), RiskOfMessage(None, is_unreadable=True)) is None


def test_a_message_without_a_verdict_is_not_one_without_a_risk() -> None:
    assert filters.by_risk(settings(without_risk=False), RiskOfMessage(None, was_read=False)) is None


@pytest.mark.parametrize(("category_risk", "name"), [(Risk.HIGH, None), (Risk.LOW, "risk")])
def test_the_risk_of_a_category_counts_if_the_verdict_has_none(category_risk: Risk, name: str | None) -> None:
    message = RiskOfMessage(None, category_risk=category_risk)
    assert filters.by_risk(settings(lowest_risk="medium", without_risk=False), message) == name


def test_queue_reasons_ignore_case() -> None:
    assert filters.by_queue_reason(settings(queue_reasons=("Fraud Alert",)), "fraud alert ") is None
    assert filters.by_queue_reason(settings(queue_reasons=("Fraud Alert",)), "Spam") == "queue reason"
    assert filters.by_queue_reason(settings(), "Spam") is None


@pytest.mark.parametrize(
    ("blocks", "entries", "values", "passes"),
    [
        (True, (), ("a",), True),
        (False, (), ("a",), True),
        (True, ("a",), ("a", ""), False),
        (True, ("a",), ("b", "a"), False),
        (True, ("a",), ("A",), True),
        (True, ("a",), ("", ""), True),
        (False, ("a",), ("a", ""), True),
        (False, ("a",), ("a", "b"), False),
        (False, ("a",), ("", ""), False),
        (False, (" a ", " "), ("a",), True),
    ],
)
def test_the_dynamic_list_blocks_or_allows(
    blocks: bool, entries: tuple[str, ...], values: tuple[str, ...], passes: bool
) -> None:
    with_list = settings(list_blocks=blocks).with_dynamic_list(entries)
    assert (filters.by_dynamic_list(with_list, values) is None) is passes


@pytest.mark.parametrize(
    ("values", "details", "name"),
    [
        ({"lowest_risk": "high"}, {"risk": RiskOfMessage(Risk.LOW)}, "risk"),
        ({"queue_reasons": ("Spam",)}, {"queue_reason": "Fraud"}, "queue reason"),
        ({"dynamic_list": ("Bounced",)}, {"list_values": ("Bounced",)}, "dynamic list"),
        ({}, {}, None),
    ],
)
def test_the_filters_on_details_are_tried_in_order(
    values: dict[str, Any], details: dict[str, Any], name: str | None
) -> None:
    defaults: dict[str, Any] = {"risk": RiskOfMessage(Risk.HIGH), "queue_reason": "Spam", "list_values": ("", "")}
    assert filters.by_details(settings(**values), **defaults | details) == name
