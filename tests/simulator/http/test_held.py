"""Hold queue endpoints."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    HOLD_LIST,
    HOLD_SUMMARY,
    REJECT,
    RELEASE,
    Caller,
    eml,
    held_eml,
)

HELD = held_eml()


def test_released_and_rejected_messages_leave_the_hold_list(simulator: Simulator, caller: Caller) -> None:
    first, second, third = (simulator.tenant.receive(HELD)[0] for _ in range(3))
    assert {entry["id"] for entry in caller.call(HOLD_LIST, {"admin": True}).data} == {
        first.hold_id,
        second.hold_id,
        third.hold_id,
    }
    assert caller.call(RELEASE, {"id": first.hold_id}).data == [{"id": first.hold_id, "release": True}]
    reply = caller.call(REJECT, {"ids": [second.hold_id, first.hold_id], "message": "no", "notify": True})
    assert reply.data == [{"id": second.hold_id, "reject": True}, {"id": first.hold_id, "reject": False}]
    assert [entry["id"] for entry in caller.call(HOLD_LIST, {"admin": True}).data] == [third.hold_id]
    assert [(decision.outcome, decision.message, decision.notify) for decision in simulator.tenant.decisions] == [
        ("released", "", False),
        ("rejected", "no", True),
    ]


def test_a_list_without_admin_is_empty(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(HELD)
    assert caller.call(HOLD_LIST, {"admin": False}).data == caller.call(HOLD_LIST).data == []


@pytest.mark.parametrize(
    ("field", "value", "subjects"),
    [
        ("subject", "alpha", ["Alpha"]),
        ("sender", "mallory@", ["Beta"]),
        ("recipient", "ann@", ["Alpha", "Beta"]),
        ("all", "beta", ["Beta"]),
        ("subject", "", ["Alpha", "Beta"]),
    ],
)
def test_the_hold_list_is_searched_by_field(
    simulator: Simulator, caller: Caller, field: str, value: str, subjects: list[str]
) -> None:
    simulator.tenant.receive(held_eml("Alpha"))
    simulator.tenant.receive(held_eml("Beta", sender="mallory@example.net"))
    reply = caller.call(HOLD_LIST, {"admin": True, "searchBy": {"fieldName": field, "value": value}})
    assert sorted(entry["subject"] for entry in reply.data) == subjects


def test_each_api_version_has_its_spelling_of_the_reason_code(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    simulator.tenant.receive(HELD)
    for caller, good, bad in ((v1, "reason_code", "reasonCode"), (v2, "reasonCode", "reason_code")):
        by = {"fieldName": good, "value": "spam_signature"}
        assert len(caller.call(HOLD_LIST, {"admin": True, "searchBy": by}).data) == 1
        refused = caller.call(HOLD_LIST, {"admin": True, "searchBy": by | {"fieldName": bad}})
        assert refused.codes == ["err_validation_value_not_allowed"]


def test_the_summary_counts_by_policy(simulator: Simulator, caller: Caller) -> None:
    for _ in range(2):
        simulator.tenant.receive(HELD)
    simulator.tenant.receive(eml(files={"a.exe": b"MZ"}))
    assert caller.call(HOLD_SUMMARY).data == [
        {"policyInfo": "Malicious Attachment", "numberOfItems": 1},
        {"policyInfo": "Spam Signature", "numberOfItems": 2},
    ]


def test_an_entry_has_the_recipient_of_the_header(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(HELD)
    (entry,) = caller.call(HOLD_LIST, {"admin": True}).data
    assert entry["toHeader"] == {"displayableName": "", "emailAddress": "ann@example.com"}


def test_the_summary_has_the_number_of_its_entries(simulator: Simulator, caller: Caller) -> None:
    assert caller.call(HOLD_SUMMARY).json["meta"]["pagination"] == {"pageSize": 0}
    for reason in ("Spam Signature", "Sandbox", "Sandbox"):
        simulator.tenant.receive(held_eml(X_Simulator_Hold=reason))
    reply = caller.call(HOLD_SUMMARY)
    assert len(reply.data) == reply.json["meta"]["pagination"]["pageSize"] == 2
