"""Question 10: the archive."""

from __future__ import annotations

from mimecast_secops.diagnosis.first_contact import Knowledge
from mimecast_secops.diagnosis.first_contact.archive import ask_about_archive
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, text_of


def test_the_wrapper_and_the_times_of_the_items_are_found(simulator: Simulator) -> None:
    result = answer(simulator, ask_about_archive)
    assert result.knowledge is Knowledge.KNOWN
    assert result.facts == {"archive_wrapper": "items", "archive_pages": "none"}
    assert "receiveddate: with a zone" in text_of(result)


def test_items_directly_in_data_are_found(simulator: Simulator) -> None:
    assert answer(simulator, ask_about_archive, archive_items_flat=True).facts["archive_wrapper"] == "data"


def test_an_empty_archive_is_not_a_form_that_is_not_understood(simulator: Simulator) -> None:
    simulator.reset()
    assert "there is none" in text_of(answer(simulator, ask_about_archive))


def test_a_missing_permission_is_reported_with_its_code(simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Archive | Search | Read"]})
    assert "err_xdk_operation_forbidden_for_address" in text_of(answer(simulator, ask_about_archive))
