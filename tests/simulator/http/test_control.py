"""The control calls."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator import Quirks, Simulator
from mimecast_secops.simulator.http.app import SimulatorApp
from mimecast_secops.simulator.http.control_calls import CALLS
from mimecast_secops.simulator.tenant.tenant import Clock, Tenant
from tests.simulator.caller import (
    ACCOUNT,
    HOLD_LIST,
    INFO,
    RELEASE,
    SEARCH,
    SENDERS,
    Caller,
    control,
    eml,
    held_eml,
    send,
)


def test_an_unknown_call_returns_the_list_of_calls(simulator: Simulator) -> None:
    reply = control(simulator, "nonsense")
    assert reply.status == 404
    assert all(name in reply.json["error"] for name in CALLS)


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b"'a'"])
def test_a_body_that_is_not_an_object_is_refused(simulator: Simulator, body: bytes) -> None:
    reply = send(f"{simulator.url}/simulator/state", body=body)
    assert (reply.status, reply.json) == (400, {"error": "The body is not a JSON object."})


def test_requests_with_an_origin_are_refused(simulator: Simulator) -> None:
    assert control(simulator, "state", Origin="https://example.org").status == 403
    assert control(simulator, "bulk", {"count": 1}, Origin="null").status == 403
    assert simulator.tenant.tracked == {}


def test_the_status_page_can_change_the_tenant_with_json_only(simulator: Simulator) -> None:
    page = {"Origin": simulator.url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    assert control(simulator, "bulk", {"count": 1}, **page).json == {"made": 1}
    form = {"Origin": simulator.url, "Content-Type": "text/plain"}
    assert control(simulator, "bulk", {"count": 1}, **form).status == 415
    assert len(simulator.tenant.tracked) == 1


def test_a_page_of_another_port_is_refused(simulator: Simulator) -> None:
    assert control(simulator, "bulk", {"count": 1}, Origin="http://127.0.0.1:1").status == 403
    assert simulator.tenant.tracked == {}


CHANGING = sorted(name for name, call in CALLS.items() if not call.read_only)


@pytest.mark.parametrize("name", CHANGING)
def test_calls_that_change_the_tenant_accept_only_post(simulator: Simulator, name: str) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        reply = send(f"{simulator.url}/simulator/{name}", method=method)
        assert (reply.status, reply.headers["Allow"]) == (405, "POST")
        assert simulator.tenant.tracked == {}
    assert control(simulator, "faults").json == {"active": 0}


def test_an_image_in_a_web_page_creates_no_message(simulator: Simulator) -> None:
    image = {"Accept": "image/*", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    for headers in ({}, image, {**image, "Sec-Fetch-Site": "cross-site"}):
        assert send(f"{simulator.url}/simulator/bulk?count=1", method="GET", headers=headers).status in (403, 405)
    assert simulator.tenant.tracked == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("name", ["bulk", "state"])
def test_a_page_of_another_site_is_refused_without_an_origin(simulator: Simulator, name: str, site: str) -> None:
    assert control(simulator, name, {"count": 1}, **{"Sec-Fetch-Site": site}).status == 403
    assert simulator.tenant.tracked == {}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_browser_must_send_json(simulator: Simulator, content_type: str) -> None:
    browser = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
    refused = control(simulator, "bulk", {"count": 1}, **browser, **{"Content-Type": content_type})
    assert refused.status == 415
    assert simulator.tenant.tracked == {}
    sent = control(simulator, "bulk", {"count": 1}, **browser, **{"Content-Type": "Application/JSON; charset=utf-8"})
    assert sent.json == {"made": 1}


def test_a_program_can_send_any_content_type(simulator: Simulator) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert control(simulator, "bulk", {"count": 1}, **form).json == {"made": 1}


def test_read_only_calls_accept_get_and_change_nothing(simulator: Simulator, v1: Caller) -> None:
    v1.call(ACCOUNT)
    for _ in range(2):
        counted = send(f"{simulator.url}/simulator/requests?clear=true", method="GET")
        assert counted.json == {"counts": {ACCOUNT: 1}, "total": 1}
    assert send(f"{simulator.url}/simulator/state", method="GET").json["simulator"] is True
    assert send(f"{simulator.url}/simulator/state", method="HEAD").status == 200
    refused = send(f"{simulator.url}/simulator/state", method="PUT", body=b"{}")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_the_state_has_the_changes_to_the_tenant(simulator: Simulator, v1: Caller) -> None:
    held, other = simulator.tenant.receive(held_eml())[0], simulator.tenant.receive(eml())[0]
    v1.call(RELEASE, {"id": held.hold_id})
    v1.call("/api/message-finder/report-message", {"id": other.id, "type": "spam", "comment": "c"})
    v1.call(SENDERS, {"sender": "a@example.org", "to": "b@example.com", "action": "block"})
    state = control(simulator, "state").json
    assert state["simulator"] is True
    assert state["domains"] == ["example.com"]
    assert {record["id"] for record in state["tracked"]} == {held.id, other.id}
    assert state["held"] == []
    assert state["decisions"] == [
        {
            "what": "released",
            "id": held.id,
            "hold_id": held.hold_id,
            "recipient": "ann@example.com",
            "reason": "",
            "message": "",
            "notify": False,
        }
    ]
    assert state["reports"] == [{"id": other.id, "type": "spam", "comment": "c"}]
    assert state["managed"] == [{"sender": "a@example.org", "to": "b@example.com", "action": "block"}]
    assert state["policies"] == []


def test_a_message_is_delivered_as_text_or_base64_at_the_given_time(simulator: Simulator) -> None:
    raw = held_eml("By hand", to="a@example.com, b@example.com")
    text = control(simulator, "mail", {"eml": raw.decode(), "received": "2026-03-01T10:00:00Z"}).json["records"]
    coded = control(simulator, "mail", {"base64": base64.b64encode(raw).decode()}).json["records"]
    assert [record["to"][0]["emailAddress"] for record in text] == ["a@example.com", "b@example.com"]
    assert {record["received"] for record in text} == {"2026-03-01T10:00:00+0000"}
    assert {record["status"] for record in text + coded} == {"held"}


def test_a_sample_is_delivered_by_its_name(simulator: Simulator) -> None:
    [record] = control(simulator, "mail", {"sample": "01-overdue-invoice.eml"}).json["records"]
    assert record["subject"] == "Overdue invoice 4711"
    refused = control(simulator, "mail", {"sample": "nonsense"})
    assert (refused.status, len(simulator.tenant.tracked)) == (400, 1)
    assert "01-overdue-invoice.eml" in refused.json["error"]


@pytest.mark.parametrize("body", [{}, {"sample": 5}, {"sample": None}, {"base64": "a"}, {"base64": "é"}, {"base64": 5}])
def test_an_unreadable_message_is_refused(simulator: Simulator, body: dict[str, object]) -> None:
    reply = control(simulator, "mail", body)
    assert reply.status == 400
    assert reply.json["error"]


def test_quirks_are_changed_by_name(simulator: Simulator) -> None:
    assert control(simulator, "behaviour", {"rate_limit": 3, "not_held": "fail"}).json == {
        "changed": ["not_held", "rate_limit"]
    }
    assert (simulator.tenant.quirks.rate_limit, simulator.tenant.quirks.not_held) == (3, "fail")
    refused = control(simulator, "behaviour", {"nonsense": 1})
    assert refused.status == 400
    assert "rate_limit" in refused.json["error"]


def test_faults_are_added_and_cleared(simulator: Simulator) -> None:
    assert control(simulator, "faults", {"add": [{"kind": "500"}, {"kind": "503"}]}).json == {"active": 2}
    assert control(simulator, "faults", {"clear": True, "add": [{"kind": "html"}]}).json == {"active": 1}
    assert control(simulator, "faults", {"add": [{"kind": "nonsense"}]}).status == 400


def test_the_clock_is_frozen_moved_and_released(simulator: Simulator, v2: Caller) -> None:
    assert control(simulator, "clock", {"freeze": "2025-04-16T16:10:00Z"}).json == {"now": "2025-04-16T16:10:00+0000"}
    assert control(simulator, "clock", {"advance": 90}).json == {"now": "2025-04-16T16:11:30+0000"}
    assert control(simulator, "clock").json == {"now": "2025-04-16T16:11:30+0000"}
    before = datetime.now(UTC).replace(microsecond=0)
    assert datetime.fromisoformat(control(simulator, "clock", {"freeze": None}).json["now"]) >= before


def test_permissions_are_revoked_and_granted_by_name(simulator: Simulator, caller: Caller) -> None:
    right = "Account | Dashboard | Read"
    assert right not in control(simulator, "rights", {"revoke": [right]}).json["permissions"]
    assert caller.call(HOLD_LIST, {"admin": True}).status == 403
    assert right in control(simulator, "rights", {"grant": [right]}).json["permissions"]
    assert caller.call(HOLD_LIST, {"admin": True}).status == 200


def test_products_are_revoked_and_granted_by_name(simulator: Simulator, v2: Caller) -> None:
    assert "Cloud Gateway" not in control(simulator, "rights", {"revoke": ["Cloud Gateway"]}).json["products"]
    assert v2.call(HOLD_LIST, {"admin": True}).codes == ["app_forbidden"]
    control(simulator, "rights", {"grant": ["Cloud Gateway"]})
    assert v2.call(HOLD_LIST, {"admin": True}).status == 200


def test_tokens_and_keys_can_be_expired(simulator: Simulator, v1: Caller, v2: Caller) -> None:
    assert [v1.call(ACCOUNT).status, v2.call(ACCOUNT).status] == [200, 200]
    control(simulator, "rights", {"expire_tokens": True, "expire_keys": True})
    assert [v1.call(ACCOUNT).status, v2.call(ACCOUNT).status] == [418, 401]
    control(simulator, "rights", {"expire_keys": False})
    assert v1.call(ACCOUNT).status == 200


def test_a_record_is_changed_and_deleted(simulator: Simulator, v2: Caller) -> None:
    (record,) = simulator.tenant.receive(eml(Message_ID="<m@example.org>"))
    row = control(
        simulator, "record", {"id": record.id, "status": "held", "row": {"sent": None}, "info": {"spamInfo": None}}
    )
    assert (row.json["status"], row.json["sent"]) == ("held", None)
    assert [entry["id"] for entry in v2.call(HOLD_LIST, {"admin": True}).data] == [record.hold_id]
    assert v2.call(INFO, {"id": record.id}).data[0]["spamInfo"] is None
    control(simulator, "record", {"id": record.id, "deleted": True})
    assert v2.call(SEARCH, {"messageId": "m@example.org"}).data == [{"trackedEmails": []}]
    assert v2.call(INFO, {"id": record.id}).codes == ["xdk_failure"]
    assert control(simulator, "record", {"id": "nobody"}).status == 400


@pytest.mark.parametrize("raw", [rb"\ud83d", b"\xf0\x9f", b"\x01", b'"', b""])
def test_a_raw_subject_is_in_every_reply_with_its_record_only(simulator: Simulator, v1: Caller, raw: bytes) -> None:
    (record,) = simulator.tenant.receive(held_eml("Mine"))
    simulator.tenant.receive(held_eml("Other"))
    coded = base64.b64encode(raw).decode()
    assert control(simulator, "record", {"id": record.id, "raw_subject": coded}).json["subject"] == "Mine"
    search = {"advancedTrackAndTraceOptions": {"to": "example.com"}}
    detail = "/api/gateway/message/get-message-detail"
    requests: dict[str, dict[str, Any]] = {
        SEARCH: search,
        HOLD_LIST: {"admin": True},
        INFO: {"id": record.id},
        detail: {"id": record.hold_id},
    }
    for path, item in requests.items():
        reply = v1.call(path, item).raw
        assert b'"subject":"' + raw + b'"' in reply, path
        assert (b'"subject":"Other"' in reply) is (path in (SEARCH, HOLD_LIST))
        assert b'"subject":"Mine"' not in reply
    assert {row["subject"] for row in control(simulator, "state").json["tracked"]} == {"Mine", "Other"}
    assert {row["subject"] for row in control(simulator, "state").json["held"]} == {"Mine", "Other"}
    control(simulator, "record", {"id": record.id, "raw_subject": None})
    assert {row["subject"] for row in v1.call(HOLD_LIST, {"admin": True}).data} == {"Mine", "Other"}


@pytest.mark.parametrize("text", ["a", "é", 5, "YQ=*"])
def test_a_raw_subject_that_is_not_base64_is_refused(simulator: Simulator, text: object) -> None:
    (record,) = simulator.tenant.receive(held_eml("Mine"))
    assert control(simulator, "record", {"id": record.id, "raw_subject": text}).status == 400
    assert record.raw_subject is None


def test_bulk_generates_held_messages_in_the_requested_period(simulator: Simulator, v2: Caller) -> None:
    control(simulator, "clock", {"freeze": "2026-03-11T12:00:00Z"})
    body = {"count": 10, "spread": 100, "before": 60, "attachment_bytes": 30}
    assert control(simulator, "bulk", body).json == {"made": 10}
    reply = v2.call(HOLD_LIST, {"admin": True})
    assert reply.json["meta"]["pagination"]["totalCount"] == 10
    assert max(entry["dateReceived"] for entry in reply.data) == "2026-03-11T11:58:50+0000"
    assert min(entry["dateReceived"] for entry in reply.data) == "2026-03-11T11:57:20+0000"
    assert control(simulator, "bulk").json == {"made": 100}


def test_the_connection_has_the_credentials_of_both_api_versions(simulator: Simulator) -> None:
    for reply in (
        control(simulator, "connection"),
        send(f"{simulator.url}/simulator/connection", method="GET"),
    ):
        assert reply.json == {
            "simulator": True,
            "credentials": {"1.0": simulator.v1.settings, "2.0": simulator.v2.settings},
        }


def test_a_reset_removes_all_changes_and_keeps_the_credentials(simulator: Simulator, caller: Caller) -> None:
    credentials = control(simulator, "connection").json
    simulator.tenant.receive(held_eml(to="ann@new.example"))
    control(simulator, "faults", {"add": [{"kind": "500", "path": HOLD_LIST}]})
    control(simulator, "behaviour", {"rate_limit": 3})
    control(simulator, "clock", {"advance": 60})
    control(simulator, "rights", {"revoke": ["Account | Dashboard | Read", "Cloud Gateway"], "expire_keys": True})
    assert control(simulator, "reset").json == {"messages": 0}
    assert control(simulator, "connection").json == credentials
    overview = control(simulator, "overview").json
    assert overview["domains"] == ["example.com"]
    assert set(overview["counts"].values()) == {0}
    assert (overview["faults"], overview["revoked"], overview["clock"]) == ([], [], "running")
    assert simulator.tenant.quirks == Quirks()
    assert Caller(simulator, caller.version).call(ACCOUNT).status == 200


def test_requests_are_counted_by_path_until_cleared(simulator: Simulator, v1: Caller) -> None:
    for path in (ACCOUNT, ACCOUNT, HOLD_LIST):
        v1.call(path)
    counted = {"counts": {ACCOUNT: 2, HOLD_LIST: 1}, "total": 3}
    assert control(simulator, "requests", {"clear": True}).json == counted
    assert control(simulator, "requests").json == {"counts": {}, "total": 0}


def test_control_calls_are_not_in_the_request_log(simulator: Simulator) -> None:
    control(simulator, "state")
    assert simulator.requests == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {"advance": "soon"}),
        ("clock", {"advance": 1e300}),
        ("clock", {"advance": 2.5e11}),
        ("clock", {"advance": 3e11}),
        ("clock", {"freeze": "0001-01-01T00:00:00Z"}),
        ("bulk", {"count": "many"}),
        ("bulk", {"before": 1e12}),
    ],
)
def test_an_invalid_number_is_refused_and_changes_nothing(
    simulator: Simulator, path: str, body: dict[str, object]
) -> None:
    reply = control(simulator, path, body)
    assert (reply.status, list(reply.json)) == (400, ["error"])
    assert simulator.tenant.clock == Clock()
    assert control(simulator, "state").status == 200


def test_a_quirk_refuses_an_unknown_word(simulator: Simulator) -> None:
    reply = control(simulator, "behaviour", {"not_held": "shrug"})
    assert reply.status == 400
    assert "flag, fail, empty" in reply.json["error"]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.text(max_size=8)), lambda inner: st.lists(inner, max_size=3), max_leaves=4
)


@given(
    st.sampled_from([name for name in CALLS if name not in ("clock", "bulk")]),
    st.dictionaries(st.sampled_from(["id", "eml", "add", "clear", "grant", "revoke", "status", "row"]), JSON),
)
def test_any_object_gets_a_reply_or_an_error(name: str, body: dict[str, object]) -> None:
    if name == "record":
        body = body | {"id": "nobody"}
    body_sent = json.dumps(body).encode("utf-8", "replace")
    answer = SimulatorApp(Tenant()).control.handle("POST", f"/simulator/{name}", {}, body_sent)
    assert answer.status in (200, 400)


@pytest.mark.parametrize(
    ("name", "body", "unknown"),
    [
        ("faults", {"kind": "500"}, "/simulator/faults has no member kind. Its members are: add, clear."),
        ("faults", {"add": [{"kind": "500", "times": 2}]}, "A fault has no member times."),
        ("rights", {"revok": ["Account | Dashboard | Read"]}, "/simulator/rights has no member revok."),
        ("clock", {"advanced": 60}, "/simulator/clock has no member advanced."),
        ("reset", {"now": True}, "/simulator/reset has no member now. It has no members."),
    ],
)
def test_a_misspelled_member_is_refused_and_changes_nothing(
    simulator: Simulator, name: str, body: dict[str, object], unknown: str
) -> None:
    reply = control(simulator, name, body)
    assert reply.status == 400
    assert unknown in reply.json["error"]
