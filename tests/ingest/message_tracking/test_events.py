"""What is known of a message, as events and an alert."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import MessageInfo
from mimecast_secops.ingest.alert import grouping_id
from mimecast_secops.ingest.message_tracking.events import RecordDetails, alert_of
from mimecast_secops.ingest.record import PendingRecord

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "mimecast"
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


def alert_for(info: dict[str, Any], **known: Any) -> Any:
    return alert_of(RECORD, RecordDetails(info=MessageInfo.read(info), **known))


def sample(name: str) -> dict[str, Any]:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the sample replies are not here")
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["body"]["data"][0]
    return body


def test_a_held_message_has_an_event_per_part_and_per_recipient() -> None:
    alert = alert_for(sample("message_info.held.json"))
    assert alert.name == "Held Message"
    assert {"Message"} < {event["event_type"] for event in alert.events} or len(alert.events) >= 1
    assert all(" " not in event["event_type"] for event in alert.events)


def test_an_archived_message_has_an_event_per_delivered_recipient_and_per_component() -> None:
    alert = alert_for(sample("message_info.archived.json"))
    kinds = [event["event_type"] for event in alert.events]
    assert kinds == ["Message", "EmailTransmissionFile"]
    assert alert.events[0]["recipient"] == "bob@example.com"
    assert alert.events[1]["hash"].startswith("2d711642")


def test_a_message_of_which_nothing_is_known_still_has_one_event_with_the_ids() -> None:
    alert = alert_for({}, hold_id="h1")
    assert len(alert.events) == 1
    event = alert.events[0]
    assert (event["trackingId"], event["holdId"], event["holdMessageMetadataID"]) == ("t1", "h1", "h1")
    assert event["event_type"] == "Message"


@pytest.mark.parametrize(
    ("risk", "priority"), [("negligible", -1), ("", -1), ("low", 40), ("medium", 60), ("high", 80), ("odd", -1)]
)
def test_the_priority_is_the_risk(risk: str, priority: int) -> None:
    assert alert_for({"spamInfo": {"spamProcessingDetail": {"verdict": {"risk": risk}}}}).priority == priority


def test_the_rule_is_the_queue_reason_or_a_name_of_our_own() -> None:
    assert alert_for({"queueInfo": {"reason": "Fraud Alert"}}).rule_generator == "Fraud Alert"
    assert alert_for({}).rule_generator == "Mimecast Email"


def test_the_product_can_come_from_an_event_field() -> None:
    info = MessageInfo.read({"route": "inbound"})
    assert alert_of(RECORD, RecordDetails(info=info), "route").product == "inbound"
    assert alert_of(RECORD, RecordDetails(info=info), "Product Name").product == "Mimecast"


@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_whatever_the_details_say_an_alert_comes_out_and_our_members_win(info: dict[str, Any]) -> None:
    alert = alert_for(info | {"trackingId": "forged", "holdId": "forged", "event_type": "forged"})
    assert alert.events
    for event in alert.events:
        assert event["trackingId"] == "t1"
        assert event["holdId"] == ""
        assert event["event_type"] != "forged"
        assert all(isinstance(value, str) for value in event.values())


def test_a_message_with_a_thousand_recipients_is_cut_and_says_so() -> None:
    alert = alert_for({"deliveredMessage": {f"u{number}@x.test": {} for number in range(1000)}})
    assert len(alert.events) == 50
    assert "1000 parts and recipients" in alert.events[0]["note_1"]


@given(st.tuples(st.text(), st.text(), st.text()), st.tuples(st.text(), st.text(), st.text()))
def test_mails_are_grouped_when_all_three_agree_and_only_then(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    same = (one[0], one[1].casefold(), one[2]) == (other[0], other[1].casefold(), other[2])
    if any(one) and any(other):
        assert (grouping_id(*one) == grouping_id(*other)) is same


def test_joining_cannot_be_abused_to_group_what_differs() -> None:
    assert grouping_id("ab", "c", "d") != grouping_id("a", "bc", "d")
