"""The memory of processed ids: exact, forgotten by the hour, and cheap to load however much it holds."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimecast_secops.ingest import UnreadableState
from mimecast_secops.ingest.clock import HOUR_MS
from mimecast_secops.ingest.processed_ids import SIZE, ProcessedIds
from mimecast_secops.ingest.state import State

KEY = b"k" * 32
steps = st.lists(
    st.tuples(st.just("add"), st.sampled_from("abcdefgh"), st.integers(0, 5))
    | st.tuples(st.just("forget"), st.just(""), st.integers(0, 6))
    | st.tuples(st.just("store"), st.just(""), st.just(0)),
    max_size=30,
)


@given(steps)
def test_processed_ids_are_a_set_that_forgets_by_the_hour(steps: list[tuple[str, str, int]]) -> None:
    ids, model = ProcessedIds(KEY), dict[str, int]()
    for step, name, hour in steps:
        if step == "add":
            ids.add(name, hour * HOUR_MS)
            model.setdefault(name, hour)
        elif step == "forget":
            ids.forget_before(hour * HOUR_MS)
            model = {name: added for name, added in model.items() if added >= hour}
        else:
            ids = ProcessedIds.from_parts(KEY, ids.to_parts())
        assert {name for name in "abcdefgh" if name in ids} == set(model)
        assert len(ids) == len(model)
        assert ids.oldest_ms == (min(model.values()) * HOUR_MS if model else None)


@settings(max_examples=10)
@given(st.integers(1, 60), st.integers(0, 60))
def test_look_ups_by_bisection_and_by_set_agree(stored: int, fresh: int) -> None:
    ids = ProcessedIds(KEY)
    for number in range(stored):
        ids.add(f"stored {number}", 0)
    ids = ProcessedIds.from_parts(KEY, ids.to_parts())
    for number in range(fresh):
        ids.add(f"fresh {number}", 0)
    for _ in range(120):  # far more look-ups than it takes to build a set
        assert all(f"stored {number}" in ids for number in range(stored))
        assert not any(f"other {number}" in ids for number in range(60))
    assert all(f"fresh {number}" in ids for number in range(fresh))


def test_a_part_that_is_full_never_changes_again() -> None:
    ids = ProcessedIds(KEY)
    for number in range(45_000):
        ids.add(str(number), 0)
    before = ids.to_parts()
    ids = ProcessedIds.from_parts(KEY, before)
    ids.add("new", 0)
    after = ids.to_parts()
    assert set(before) == set(after) == {"ledger.0.0", "ledger.0.1"}
    assert after["ledger.0.0"] is before["ledger.0.0"]
    assert max(map(len, after.values())) <= 480_000
    assert all(str(number) in ProcessedIds.from_parts(KEY, after) for number in (0, 20_000, 44_999))


def test_loading_a_million_ids_takes_no_memory_per_id() -> None:
    parts = {f"ledger.{hour}.0": bytes(40_000 * SIZE) for hour in range(25)}
    tracemalloc.start()
    try:
        ids = ProcessedIds.from_parts(KEY, parts)
        assert "m1" not in ids
        assert len(ids) == 1_000_000
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_the_unsorted_parts_of_version_one_are_read() -> None:
    state = State(start_ms=0)
    for number in range(500):
        state.mark_delivered(f"m{number}", 0)
    parts = state.encode()
    content = parts["ledger.0.0"]
    digests = [content[start : start + SIZE] for start in range(0, len(content), SIZE)]
    parts["ledger.0.0"] = b"".join(reversed(digests))
    parts["meta"] = parts["meta"].replace(b'"version":2', b'"version":1').replace(b',"settled":500', b"")
    loaded = State.decode(parts)
    assert loaded is not None
    assert all(f"m{number}" in loaded.processed_ids for number in range(500))
    assert loaded.encode()["ledger.0.0"] == content


@pytest.mark.parametrize("damage", ["shorter", "cut", "missing", "first missing"])
def test_a_damaged_part_is_an_error_not_a_shorter_memory(damage: str) -> None:
    state = State(start_ms=0)
    for number in range(41_000):
        state.mark_delivered(f"m{number}", number % 2 * HOUR_MS)
    parts = state.encode()
    if damage == "shorter":
        parts["ledger.1.0"] = parts["ledger.1.0"][:-SIZE]
    elif damage == "cut":
        parts["ledger.1.0"] = parts["ledger.1.0"][:-1]
    else:
        del parts["ledger.0.0" if damage == "first missing" else "ledger.1.0"]
    with pytest.raises(UnreadableState, match="damaged"):
        State.decode(parts)
