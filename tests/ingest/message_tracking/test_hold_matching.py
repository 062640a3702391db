"""Hold matching: exactly one entry in both directions or none, against a simple restatement of the rule."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import HeldMessage
from mimecast_secops.ingest.message_tracking.candidates import (
    MAX_COUNTED,
    TOLERANCE_MS,
    candidate_of_hold,
    candidate_of_record,
    key_of_hold,
    key_of_record,
)
from mimecast_secops.ingest.message_tracking.hold_matching import (
    Evidence,
    HoldIndex,
    HoldMatch,
    RecordIndex,
    match_all,
    match_one,
)
from mimecast_secops.ingest.record import PendingRecord
from tests.ingest.model import SECOND, START

SENDERS = st.sampled_from(["a@evil.test", "A@Evil.test", "b@evil.test"])
RECIPIENTS = st.sampled_from(["ann@example.com", "ANN@example.com", "bob@example.com", ""])
SUBJECTS = st.sampled_from(["invoice", " invoice ", "Invoice"])
SECONDS = st.none() | st.integers(0, 12)


def record_of(
    number: int,
    seconds: int | None = 0,
    sender: str = "a@evil.test",
    recipient: str = "ann@example.com",
    subject: str = "s",
) -> PendingRecord:
    return PendingRecord(
        id=f"m{number}",
        status="held",
        sender=sender,
        recipient=recipient,
        subject=subject,
        received_ms=START + (seconds or 0) * SECOND,
        defects=() if seconds is not None else ("received",),
    )


def hold_of(
    number: int,
    seconds: int | None = 0,
    sender: str = "a@evil.test",
    recipient: str = "ann@example.com",
    subject: str = "s",
) -> HeldMessage:
    raw: dict[str, Any] = {
        "id": f"h{number}",
        "from": {"emailAddress": sender},
        "to": {"emailAddress": recipient},
        "subject": subject,
    }
    if seconds is not None:
        raw["dateReceived"] = f"{datetime.fromtimestamp(START / 1000 + seconds, UTC):%Y-%m-%dT%H:%M:%S}+0000"
    return HeldMessage.read(raw)


FIELDS = st.tuples(SECONDS, SENDERS, RECIPIENTS, SUBJECTS)
RECORDS = st.lists(FIELDS, max_size=6).map(lambda rows: [record_of(n, *row) for n, row in enumerate(rows)])
HOLDS = st.lists(FIELDS, max_size=6).map(lambda rows: [hold_of(n, *row) for n, row in enumerate(rows)])


def agree(record: PendingRecord, hold: HeldMessage) -> bool:
    """The rule: sender, subject, recipient and time agree, as far as both sides name recipient and time."""
    received = int(hold.received.timestamp() * 1000) if hold.received else None
    return (
        record.sender.lower() == hold.sender.lower()
        and record.subject.strip() == hold.subject.strip()
        and (not record.recipient or not hold.recipient or record.recipient.lower() == hold.recipient.lower())
        and (
            received is None
            or "received" in record.defects
            or received - TOLERANCE_MS <= record.received_ms <= received + TOLERANCE_MS
        )
    )


@given(RECORDS, HOLDS)
def test_a_record_has_a_hold_id_exactly_if_the_match_is_unique_in_both_directions(
    records: list[PendingRecord], holds: list[HeldMessage]
) -> None:
    hold_index, record_index = HoldIndex(holds), RecordIndex(records)
    for record in records:
        candidates = [hold for hold in holds if agree(record, hold)]
        others = [other for other in records if candidates and agree(other, candidates[0])]
        match = match_one(record, hold_index, record_index)
        if len(candidates) == 1 and len(others) == 1:
            assert match.hold is candidates[0]
            assert match.candidates == 1
        else:
            assert match.hold is None
            assert match.candidates == (len(candidates) if len(candidates) != 1 else 2)


@given(RECORDS, HOLDS)
def test_no_entry_belongs_to_two_records(records: list[PendingRecord], holds: list[HeldMessage]) -> None:
    hold_index, record_index = HoldIndex(holds), RecordIndex(records)
    matches = [match_one(record, hold_index, record_index).hold for record in records]
    ids = [hold.id for hold in matches if hold]
    assert len(ids) == len(set(ids))


@given(st.lists(st.integers(0, 40), max_size=6), st.lists(st.integers(0, 40), max_size=6))
def test_as_many_entries_as_possible_have_their_own_record(records: list[int], holds: list[int]) -> None:
    known = [record_of(number, seconds) for number, seconds in enumerate(records)]
    listed = [hold_of(number, seconds) for number, seconds in enumerate(holds)]
    assert len(_assigned(known, listed)) == _most_pairs(known, listed)


@given(RECORDS, HOLDS)
def test_every_assigned_record_agrees_with_its_entry_and_is_assigned_once(
    records: list[PendingRecord], holds: list[HeldMessage]
) -> None:
    hold_index, record_index = HoldIndex(holds), RecordIndex(records)
    for key in {key_of_hold(hold) for hold in holds}:
        assigned = match_all(hold_index.alike(key), record_index.alike(key))
        ids = [record.id for record in assigned.values()]
        assert len(ids) == len(set(ids))
        assert all(agree(record, hold_index.holds[hold_id]) for hold_id, record in assigned.items())


@given(RECORDS, HOLDS)
def test_an_entry_without_a_record_leaves_no_free_record_that_agrees(
    records: list[PendingRecord], holds: list[HeldMessage]
) -> None:
    timed_holds = [hold for hold in holds if hold.received]
    hold_index, record_index = HoldIndex(timed_holds), RecordIndex(records)
    for key in {key_of_hold(hold) for hold in timed_holds}:
        assigned = match_all(hold_index.alike(key), record_index.alike(key))
        free = [record for record in records if key_of_record(record) == key and record not in assigned.values()]
        for candidate in hold_index.alike(key):
            hold = candidate.message
            if hold.id not in assigned and hold.recipient:
                assert not any(agree(record, hold) for record in free)


def _assigned(records: Sequence[PendingRecord], holds: Sequence[HeldMessage]) -> dict[str, PendingRecord]:
    return match_all(map(candidate_of_hold, holds), map(candidate_of_record, records))


def _most_pairs(records: Sequence[PendingRecord], holds: Sequence[HeldMessage]) -> int:
    """The size of the largest assignment, by trying all."""
    if not holds:
        return 0
    first, *rest = holds
    best = _most_pairs(records, rest)
    for index, record in enumerate(records):
        if agree(record, first):
            best = max(best, 1 + _most_pairs([*records[:index], *records[index + 1 :]], rest))
    return best


def test_an_entry_without_a_time_is_assigned_the_earliest_record() -> None:
    records = [record_of(1, 8), record_of(2, 3)]
    assert _assigned(records, [hold_of(1, None)]) == {"h1": records[1]}


def test_a_record_that_names_the_recipient_is_assigned_before_one_that_names_none() -> None:
    unnamed, ann = record_of(1, 0, recipient=""), record_of(2, 1)
    holds = [hold_of(1, 0), hold_of(2, 0, recipient="bob@example.com")]
    assert _assigned([unnamed, ann], holds) == {"h1": ann, "h2": unnamed}


def test_candidates_are_counted_up_to_a_limit() -> None:
    holds = HoldIndex([hold_of(number) for number in range(MAX_COUNTED + 100)])
    match = match_one(record_of(1), holds, RecordIndex([record_of(1)]))
    assert (match.hold, match.candidates) == (None, MAX_COUNTED)


def test_long_subjects_are_compared_by_what_a_record_keeps() -> None:
    hold = hold_of(1, subject="x" * 600)
    record = record_of(1, subject=("x" * 600)[:500])
    assert match_one(record, HoldIndex([hold]), RecordIndex([record])).hold is hold


def test_a_record_that_is_added_later_is_found() -> None:
    record, hold = record_of(1), hold_of(1)
    index = RecordIndex()
    assert list(index.alike(key_of_hold(hold))) == []
    index.add(record)
    index.add(record)
    assert [candidate.message for candidate in index.alike(key_of_hold(hold))] == [record]


def test_looking_for_an_entry_adds_no_key() -> None:
    index = HoldIndex([hold_of(1)])
    assert list(index.alike(("nobody", "nothing"))) == []
    assert [candidate.message for candidate in index.alike(key_of_hold(hold_of(1)))] == [hold_of(1)]


def encoded(**members: object) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(members).encode())).decode()


def test_details_that_name_an_entry_by_its_text_are_tied_to_it() -> None:
    index = HoldIndex([hold_of(1), hold_of(2)])
    assert index.tie("h2") == HoldMatch(index.holds["h2"], 1, Evidence.IDS)
    assert index.tie("h3") is None
    assert index.tie("") is None


def test_details_that_name_an_entry_by_its_number_are_tied_to_it() -> None:
    node = {"tmnd": "usterm11", "tnde": "006"}
    ids = [encoded(hldqid=number, queue_id=number, **node) for number in (1, 2)]
    index = HoldIndex([HeldMessage.read({"id": hold_id}) for hold_id in ids])
    match = index.tie(encoded(hldqid=2, activeid="CUSA1_77_usterm11_006_x", **node))
    assert match == HoldMatch(index.holds[ids[1]], 1, Evidence.IDS)
    assert index.tie(encoded(hldqid=3, **node)) is None


def test_a_number_that_two_entries_have_ties_neither() -> None:
    ids = [encoded(hldqid=1, tmnd="usterm11", tnde=node) for node in ("001", "002")]
    index = HoldIndex([HeldMessage.read({"id": hold_id}) for hold_id in ids])
    assert index.tie(encoded(hldqid=1)) is None
    match = index.tie(encoded(hldqid=1, tmnd="usterm11", tnde="002"))
    assert match is not None
    assert match.hold is index.holds[ids[1]]


def test_a_second_record_of_another_status_does_not_hide_the_entry_of_a_held_one() -> None:
    held, hold = record_of(1), hold_of(1)
    accepted = msgspec.structs.replace(record_of(2), status="accepted")
    match = match_one(held, HoldIndex([hold]), RecordIndex([held, accepted]))
    assert (match.hold, match.evidence) == (hold, Evidence.CONTENT)


def test_entries_are_compared_with_their_time_in_message_tracking() -> None:
    record, hold = record_of(1, 0), hold_of(1, 3600)
    assert match_one(record, HoldIndex([hold]), RecordIndex([record])).hold is None
    assert match_one(record, HoldIndex([hold], offset_ms=3600 * SECOND), RecordIndex([record])).hold is hold


def test_an_entry_without_an_id_is_ignored() -> None:
    assert HoldIndex([HeldMessage.read({"subject": "s"})]).holds == {}
