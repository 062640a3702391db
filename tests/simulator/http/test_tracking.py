"""Message tracking over HTTP."""

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


def found(caller: Caller, **item: object) -> list[str]:
    return [one["subject"] for one in caller.call(SEARCH, item).data[0]["trackedEmails"]]


def test_tracking_finds_by_message_id_sender_recipient_subject_route_and_status(
    simulator: Simulator, caller: Caller
) -> None:
    simulator.tenant.receive(eml("One", Message_ID="<one@example.org>"))
    simulator.tenant.receive(held_eml("Two", sender="x@sub.example.org", to="bob@example.com"))
    assert found(caller, messageId="<one@example.org>") == ["One"]
    assert found(caller, advancedTrackAndTraceOptions={"from": "carol@example.org"}) == ["One"]
    assert found(caller, advancedTrackAndTraceOptions={"from": "example.org"}) == ["One"]
    assert found(caller, advancedTrackAndTraceOptions={"to": "BOB@example.com"}) == ["Two"]
    assert found(caller, advancedTrackAndTraceOptions={"subject": "tw*"}) == ["Two"]
    assert sorted(found(caller, advancedTrackAndTraceOptions={"to": "example.com"})) == ["One", "Two"]
    assert found(caller, advancedTrackAndTraceOptions={"to": "example.com"}, status=["held"]) == ["Two"]
    assert found(caller, advancedTrackAndTraceOptions={"to": "example.com"}, route=["outbound"]) == []
    assert found(caller, messageId="nobody") == []


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({}, "err_validation_null"),
        ({"messageId": ""}, "err_validation_blank"),
        ({"advancedTrackAndTraceOptions": {}}, "err_validation_at_least_one_not_null"),
        ({"advancedTrackAndTraceOptions": {"from": None}}, "err_validation_at_least_one_not_null"),
    ],
)
def test_tracking_wants_something_to_look_for(caller: Caller, item: dict[str, object], code: str) -> None:
    reply = caller.call(SEARCH, item)
    assert (reply.status, reply.json["meta"]["status"], reply.data, reply.codes) == (200, 200, [], [code])


def test_tracking_reaches_back_less_than_thirty_days(simulator: Simulator, caller: Caller) -> None:
    now = simulator.tenant.clock.frozen = datetime(2026, 3, 11, 12, tzinfo=UTC)
    simulator.tenant.receive(eml("Late", Message_ID="<l@x.example>"), received=now - timedelta(days=30, seconds=1))
    simulator.tenant.receive(eml("Just"), received=now - timedelta(days=30) + timedelta(seconds=1))
    criteria = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    refused = caller.call(SEARCH, criteria | {"start": (now - timedelta(days=30)).isoformat()})
    assert refused.codes == ["err_track_and_trace_invalid_start_date"]
    start = (now - timedelta(days=30) + timedelta(seconds=1)).isoformat()
    assert found(caller, start=start, **criteria) == found(caller, **criteria) == ["Just"]
    assert found(caller, messageId="l@x.example") == []


@pytest.mark.parametrize(("order", "expected"), [("newest", "CBA"), ("oldest", "ABC")])
def test_tracking_is_ordered_and_cut_as_the_switches_say(
    simulator: Simulator, v2: Caller, order: str, expected: str
) -> None:
    now = simulator.tenant.clock.now()
    for age, subject in enumerate("CBA"):
        simulator.tenant.receive(eml(subject), received=now - timedelta(minutes=age + 1))
    simulator.tenant.quirks.tracked_order = order
    criteria = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    assert "".join(found(v2, **criteria)) == expected
    simulator.tenant.quirks.tracked_limit = 2
    assert "".join(found(v2, **criteria)) == expected[:2]


def test_details_carry_the_text_only_when_it_is_asked_for(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(eml(text="Hello there"))
    plain = caller.call(INFO, {"id": record.id}).data[0]["recipientInfo"]["messageInfo"]
    full = caller.call(INFO, {"id": record.id, "loadContent": "true"}).data[0]["recipientInfo"]["messageInfo"]
    assert "textBody" not in plain
    assert full["textBody"].strip() == "Hello there"


def test_details_of_held_mail_name_the_hold_id_in_the_queue(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    assert caller.call(INFO, {"id": record.id}).data[0]["queueInfo"]["id"] == record.hold_id
    caller.call(RELEASE, {"id": record.hold_id})
    assert "queueInfo" not in caller.call(INFO, {"id": record.id}).data[0]


def test_details_of_released_mail_show_its_receipt_and_no_waiting(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    caller.call(RELEASE, {"id": record.hold_id})
    shown = caller.call(INFO, {"id": record.id}).data[0]
    assert shown["status"] == "archived"
    assert "recipientMetaInfo" in shown["recipientInfo"]
    assert "txInfo" not in shown["recipientInfo"]
    assert shown["deliveredMessage"][record.recipient]["policyInfo"]
    assert "queued for delivery" not in str(shown)


def test_details_of_rejected_mail_say_why_it_was_held(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    caller.call(REJECT, {"ids": [record.hold_id]})
    shown = caller.call(INFO, {"id": record.id}).data[0]
    assert shown["status"] == "rejected"
    assert shown["recipientInfo"]["txInfo"]["queueDetailStatus"] == "Message Hold Applied - Spam Signature policy"
    assert not {"deliveredMessage", "queueInfo"} & set(shown)


def test_details_of_mail_that_the_gateway_refused_by_itself_name_no_hold(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(eml())
    simulator.tenant.set_status(record, "rejected")
    assert "queueDetailStatus" not in str(caller.call(INFO, {"id": record.id}).data[0])


def test_details_of_mail_whose_release_is_delayed_are_still_those_of_held_mail(
    simulator: Simulator, caller: Caller
) -> None:
    simulator.tenant.quirks.hold_delay = 60
    (record,) = simulator.tenant.receive(HELD)
    caller.call(RELEASE, {"id": record.hold_id})
    assert "txInfo" in caller.call(INFO, {"id": record.id}).data[0]["recipientInfo"]
    simulator.tenant.clock.offset += timedelta(seconds=60)
    assert "recipientMetaInfo" in caller.call(INFO, {"id": record.id}).data[0]["recipientInfo"]


def test_what_is_thirty_days_old_is_not_found_any_more(simulator: Simulator, v2: Caller) -> None:
    now = simulator.tenant.clock.frozen = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
    for name, age in (("older", 31 * 86_400), ("exactly", 30 * 86_400), ("younger", 30 * 86_400 - 1)):
        simulator.tenant.receive(eml(name, Message_ID="<m@example.org>"), received=now - timedelta(seconds=age))
    criteria = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    start = (now - timedelta(days=30) + timedelta(seconds=1)).isoformat()
    assert found(v2, **criteria) == found(v2, start=start, **criteria) == found(v2, messageId="m@example.org")
    assert found(v2, **criteria) == ["younger"]
