"""The pending records and their stored form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest.backlog import Backlog
from mimecast_secops.ingest.record import PendingRecord

IDS = st.text(min_size=1, max_size=20)


@given(st.lists(st.tuples(IDS, st.integers(0, 10**12)), unique_by=lambda entry: entry[0]), st.data())
def test_the_backlog_survives_being_stored(entries: list[tuple[str, int]], data: st.DataObject) -> None:
    backlog = Backlog()
    for name, time_ms in entries:
        backlog.put(PendingRecord(id=name, received_ms=time_ms))
    for name, _ in entries[: data.draw(st.integers(0, len(entries)))]:
        backlog.remove(name)
    loaded = Backlog.from_parts(backlog.to_parts())
    assert sorted(loaded, key=lambda record: record.id) == sorted(backlog, key=lambda record: record.id)


def test_chunks_that_did_not_change_are_the_same_bytes() -> None:
    backlog = Backlog()
    for number in range(1000):
        backlog.put(PendingRecord(id=f"m{number}", received_ms=number))
    before = backlog.to_parts()
    backlog.remove("m3")
    after = backlog.to_parts()
    assert sum(after[name] is not part for name, part in before.items()) == 1


def test_the_backlog_is_stored_in_numbered_chunks_of_a_hundred_records() -> None:
    backlog = Backlog()
    for number in range(201):
        backlog.put(PendingRecord(id=f"m{number}", received_ms=number))
    parts = backlog.to_parts()
    assert list(parts) == ["backlog.0", "backlog.1", "backlog.2"]
    assert [len(Backlog.from_parts({name: part})) for name, part in parts.items()] == [100, 100, 1]


def test_a_loaded_backlog_continues_its_last_chunk() -> None:
    backlog = Backlog()
    for number in range(150):
        backlog.put(PendingRecord(id=f"m{number}", received_ms=number))
    before = backlog.to_parts()
    loaded = Backlog.from_parts(dict(reversed(before.items())))
    loaded.put(PendingRecord(id="new", received_ms=0))
    after = loaded.to_parts()
    assert after.keys() == before.keys()
    assert after["backlog.0"] is before["backlog.0"]
    assert len(loaded) == 151


def test_a_replaced_record_stays_in_its_chunk() -> None:
    backlog = Backlog()
    for number in range(150):
        backlog.put(PendingRecord(id=f"m{number}", received_ms=number))
    before = backlog.to_parts()
    replacement = PendingRecord(id="m0", received_ms=0, tries=1)
    backlog.put(replacement)
    after = backlog.to_parts()
    assert len(list(backlog)) == len(backlog) == 150
    assert backlog.get("m0") is replacement
    assert after["backlog.0"] != before["backlog.0"]
    assert after["backlog.1"] is before["backlog.1"]


def test_an_empty_chunk_is_not_stored() -> None:
    backlog = Backlog()
    backlog.put(PendingRecord(id="a"))
    assert backlog.get("b") is None
    backlog.remove("b")
    backlog.remove("a")
    assert (backlog.get("a"), backlog.oldest_ms(), backlog.to_parts()) == (None, None, {})
