"""The log of releases and rejections."""

from __future__ import annotations

from typing import Any

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import REJECT, RELEASE, RELEASE_LOG, Caller, held_eml


def entries(caller: Caller, **criteria: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = caller.call(RELEASE_LOG, criteria).data[0]["heldReleaseLogs"]
    return rows


def test_the_log_exists_only_with_the_quirk(v1: Caller, v2: Caller) -> None:
    assert v1.call(RELEASE_LOG, {}).status == 404
    assert v2.call(RELEASE_LOG, {}).codes == ["app_forbidden"]


def test_an_entry_names_the_decision_and_joins_no_other_list(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.change("release_log", True)
    first, second = (simulator.tenant.receive(held_eml(subject))[0] for subject in ("Alpha", "Beta"))
    caller.call(RELEASE, {"id": first.hold_id})
    caller.call(REJECT, {"ids": [second.hold_id], "reasonType": "MESSAGE GOES AGAINST EMAIL POLICIES"})
    rejected, released = entries(caller)
    assert (released["status"], released["subject"]) == ("released", "Alpha")
    assert (rejected["status"], rejected["rejectReason"]) == ("rejected", "Message goes against email policies")
    assert rejected["operator"] == {"displayableName": "", "emailAddress": "analyst@example.com"}
    assert not {released["id"], rejected["id"]} & (set(simulator.tenant.tracked) | set(simulator.tenant.by_hold_id))


def test_the_log_is_searched_and_filtered(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.change("release_log", True)
    first, second = (
        simulator.tenant.receive(held_eml("Alpha", to=to))[0] for to in ("ann@example.com", "bob@example.com")
    )
    caller.call(RELEASE, {"id": first.hold_id})
    caller.call(REJECT, {"ids": [second.hold_id]})
    [entry] = entries(caller, searchBy={"fieldName": "to", "value": "bob@example.com"})
    assert entry["status"] == "rejected"
    for status in ({"status": "released"}, {"fieldName": "status", "value": "released"}):
        assert [entry["status"] for entry in entries(caller, filterBy=[status])] == ["released"]
    assert entries(caller, start="2100-01-01T00:00:00+0000") == []


def test_the_log_has_pages(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.change("release_log", True)
    for number in range(3):
        caller.call(RELEASE, {"id": simulator.tenant.receive(held_eml(str(number)))[0].hold_id})
    first = caller.call(RELEASE_LOG, {}, page={"pageSize": 2})
    token = first.json["meta"]["pagination"]["next"]
    second = caller.call(RELEASE_LOG, {}, page={"pageSize": 2, "pageToken": token})
    assert [len(reply.data[0]["heldReleaseLogs"]) for reply in (first, second)] == [2, 1]


def test_a_decision_that_is_not_visible_yet_is_not_in_the_log(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.quirks.change("release_log", True)
    simulator.tenant.quirks.change("decision_visible_after", 60)
    caller.call(RELEASE, {"id": simulator.tenant.receive(held_eml())[0].hold_id})
    assert entries(caller) == []
    simulator.control("clock", {"advance": 61})
    assert len(entries(caller)) == 1
