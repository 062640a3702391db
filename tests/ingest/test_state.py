"""What is remembered between cycles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest.clock import HOUR_MS
from mimecast_secops.ingest.processed_ids import ProcessedIds
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import Backlog, RecordState, State, UnreadableState

IDS = st.text(min_size=1, max_size=20)


@given(st.lists(st.tuples(IDS, st.integers(0, 100 * HOUR_MS))))
def test_the_ledger_survives_being_stored(entries: list[tuple[str, int]]) -> None:
    ledger = ProcessedIds(b"key")
    for name, time_ms in entries:
        ledger.add(name, time_ms)
    again = ProcessedIds.from_parts(b"key", ledger.to_parts())
    assert all(name in again for name, _ in entries)
    assert len(again) == len(ledger)
    assert again.to_parts() == ledger.to_parts()


@given(
    st.lists(st.tuples(IDS, st.integers(0, 50 * HOUR_MS)), unique_by=lambda one: one[0]), st.integers(0, 60 * HOUR_MS)
)
def test_the_ledger_forgets_whole_hours_and_nothing_newer(entries: list[tuple[str, int]], line: int) -> None:
    ledger = ProcessedIds(b"key")
    for name, time_ms in entries:
        ledger.add(name, time_ms)
    ledger.forget_before(line)
    assert all(name in ledger for name, time_ms in entries if time_ms >= line)


def test_two_stores_have_different_digests() -> None:
    one, other = ProcessedIds(b"a"), ProcessedIds(b"b")
    one.add("x", 0)
    other.add("x", 0)
    assert one.to_parts() != other.to_parts()


@given(st.lists(st.tuples(IDS, st.integers(0, 10**12)), unique_by=lambda one: one[0]), st.data())
def test_the_backlog_survives_being_stored(entries: list[tuple[str, int]], data: st.DataObject) -> None:
    backlog = Backlog()
    for name, time_ms in entries:
        backlog.put(PendingRecord(id=name, received_ms=time_ms))
    for name, _ in entries[: data.draw(st.integers(0, len(entries)))]:
        backlog.remove(name)
    again = Backlog.from_parts(backlog.to_parts())
    assert sorted(again, key=lambda one: one.id) == sorted(backlog, key=lambda one: one.id)


def test_chunks_that_did_not_change_are_the_same_bytes() -> None:
    backlog = Backlog()
    for number in range(1000):
        backlog.put(PendingRecord(id=f"m{number}", received_ms=number))
    before = backlog.to_parts()
    backlog.remove("m3")
    after = backlog.to_parts()
    assert sum(after[name] is not part for name, part in before.items()) == 1


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", b'{"version": 1}'])
def test_a_damaged_state_is_never_thrown_away_silently(damage: bytes) -> None:
    with pytest.raises(UnreadableState, match="damaged"):
        State.decode({"meta": damage})


def test_a_newer_state_is_refused() -> None:
    parts = State(start_ms=0).encode()
    parts["meta"] = parts["meta"].replace(b'"version":2', b'"version":3')
    with pytest.raises(UnreadableState, match="newer"):
        State.decode(parts)


def test_no_state_is_none() -> None:
    assert State.decode({}) is None


def test_the_checkpoint_is_the_oldest_of_what_waits_and_what_was_read() -> None:
    state = State(start_ms=0)
    state.mark_read(5000, 5000)
    assert state.checkpoint_ms == 5000
    state.add_pending(PendingRecord(id="a", received_ms=3000))
    assert state.checkpoint_ms == 3000
    state.mark_delivered("a", 6000)
    assert state.checkpoint_ms == 5000
    assert state.record_state("a") is RecordState.DONE


def test_a_settled_record_never_waits_again() -> None:
    state = State(start_ms=0)
    state.mark_delivered("a", 1)
    state.add_pending(PendingRecord(id="a"))
    assert state.record_state("a") is RecordState.DONE
    assert len(state.backlog) == 0


def test_a_hundred_thousand_settled_ids_take_two_megabytes_at_most() -> None:
    state = State(start_ms=0)
    for number in range(100_000):
        state.mark_delivered(f"eNoVzMEKwiAAANB_8dwhc065VxsUFAQd-{number}", number * 36)
    assert sum(len(part) for part in state.encode().values()) <= 2_000_000
