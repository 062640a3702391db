"""Message tracking endpoints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    INFO,
    REJECT,
    RELEASE,
    SEARCH,
    Caller,
    eml,
    held_eml,
)

HELD = held_eml()


def subjects(caller: Caller, **item: object) -> list[str]:
    return [row["subject"] for row in caller.call(SEARCH, item).data[0]["trackedEmails"]]


def test_a_search_selects_by_message_id_sender_recipient_subject_route_and_status(
    simulator: Simulator, caller: Caller
) -> None:
    simulator.tenant.receive(eml("One", Message_ID="<one@example.org>"))
    simulator.tenant.receive(held_eml("Two", sender="x@sub.example.org", to="bob@example.com"))
    assert subjects(caller, messageId="<one@example.org>") == ["One"]
    assert subjects(caller, advancedTrackAndTraceOptions={"from": "carol@example.org"}) == ["One"]
    assert subjects(caller, advancedTrackAndTraceOptions={"from": "example.org"}) == ["One"]
    assert subjects(caller, advancedTrackAndTraceOptions={"to": "BOB@example.com"}) == ["Two"]
    assert subjects(caller, advancedTrackAndTraceOptions={"subject": "tw*"}) == ["Two"]
    assert sorted(subjects(caller, advancedTrackAndTraceOptions={"to": "example.com"})) == ["One", "Two"]
    assert subjects(caller, advancedTrackAndTraceOptions={"to": "example.com"}, status=["held"]) == ["Two"]
    assert subjects(caller, advancedTrackAndTraceOptions={"to": "example.com"}, route=["outbound"]) == []
    assert subjects(caller, messageId="nobody") == []


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({}, "err_validation_null"),
        ({"messageId": ""}, "err_validation_blank"),
        ({"advancedTrackAndTraceOptions": {}}, "err_validation_at_least_one_not_null"),
        ({"advancedTrackAndTraceOptions": {"from": None}}, "err_validation_at_least_one_not_null"),
    ],
)
def test_a_search_needs_a_criterion(caller: Caller, item: dict[str, object], code: str) -> None:
    reply = caller.call(SEARCH, item)
    assert (reply.status, reply.json["meta"]["status"], reply.data, reply.codes) == (200, 200, [], [code])


def test_a_search_covers_less_than_30_days(simulator: Simulator, caller: Caller) -> None:
    now = simulator.tenant.clock.frozen = datetime(2026, 3, 11, 12, tzinfo=UTC)
    simulator.tenant.receive(eml("Late", Message_ID="<l@x.example>"), received=now - timedelta(days=30, seconds=1))
    simulator.tenant.receive(eml("Just"), received=now - timedelta(days=30) + timedelta(seconds=1))
    criteria = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    refused = caller.call(SEARCH, criteria | {"start": (now - timedelta(days=30)).isoformat()})
    assert refused.codes == ["err_track_and_trace_invalid_start_date"]
    start = (now - timedelta(days=30) + timedelta(seconds=1)).isoformat()
    assert subjects(caller, start=start, **criteria) == subjects(caller, **criteria) == ["Just"]
    assert subjects(caller, messageId="l@x.example") == []


@pytest.mark.parametrize(("order", "expected"), [("newest", "CBA"), ("oldest", "ABC")])
def test_the_quirks_define_the_order_and_the_number_of_rows(
    simulator: Simulator, v2: Caller, order: str, expected: str
) -> None:
    now = simulator.tenant.clock.now()
    for age, subject in enumerate("CBA"):
        simulator.tenant.receive(eml(subject), received=now - timedelta(minutes=age + 1))
    simulator.tenant.quirks.change("tracked_order", order)
    criteria = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    assert "".join(subjects(v2, **criteria)) == expected
    simulator.tenant.quirks.tracked_limit = 2
    assert "".join(subjects(v2, **criteria)) == expected[:2]


def test_details_have_the_text_only_on_request(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(eml(text="Hello there"))
    plain = caller.call(INFO, {"id": record.id}).data[0]["recipientInfo"]["messageInfo"]
    full = caller.call(INFO, {"id": record.id, "loadContent": "true"}).data[0]["recipientInfo"]["messageInfo"]
    assert "textBody" not in plain
    assert full["textBody"].strip() == "Hello there"


def test_details_of_a_held_message_have_the_hold_id(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    assert caller.call(INFO, {"id": record.id}).data[0]["queueInfo"]["id"] == record.hold_id
    caller.call(RELEASE, {"id": record.hold_id})
    assert "queueInfo" not in caller.call(INFO, {"id": record.id}).data[0]


def test_details_of_a_released_message_have_its_receipt_and_no_queue(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    caller.call(RELEASE, {"id": record.hold_id})
    details = caller.call(INFO, {"id": record.id}).data[0]
    assert details["status"] == "archived"
    assert "recipientMetaInfo" in details["recipientInfo"]
    assert "txInfo" not in details["recipientInfo"]
    assert details["deliveredMessage"][record.recipient]["policyInfo"]
    assert "queued for delivery" not in str(details)


def test_details_of_a_rejected_message_have_the_hold_reason(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    caller.call(REJECT, {"ids": [record.hold_id]})
    details = caller.call(INFO, {"id": record.id}).data[0]
    assert details["status"] == "rejected"
    assert details["recipientInfo"]["txInfo"]["queueDetailStatus"] == "Message Hold Applied - Spam Signature policy"
    assert not {"deliveredMessage", "queueInfo"} & set(details)


def test_details_of_a_message_that_the_gateway_rejected_have_no_hold_reason(
    simulator: Simulator, caller: Caller
) -> None:
    (record,) = simulator.tenant.receive(eml())
    simulator.tenant.set_status(record, "rejected")
    assert "queueDetailStatus" not in str(caller.call(INFO, {"id": record.id}).data[0])


def test_details_of_a_delayed_release_are_those_of_a_held_message(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.hold_delay = 60
    (record,) = simulator.tenant.receive(HELD)
    caller.call(RELEASE, {"id": record.hold_id})
    assert "txInfo" in caller.call(INFO, {"id": record.id}).data[0]["recipientInfo"]
    simulator.tenant.clock.offset += timedelta(seconds=60)
    assert "recipientMetaInfo" in caller.call(INFO, {"id": record.id}).data[0]["recipientInfo"]


def test_a_message_is_not_found_after_30_days(simulator: Simulator, v2: Caller) -> None:
    now = simulator.tenant.clock.frozen = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
    for name, age in (("older", 31 * 86_400), ("exactly", 30 * 86_400), ("younger", 30 * 86_400 - 1)):
        simulator.tenant.receive(eml(name, Message_ID="<m@example.org>"), received=now - timedelta(seconds=age))
    criteria = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    start = (now - timedelta(days=30) + timedelta(seconds=1)).isoformat()
    assert subjects(v2, **criteria) == subjects(v2, start=start, **criteria) == subjects(v2, messageId="m@example.org")
    assert subjects(v2, **criteria) == ["younger"]
