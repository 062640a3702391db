"""Pending records: built from a row, a hold queue entry or a gap."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import HeldMessage, TrackedMessage
from mimecast_secops.ingest.record import GAP, HOLD, TRACKING, PendingRecord, clip, tracking_id
from tests.ingest.model import START, Record


def row(**fields: Any) -> TrackedMessage:
    return TrackedMessage.read(Record("m1", START, START).row() | fields)


def test_a_record_keeps_what_the_search_showed() -> None:
    record = PendingRecord.from_tracking(row(), START + 5)
    assert (record.id, record.kind, record.status, record.received_ms) == ("m1", TRACKING, "held", START)
    assert (record.sender, record.recipient, record.route) == ("a@evil.test", "ann@example.com", "inbound")
    assert record.summary["fromEnv_emailAddress"] == "a@evil.test"
    assert record.summary["to_1_emailAddress"] == "ann@example.com"
    assert (record.defects, record.has_tracking_id) == ((), True)


def test_a_record_for_matching_has_no_summary() -> None:
    assert PendingRecord.from_tracking(row(), START, with_summary=False).summary == {}


def test_a_row_without_a_time_has_the_time_it_was_seen() -> None:
    record = PendingRecord.from_tracking(row(received=None), START + 5)
    assert (record.received_ms, record.defects) == (START + 5, ("received",))


def test_a_row_without_an_id_has_an_id_made_of_its_content() -> None:
    first, second = row(id="", subject="a"), row(id="", subject="b")
    record = PendingRecord.from_tracking(first, START)
    assert record.id == tracking_id(first) == tracking_id(row(id="", subject="a"))
    assert record.id.startswith("unreadable:")
    assert tracking_id(second) != tracking_id(first)
    assert (record.has_tracking_id, record.defects) == (False, ("id",))


@pytest.mark.parametrize(("value", "expected"), [(True, True), (False, False), (None, True)])
def test_attachments_are_looked_up_unless_the_search_says_there_are_none(value: bool | None, expected: bool) -> None:
    assert PendingRecord.from_tracking(row(attachments=value), START).has_attachments is expected


def test_a_hold_is_a_separate_record() -> None:
    hold = HeldMessage.read(Record("m1", START, START).hold())
    record = PendingRecord.from_hold(hold, START + 5)
    assert (record.id, record.kind, record.hold_id, record.status) == ("hold:hold-m1", HOLD, "hold-m1", "held")
    assert record.id == PendingRecord.id_of_hold("hold-m1")
    assert (record.reason, record.summary["reason"]) == ("Spam", "Message Hold Applied")
    assert not record.has_tracking_id


def test_a_gap_shows_its_sentence() -> None:
    record = PendingRecord.from_gap("second:1", START, "Not read.")
    assert (record.id, record.kind, record.received_ms) == ("gap:second:1", GAP, START)
    assert (record.subject, record.summary) == ("Not read.", {"gap": "Not read."})


def test_deferred_records_come_after_all_others_and_the_oldest_first() -> None:
    records = [
        PendingRecord(id="d", received_ms=1, error="No answer."),
        PendingRecord(id="c", received_ms=3),
        PendingRecord(id="b", received_ms=2),
        PendingRecord(id="a", received_ms=2),
    ]
    assert [record.id for record in sorted(records, key=lambda record: record.sort_key)] == ["a", "b", "c", "d"]


@given(st.text())
def test_a_clipped_text_can_be_stored(text: str) -> None:
    clipped = clip(text * 30)
    assert len(clipped) <= 500
    assert clip(clipped) == clipped
    clipped.encode("utf-8")
