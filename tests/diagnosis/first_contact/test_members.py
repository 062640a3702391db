"""Question 7: members and times."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.diagnosis.first_contact import Knowledge
from mimecast_secops.diagnosis.first_contact.members import ask_about_members, types_of
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, text_of


def test_types_are_listed_without_values() -> None:
    rows: list[dict[str, Any]] = [{"a": "x", "b": None, "c": [1]}, {"a": 1, "b": True, "someone@example.com": {}}]
    assert types_of(rows) == {"a": "number, text", "b": "boolean, null", "c": "list", "another member": "object"}


@pytest.mark.parametrize(
    ("form", "fact"),
    [
        ("offset", "with a zone"),
        ("naive_utc", "without a zone"),
        ("epoch_ms", "epoch milliseconds"),
        ("epoch_s", "epoch seconds"),
        ("rfc2822", "RFC 2822"),
    ],
)
def test_the_form_of_the_times_is_found(simulator: Simulator, form: str, fact: str) -> None:
    result = answer(simulator, ask_about_members, time_form=form)
    assert fact in str(result.facts["time_form"])
    assert any("name no time zone" in problem for problem in result.not_understood) == (form == "naive_utc")


def test_a_member_that_all_records_miss_is_named(simulator: Simulator) -> None:
    result = answer(simulator, ask_about_members, tracking_lacks="attachments,spamScore")
    assert "No records have: attachments, spamScore." in result.answers


def test_a_member_of_several_types_is_a_finding(simulator: Simulator) -> None:
    record = next(simulator.tenant.held())
    simulator.control("record", {"id": record.id, "row": {"attachments": "yes"}})
    problems = answer(simulator, ask_about_members).not_understood
    assert "The member attachments of records has several types: boolean, text." in problems


@pytest.mark.parametrize(
    ("wrapper", "problem"),
    [
        ("null", "The reply of the tracking search is not a list of rows"),
        ("empty_object", "The reply of the tracking search is not a list of rows"),
        ("null_data", "The reply of the tracking search is not a list of rows"),
        ("named", "The rows of the tracking search are in"),
        ("flat", "The rows of the tracking search are in"),
    ],
)
def test_another_form_of_the_reply_is_a_finding(simulator: Simulator, wrapper: str, problem: str) -> None:
    result = answer(simulator, ask_about_members, tracked_wrapper=wrapper)
    assert any(finding.startswith(problem) for finding in result.not_understood), text_of(result)


def test_without_records_there_are_no_members(simulator: Simulator) -> None:
    simulator.reset()
    result = answer(simulator, ask_about_members)
    assert (result.knowledge, result.not_understood) == (Knowledge.UNKNOWN, ())
