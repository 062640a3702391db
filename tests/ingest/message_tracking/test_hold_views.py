"""Pairs of holds and records whose views differ."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest.message_tracking.candidates import candidate_of_hold, candidate_of_record
from mimecast_secops.ingest.message_tracking.hold_views import Difference, HoldViews, compare_views
from tests.ingest.message_tracking.test_hold_matching import hold_of, record_of
from tests.ingest.model import SECOND

LONG = "Invoice of May for the offices"


def compare(
    holds: list[dict[str, object]], records: list[dict[str, object]], shared: frozenset[str] = frozenset()
) -> HoldViews:
    return compare_views(
        [candidate_of_hold(hold_of(number, **fields)) for number, fields in enumerate(holds)],  # type: ignore[arg-type]
        [candidate_of_record(record_of(number, **fields)) for number, fields in enumerate(records)],  # type: ignore[arg-type]
        shared_recipients=shared,
    )


@pytest.mark.parametrize(
    ("fields", "difference"),
    [
        ({"seconds": 100}, Difference.TIME),
        ({"sender": "header@evil.test"}, Difference.SENDER),
        ({"subject": f"[EXTERNAL] {LONG}"}, Difference.SUBJECT),
        ({"subject": LONG[:20]}, Difference.SUBJECT),
        ({"recipient": "alias@example.com"}, Difference.RECIPIENT),
    ],
)
def test_a_hold_may_differ_in_one_respect(fields: dict[str, object], difference: Difference) -> None:
    views = compare([{"subject": LONG} | fields], [{"subject": LONG}])
    assert views.by_hold["h0"].is_unique
    assert views.by_hold["h0"].differences == {difference}
    assert views.hold_of("m0") is views.by_hold["h0"].hold


@pytest.mark.parametrize(
    "fields",
    [
        {"seconds": 200},
        {"recipient": "alias@example.com", "sender": "header@evil.test"},
        {"recipient": "alias@example.com", "seconds": 30},
        {"sender": "header@evil.test", "seconds": 30},
        {"subject": "Another"},
    ],
)
def test_a_hold_that_differs_in_more_is_another_message(fields: dict[str, object]) -> None:
    views = compare([{"subject": LONG} | fields], [{"subject": LONG}])
    assert views.by_hold == {}
    assert [view.message.id for view in views.free_holds] == ["h0"]
    assert [view.message.id for view in views.free_records] == ["m0"]


def test_a_header_sender_and_a_tag_may_differ_together() -> None:
    views = compare([{"subject": f"[TAG] {LONG}", "sender": "header@evil.test"}], [{"subject": LONG}])
    assert views.by_hold["h0"].differences == {Difference.SENDER, Difference.SUBJECT}


@pytest.mark.parametrize("seconds", [30, -45, 3600, -5 * 3600])
def test_an_offset_that_most_messages_have_is_systematic(seconds: int) -> None:
    holds = [{"subject": f"{LONG} {number}", "seconds": 600 * number + seconds} for number in range(5)]
    records = [{"subject": f"{LONG} {number}", "seconds": 600 * number} for number in range(5)]
    views = compare(list(holds), list(records))
    assert views.offset_ms == seconds * SECOND
    assert len(views.by_hold) == 5


def test_with_a_systematic_offset_other_fields_may_differ_too() -> None:
    holds = [
        {"subject": f"[TAG] {number} {LONG}", "seconds": 20_000 + 600 * number, "recipient": f"{number}@x.test"}
        for number in range(5)
    ]
    records = [
        {"subject": f"{number} {LONG}", "seconds": 600 * number, "recipient": f"{number}@x.test"} for number in range(5)
    ]
    views = compare(list(holds), list(records))
    assert views.offset_ms == 20_000 * SECOND
    assert views.differences() == {Difference.TIME: 5, Difference.SUBJECT: 5}


def test_two_offsets_are_not_systematic() -> None:
    holds = [{"subject": f"{LONG} {number}", "seconds": 600 * number + number * 40} for number in range(5)]
    records = [{"subject": f"{LONG} {number}", "seconds": 600 * number} for number in range(5)]
    assert compare(list(holds), list(records)).offset_ms == 0


def test_two_identical_messages_are_paired_but_not_unique() -> None:
    views = compare([{"sender": "header@evil.test"}] * 2, [{}] * 2)
    assert set(views.by_hold) == {"h0", "h1"}
    assert views.hold_of("m0") is None


def test_a_message_to_one_recipient_does_not_account_for_that_to_another_whom_both_lists_name() -> None:
    holds: list[dict[str, object]] = [{"recipient": "bob@example.com"}]
    shared = frozenset({"ann@example.com", "bob@example.com"})
    assert compare(holds, [{"recipient": "ann@example.com"}], shared).by_hold == {}
    assert len(compare(holds, [{"recipient": "ann@example.com"}]).by_hold) == 1


def test_messages_without_a_time_are_left_out() -> None:
    views = compare([{"seconds": None}], [{"seconds": None}])
    assert (views.by_hold, views.free_holds, views.free_records) == ({}, [], [])


def test_values_that_no_record_has_are_counted() -> None:
    views = compare([{"sender": "x@y.test", "subject": "Another"}] * 3, [{}] * 3)
    counts = {Difference.SENDER: 3, Difference.SUBJECT: 3, Difference.RECIPIENT: 0}
    assert views.unknown_values() == counts


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "seconds": st.none() | st.integers(0, 200),
        "sender": st.sampled_from(["a@evil.test", "b@evil.test"]),
        "recipient": st.sampled_from(["ann@example.com", "bob@example.com", ""]),
        "subject": st.sampled_from([LONG, f"[TAG] {LONG}", LONG[:10], "s", ""]),
    },
)


@given(st.lists(FIELDS, max_size=8), st.lists(FIELDS, max_size=8), st.randoms(use_true_random=False))
def test_no_message_is_in_two_pairs_and_the_order_of_the_lists_does_not_matter(
    holds: list[dict[str, object]], records: list[dict[str, object]], order: random.Random
) -> None:
    views = compare(holds, records)
    ids = [pair.record.id for pair in views.by_hold.values()]
    assert len(ids) == len(set(ids))
    assert {view.message.id for view in views.free_holds}.isdisjoint(views.by_hold)
    assert set(views.by_record) == set(ids)
    shuffled = [candidate_of_hold(hold_of(number, **fields)) for number, fields in enumerate(holds)]  # type: ignore[arg-type]
    order.shuffle(shuffled)
    again = compare_views(shuffled, [candidate_of_record(record_of(n, **fields)) for n, fields in enumerate(records)])  # type: ignore[arg-type]
    unique = {hold_id: pair.record.id for hold_id, pair in views.by_hold.items() if pair.is_unique}
    assert {hold_id: pair.record.id for hold_id, pair in again.by_hold.items() if pair.is_unique} == unique
