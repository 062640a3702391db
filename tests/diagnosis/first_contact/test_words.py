"""Question 6: filters and words."""

from __future__ import annotations

import pytest

from mimecast_secops.diagnosis.first_contact.words import ask_about_words
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, text_of


@pytest.mark.parametrize(
    ("quirks", "status", "route"),
    [
        ({}, "honored", "honored"),
        ({"honour_status_filter": False}, "ignored", "honored"),
        ({"honour_route_filter": False}, "honored", "ignored"),
    ],
)
def test_whether_the_filters_are_honored_is_found(
    simulator: Simulator, quirks: dict[str, object], status: str, route: str
) -> None:
    assert answer(simulator, ask_about_words, **quirks).facts == {"status_filter": status, "route_filter": route}


def test_known_words_are_shown(simulator: Simulator) -> None:
    shown = text_of(answer(simulator, ask_about_words))
    assert "status: archived, held." in shown
    assert "route: inbound, internal." in shown


def test_an_unknown_word_is_counted_and_not_shown(simulator: Simulator) -> None:
    record = next(simulator.tenant.held())
    simulator.control("record", {"id": record.id, "row": {"status": "secretword", "detectionLevel": "secretlevel"}})
    result = answer(simulator, ask_about_words)
    assert "secret" not in text_of(result)
    assert "and 1 other words (lengths: 10)" in text_of(result)
    assert "1 words of status are not known." in result.not_understood


def test_a_risk_that_is_not_a_word_is_a_finding(simulator: Simulator) -> None:
    problems = answer(simulator, ask_about_words, risk_form="number").not_understood
    assert any("of risk are not known" in problem for problem in problems)
