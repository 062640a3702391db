"""The messages of the hold queue: filters, order, limit, and the risk from message tracking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion, HeldMessage, MimecastClient
from mimecast_secops.cli.held_messages import Filters, QueuedMessage, queued_messages, with_risk
from mimecast_secops.simulator import Simulator
from tests.simulator.caller import held_eml
from tests.tenants import client_for

TIME = datetime(2026, 3, 7, 16, 3, tzinfo=UTC)


def hold(**members: Any) -> HeldMessage:
    row = {
        "id": "h",
        "reason": "Message Hold Applied",
        "policyInfo": "Payment Fraud",
        "from": {"emailAddress": "bounce@example.org"},
        "fromHeader": {"emailAddress": "ceo@example.org"},
        "to": {"emailAddress": "ann@example.com"},
        "subject": "Urgent wire transfer",
        "dateReceived": "2026-03-07T16:03:00+0000",
    }
    return HeldMessage.read(row | members)


@pytest.fixture
def client(simulator: Simulator) -> Iterator[MimecastClient]:
    with client_for(simulator, ApiVersion.V2) as opened:
        yield opened


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({}, True),
        ({"recipient": "ANN@"}, True),
        ({"recipient": "bob@"}, False),
        ({"sender": "bounce"}, True),
        ({"sender": "CEO"}, True),
        ({"sender": "ann"}, False),
        ({"subject": "WIRE"}, True),
        ({"subject": "invoice"}, False),
        ({"reason": "fraud"}, True),
        ({"reason": "hold applied"}, True),
        ({"reason": "macro"}, False),
        ({"since": TIME}, True),
        ({"since": TIME + timedelta(seconds=1)}, False),
        ({"recipient": "ann", "subject": "invoice"}, False),
    ],
)
def test_a_message_passes_if_it_contains_each_text(filters: dict[str, Any], matches: bool) -> None:
    assert Filters(**filters).match(hold()) is matches


def test_a_message_without_a_time_passes_a_filter_by_time() -> None:
    assert Filters(since=TIME).match(hold(dateReceived=None))


def test_the_newest_messages_come_first(client: MimecastClient) -> None:
    messages, total = queued_messages(client, Filters(), 100)
    times = [message.hold.received for message in messages]
    assert len(messages) == total == 7
    assert times == sorted(times, reverse=True)  # type: ignore[type-var]
    newest, total = queued_messages(client, Filters(), 2)
    assert (newest, total) == (messages[:2], 7)


def test_the_total_counts_the_messages_that_pass_the_filters(client: MimecastClient) -> None:
    messages, total = queued_messages(client, Filters(subject="wire"), 1)
    assert (len(messages), total) == (1, 3)


@pytest.mark.parametrize("policy", ["Payment Fraud", ""])
def test_the_reason_is_the_policy_or_else_the_queue_reason(policy: str) -> None:
    message = QueuedMessage(hold=hold(policyInfo=policy))
    assert message.listed(1).reason == (policy or "Message Hold Applied")


def test_the_risk_and_the_tracking_id_are_looked_up(client: MimecastClient, simulator: Simulator) -> None:
    [message], _ = queued_messages(client, Filters(subject="Overdue"), 1)
    assert (message.risk, message.listed(1).id) == ("", message.hold.id)
    looked_up = with_risk(client, message)
    record = next(r for r in simulator.tenant.held() if r.mail.subject == "Overdue invoice 4711")
    assert (looked_up.risk, looked_up.tracking_id, looked_up.listed(1).id) == ("high", record.id, record.id)


def test_a_risk_that_cannot_be_looked_up_is_unknown(client: MimecastClient, simulator: Simulator) -> None:
    [message], _ = queued_messages(client, Filters(subject="Overdue"), 1)
    simulator.control("rights", {"revoke": ["Gateway | Tracking | Read"]})
    looked_up = with_risk(client, message)
    assert looked_up.listed(1).risk == "unknown"
    assert "Gateway | Tracking | Read" in looked_up.as_json(None)["risk_problem"]


def test_json_has_all_ids_and_times() -> None:
    message = QueuedMessage(hold=hold(), tracking_id="t")
    record = message.as_json(TIME + timedelta(days=14))
    assert (record["id"], record["hold_id"], record["tracking_id"]) == ("t", "h", "t")
    assert record["received"] == "2026-03-07T16:03:00+00:00"
    assert record["expires"] == "2026-03-21T16:03:00+00:00"
    assert QueuedMessage(hold=hold(dateReceived="noon")).as_json(None)["received"] is None


def test_a_text_that_utf_8_cannot_encode_can_be_listed() -> None:
    listed = QueuedMessage(hold=hold(subject="a\ud800")).listed(1)
    assert listed.subject == "a?"


def test_a_list_without_a_start_does_not_depend_on_the_default_of_mimecast(
    client: MimecastClient, simulator: Simulator
) -> None:
    simulator.tenant.receive(held_eml(), received=simulator.tenant.clock.now() - timedelta(days=3))
    simulator.tenant.quirks.hold_list_hours = 24
    messages, total = queued_messages(client, Filters(), 10)
    assert (len(messages), total) == (8, 8)
    assert len(list(client.held.list(window=timedelta(hours=24)))) == 7
