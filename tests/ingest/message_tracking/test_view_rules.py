"""Rules by which a hold and a record agree."""

from __future__ import annotations

import pytest

from mimecast_secops.ingest.message_tracking.candidates import candidate_of_hold, candidate_of_record
from mimecast_secops.ingest.message_tracking.view_rules import SHORT_EDGE, Rule, groups, pairs, subject_text, view_of
from tests.ingest.message_tracking.test_hold_matching import hold_of, record_of

ALL = Rule(("recipient", "sender", "subject"))
RELATED = Rule(("recipient", "sender"), edge=SHORT_EDGE)


def paired(rule: Rule, holds: list[tuple[int, str]], records: list[tuple[int, str]]) -> list[tuple[str, str, bool]]:
    hold_views = [view_of(candidate_of_hold(hold_of(n, at, subject=text))) for n, (at, text) in enumerate(holds)]
    record_views = [
        view_of(candidate_of_record(record_of(n, at, subject=text))) for n, (at, text) in enumerate(records)
    ]
    return [
        (hold.message.id, record.message.id, unique) for hold, record, unique in pairs(rule, hold_views, record_views)
    ]


@pytest.mark.parametrize("other", ["  Ann &amp; Sons", "ANN & SONS", "Ann &\tSons", "Ann & Sons…", "Ann & Sons..."])
def test_subjects_are_compared_without_what_a_view_changes(other: str) -> None:
    assert subject_text(other) == subject_text("Ann & Sons")


@pytest.mark.parametrize(
    "shown", ["[EXTERNAL] Invoice of May", "Invoice of May [SPAM]", "Invoice of", "Invoice of May", "of May"]
)
def test_a_tagged_or_cut_subject_is_related(shown: str) -> None:
    assert paired(RELATED, [(0, shown)], [(0, "Invoice of May")]) == [("h0", "m0", True)]


@pytest.mark.parametrize("shown", ["Invoice of June", "x", "", "Ma", "Rechnung"])
def test_another_subject_is_not_related(shown: str) -> None:
    assert paired(RELATED, [(0, shown)], [(0, "Invoice of May")]) == []


def test_each_hold_has_its_own_record_in_order_of_time() -> None:
    assert paired(ALL, [(1, "s"), (0, "s")], [(0, "s"), (2, "s")]) == [("h1", "m0", False), ("h0", "m1", False)]


def test_messages_of_different_times_do_not_agree() -> None:
    assert paired(ALL, [(0, "s")], [(6, "s")]) == []
    assert paired(ALL._replace(tolerance_ms=6_000), [(0, "s")], [(6, "s")]) == [("h0", "m0", True)]


def test_a_thousand_identical_messages_are_all_paired_and_none_is_unique() -> None:
    found = paired(ALL, [(0, "s")] * 1000, [(0, "s")] * 1000)
    assert len({hold for hold, _, _ in found}) == len({record for _, record, _ in found}) == 1000
    assert not any(unique for _, _, unique in found)


def test_messages_are_grouped_by_key() -> None:
    views = [
        view_of(candidate_of_record(record_of(number, subject=text))) for number, text in enumerate(["a", "b", "a"])
    ]
    assert sorted(len(group.views) for group in groups(ALL, views).values()) == [1, 2]
