"""What a state store is: one suite over all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimecast_secops.ingest import StateStore, UnreadableState
from mimecast_secops.soar.context_store import HEAD, ContextStore
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.sqlite import SqliteStore
from mimecast_secops.testing import MemoryStore

PARTS = st.dictionaries(st.text("abc.019", min_size=1, max_size=8), st.binary(max_size=300), min_size=1, max_size=12)


class Properties:
    """The platform's context, as far as a connector sees it; a kill strikes at a call of choice."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.calls_left = 10**9

    def get_connector_context_property(self, _identifier: str, property_key: str) -> Any:
        return self.values.get(property_key)

    def set_connector_context_property(self, _identifier: str, property_key: str, property_value: str) -> None:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise KeyboardInterrupt
        assert len(property_value) <= 3_000_000
        self.values[property_key] = property_value


def open_again(kind: str, folder: Path) -> Callable[[], StateStore]:
    """Something that opens the same store anew, as the next process does."""
    properties, memory = Properties(), MemoryStore()
    openers: dict[str, Callable[[], StateStore]] = {
        "memory": lambda: memory,
        "sqlite": lambda: SqliteStore(StateDatabase.open(folder / "state.db")),
        "context": lambda: ContextStore(properties, "c"),
        "context, spread": lambda: ContextStore(properties, "c", max_characters=500),
    }
    return openers[kind]


@pytest.fixture(params=["memory", "sqlite", "context", "context, spread"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], StateStore]:
    return open_again(request.param, tmp_path)


def closed(store: StateStore) -> None:
    if isinstance(store, SqliteStore):
        store._database.close()


def test_a_new_store_is_empty(opener: Callable[[], StateStore]) -> None:
    store = opener()
    assert store.load() == {}
    closed(store)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(states=st.lists(PARTS, min_size=1, max_size=4))
def test_what_was_committed_last_is_what_the_next_process_loads(
    opener: Callable[[], StateStore], states: list[dict[str, bytes]]
) -> None:
    for parts in states:
        store = opener()
        store.load()
        store.commit(parts)
        closed(store)
        again = opener()
        assert dict(again.load()) == parts
        closed(again)


@given(PARTS, PARTS, st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_a_kill_inside_a_commit_to_the_platform_leaves_the_old_state_or_the_new(
    old: dict[str, bytes], new: dict[str, bytes], calls: int
) -> None:
    properties = Properties()
    store = ContextStore(properties, "c", max_characters=300)
    store.commit(old)
    properties.calls_left = calls
    with contextlib.suppress(KeyboardInterrupt):
        store.commit(new)
    properties.calls_left = 10**9
    assert dict(ContextStore(properties, "c", max_characters=300).load()) in (old, new)


def test_a_kill_inside_a_commit_to_sqlite_leaves_the_old_state(tmp_path: Path) -> None:
    class Killing(dict[str, bytes]):
        def items(self) -> Any:
            yield "a", b"new"
            raise KeyboardInterrupt

    with StateDatabase.open(tmp_path / "s.db") as database:
        store = SqliteStore(database)
        store.commit({"a": b"old", "b": b"old"})
        with pytest.raises(KeyboardInterrupt):
            store.commit(Killing())
        assert dict(store.load()) == {"a": b"old", "b": b"old"}
    with StateDatabase.open(tmp_path / "s.db") as database:
        assert dict(SqliteStore(database).load()) == {"a": b"old", "b": b"old"}


def test_connectors_of_one_database_do_not_see_each_other(tmp_path: Path) -> None:
    with StateDatabase.open(tmp_path / "s.db") as database:
        first, second = SqliteStore(database, "first"), SqliteStore(database, "second")
        first.commit({"a": b"1"})
        assert second.load() == {}
        second.commit({"a": b"2"})
        assert dict(first.load()) == {"a": b"1"}


@pytest.mark.parametrize("damage", ["not json", "[]", '{"named": ["gone"]}'])
def test_a_damaged_context_is_an_error_not_an_empty_state(damage: str) -> None:
    properties = Properties()
    properties.values[HEAD] = damage
    with pytest.raises(UnreadableState, match="reset the connector's state"):
        ContextStore(properties, "c").load()
