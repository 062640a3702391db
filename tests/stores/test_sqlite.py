"""The SQLite store: what it loads is what was committed last, by this process or another."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.errors import StateUnwritable
from mimecast_secops.stores.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_a_kill_inside_a_commit_leaves_the_previous_state(path: Path) -> None:
    class KilledParts(dict[str, bytes]):
        def items(self) -> Any:
            yield "a", b"new"
            raise KeyboardInterrupt

    with StateDatabase.open(path) as database:
        store = SqliteStore(database)
        store.commit({"a": b"old", "b": b"old"})
        with pytest.raises(KeyboardInterrupt):
            store.commit(KilledParts())
        assert dict(store.load()) == {"a": b"old", "b": b"old"}
    with StateDatabase.open(path) as database:
        assert dict(SqliteStore(database).load()) == {"a": b"old", "b": b"old"}


def test_connectors_of_one_database_do_not_see_each_other(path: Path) -> None:
    with StateDatabase.open(path) as database:
        first, second = SqliteStore(database, "first"), SqliteStore(database, "second")
        first.commit({"a": b"1"})
        assert second.load() == {}
        second.commit({"a": b"2"})
        assert dict(first.load()) == {"a": b"1"}


def test_a_store_reads_the_parts_again_only_after_a_change(path: Path) -> None:
    with StateDatabase.open(path) as database:
        store = SqliteStore(database)
        store.commit({"a": bytes(1000)})
        first, second = store.load()["a"], store.load()["a"]
        assert first is second
        database.execute("INSERT INTO bulk VALUES ('run', 'item')")
        assert store.load() == {"a": bytes(1000)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["commit", "fail", "other process", "other store", "elsewhere"]),
            st.dictionaries(st.sampled_from("abc"), st.binary(max_size=3), max_size=3),
        ),
        max_size=8,
    )
)
def test_a_load_returns_the_last_commit_of_any_store_and_process(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, dict[str, bytes]]]
) -> None:
    path = tmp_path_factory.mktemp("state") / "state.db"
    with StateDatabase.open(path) as database:
        store, committed = SqliteStore(database), dict[str, bytes]()
        raw = sqlite3.connect(path, isolation_level=None)
        for step, parts in steps:
            if step == "fail":
                database.rows("PRAGMA query_only = 1")
                with pytest.raises(StateUnwritable):
                    store.commit(parts)
                database.rows("PRAGMA query_only = 0")
            elif step == "other process":
                raw.execute("BEGIN")
                raw.execute("DELETE FROM parts WHERE namespace = 'connector'")
                raw.executemany("INSERT INTO parts VALUES ('connector', ?, ?)", parts.items())
                raw.execute("COMMIT")
                committed = parts
            elif step == "elsewhere":
                SqliteStore(database, "elsewhere").commit(parts)
            else:
                (store if step == "commit" else SqliteStore(database)).commit(parts)
                committed = parts
            assert dict(store.load()) == committed
        raw.close()
