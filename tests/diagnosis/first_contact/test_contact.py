"""The whole contact: every reading of the API, and no value of a message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.diagnosis.first_contact import Knowledge
from mimecast_secops.diagnosis.first_contact.results import QUESTIONS
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import contact
from tests.simulator.caller import held_eml

both_versions = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


@both_versions
def test_all_questions_are_asked_within_the_budget(simulator: Simulator, api_version: ApiVersion) -> None:
    report = contact(simulator, api_version)
    assert [result.number for result in report.results] == list(QUESTIONS)
    assert report.requests == len(simulator.requests) <= report.budget == 60
    assert sum(result.knowledge is Knowledge.KNOWN for result in report.results) >= 9


@both_versions
def test_nothing_is_changed_on_a_tenant_that_validates_nothing(simulator: Simulator, api_version: ApiVersion) -> None:
    contact(simulator, api_version, validates_nothing=True)
    tenant = simulator.tenant
    assert (tenant.policies, tenant.managed_senders, tenant.decisions, tenant.reports) == ({}, {}, [], [])


@both_versions
def test_the_report_has_no_value_of_a_message(simulator: Simulator, api_version: ApiVersion) -> None:
    mail = held_eml("SecretSubject", sender="secretsender@secret.example", to="secret@example.com")
    (record,) = simulator.tenant.receive(mail)
    simulator.control("record", {"id": record.id, "row": {"secret@example.com": "x", "info": "Secret info"}})
    report = contact(simulator, api_version, tracking_ids="real", queue_id_is_hold_id=False)
    shown = json.dumps(report.as_json()) + "\n".join(report.lines())
    assert "secret" not in shown.lower()
    for known in (record.id, record.hold_id, "CUSA", "example.com", "127.0.0.1", "eNo", "eJ"):
        assert known not in shown


@pytest.mark.parametrize(
    "quirks",
    [
        {"tracked_wrapper": "null_data", "hold_wrapper": "empty_object"},
        {"tracked_wrapper": "null", "hold_wrapper": "null"},
        {"tracked_paging": "next_and_total", "tracked_limit": 10, "hold_next": "always", "queue_page_limit": 10},
        {"queue_addresses": "object", "hold_addresses": "text", "risk_form": "missing", "time_form": "rfc2822"},
        {"hold_addresses": "list", "tracking_ids": "status", "ids_per_client": True, "archived_to_minute": True},
        {"status_in_meta_only": True, "forbidden_status": 200, "unknown_id": "status"},
        {"strict_members": True, "release_log": True},
    ],
    ids=",".join,
)
def test_no_reading_of_the_api_ends_the_contact(simulator: Simulator, quirks: dict[str, Any]) -> None:
    report = contact(simulator, **quirks)
    assert len(report.results) == len(QUESTIONS)
    assert report.requests <= report.budget


def test_an_outage_after_the_first_requests_leaves_questions_open(simulator: Simulator) -> None:
    simulator.control("faults", {"add": [{"kind": "500", "path": "/api/message-finder/*"}]})
    report = contact(simulator)
    assert report.requests <= report.budget
    assert next(result for result in report.results if result.number == 1).knowledge is Knowledge.UNKNOWN
