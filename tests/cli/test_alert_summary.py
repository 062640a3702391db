"""Summaries of alerts: the values by which a user recognizes a message, limited in size."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.cli.alert_summary import AlertSummary, FileSummary
from mimecast_secops.ingest import Alert, AlertFile, Connector, ConnectorSettings, MimecastTenant
from mimecast_secops.simulator import Simulator
from mimecast_secops.testing import MemoryDelivery, MemoryStore
from tests.deliveries.alerts import make_alert
from tests.tenants import client_for


def with_event(**fields: str) -> Alert:
    return replace(make_alert(1), events=(fields,))


def test_the_summary_of_a_delivered_message(simulator: Simulator) -> None:
    delivery = MemoryDelivery()
    with client_for(simulator, ApiVersion.V1) as client:
        settings = ConnectorSettings(domains=("example.com",))
        Connector(MimecastTenant(client), settings, MemoryStore(), delivery).run_cycle()
    [summary] = [
        AlertSummary.of(alert) for alert in delivery.alerts if alert.events[0]["subject"] == "Overdue invoice 4711"
    ]
    record = next(r for r in simulator.tenant.held() if r.mail.subject == "Overdue invoice 4711")
    assert (summary.sender, summary.recipient) == ("billing@supplier.example.org", "ann@example.com")
    assert (summary.risk, summary.reason, summary.status) == ("high", "Macro Documents", "held")
    assert (summary.ticket_id, summary.tracking_id, summary.action_id) == (record.id, record.id, record.id)
    assert summary.message_id == "invoice-4711@supplier.example.org"
    assert summary.hold_id
    assert [(event.type, event.file) for event in summary.events][1:] == [
        ("EmailPrimaryBodyPlainText", "body.txt"),
        ("EmailAttachment", "invoice.docm"),
    ]
    assert [file.name for file in summary.files] == ["invoice.docm"]
    assert len(msgspec.json.encode(summary)) < 2500


def test_a_summary_is_the_same_after_it_was_stored() -> None:
    summary = AlertSummary.of(with_event(subject="Invoice", to_1_emailAddress="ann@example.com", note_1="note"))
    assert msgspec.json.decode(msgspec.json.encode(summary), type=AlertSummary) == summary


@pytest.mark.parametrize(
    ("priority", "word", "risk"),
    [(80, "high", "high"), (-1, "Negligible", "negligible"), (-1, "", ""), (60, "invented", "medium"), (7, "", "7")],
)
def test_the_risk_is_that_of_the_verdict_or_else_of_the_priority(priority: int, word: str, risk: str) -> None:
    alert = replace(with_event(spamInfo_spamProcessingDetail_verdict_risk=word), priority=priority)
    assert AlertSummary.of(alert).risk == risk


def test_a_message_that_only_the_hold_queue_shows_is_identified_by_its_hold_id() -> None:
    fields = {"holdId": "eJwHold", "from_emailAddress": "eve@example.org", "to_emailAddress": "ann@example.com"}
    summary = AlertSummary.of(with_event(**fields))
    assert (summary.action_id, summary.sender, summary.recipient) == ("eJwHold", "eve@example.org", "ann@example.com")


def test_a_period_that_could_not_be_read_has_its_sentence_and_no_id() -> None:
    summary = AlertSummary.of(with_event(gap="From 1 to 2 o'clock."))
    assert (summary.action_id, summary.subject) == ("", "From 1 to 2 o'clock.")


def test_delivered_recipients_are_named_if_the_search_names_none() -> None:
    events = ({"recipient": "ann@example.com"}, {"recipient": "bob@example.com"}, {"recipient": "ann@example.com"})
    summary = AlertSummary.of(replace(make_alert(1), events=events))
    assert summary.recipients == ("ann@example.com", "bob@example.com")


def test_the_size_of_a_summary_does_not_depend_on_the_message() -> None:
    long = "x" * 20_000
    events = tuple(
        dict.fromkeys(("subject", "event_type", "recipient", "fileName", "note_1"), long) for _ in range(200)
    )
    files = (AlertFile(name=long, extension=".txt", base64=long, size=1, sha256="0" * 64),) * 200
    summary = AlertSummary.of(replace(make_alert(1), events=events, files=files, description="\ud800"))
    assert (len(summary.events), summary.event_count, len(summary.files)) == (20, 200, 20)
    assert summary.files[0] == FileSummary(name="x" * 500, size=1, sha256="0" * 64)
    assert len(msgspec.json.encode(summary)) < 60_000


def test_an_alert_without_events_has_a_summary() -> None:
    assert AlertSummary.of(replace(make_alert(1), events=())).event_count == 0
