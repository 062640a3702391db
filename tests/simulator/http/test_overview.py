"""The overview of a tenant."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.faults import Fault, Faults
from mimecast_secops.simulator.http.overview import LIMIT, overview
from mimecast_secops.simulator.http.request_log import LoggedRequest, new_log
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import ACCOUNT, CREATE_POLICY, REJECT, RELEASE, SENDERS, Caller, control, eml, held_eml

POLICY = {
    "description": "SOC",
    "from": {"type": "individual_email_address", "emailAddress": "bad@example.org"},
    "to": {"type": "everyone"},
}


def test_a_message_has_the_details_that_identify_it(tenant: Tenant) -> None:
    raw = held_eml("Offer", sender="Carol <carol@example.org>", files={"a.zip": b"x"}, X_Simulator_Risk="high")
    (record,) = tenant.receive(raw)
    [entry] = overview(tenant, Faults(), new_log())["held"]
    assert entry == {
        "id": record.id,
        "hold_id": record.hold_id,
        "message_id": record.mail.message_id,
        "received": "2026-03-11T12:00:00+0000",
        "sender": "carol@example.org",
        "sender_name": "Carol",
        "recipient": "ann@example.com",
        "subject": "Offer",
        "status": "held",
        "route": "inbound",
        "reason": "Spam Signature",
        "policy": "Spam Signature",
        "risk": "high",
        "attachments": ["a.zip"],
    }


def test_the_lists_are_the_newest_first_and_limited_and_the_counts_are_not(tenant: Tenant) -> None:
    for number in range(LIMIT + 2):
        make = held_eml if number % 2 else eml
        tenant.receive(make(str(number)), received=tenant.clock.now() - timedelta(minutes=1000 - number))
    log = new_log()
    log.extend(LoggedRequest(float(number), "POST", f"/{number}", 1, 200) for number in range(LIMIT + 5))
    shown = overview(tenant, Faults(), log)
    assert [entry["subject"] for entry in shown["messages"]] == [str(number) for number in range(LIMIT + 1, 1, -1)]
    assert shown["held"][0]["subject"] == str(LIMIT + 1)
    assert [request["path"] for request in shown["requests"][:2]] == [f"/{LIMIT + 4}", f"/{LIMIT + 3}"]
    assert (len(shown["messages"]), len(shown["requests"])) == (LIMIT, LIMIT)
    half = (LIMIT + 2) // 2
    counts = {"messages": LIMIT + 2, "held": half, "archived": half, "requests": LIMIT + 5}
    assert {name: count for name, count in shown["counts"].items() if count} == counts


def test_decisions_senders_and_policies_are_shown(simulator: Simulator, v1: Caller) -> None:
    first, second = (simulator.tenant.receive(held_eml(name))[0] for name in ("First", "Second"))
    v1.call(RELEASE, {"id": first.hold_id})
    v1.call(REJECT, {"ids": [second.hold_id], "message": "no", "reasonType": "REVIEWER DISAPPROVES OF CONTENT"})
    v1.call(SENDERS, {"sender": "a@example.org", "to": "b@example.com", "action": "block"})
    v1.call(CREATE_POLICY, {"option": "block_sender", "policy": POLICY})
    shown = control(simulator, "overview").json
    assert [(entry["what"], entry["subject"], entry["message"]) for entry in shown["decisions"]] == [
        ("rejected", "Second", "no"),
        ("released", "First", ""),
    ]
    assert shown["senders"] == [{"sender": "a@example.org", "to": "b@example.com", "action": "block"}]
    [policy] = shown["policies"]
    assert (policy["sender"], policy["recipient"]) == ("individual email address: bad@example.org", "everyone")


def test_a_request_has_its_version_status_duration_and_time(simulator: Simulator, v1: Caller) -> None:
    simulator.control("clock", {"freeze": "2026-01-01T00:00:00Z"})
    simulator.control("faults", {"add": [{"kind": "500", "path": ACCOUNT}]})
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    v1.call(ACCOUNT)
    [request] = control(simulator, "overview").json["requests"]
    described = (request["method"], request["path"], request["version"], request["status"], request["fault"])
    assert described == ("POST", ACCOUNT, "1.0", 500, "500")
    assert request["milliseconds"] >= 0
    assert before <= datetime.fromisoformat(request["at"]) <= datetime.now(UTC)


def test_the_duration_includes_a_delay(simulator: Simulator, v2: Caller) -> None:
    simulator.tenant.quirks.latency_ms = 50
    start = time.monotonic()
    v2.token()
    assert control(simulator, "overview").json["requests"][0]["milliseconds"] > 40
    assert simulator.requests[0].duration <= time.monotonic() - start


def test_a_fault_counts_its_calls_until_it_is_exhausted(tenant: Tenant) -> None:
    faults = Faults()
    faults.add(Fault(kind="500", path="/a", count=1))
    [before] = overview(tenant, faults, new_log())["faults"]
    faults.match("/a")
    [after] = overview(tenant, faults, new_log())["faults"]
    assert (before["affected"], before["exhausted"]) == (0, False)
    assert (after["affected"], after["exhausted"]) == (1, True)


def test_changes_to_quirks_clock_and_permissions_are_shown(simulator: Simulator) -> None:
    before = control(simulator, "overview").json
    assert (before["clock"], before["revoked"]) == ("running", [])
    assert all(quirk["value"] == quirk["default"] for quirk in before["quirks"])
    control(simulator, "behaviour", {"rate_limit": 3})
    control(simulator, "clock", {"advance": 60})
    control(simulator, "rights", {"revoke": ["Gateway | Policies | Edit", "Cloud Gateway"]})
    after = control(simulator, "overview").json
    assert [quirk["name"] for quirk in after["quirks"] if quirk["value"] != quirk["default"]] == ["rate_limit"]
    assert (after["clock"], after["revoked"]) == ("moved", ["Cloud Gateway", "Gateway | Policies | Edit"])
    control(simulator, "clock", {"freeze": "2026-01-01T00:00:00Z"})
    assert control(simulator, "overview").json["clock"] == "stopped"
