"""Questions 1 and 2: IDs, and both views of a held message."""

from __future__ import annotations

import pytest

from mimecast_secops.diagnosis.first_contact import Knowledge
from mimecast_secops.diagnosis.first_contact.identifiers import ask_about_ids, ask_about_ties
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, text_of


@pytest.mark.parametrize(("quirk", "form"), [("opaque", "opaque"), ("status", "opaque"), ("real", "status")])
def test_the_kind_of_the_ids_is_found(simulator: Simulator, quirk: str, form: str) -> None:
    result = answer(simulator, ask_about_ids, tracking_ids=quirk)
    assert result.knowledge is Knowledge.KNOWN
    assert result.facts == {"id_form": form, "ids_stable": "yes"}
    assert result.evidence["ids"] == result.evidence["same"]
    assert "is the same text as" in text_of(result)


def test_without_records_nothing_is_known_about_ids(simulator: Simulator) -> None:
    simulator.reset()
    result = answer(simulator, ask_about_ids)
    assert (result.knowledge, result.facts) == (Knowledge.UNKNOWN, {})


@pytest.mark.parametrize(
    ("quirks", "tie"),
    [
        ({}, "text"),
        ({"tracking_ids": "real", "queue_id_is_hold_id": False}, "number"),
        ({"queue_id_is_hold_id": False}, "content"),
        ({"queue_id_is_hold_id": False, "hold_subject": "tagged"}, "none"),
    ],
)
def test_the_tie_between_both_views_is_found(simulator: Simulator, quirks: dict[str, object], tie: str) -> None:
    result = answer(simulator, ask_about_ties, **quirks)
    assert result.facts["hold_tie"] == tie
    assert result.knowledge is (Knowledge.PARTLY if tie == "none" else Knowledge.KNOWN)


def test_the_distance_of_the_times_is_measured(simulator: Simulator) -> None:
    assert answer(simulator, ask_about_ties, hold_time_offset=30).facts["hold_seconds_apart"] == 30


@pytest.mark.parametrize(
    ("quirk", "form", "member"), [("hold_subject", "tagged", "subject"), ("hold_to", "alias", "recipient")]
)
def test_a_member_that_differs_is_named(simulator: Simulator, quirk: str, form: str, member: str) -> None:
    assert answer(simulator, ask_about_ties, **{quirk: form}).not_understood == [f"Both views differ in: {member}."]
