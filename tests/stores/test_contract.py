"""The contract of a state store, tested with every implementation."""

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
    """The context properties of a connector on the platform. A kill can happen at any call."""

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


def opener_of(kind: str, folder: Path) -> Callable[[], StateStore]:
    """A function that opens the same store, as each process does."""
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
    return opener_of(request.param, tmp_path)


def close(store: StateStore) -> None:
    if isinstance(store, SqliteStore):
        store._database.close()


def test_a_new_store_is_empty(opener: Callable[[], StateStore]) -> None:
    store = opener()
    assert store.load() == {}
    close(store)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(states=st.lists(PARTS, min_size=1, max_size=4))
def test_the_next_process_loads_the_last_commit(
    opener: Callable[[], StateStore], states: list[dict[str, bytes]]
) -> None:
    for parts in states:
        store = opener()
        store.load()
        store.commit(parts)
        close(store)
        next_store = opener()
        assert dict(next_store.load()) == parts
        close(next_store)


@given(PARTS, PARTS, st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_a_kill_inside_a_commit_to_the_platform_leaves_the_old_or_the_new_state(
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


@pytest.mark.parametrize("damage", ["not json", "[]", '{"named": ["gone"]}'])
def test_a_damaged_context_is_an_error_not_an_empty_state(damage: str) -> None:
    properties = Properties()
    properties.values[HEAD] = damage
    with pytest.raises(UnreadableState, match="reset the connector's state"):
        ContextStore(properties, "c").load()
