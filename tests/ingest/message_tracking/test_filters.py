"""Which messages become alerts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Risk
from mimecast_secops.ingest import ConnectorSettings, Rules, rules_of
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.parameters import InvalidParameter, parse


def rules(**more: Any) -> Rules:
    return rules_of(ConnectorSettings(domains=("example.com",), **more))[0]


def test_only_held_messages_are_ingested_unless_told_otherwise() -> None:
    assert filters.by_summary(rules(), status="held", route="inbound") is None
    assert filters.by_summary(rules(), status="archived", route="inbound") == "status"


def test_an_emptied_status_filter_lets_every_status_through() -> None:
    settings, _ = parse(ConnectorSettings, {"Domains": "example.com", "Status Filter": ""})
    assert filters.by_status(rules_of(settings)[0], "bounced") is None


def test_what_cannot_be_told_is_not_dropped() -> None:
    assert filters.by_summary(rules(route_filter=("inbound",)), status="", route="") is None


@given(st.sampled_from(Risk), st.sampled_from(["", *Risk]))
def test_the_lowest_risk_and_everything_above_it_pass(risk: Risk, lowest: str) -> None:
    passes = not lowest or [*Risk].index(risk) >= [*Risk].index(lowest)
    assert (filters.by_risk(rules(lowest_risk=lowest), risk) is None) is passes


def test_messages_without_a_risk_have_a_rule_of_their_own() -> None:
    assert filters.by_risk(rules(lowest_risk="High"), None) is None
    assert filters.by_risk(rules(without_risk=False), None) == "without risk"


def test_queue_reasons_are_compared_without_regard_to_case() -> None:
    assert filters.by_queue_reason(rules(queue_reasons=("Fraud Alert",)), "fraud alert ") is None
    assert filters.by_queue_reason(rules(queue_reasons=("Fraud Alert",)), "Spam") == "queue reason"
    assert filters.by_queue_reason(rules(), "Spam") is None


@pytest.mark.parametrize(
    ("blocks", "listed", "values", "passes"),
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
        (False, (" a ",), ("a",), True),
    ],
)
def test_the_dynamic_list_blocks_or_allows(
    blocks: bool, listed: tuple[str, ...], values: tuple[str, ...], passes: bool
) -> None:
    made = replace(rules(list_blocks=blocks), dynamic_list=tuple(one.strip() for one in listed))
    assert (filters.by_dynamic_list(made, values) is None) is passes


@pytest.mark.parametrize("name", ["status_filter", "route_filter"])
def test_values_that_are_all_wrong_are_an_error_that_lists_the_options(name: str) -> None:
    with pytest.raises(InvalidParameter, match=r"accepted are .*(held|inbound)"):
        rules(**{name: ("nonsense", "more")})


def test_values_that_are_partly_wrong_are_a_warning_and_the_rest_is_used() -> None:
    made, notes = rules_of(ConnectorSettings(domains=("example.com",), status_filter=("held", "hold", "bounced")))
    assert made.statuses == ("held", "bounced")
    assert "hold is not known" in notes[0]


def test_a_wrong_lowest_risk_is_an_error_not_everything() -> None:
    with pytest.raises(InvalidParameter, match="Negligible, Low, Medium, High"):
        rules(lowest_risk="severe")


@pytest.mark.parametrize("domain", ["example", "a b.com", "@example.com", "http://example.com"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(InvalidParameter, match="Domains"):
        rules_of(ConnectorSettings(domains=(domain,)))
