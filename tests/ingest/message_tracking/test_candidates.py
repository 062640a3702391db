"""What is compared of holds and records, and look-ups in large groups of identical messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest.message_tracking.candidates import (
    MAX_COUNTED,
    TOLERANCE_MS,
    Alike,
    Candidate,
    candidate_of_hold,
    candidate_of_record,
    key_of_hold,
    key_of_record,
)
from mimecast_secops.ingest.record import PendingRecord
from tests.ingest.message_tracking.test_hold_matching import hold_of, record_of
from tests.ingest.model import SECOND, START

CANDIDATES = st.builds(
    Candidate, st.just("message"), st.sampled_from(["", "ann", "bob"]), st.none() | st.integers(0, 40_000)
)


@pytest.mark.parametrize(("apart_ms", "matches"), [(0, True), (TOLERANCE_MS, True), (TOLERANCE_MS + 1, False)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_times_may_differ_by_the_tolerance(apart_ms: int, matches: bool, sign: int) -> None:
    record = PendingRecord(id="m1", received_ms=START + sign * apart_ms, recipient="ann@example.com")
    assert candidate_of_record(record).could_be(candidate_of_hold(hold_of(1))) is matches


@given(st.lists(CANDIDATES, max_size=30), CANDIDATES)
def test_a_group_finds_all_that_agree(group: list[Candidate[str]], other: Candidate[str]) -> None:
    found = Alike(group).matching(other, 100)
    assert sorted(map(repr, found)) == sorted(repr(candidate) for candidate in group if candidate.could_be(other))


def test_a_group_returns_no_more_than_the_limit() -> None:
    group = Alike([Candidate("message", "ann", 0)] * 1000)
    assert len(group.matching(Candidate("other", "ann", 0))) == MAX_COUNTED
    assert len(group.matching(Candidate("other", "", None), 2)) == 2


def test_a_hold_is_compared_with_its_time_in_message_tracking() -> None:
    assert candidate_of_hold(hold_of(1, 30), offset_ms=30 * SECOND).received_ms == START


def test_a_record_without_a_readable_time_has_none() -> None:
    assert candidate_of_record(record_of(1, None)).received_ms is None


def test_sender_and_subject_are_the_key_of_both_sides() -> None:
    assert key_of_hold(hold_of(1, sender="A@Evil.test", subject=" s ")) == key_of_record(record_of(1))
