from __future__ import annotations

import json

import msgspec
import pytest

from mimecast_secops.api.vocabulary import Decision, Risk, Route, Status

ORDER = [Risk.NEGLIGIBLE, Risk.LOW, Risk.MEDIUM, Risk.HIGH]


@pytest.mark.parametrize("left", ORDER)
@pytest.mark.parametrize("right", ORDER)
def test_risks_compare_by_severity(left: Risk, right: Risk) -> None:
    position = ORDER.index(left) - ORDER.index(right)
    results = (left < right, left <= right, left > right, left >= right)
    assert results == (position < 0, position <= 0, position > 0, position >= 0)
    assert (left.value < right, left < right.value) == (position < 0, position < 0)


def test_a_risk_does_not_compare_with_other_text() -> None:
    with pytest.raises(ValueError, match="unheard of"):
        _ = Risk.LOW < "unheard of"


@pytest.mark.parametrize("word", [*Status, *Route, *Risk], ids=repr)
def test_a_word_is_the_text_that_mimecast_sends(word: Status | Route | Risk) -> None:
    assert word == word.value
    assert hash(word) == hash(word.value)
    assert json.dumps(word) == f'"{word.value}"'
    assert msgspec.json.encode(word) == json.dumps(word.value).encode()


def test_each_decision_reverses_the_other() -> None:
    assert {decision.reverse for decision in Decision} == set(Decision)
    for decision in Decision:
        assert decision.reverse.reverse is decision
        assert not decision.statuses & decision.reverse.statuses


def test_a_held_message_has_had_no_decision() -> None:
    assert not any(Status.HELD in decision.statuses for decision in Decision)
