"""The platform's context as a state store, beyond what every store has to do: sizes, names, and what lies there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest import UnreadableState
from mimecast_secops.ingest.state import State
from mimecast_secops.soar.context_store import HEAD, MOST_CHARACTERS, ContextStore
from tests.soar import double
from tests.soar.double import Properties

PARTS = {"a": b"1" * 300, "b": b"2" * 300, "c": b"3" * 300}


def store_on(properties: Properties, most: int = 500) -> ContextStore:
    return ContextStore(properties, "9e6f", most=most)


def others(properties: Properties) -> dict[str, str]:
    return {name: value for name, value in properties.values.items() if name != HEAD and value}


def test_a_state_that_fits_is_one_property_changed_by_one_call() -> None:
    properties = Properties()
    store = store_on(properties, most=5000)
    store.commit(PARTS)
    store.commit(PARTS | {"a": b"other"})
    assert properties.written == [HEAD, HEAD]
    assert set(properties.values) == {HEAD}


def test_a_state_that_does_not_fit_is_spread_and_the_head_is_written_last() -> None:
    properties = Properties()
    store_on(properties).commit(PARTS)
    assert properties.written[-1] == HEAD
    assert len(others(properties)) == 3
    assert json.loads(properties.values[HEAD])["named"] == sorted(others(properties))
    assert dict(store_on(properties).load()) == PARTS


def test_only_what_changed_is_written_again_and_what_nobody_names_is_emptied() -> None:
    properties = Properties()
    store_on(properties).commit(PARTS)
    before = set(others(properties))
    properties.written.clear()
    store = store_on(properties)
    store.load()
    store.commit(PARTS | {"b": b"4" * 300})
    after = set(others(properties))
    assert len(before & after) == 2
    [new], [old] = after - before, before - after
    assert properties.written == [new, HEAD, old]
    assert properties.values[old] == ""


def test_content_that_comes_back_under_an_emptied_name_is_written_again() -> None:
    properties = Properties()
    store = store_on(properties)
    for state in (PARTS, PARTS | {"b": b"4" * 300}, PARTS):
        store.commit(state)
        assert dict(store_on(properties).load()) == state


def test_a_state_that_shrinks_goes_back_into_one_property_and_empties_the_others() -> None:
    properties = Properties()
    store = store_on(properties)
    store.commit(PARTS)
    store.commit({"a": b"1"})
    assert others(properties) == {}
    assert dict(store_on(properties).load()) == {"a": b"1"}


def test_a_head_that_cannot_be_written_leaves_the_old_state() -> None:
    properties = Properties()
    store = store_on(properties)
    store.commit(PARTS)
    properties.fails_on_write = True
    with pytest.raises(RuntimeError):
        store.commit({"a": b"new"})
    assert dict(store_on(properties).load()) == PARTS


@given(st.dictionaries(st.text("ab.01", max_size=20), st.binary(max_size=400), min_size=1), st.integers(700, 3000))
def test_any_parts_come_back_and_no_property_is_longer_than_it_may(parts: dict[str, bytes], most: int) -> None:
    properties = Properties()
    store_on(properties, most).commit(parts)
    assert dict(store_on(properties, most).load()) == parts
    assert all(len(text) <= most for text in others(properties).values())


def test_a_hundred_thousand_settled_messages_fit_into_what_the_platform_takes() -> None:
    now = 1_790_000_000_000
    state = State(floor_ms=now)
    for number in range(100_000):
        state.delivered(f"eNoVzssKgjAUANBfkW6bVNKeoE2{number:012d}", now + number)
    properties = Properties()
    ContextStore(properties, "9e6f").commit(state.encode())
    assert max(map(len, properties.values.values())) <= double.MOST_CHARACTERS
    assert sum(map(len, properties.values.values())) <= MOST_CHARACTERS * 2
    again = State.decode(ContextStore(properties, "9e6f").load())
    assert again is not None
    assert again.encode().keys() == state.encode().keys()


def test_the_platform_may_answer_with_the_value_itself_instead_of_its_text() -> None:
    properties = Properties()
    store_on(properties, 5000).commit(PARTS)
    properties.values[HEAD] = json.loads(properties.values[HEAD])
    assert dict(store_on(properties).load()) == PARTS


@pytest.mark.parametrize("damage", ["{", "nonsense", "[]", "3", "null", "true"])
def test_a_damaged_head_says_what_to_do(damage: str) -> None:
    with pytest.raises(UnreadableState, match="reset the connector's state"):
        store_on(Properties({HEAD: damage})).load()


@pytest.mark.parametrize("damage", ["", None, "{", "[]"])
def test_a_part_that_is_missing_or_damaged_says_what_to_do(damage: str | None) -> None:
    properties = Properties()
    store_on(properties).commit(PARTS)
    properties.values[next(iter(others(properties)))] = damage
    with pytest.raises(UnreadableState, match="reset the connector's state"):
        store_on(properties).load()


@pytest.mark.parametrize("nothing", [None, "", {}])
def test_nothing_stored_is_a_new_state(nothing: object) -> None:
    assert store_on(Properties({HEAD: nothing})).load() == {}
