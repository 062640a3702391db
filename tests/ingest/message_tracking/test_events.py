"""From a record and its details to an alert with flat events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import MessageInfo
from mimecast_secops.ingest.message_tracking.events import RecordDetails, alert_of
from mimecast_secops.ingest.record import PendingRecord

RECORD = PendingRecord(id="t1", status="held", sender="a@b.test", subject="s", received_ms=1000)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
NAMES = st.sampled_from(
    [
        "id",
        "status",
        "recipientInfo",
        "deliveredMessage",
        "queueInfo",
        "spamInfo",
        "txInfo",
        "messageInfo",
        "event_type",
    ]
)


def alert_for(info: dict[str, Any], **details: Any) -> Any:
    return alert_of(RECORD, RecordDetails(info=MessageInfo.read(info), **details))


ARCHIVED: dict[str, Any] = {
    "id": "t1",
    "status": "archived",
    "deliveredMessage": {"bob@example.com": {"messageInfo": {"subject": "s"}}},
    "recipientInfo": {
        "messageInfo": {"subject": "s"},
        "txInfo": {
            "transmissionSize": 9,
            "transmissionComponents": [{"fileType": "Email Transmission File", "hash": "2d71"}, "no object"],
        },
        "recipientMetaInfo": {"encryptionInfo": "TLS", "components": [{"type": "Attachment", "name": "a.pdf"}, {}]},
    },
}


def test_there_is_an_event_per_delivered_recipient_and_per_component() -> None:
    recipient, transmission, attachment, untyped = alert_for(ARCHIVED).events
    assert (recipient["event_type"], recipient["recipient"]) == ("Message", "bob@example.com")
    assert (transmission["event_type"], transmission["hash"]) == ("EmailTransmissionFile", "2d71")
    assert (attachment["event_type"], attachment["name"]) == ("Attachment", "a.pdf")
    assert untyped["event_type"] == "Component"


def test_every_event_has_the_fields_that_the_parts_share() -> None:
    for event in alert_for(ARCHIVED).events:
        assert event["recipientInfo_messageInfo_subject"] == "s"
        assert event["recipientInfo_txInfo_transmissionSize"] == "9"
        assert event["recipientInfo_recipientMetaInfo_encryptionInfo"] == "TLS"
        assert not any("omponents" in key for key in event)


def test_a_message_without_details_has_one_event_with_the_ids() -> None:
    alert = alert_for({}, hold_id="h1")
    assert len(alert.events) == 1
    event = alert.events[0]
    assert (event["trackingId"], event["holdId"], event["holdMessageMetadataID"]) == ("t1", "h1", "h1")
    assert event["event_type"] == "Message"


@pytest.mark.parametrize(
    ("risk", "priority"), [("negligible", -1), ("", -1), ("low", 40), ("medium", 60), ("high", 80), ("odd", 80)]
)
def test_the_priority_is_the_risk(risk: str, priority: int) -> None:
    assert alert_for({"spamInfo": {"spamProcessingDetail": {"verdict": {"risk": risk}}}}).priority == priority


def test_the_rule_generator_is_the_queue_reason_or_a_default() -> None:
    assert alert_for({"queueInfo": {"reason": "Fraud Alert"}}).rule_generator == "Fraud Alert"
    assert alert_for({}).rule_generator == "Mimecast Email"


def test_the_product_can_come_from_an_event_field() -> None:
    info = MessageInfo.read({"route": "inbound"})
    assert alert_of(RECORD, RecordDetails(info=info), "route").product == "inbound"
    assert alert_of(RECORD, RecordDetails(info=info), "Product Name").product == "Mimecast"


@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_any_details_give_an_alert_and_cannot_overwrite_the_fixed_fields(info: dict[str, Any]) -> None:
    alert = alert_for(info | {"trackingId": "forged", "holdId": "forged", "event_type": "forged"})
    assert alert.events
    for event in alert.events:
        assert event["trackingId"] == "t1"
        assert event["holdId"] == ""
        assert event["event_type"] != "forged"
        assert all(isinstance(value, str) for value in event.values())


def test_the_events_of_a_thousand_recipients_are_limited_with_a_note() -> None:
    alert = alert_for({"deliveredMessage": {f"u{number}@x.test": {} for number in range(1000)}})
    assert len(alert.events) == 50
    assert "1000 parts and recipients" in alert.events[0]["note_1"]
