"""Requests of a first contact: they only read, and their number is limited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import ApiVersion, Endpoint
from mimecast_secops.api.client import endpoints
from mimecast_secops.api.resources import account, held
from mimecast_secops.diagnosis.first_contact.inquiry import ACCEPTED, Inquiry
from mimecast_secops.simulator import Simulator
from tests.tenants import client_for, runtime_without_sleep

WRITES = [endpoint for endpoint in endpoints() if endpoint.writes]


@pytest.fixture
def inquiry(simulator: Simulator) -> Iterator[Inquiry]:
    with client_for(simulator, ApiVersion.V2, runtime_without_sleep()) as client:
        inquiry = Inquiry(client, budget=8)
        with client.observed(inquiry.observe):
            yield inquiry


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda endpoint: endpoint.path)
def test_an_endpoint_that_writes_is_never_called(inquiry: Inquiry, endpoint: Endpoint) -> None:
    with pytest.raises(ValueError, match="writes"):
        inquiry.ask(endpoint)
    assert inquiry.sent == 0


def test_a_call_that_could_exceed_the_budget_is_not_made(inquiry: Inquiry, simulator: Simulator) -> None:
    last = [inquiry.ask(account.GET) for _ in range(5)][-1]
    assert "budget of 8" in str(last.error)
    assert inquiry.sent == len(simulator.requests) <= 8


def test_an_error_is_described_by_status_and_code(inquiry: Inquiry, simulator: Simulator) -> None:
    assert inquiry.ask(held.LIST, {"admin": True}).outcome == ACCEPTED
    simulator.control("rights", {"revoke": ["Account | Dashboard | Read"]})
    assert inquiry.ask(held.LIST).outcome == "HTTP 403 err_xdk_operation_forbidden_for_address"
    assert inquiry.outcomes == {held.LIST.path: ACCEPTED}


def test_rows_are_found_and_another_form_is_named(inquiry: Inquiry, simulator: Simulator) -> None:
    members = frozenset({"id", "subject"})
    rows = inquiry.ask(held.LIST, {"admin": True}).rows(members)
    assert (len(rows.rows), rows.member, rows.form) == (len(list(simulator.tenant.held())), "data", "")
    simulator.tenant.quirks.change("hold_wrapper", "empty_object")
    rows = inquiry.ask(held.LIST, {"admin": True}).rows(members)
    assert (rows.rows, bool(rows.form)) == ((), True)
