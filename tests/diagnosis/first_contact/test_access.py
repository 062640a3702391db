"""Questions 8, 11 and 12: token, rate limits, endpoints, clock, region, reason for searches."""

from __future__ import annotations

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.diagnosis.first_contact import ContactReport, QuestionResult
from mimecast_secops.diagnosis.first_contact.access import ask_about_region, ask_about_search_reason
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, contact, text_of

DETAIL = "functions./api/gateway/message/get-message-detail"


def access(report: ContactReport) -> QuestionResult:
    return next(result for result in report.results if result.number == 8)


def test_the_token_and_the_missing_endpoints_are_reported(simulator: Simulator) -> None:
    result = access(contact(simulator))
    assert result.facts["token_lifetime"] == 1799
    assert result.facts[DETAIL] == "missing"
    assert result.facts["functions./api/message-finder/search"] == "accepted"


def test_an_endpoint_that_exists_is_not_missing(simulator: Simulator) -> None:
    assert access(contact(simulator, gateway_detail_on_v2=True)).facts[DETAIL] == "accepted"


def test_api_1_0_has_no_token(simulator: Simulator) -> None:
    result = access(contact(simulator, ApiVersion.V1))
    assert "API 1.0 signs each request and has no token." in result.answers
    assert result.facts[DETAIL] == "accepted"


@pytest.mark.parametrize(("limit", "is_shown"), [(0, False), (500, True)])
def test_rate_limit_headers_are_named(simulator: Simulator, limit: int, is_shown: bool) -> None:
    result = access(contact(simulator, rate_headers_on_v2=True, rate_limit=limit))
    assert ("x-ratelimit-reset" in text_of(result)) is is_shown
    assert (result.facts.get("reset_unit") == "milliseconds") is is_shown


def test_a_clock_that_is_wrong_leads_to_a_setting(simulator: Simulator) -> None:
    simulator.control("clock", {"advance": 600})
    assert answer(simulator, ask_about_region).settings == ["Set the clock, or turn on time synchronization."]


def test_the_account_in_the_ids_is_compared_and_not_shown(simulator: Simulator) -> None:
    result = answer(simulator, ask_about_region, tracking_ids="real")
    assert "The IDs name 1 account codes; 0 of them is that of the account." in result.answers
    assert "CUSA" not in text_of(result)


def test_the_reason_for_searches_is_reported(simulator: Simulator) -> None:
    assert answer(simulator, ask_about_search_reason).facts == {"search_reason": "not required"}
    simulator.tenant.search_reason = True
    assert answer(simulator, ask_about_search_reason).facts == {"search_reason": "required"}
