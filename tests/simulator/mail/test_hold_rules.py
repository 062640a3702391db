"""Hold rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator.mail.hold_rules import RISKS, RULES, Hold, matching_hold
from mimecast_secops.simulator.mail.parser import parse_email
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml


def hold_of(**mail: Any) -> Hold | None:
    return matching_hold(parse_email(eml(**mail)))


@pytest.mark.parametrize(
    ("mail", "policy", "risk"),
    [
        ({"files": {"invoice.exe": b"MZ"}}, "Malicious Attachment", "high"),
        ({"files": {"INVOICE.JS": b"x"}}, "Malicious Attachment", "high"),
        ({"files": {"report.docm": b"x"}}, "Macro Documents", "high"),
        ({"files": {"a.zip": b"PK..setup.exe.."}}, "Programs In Archives", "high"),
        ({"text": "Please verify your account today"}, "Fraud Alert", "high"),
        ({"subject": "Unusual sign-in"}, "Fraud Alert", "high"),
        ({"text": "hello", "html": "<p>Your PASSWORD has expired</p>"}, "Fraud Alert", "high"),
        ({"text": "I need gift cards"}, "Payment Fraud", "medium"),
        ({"subject": "You have won the lottery"}, "Relaxed Spam Detection", "low"),
        ({"X_Spam_Flag": "YES"}, "Relaxed Spam Detection", "low"),
    ],
)
def test_a_rule_holds_matching_messages(mail: dict[str, Any], policy: str, risk: str) -> None:
    hold = hold_of(**mail)
    assert hold is not None
    assert (hold.policy, hold.risk) == (policy, risk)


@pytest.mark.parametrize(
    "mail",
    [
        {},
        {"files": {"minutes.pdf": b"%PDF"}},
        {"files": {"photos.zip": b"PK..beach.jpg.."}},
        {"text": "notes.exe is only mentioned"},
        {"X_Spam_Flag": "NO"},
    ],
)
def test_ordinary_messages_are_delivered(mail: dict[str, Any]) -> None:
    assert hold_of(**mail) is None


def test_the_first_rule_that_applies_decides() -> None:
    hold = hold_of(subject="You have won the lottery", files={"prize.exe": b"MZ"})
    assert hold is not None
    assert hold.policy == "Malicious Attachment"


def test_a_header_holds_a_message_for_its_reason() -> None:
    hold = hold_of(X_Simulator_Hold="Graymail", X_Simulator_Risk="Negligible")
    assert hold == Hold("Graymail", "Graymail", "negligible")
    assert hold.detail == "Message Hold Applied - Graymail policy"


def test_a_header_delivers_a_message_despite_the_rules() -> None:
    assert hold_of(files={"a.exe": b"MZ"}, X_Simulator_Hold="no") is None


def test_an_unknown_risk_is_ignored() -> None:
    hold = hold_of(files={"a.exe": b"MZ"}, X_Simulator_Risk="apocalyptic")
    assert hold is not None
    assert hold.risk == ""


def test_a_risk_without_a_reason_does_not_hold_a_message() -> None:
    assert hold_of(X_Simulator_Risk="high") is None


def test_every_rule_has_a_reason_a_policy_and_a_known_risk() -> None:
    assert all(rule.hold.reason and rule.hold.policy and rule.hold.risk in RISKS for rule in RULES)


@given(st.binary(max_size=300))
def test_any_message_is_held_or_archived(body: bytes) -> None:
    raw = b"To: a@example.com\r\n\r\n" + body
    (record,) = Tenant().receive(raw)
    assert record.hold == matching_hold(parse_email(raw))
    assert record.status == ("held" if record.hold else "archived")
