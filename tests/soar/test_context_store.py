"""The platform's context as a state store, in addition to what each store must do: sizes, names and damage."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest import UnreadableState
from mimecast_secops.ingest.state import State
from mimecast_secops.soar.context_store import HEAD, MAX_CHARACTERS, ContextStore
from tests.soar import double
from tests.soar.double import Properties

PARTS = {"a": b"1" * 300, "b": b"2" * 300, "c": b"3" * 300}


def store_on(properties: Properties, max_characters: int = 500) -> ContextStore:
    return ContextStore(properties, "9e6f", max_characters=max_characters)


def chunks_in(properties: Properties) -> dict[str, str]:
    return {name: value for name, value in properties.values.items() if name != HEAD and value}


def test_a_state_that_fits_is_one_property_that_one_call_replaces() -> None:
    properties = Properties()
    store = store_on(properties, max_characters=5000)
    store.commit(PARTS)
    store.commit(PARTS | {"a": b"other"})
    assert properties.written == [HEAD, HEAD]
    assert set(properties.values) == {HEAD}


def test_a_larger_state_is_split_and_the_head_is_written_last() -> None:
    properties = Properties()
    store_on(properties).commit(PARTS)
    assert properties.written[-1] == HEAD
    assert len(chunks_in(properties)) == 3
    assert json.loads(properties.values[HEAD])["named"] == sorted(chunks_in(properties))
    assert dict(store_on(properties).load()) == PARTS


def test_only_changed_chunks_are_written_and_replaced_chunks_are_emptied() -> None:
    properties = Properties()
    store_on(properties).commit(PARTS)
    before = set(chunks_in(properties))
    properties.written.clear()
    store = store_on(properties)
    store.load()
    store.commit(PARTS | {"b": b"4" * 300})
    after = set(chunks_in(properties))
    assert len(before & after) == 2
    [new], [old] = after - before, before - after
    assert properties.written == [new, HEAD, old]
    assert properties.values[old] == ""


def test_a_chunk_that_was_emptied_can_be_written_again() -> None:
    properties = Properties()
    store = store_on(properties)
    for state in (PARTS, PARTS | {"b": b"4" * 300}, PARTS):
        store.commit(state)
        assert dict(store_on(properties).load()) == state


def test_a_state_that_shrinks_is_one_property_again_and_its_chunks_are_emptied() -> None:
    properties = Properties()
    store = store_on(properties)
    store.commit(PARTS)
    store.commit({"a": b"1"})
    assert chunks_in(properties) == {}
    assert dict(store_on(properties).load()) == {"a": b"1"}


def test_if_the_head_cannot_be_written_the_old_state_remains() -> None:
    properties = Properties()
    store = store_on(properties)
    store.commit(PARTS)
    properties.fails_on_write = True
    with pytest.raises(RuntimeError):
        store.commit({"a": b"new"})
    assert dict(store_on(properties).load()) == PARTS


@given(st.dictionaries(st.text("ab.01", max_size=20), st.binary(max_size=400), min_size=1), st.integers(700, 3000))
def test_any_parts_are_loaded_as_they_were_stored_and_no_property_exceeds_the_limit(
    parts: dict[str, bytes], max_characters: int
) -> None:
    properties = Properties()
    store_on(properties, max_characters).commit(parts)
    assert dict(store_on(properties, max_characters).load()) == parts
    assert all(len(text) <= max_characters for text in chunks_in(properties).values())


def test_the_state_of_a_hundred_thousand_processed_messages_fits_into_the_context() -> None:
    now = 1_790_000_000_000
    state = State(start_ms=now)
    for number in range(100_000):
        state.mark_delivered(f"eNoVzssKgjAUANBfkW6bVNKeoE2{number:012d}", now + number)
    properties = Properties()
    ContextStore(properties, "9e6f").commit(state.encode())
    assert max(map(len, properties.values.values())) <= double.MAX_CHARACTERS
    assert sum(map(len, properties.values.values())) <= MAX_CHARACTERS * 2
    loaded = State.decode(ContextStore(properties, "9e6f").load())
    assert loaded is not None
    assert loaded.encode().keys() == state.encode().keys()


def test_the_platform_can_return_the_decoded_value() -> None:
    properties = Properties()
    store_on(properties, 5000).commit(PARTS)
    properties.values[HEAD] = json.loads(properties.values[HEAD])
    assert dict(store_on(properties).load()) == PARTS


@pytest.mark.parametrize("damage", ["{", "nonsense", "[]", "3", "null", "true"])
def test_a_damaged_head_is_an_error_that_names_the_remedy(damage: str) -> None:
    with pytest.raises(UnreadableState, match="reset the connector's state"):
        store_on(Properties({HEAD: damage})).load()


@pytest.mark.parametrize("damage", ["", None, "{", "[]"])
def test_a_missing_or_damaged_chunk_is_an_error_that_names_the_remedy(damage: str | None) -> None:
    properties = Properties()
    store_on(properties).commit(PARTS)
    properties.values[next(iter(chunks_in(properties)))] = damage
    with pytest.raises(UnreadableState, match="reset the connector's state"):
        store_on(properties).load()


@pytest.mark.parametrize("value", [None, "", {}])
def test_an_empty_context_is_a_new_state(value: object) -> None:
    assert store_on(Properties({HEAD: value})).load() == {}
