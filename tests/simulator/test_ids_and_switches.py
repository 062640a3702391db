"""Ids, and the switches of the tenant's behaviour."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator import Quirks, UnknownQuirk
from mimecast_secops.simulator.ids import IdGenerator, is_well_formed


@given(st.integers(1, 60), st.text(max_size=10))
def test_ids_look_like_mimecasts_and_are_never_given_out_twice(count: int, seed: str) -> None:
    ids = IdGenerator(seed)
    given_out = [ids.new("hold") for _ in range(count)]
    assert len(set(given_out)) == count
    assert all(one.startswith("eJ") and is_well_formed(one) for one in given_out)
    assert not any(is_well_formed(one[:-3]) for one in given_out)


@given(st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text()), st.binary()))
def test_anything_can_be_asked_whether_it_is_an_id(value: object) -> None:
    assert is_well_formed(value) is False


def test_switches_are_set_from_text_or_json() -> None:
    quirks = Quirks()
    for name, value in (("rate_limit", "5"), ("strict_members", True), ("hold_delay", 1.5), ("not_held", "fail")):
        quirks.change(name, value)
    assert (quirks.rate_limit, quirks.strict_members, quirks.hold_delay, quirks.not_held) == (
        5,
        True,
        1.5,
        "fail",
    )


@pytest.mark.parametrize(("name", "value"), [("no_such", 1), ("rate_limit", "many"), ("strict_members", "perhaps")])
def test_an_unknown_switch_or_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(UnknownQuirk, match=name):
        Quirks().change(name, value)


WORDS = {
    "not_held": ["flag", "fail", "empty"],
    "unknown_id": ["fail", "status"],
    "tracked_order": ["newest", "oldest", "none"],
    "file_v1": ["stream", "url", "urls"],
    "file_v2": ["stream", "url", "urls"],
    "rate_header": ["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit", "Retry-After"],
}


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("value", ["nonsense", "", None, True, ["flag"]])
def test_a_switch_of_words_refuses_a_word_that_it_does_not_know(name: str, value: object) -> None:
    quirks = Quirks()
    with pytest.raises(UnknownQuirk, match=f"{name}.*{', '.join(WORDS[name])}"):
        quirks.change(name, value)
    assert quirks == Quirks()


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in WORDS.items() for word in words])
def test_a_switch_of_words_takes_each_of_them(name: str, word: str) -> None:
    quirks = Quirks()
    quirks.change(name, word)
    assert getattr(quirks, name) == word


def test_every_switch_of_text_has_its_words() -> None:
    assert {field.name for field in fields(Quirks) if isinstance(field.default, str)} == set(WORDS)
