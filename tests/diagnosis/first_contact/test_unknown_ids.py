"""Question 3: IDs and recipients that the tenant does not know."""

from __future__ import annotations

import pytest

from mimecast_secops.diagnosis.first_contact import Knowledge
from mimecast_secops.diagnosis.first_contact.unknown_ids import ask_about_unknown_ids
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, text_of


@pytest.mark.parametrize(
    ("quirk", "outcome"),
    [
        ("fail", "HTTP 200 xdk_failure"),
        ("http404_html", "HTTP 404"),
        ("http400", "HTTP 400"),
        ("empty", "accepted, without details"),
        ("other_message", "accepted, with details"),
    ],
)
def test_the_answer_to_a_hold_id_is_reported(simulator: Simulator, quirk: str, outcome: str) -> None:
    result = answer(simulator, ask_about_unknown_ids, foreign_id_info=quirk)
    assert result.knowledge is Knowledge.KNOWN
    assert result.facts["unknown_id.hold ID"] == outcome
    assert bool(result.not_understood) == (quirk == "other_message")


def test_endpoints_that_write_are_left_out(simulator: Simulator) -> None:
    result = answer(simulator, ask_about_unknown_ids)
    assert "were not tried, because they are endpoints that write" in text_of(result)
    assert simulator.tenant.decisions == []


def test_without_messages_only_an_id_that_was_never_issued_is_asked_for(simulator: Simulator) -> None:
    simulator.reset()
    result = answer(simulator, ask_about_unknown_ids)
    assert (result.knowledge, result.evidence) == (Knowledge.PARTLY, {"asked": 2})


def test_a_missing_permission_leaves_the_question_open(simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Gateway | Tracking | Read"]})
    assert answer(simulator, ask_about_unknown_ids).knowledge is Knowledge.UNKNOWN
