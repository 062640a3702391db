"""The hold queue over HTTP."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.mail.generator import generate_messages
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


def test_the_hold_list_shows_releases_and_rejections(simulator: Simulator, caller: Caller) -> None:
    first, second, third = (simulator.tenant.receive(HELD)[0] for _ in range(3))
    assert {one["id"] for one in caller.call(HOLD_LIST, {"admin": True}).data} == {
        first.hold_id,
        second.hold_id,
        third.hold_id,
    }
    assert caller.call(RELEASE, {"id": first.hold_id}).data == [{"id": first.hold_id, "release": True}]
    reply = caller.call(REJECT, {"ids": [second.hold_id, first.hold_id], "message": "no", "notify": True})
    assert reply.data == [{"id": second.hold_id, "reject": True}, {"id": first.hold_id, "reject": False}]
    assert [one["id"] for one in caller.call(HOLD_LIST, {"admin": True}).data] == [third.hold_id]
    assert [(one.outcome, one.message, one.notify) for one in simulator.tenant.decisions] == [
        ("released", "", False),
        ("rejected", "no", True),
    ]


def test_an_application_has_no_mailbox_of_its_own(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(HELD)
    assert caller.call(HOLD_LIST, {"admin": False}).data == caller.call(HOLD_LIST).data == []


@pytest.mark.parametrize(
    ("switch", "data", "codes"),
    [("flag", [{"release": False}], []), ("fail", [], ["err_simulated_not_held"]), ("empty", [], [])],
)
def test_releasing_what_is_not_held_answers_as_the_switch_says(
    simulator: Simulator, v2: Caller, switch: str, data: list[dict[str, bool]], codes: list[str]
) -> None:
    simulator.tenant.quirks.not_held = switch
    (record,) = simulator.tenant.receive(eml())
    reply = v2.call(RELEASE, {"id": record.hold_id})
    assert reply.data == [{"id": record.hold_id} | one for one in data]
    assert reply.codes == codes


def test_a_rejection_takes_only_the_documented_reasons(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    refused = caller.call(REJECT, {"ids": [record.hold_id], "reasonType": "because"})
    assert (refused.codes, refused.fields) == (["err_validation_value_not_allowed"], ["reasonType"])
    assert caller.call(REJECT, {"ids": []}).codes == ["err_validation_null"]
    assert simulator.tenant.decisions == []
    done = caller.call(REJECT, {"ids": [record.hold_id], "reasonType": "INAPPROPRIATE COMMUNICATION"})
    assert done.data == [{"id": record.hold_id, "reject": True}]


def test_the_hold_list_is_paged_without_gaps_or_repeats(simulator: Simulator, caller: Caller) -> None:
    generate_messages(simulator.tenant, count=11, end=simulator.tenant.clock.now(), spread=timedelta(minutes=1))
    seen, token, lengths = [], "", []
    while True:
        reply = caller.call(HOLD_LIST, {"admin": True}, page={"pageSize": 4, **({"pageToken": token} if token else {})})
        meta = reply.json["meta"]["pagination"]
        assert meta["totalCount"] == 11
        assert meta["pageSize"] == len(reply.data)
        assert ("previous" in meta) is bool(token)
        lengths.append(len(reply.data))
        seen += [one["id"] for one in reply.data]
        token = meta.get("next", "")
        if not token:
            break
    assert lengths == [4, 4, 3]
    assert len(set(seen)) == 11
    times = [simulator.tenant.by_hold_id[one].received for one in seen]
    assert times == sorted(times, reverse=True)


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()


@pytest.mark.parametrize(
    "token",
    ["nonsense", "é", "eJw=", "A" * 64, packed("hold:²"), packed("hold:" + "9" * 5000), packed("archive:00000001")],
)
def test_a_page_token_that_was_never_given_out_is_refused(v2: Caller, token: str) -> None:
    assert v2.call(HOLD_LIST, {"admin": True}, page={"pageToken": token}).codes == ["xdk_failure"]


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
    assert sorted(one["subject"] for one in reply.data) == subjects


def test_the_reason_code_is_spelt_as_each_generation_spells_it(simulator: Simulator, v1: Caller, v2: Caller) -> None:
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


def test_the_queue_names_the_recipient_of_the_header_too(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(HELD)
    (entry,) = caller.call(HOLD_LIST, {"admin": True}).data
    assert entry["toHeader"] == {"displayableName": "", "emailAddress": "ann@example.com"}


def test_the_summary_of_the_queue_says_how_many_entries_it_has(simulator: Simulator, caller: Caller) -> None:
    assert caller.call(HOLD_SUMMARY).json["meta"]["pagination"] == {"pageSize": 0}
    for reason in ("Spam Signature", "Sandbox", "Sandbox"):
        simulator.tenant.receive(held_eml(X_Simulator_Hold=reason))
    reply = caller.call(HOLD_SUMMARY)
    assert len(reply.data) == reply.json["meta"]["pagination"]["pageSize"] == 2
