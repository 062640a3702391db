"""Holds and records that do not belong to each other yet."""

from __future__ import annotations

from mimecast_secops.ingest.message_tracking.candidates import key_of_hold
from mimecast_secops.ingest.message_tracking.hold_matching import HoldIndex, RecordIndex
from mimecast_secops.ingest.message_tracking.open_messages import OpenMessages
from mimecast_secops.ingest.state import State
from tests.ingest.message_tracking.test_hold_matching import hold_of, record_of
from tests.ingest.model import HOUR, START

PERIOD = (START - HOUR, START + HOUR)


def test_messages_that_are_tied_to_each_other_are_not_open() -> None:
    state = State(start_ms=START)
    holds, records = HoldIndex([hold_of(1), hold_of(2)]), RecordIndex([record_of(1), record_of(2)])
    state.tie("m1", "h1", START)
    messages = OpenMessages(holds, records, state, PERIOD)
    key = key_of_hold(hold_of(1))
    assert [candidate.message.id for candidate in messages.holds.alike(key)] == ["h2"]
    assert [candidate.message.id for candidate in messages.records.alike(key)] == ["m2"]


def test_a_hold_that_was_delivered_itself_is_open_until_its_record_appears() -> None:
    state = State(start_ms=START)
    messages = OpenMessages(HoldIndex([hold_of(1)]), RecordIndex(), state, PERIOD)
    state.mark_delivered("hold:h1", START, "h1")
    assert messages.holds.is_open(hold_of(1))
    state.mark_delivered("m1", START, "h1")
    assert not messages.holds.is_open(hold_of(1))


def test_only_messages_without_an_exact_candidate_are_compared() -> None:
    holds = HoldIndex([hold_of(1), hold_of(2, sender="header@evil.test", recipient="bob@example.com")])
    records = RecordIndex([record_of(1), record_of(2, recipient="bob@example.com")])
    views = OpenMessages(holds, records, State(start_ms=START), PERIOD).compare()
    assert {hold_id: pair.record.id for hold_id, pair in views.by_hold.items()} == {"h2": "m2"}


def test_records_of_another_period_are_not_compared() -> None:
    holds, records = HoldIndex([hold_of(1, sender="header@evil.test")]), RecordIndex([record_of(1)])
    messages = OpenMessages(holds, records, State(start_ms=START), (START + HOUR, START + 2 * HOUR))
    assert messages.compare().by_hold == {}
