"""Why a mail is held."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator.mail.hold_rules import RISKS, RULES, Hold, matching_hold
from mimecast_secops.simulator.mail.parser import parse_email
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml


def judged(**mail: Any) -> Hold | None:
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
def test_a_rule_holds_what_it_names(mail: dict[str, Any], policy: str, risk: str) -> None:
    hold = judged(**mail)
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
def test_ordinary_mail_is_let_through(mail: dict[str, Any]) -> None:
    assert judged(**mail) is None


def test_the_first_rule_that_applies_decides() -> None:
    hold = judged(subject="You have won the lottery", files={"prize.exe": b"MZ"})
    assert hold is not None
    assert hold.policy == "Malicious Attachment"


def test_a_mail_may_ask_to_be_held_for_a_reason_of_its_own() -> None:
    hold = judged(X_Simulator_Hold="Graymail", X_Simulator_Risk="Negligible")
    assert hold == Hold("Graymail", "Graymail", "negligible")
    assert hold.detail == "Message Hold Applied - Graymail policy"


def test_a_mail_may_ask_to_be_let_through_whatever_the_rules_say() -> None:
    assert judged(files={"a.exe": b"MZ"}, X_Simulator_Hold="no") is None


def test_a_risk_that_does_not_exist_is_no_risk() -> None:
    hold = judged(files={"a.exe": b"MZ"}, X_Simulator_Risk="apocalyptic")
    assert hold is not None
    assert hold.risk == ""


def test_a_risk_alone_holds_nothing() -> None:
    assert judged(X_Simulator_Risk="high") is None


def test_every_rule_has_a_reason_a_policy_and_a_risk_that_exists() -> None:
    assert all(rule.hold.reason and rule.hold.policy and rule.hold.risk in RISKS for rule in RULES)


@given(st.binary(max_size=300))
def test_any_mail_can_be_judged_and_is_held_or_archived_accordingly(body: bytes) -> None:
    raw = b"To: a@example.com\r\n\r\n" + body
    (record,) = Tenant().receive(raw)
    assert record.hold == matching_hold(parse_email(raw))
    assert record.status == ("held" if record.hold else "archived")
