"""Releases and rejections of held messages, and the forms of their replies."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import HOLD_LIST, INFO, REJECT, RELEASE, Caller, eml, held_eml

HELD = held_eml()


@pytest.mark.parametrize(
    ("quirk", "data", "codes"),
    [("flag", [{"release": False}], []), ("fail", [], ["err_simulated_not_held"]), ("empty", [], [])],
)
def test_the_quirk_defines_the_reply_for_a_message_that_is_not_held(
    simulator: Simulator, v2: Caller, quirk: str, data: list[dict[str, bool]], codes: list[str]
) -> None:
    simulator.tenant.quirks.change("not_held", quirk)
    (record,) = simulator.tenant.receive(eml())
    reply = v2.call(RELEASE, {"id": record.hold_id})
    assert reply.data == [{"id": record.hold_id} | flag for flag in data]
    assert reply.codes == codes


def test_a_rejection_accepts_only_the_documented_reasons(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    refused = caller.call(REJECT, {"ids": [record.hold_id], "reasonType": "because"})
    assert (refused.codes, refused.fields) == (["err_validation_value_not_allowed"], ["reasonType"])
    assert caller.call(REJECT, {"ids": []}).codes == ["err_validation_null"]
    assert simulator.tenant.decisions == []
    reply = caller.call(REJECT, {"ids": [record.hold_id], "reasonType": "INAPPROPRIATE COMMUNICATION"})
    assert reply.data == [{"id": record.hold_id, "reject": True}]


@pytest.mark.parametrize(
    ("form", "member"),
    [("text", {"release": "true"}), ("named", {"released": True}), ("lie", {"release": True})],
)
def test_the_quirk_defines_the_form_of_a_confirmation(
    simulator: Simulator, caller: Caller, form: str, member: dict[str, object]
) -> None:
    simulator.tenant.quirks.change("decision_reply", form)
    (record,) = simulator.tenant.receive(HELD)
    assert caller.call(RELEASE, {"id": record.hold_id}).data == [{"id": record.hold_id} | member]
    assert record.is_held is (form == "lie")


def test_a_confirmation_can_name_another_id_or_nothing(simulator: Simulator, caller: Caller) -> None:
    first, second = (simulator.tenant.receive(HELD)[0] for _ in range(2))
    simulator.tenant.quirks.change("decision_reply", "other_id")
    (result,) = caller.call(REJECT, {"ids": [first.hold_id]}).data
    assert result["reject"] is True
    assert result["id"] != first.hold_id
    simulator.tenant.quirks.change("decision_reply", "empty")
    assert caller.call(REJECT, {"ids": [second.hold_id]}).data == []
    assert [record.status for record in (first, second)] == ["rejected", "rejected"]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", ["drop", "gateway_timeout"])
def test_a_decision_without_a_reply_is_carried_out_or_not(
    simulator: Simulator, caller: Caller, kind: str, done: bool
) -> None:
    simulator.tenant.quirks.change("decision_reply", f"{kind}_{'done' if done else 'undone'}")
    (record,) = simulator.tenant.receive(HELD)
    if kind == "drop":
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            caller.call(RELEASE, {"id": record.hold_id})
    else:
        assert caller.call(RELEASE, {"id": record.hold_id}).status == 504
    assert (record.status, len(simulator.tenant.decisions)) == (("archived", 1) if done else ("held", 0))


def test_a_decision_can_be_visible_late(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.change("decision_visible_after", 60)
    (record,) = simulator.tenant.receive(HELD)
    assert caller.call(RELEASE, {"id": record.hold_id}).data == [{"id": record.hold_id, "release": True}]

    def seen() -> tuple[int, Any]:
        [details] = caller.call(INFO, {"id": record.id}).data
        return len(caller.call(HOLD_LIST, {"admin": True}).data), details["status"]

    assert seen() == (1, "held")
    simulator.control("clock", {"advance": 61})
    assert seen() == (0, "archived")
