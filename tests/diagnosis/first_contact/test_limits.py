"""Questions 4 and 5: how much a search and a hold list return."""

from __future__ import annotations

import pytest

from mimecast_secops.diagnosis.first_contact import Knowledge
from mimecast_secops.diagnosis.first_contact.limits import ask_about_hold_list, ask_about_row_limit
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, text_of


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_a_search_that_is_cut_without_a_sign_is_found(simulator: Simulator, order: str) -> None:
    simulator.control("bulk", {"count": 90, "spread": 3000, "before": 20_000})
    result = answer(simulator, ask_about_row_limit, tracked_limit=20, tracked_order=order)
    assert result.knowledge is Knowledge.KNOWN
    assert result.facts["search_row_limit"] == 20
    assert result.facts["search_order"] == f"{order} first"
    assert result.facts["search_pages"] == "none"


def test_a_search_that_names_its_pages_is_not_called_cut(simulator: Simulator) -> None:
    result = answer(simulator, ask_about_row_limit, tracked_limit=10, tracked_paging="next")
    assert "search_row_limit" not in result.facts
    assert result.facts["search_pages"] == "next"


def test_without_a_limit_in_sight_the_question_stays_open(simulator: Simulator) -> None:
    result = answer(simulator, ask_about_row_limit)
    assert result.knowledge is Knowledge.PARTLY
    assert (result.evidence["lost"], result.not_understood) == (0, [])
    assert f"The hold summary counts {len(list(simulator.tenant.held()))} messages" in text_of(result)


@pytest.mark.parametrize(
    ("quirks", "fact", "value"),
    [
        ({}, "hold_page_size", 500),
        ({"queue_page_refused": 100}, "hold_page_size", 100),
        ({"hold_end_future": "refuse"}, "hold_end_future", "refused"),
        ({}, "hold_end_future", "accepted"),
        ({"hold_list_hours": 1}, "hold_default", "shorter"),
        ({}, "hold_default", "all"),
    ],
)
def test_what_the_hold_list_accepts_is_found(
    simulator: Simulator, quirks: dict[str, object], fact: str, value: object
) -> None:
    assert answer(simulator, ask_about_hold_list, **quirks).facts[fact] == value


def test_a_short_default_leads_to_a_setting(simulator: Simulator) -> None:
    [setting] = answer(simulator, ask_about_hold_list, hold_list_hours=1).settings
    assert setting.endswith("Always give a start.")


def test_a_hold_list_that_cannot_be_read_is_reported_with_its_code(simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Account | Dashboard | Read"]})
    result = answer(simulator, ask_about_hold_list)
    assert result.knowledge is Knowledge.UNKNOWN
    assert "err_xdk_operation_forbidden_for_address" in text_of(result)
