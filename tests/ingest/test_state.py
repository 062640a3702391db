"""The state between cycles: stored, loaded, and changed."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import TrackedMessage
from mimecast_secops.ingest.clock import HOUR_MS
from mimecast_secops.ingest.processed_ids import ProcessedIds
from mimecast_secops.ingest.progress import PollProgress
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import RecordState, State, UnreadableState
from tests.ingest.model import START, Record

IDS = st.text(min_size=1, max_size=20)


@given(st.lists(st.tuples(IDS, st.integers(0, 100 * HOUR_MS))))
def test_processed_ids_survive_a_round_trip(entries: list[tuple[str, int]]) -> None:
    ids = ProcessedIds(b"key")
    for name, time_ms in entries:
        ids.add(name, time_ms)
    loaded = ProcessedIds.from_parts(b"key", ids.to_parts())
    assert all(name in loaded for name, _ in entries)
    assert len(loaded) == len(ids)
    assert loaded.to_parts() == ids.to_parts()


@given(
    st.lists(st.tuples(IDS, st.integers(0, 50 * HOUR_MS)), unique_by=lambda entry: entry[0]),
    st.integers(0, 60 * HOUR_MS),
)
def test_processed_ids_forget_whole_hours_and_nothing_newer(entries: list[tuple[str, int]], line: int) -> None:
    ids = ProcessedIds(b"key")
    for name, time_ms in entries:
        ids.add(name, time_ms)
    ids.forget_before(line)
    assert all(name in ids for name, time_ms in entries if time_ms >= line)


def test_two_stores_have_different_digests() -> None:
    first, second = ProcessedIds(b"a"), ProcessedIds(b"b")
    first.add("x", 0)
    second.add("x", 0)
    assert first.to_parts() != second.to_parts()


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", b'{"version": 1}'])
def test_a_damaged_state_is_an_error_not_a_fresh_start(damage: bytes) -> None:
    with pytest.raises(UnreadableState, match="damaged"):
        State.decode({"meta": damage})


def test_a_newer_state_is_refused() -> None:
    parts = State(start_ms=0).encode()
    parts["meta"] = parts["meta"].replace(b'"version":2', b'"version":3')
    with pytest.raises(UnreadableState) as caught:
        State.decode(parts)
    assert str(caught.value) == "The stored state was written by a newer version of this program: update it."


def test_the_error_for_a_damaged_state_names_the_kind_of_damage() -> None:
    state = State(start_ms=0)
    state.mark_delivered("a", 1)
    parts = {name: part for name, part in state.encode().items() if name == "meta"}
    with pytest.raises(UnreadableState) as caught:
        State.decode(parts)
    assert str(caught.value) == ("The stored state is damaged (ValueError): restore it, or remove it to start over.")


def test_a_new_state_has_a_random_key_and_no_token_or_window() -> None:
    state = State(start_ms=5)
    assert (len(state.key), state.token, state.window_ms, state.start_ms) == (32, "", 0, 5)
    assert state.key != State(start_ms=5).key
    state.mark_delivered("a", 1)
    assert len(state.processed_ids) == 1


def test_no_state_is_none() -> None:
    assert State.decode({}) is None


def test_the_checkpoint_is_the_oldest_pending_record_or_how_far_was_read() -> None:
    state = State(start_ms=0)
    state.mark_read(5000, 5000)
    assert state.checkpoint_ms == 5000
    state.add_pending(PendingRecord(id="a", received_ms=3000))
    assert state.checkpoint_ms == 3000
    state.mark_delivered("a", 6000)
    assert state.checkpoint_ms == 5000
    assert state.record_state("a") is RecordState.DONE


def test_a_record_that_is_done_never_becomes_pending_again() -> None:
    state = State(start_ms=0)
    state.mark_delivered("a", 1)
    state.add_pending(PendingRecord(id="a"))
    assert state.record_state("a") is RecordState.DONE
    assert len(state.backlog) == 0


def test_a_hundred_thousand_processed_ids_take_at_most_two_megabytes() -> None:
    state = State(start_ms=0)
    for number in range(100_000):
        state.mark_delivered(f"eNoVzMEKwiAAANB_8dwhc065VxsUFAQd-{number}", number * 36)
    assert sum(len(part) for part in state.encode().values()) <= 2_000_000


def stored_state(version: int) -> dict[str, bytes]:
    """A state that a released version has written: two pending records, a hold, a gap, a filtered record, and ids."""
    parts = json.loads((Path(__file__).parent / "states" / f"version-{version}.json").read_text(encoding="ascii"))
    return {name: base64.b64decode(part) for name, part in parts.items()}


@pytest.mark.parametrize("version", [1, 2])
def test_a_state_of_an_earlier_version_is_loaded_unchanged(version: int) -> None:
    state = State.decode(stored_state(version))
    assert state is not None
    assert state.start_ms == 1_789_992_800_000
    assert state.read_until_ms == 1_789_996_400_000
    assert state.poll == PollProgress(target_ms=1_790_000_000_000, reached_ms=1_789_998_200_000)
    assert state.window_ms == 900_000
    assert (state.token, state.unmatched_holds) == ("17", {"h7": 2})
    assert state.undecodable == ({1_789_999_000} if version > 1 else set())
    pending = {record.id: record for record in state.backlog}
    assert pending.keys() == {"tracked-1", "failed-1", "hold:h9", "gap:second:1"}
    assert (pending["failed-1"].tries, pending["failed-1"].error) == (2, "No answer.")
    assert pending["tracked-1"].summary["subject"] == "invoice"
    assert pending["hold:h9"].hold_id == "h9"
    assert state.record_state("delivered-1") is RecordState.DONE
    assert state.record_state("filtered-1", "accepted") is RecordState.DONE
    assert state.record_state("filtered-1", "held") is RecordState.NEW
    assert state.is_hold_matched("h1")
    assert not state.is_hold_matched("h7")


def test_a_state_is_stored_as_version_2_reads_it() -> None:
    parts = stored_state(2)
    state = State.decode(parts)
    assert state is not None
    stored = state.encode()
    assert stored.keys() == parts.keys()
    # Version 2.0 ignores the members that it does not know.
    meta = json.loads(stored["meta"])
    assert meta.pop("remembered_ms") == meta["frontier_ms"]
    assert meta == json.loads(parts["meta"])
    assert {name: part for name, part in stored.items() if name != "meta"} == {
        name: part for name, part in parts.items() if name != "meta"
    }


def test_an_unfinished_poll_continues_and_ends_at_its_target() -> None:
    state = State(start_ms=0)
    state.mark_read(400, 1000)
    assert (state.read_until_ms, state.reached_ms, state.poll) == (0, 400, PollProgress(1000, 400))
    state.mark_read(1000, 1000)
    assert (state.read_until_ms, state.reached_ms, state.poll) == (1000, 1000, None)


def test_giving_up_a_period_ends_the_poll() -> None:
    state = State(start_ms=0)
    state.mark_read(400, 1000)
    state.give_up_before(5000)
    assert (state.reached_ms, state.checkpoint_ms) == (5000, 5000)
    assert state.poll is None


def test_a_deferred_record_stays_pending_with_its_error() -> None:
    state = State(start_ms=0)
    record = PendingRecord(id="a", received_ms=1)
    assert state.add_pending(record)
    assert not state.add_pending(record)
    state.defer(record, after_ms=9, tries=1, error="x" * 1000)
    deferred = state.backlog.get("a")
    assert deferred is not None
    assert (deferred.after_ms, deferred.tries, len(deferred.error)) == (9, 1, 300)
    assert state.record_state("a") is RecordState.PENDING


def test_a_record_filtered_by_its_details_is_new_under_another_status() -> None:
    state = State(start_ms=0)
    state.mark_filtered(PendingRecord(id="a", status="accepted"), 0)
    assert state.record_state("a", "accepted") is RecordState.DONE
    assert state.record_state("a", "held") is RecordState.NEW
    assert state.record_state("a") is RecordState.NEW
    assert not state.add_pending(PendingRecord(id="a", status="accepted"))
    assert state.add_pending(PendingRecord(id="a", status="held"))


def test_a_record_deferred_without_an_error_has_none_and_keeps_its_tries() -> None:
    state = State(start_ms=0)
    record = PendingRecord(id="a", tries=3, error="No answer.")
    state.add_pending(record)
    state.defer(record, after_ms=7)
    deferred = state.backlog.get("a")
    assert deferred is not None
    assert (deferred.after_ms, deferred.tries, deferred.error) == (7, 3, "")


def test_a_matched_hold_is_no_longer_counted_as_unmatched() -> None:
    state = State(start_ms=0)
    state.unmatched_holds = {"h1": 2, "h2": 1}
    state.mark_delivered("a", 1, "h1")
    assert state.unmatched_holds == {"h2": 1}
    assert state.is_hold_matched("h1")
    assert not state.is_hold_matched("h2")


def test_a_filtered_hold_is_done_and_its_entry_matched() -> None:
    state = State(start_ms=0)
    hold = PendingRecord(id="hold:h1", kind="hold", status="held", hold_id="h1")
    state.add_pending(hold)
    assert state.is_hold_matched("h1")
    state.mark_filtered(hold, 0)
    assert state.record_state("hold:h1") is RecordState.DONE
    assert state.is_hold_matched("h1")


def test_undecodable_seconds_are_forgotten_with_the_ids_and_limited_in_number() -> None:
    state = State(start_ms=0)
    state.undecodable = set(range(10_000, 10_300))
    state.forget_before(10_250 * 1000 + 2 * HOUR_MS)
    assert state.undecodable == set(range(10_250, 10_300))
    state.undecodable = set(range(20_000, 20_300))
    state.forget_before(0)
    assert state.undecodable == set(range(20_200, 20_300))


def test_the_rate_limits_that_are_waited_for_are_stored() -> None:
    state = State(start_ms=1_000)
    state.rate_limits = {"/api/message-finder/search": 600_000}
    stored = State.decode(state.encode())
    assert stored is not None
    assert stored.rate_limits == state.rate_limits


def stored(state: State) -> State:
    loaded = State.decode(state.encode())
    assert loaded is not None
    return loaded


def test_a_record_and_a_hold_that_are_tied_belong_to_no_others() -> None:
    state = State(start_ms=1)
    assert state.is_hold_open("h1")
    state.mark_delivered("m1", 1, "h1")
    loaded = stored(state)
    assert loaded.is_tied("m1")
    assert loaded.is_hold_matched("h1")
    assert not loaded.is_hold_open("h1")
    assert not loaded.is_tied("m2")


def test_a_hold_that_was_delivered_itself_joins_one_tracking_record() -> None:
    state = State(start_ms=1)
    state.mark_delivered("hold:h1", 1, "h1")
    assert state.is_hold_open("h1")
    state.mark_delivered("m1", 1, "h1")
    assert not stored(state).is_hold_open("h1")


def test_a_pending_record_is_renamed_and_one_that_is_done_stays_done() -> None:
    state = State(start_ms=1)
    state.add_pending(PendingRecord(id="pending", received_ms=5))
    state.mark_delivered("done", 1)
    for name in ("pending", "done"):
        state.rename(state.known_messages.digest(name), f"new {name}", 2)
    assert [record.id for record in state.backlog] == ["new pending"]
    assert state.record_state("new done") is RecordState.DONE


def test_ids_that_other_credentials_read_are_marked_until_they_are_read_again() -> None:
    state = State(start_ms=1)
    message = state.known_messages.describe("m1", TrackedMessage.read(Record("m1", START, START).row()))
    assert message is not None
    state.set_caller("one")
    state.known_messages.add(message)
    for caller in ("one", "", "one"):
        state.set_caller(caller)
    assert stored(state).known_messages.alike(message) == [message]
    state = stored(state)
    state.set_caller("two")
    previous = message._replace(is_of_previous_caller=True)
    assert stored(state).known_messages.alike(message) == [previous]
    state.known_messages.replace(previous, message)
    assert stored(state).known_messages.alike(message) == [message]


def test_an_imported_message_id_counts_once_for_each_recipient_and_only_for_its_time() -> None:
    state = State(start_ms=1)
    state.import_ids(["<a@x.test>"], 10, 20)
    state = stored(state)
    ann, bob = (PendingRecord(id=name, recipient=f"{name}@example.com", received_ms=10) for name in ("ann", "bob"))
    later = PendingRecord(id="later", recipient="carol@example.com", received_ms=11)
    assert not state.take_imported(ann, "", 20)
    assert not state.take_imported(ann, "b@x.test", 20)
    assert not state.take_imported(later, "a@x.test", 20)
    assert [state.take_imported(record, "a@x.test", 20) for record in (ann, bob, ann)] == [True, True, False]


def test_known_messages_are_stored_and_forgotten_with_the_ids() -> None:
    state = State(start_ms=1)
    described = state.known_messages.describe(
        "m1", TrackedMessage.read({"id": "m1", "received": "2026-09-21T14:00:00+0000"})
    )
    assert described is not None
    state.known_messages.add(described)
    assert stored(state).known_messages.alike(described) == [described]
    state.forget_before(described.second * 1000 + 4 * HOUR_MS)
    assert len(stored(state).known_messages) == 0
