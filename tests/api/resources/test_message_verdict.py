"""The verdict on a message, in each place and form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Risk
from mimecast_secops.api.resources.message_verdict import MessageVerdict, parse_risk, read_verdict

HIGH = {"risk": "high"}


def category(risk: object, **members: Any) -> dict[str, Any]:
    return {"name": "phishing", "risk": risk, **members}


@pytest.mark.parametrize(
    "raw",
    [
        {"spamInfo": {"spamProcessingDetail": {"verdict": HIGH}}},
        {"spamProcessingDetail": {"verdict": HIGH}},
        {"spamInfo": {"verdict": HIGH}},
        {"spamInfo": {"spamProcessingDetail": {}, "verdict": HIGH}},
    ],
    ids=json.dumps,
)
def test_a_verdict_is_read_in_each_of_its_places(raw: dict[str, Any]) -> None:
    assert read_verdict(raw) == MessageVerdict(was_read=True, risk=Risk.HIGH)


@pytest.mark.parametrize("raw", [{}, {"spamInfo": None}, {"spamInfo": {"spamProcessingDetail": {"verdict": {}}}}])
def test_no_verdict_is_not_a_verdict_without_a_risk(raw: dict[str, Any]) -> None:
    assert read_verdict(raw) == MessageVerdict()
    assert read_verdict({"spamInfo": {"verdict": {"decision": "spam"}}}) == MessageVerdict(was_read=True)


@pytest.mark.parametrize("word", ["high", "High", " HIGH ", "hIgH\n"])
def test_a_risk_is_read_in_any_case(word: str) -> None:
    assert parse_risk(word) is Risk.HIGH


@pytest.mark.parametrize("value", [3, 3.5, 0, True, "severe", "3", ["high"], {"level": "high"}], ids=repr)
def test_a_number_or_another_word_is_unreadable(value: object) -> None:
    assert read_verdict({"spamInfo": {"verdict": {"risk": value}}}) == MessageVerdict(was_read=True, is_unreadable=True)


@pytest.mark.parametrize("raw", [{"spamInfo": "x"}, {"spamInfo": {"spamProcessingDetail": {"verdict": "high"}}}])
def test_a_verdict_of_another_type_is_unreadable(raw: dict[str, Any]) -> None:
    assert read_verdict(raw) == MessageVerdict(is_unreadable=True)


def test_the_highest_risk_of_the_categories_is_known_without_a_risk_of_the_verdict() -> None:
    nested = category("low", subcategories=[category("medium", augmentations=[category("HIGH")])])
    verdict = read_verdict({"spamInfo": {"verdict": {"categories": [nested, category("negligible")]}}})
    assert verdict == MessageVerdict(was_read=True, category_risk=Risk.HIGH)


def test_an_unknown_word_in_a_category_is_unreadable_if_the_verdict_has_no_risk() -> None:
    categories = [category("low"), category("severe")]
    assert read_verdict({"spamInfo": {"verdict": {"categories": categories}}}).is_unreadable
    assert not read_verdict({"spamInfo": {"verdict": {"categories": categories, "risk": "low"}}}).is_unreadable


names = st.sampled_from(["spamInfo", "spamProcessingDetail", "verdict", "risk", "categories", "subcategories"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "high", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
)


@given(st.dictionaries(names, values))
def test_no_details_make_a_verdict_fail(raw: dict[str, Any]) -> None:
    verdict = read_verdict(raw)
    assert not (verdict.risk and verdict.is_unreadable)
    assert not (verdict.risk and not verdict.was_read)
