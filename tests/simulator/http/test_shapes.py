"""Replies have the members that the sample replies have for the same request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.ids import IdGenerator
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.simulator.caller import (
    CREATE_POLICY,
    REST_POLICIES,
    SAMPLE_REPLIES,
    Caller,
    Reply,
    eml,
    held_eml,
    send,
)

NOW = datetime(2025, 4, 16, 16, 10, tzinfo=UTC)
SAMPLES = sorted(path.name.removesuffix(".json") for path in SAMPLE_REPLIES.glob("*.json"))

NOT_SIMULATED = {
    "auth1.login_success": "passwords are not simulated",
    "auth2.token_verification_failed": "an outage of the gateway, not a rule of it",
    "gateway_get_file.download": "its path is invented; test_a_link_leads_to_the_file follows a real one",
}
# Places that a reply may lack, with all that is below them; each says why.
_NOT_ASKED_FOR = (".data[].items[].displayfromaddress", ".data[].items[].displaytoaddresslist")  # API notes 8.1
_INVENTED = (".fail[].errors[].field",)  # the sample's refusal is its author's guess
_OF_ITS_WAY = (  # what a mail met on its way: every block of the details may be missing (API notes 6.2)
    ".data[].deliveredMessage.*.deliveryMetaInfo",
    ".data[].deliveredMessage.*.policyInfo",
    ".data[].deliveredMessage.*.txInfo",
    ".data[].recipientInfo.recipientMetaInfo",
    ".data[].recipientInfo.txInfo",
    ".data[].retentionInfo",
    ".data[].spamInfo.spamProcessingDetail.verdict",
    ".data[].spamInfo.spamProcessingDetail.symbolGroups",
)
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "archive_search.page1": _NOT_ASKED_FOR,
    "archive_search.page2_last": _NOT_ASKED_FOR,
    "blocked_sender_rest.list": (".policies[].override",),
    "message_info.archived": _OF_ITS_WAY,
    "message_info.held": _OF_ITS_WAY,
    "reject_held_email.not_held": _INVENTED,
    "release_held_email_to_sandbox.not_held": _INVENTED,
}


@dataclass
class Stage:
    """A tenant on the day of the samples."""

    simulator: Simulator
    held: TrackingRecord
    other_held: TrackingRecord
    archived: TrackingRecord
    archived_page: list[TrackingRecord]
    attachment: str
    policy: str

    @property
    def unknown(self) -> str:
        return IdGenerator("another tenant").new("any")


@pytest.fixture
def stage(simulator: Simulator) -> Stage:
    tenant = simulator.tenant
    tenant.clock.frozen = NOW
    mail = {"files": {"invoice.docm": b"macro"}, "html": "<p>x</p>", "Cc": "bob@example.com"}
    held = tenant.receive(
        held_eml("Invoice", Message_ID="<a1@example.org>", X_Simulator_Risk="high", **mail),
        received=NOW - timedelta(seconds=166),
    )
    (other,) = tenant.receive(held_eml("Offer"), received=NOW - timedelta(hours=1))
    archived = tenant.receive(
        eml("Minutes Wednesday", Message_ID="<m2@example.org>", html="<p>x</p>"), received=NOW - timedelta(hours=2)
    )
    page = [
        tenant.receive(eml("Minutes Monday", files={"m.pdf": b"%PDF"}), received=NOW - timedelta(days=day))[0]
        for day in (1, 2)
    ]
    policy = Caller(simulator).call(
        CREATE_POLICY, sample("blocked_sender_create.success_v2")["request"]["body"]["data"][0]
    )
    return Stage(
        simulator, held[0], other, archived[0], page, tenant.file_id(held[0].mail.parts[0]), policy.data[0]["id"]
    )


def sample(name: str) -> dict[str, Any]:
    if not SAMPLES:
        pytest.skip("the sample replies lie beside the repository, not in it")
    found: dict[str, Any] = json.loads((SAMPLE_REPLIES / f"{name}.json").read_text())
    return found


def is_refusal(name: str) -> bool:
    body = sample(name)["body"]
    return name not in NOT_SIMULATED and isinstance(body, dict) and bool(body.get("fail"))


def switch(**values: object) -> Callable[[Stage], None]:
    def turn(stage: Stage) -> None:
        for name, value in values.items():
            stage.simulator.tenant.quirks.change(name, value)

    return turn


def fault(**what: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.simulator.control("faults", {"add": [what]}) and None


def decided(stage: Stage) -> None:
    stage.simulator.tenant.decide(stage.held.hold_id, "rejected")


def emptied(stage: Stage) -> None:
    for one in stage.simulator.tenant.tracked.values():
        one.deleted = True


def expired_keys(stage: Stage) -> None:
    stage.simulator.v1.expired = True


def expired_tokens(stage: Stage) -> None:
    stage.simulator.control("rights", {"expire_tokens": True})


def no_permission(stage: Stage) -> None:
    stage.simulator.v1.permissions.clear()


PREPARED: dict[str, Callable[[Stage], None]] = {
    "archive_message_part.v2_url": switch(file_v2="url"),
    "archive_search.empty": emptied,
    "auth1.binding_expired_418": expired_keys,
    "auth1.forbidden_for_address": no_permission,
    "auth1.rate_limited_429": fault(kind="429"),
    "auth2.rate_limited_429": fault(kind="429", path="/api/*"),
    "auth2.token_expired": expired_tokens,
    "hold_list.empty": emptied,
    "hold_reject.not_held_false": decided,
    "hold_release.not_held_false": decided,
    "hold_summary.empty": emptied,
    "reject_held_email.not_held": decided,
    "release_held_email_to_sandbox.not_held": decided,
}


def id_for(name: str, stage: Stage) -> str | None:
    """The id that stands for the sample's own; None where that one is meant to be wrong as it is."""
    function, _, case = name.partition(".")
    if case in ("unknown_id", "not_found", "bad_id_fail"):
        return stage.unknown
    if case in ("bad_id", "smash_as_id", "corrupt_id_empty_400", "id_missing"):
        return None
    return {
        "archive_get_file": stage.attachment,
        "gateway_get_file": stage.attachment,
        "archive_message_detail": stage.archived.archive_id,
        "archive_message_part": stage.archived.archive_id,
        "gateway_message_detail": stage.held.hold_id,
        "hold_reject": stage.held.hold_id,
        "hold_release": stage.held.hold_id,
        "message_info": stage.archived.id if case == "archived" else stage.held.id,
        "report_message": stage.archived.id,
        "reject_held_email": stage.held.id,
        "release_held_email_to_sandbox": stage.held.id,
        "blocked_sender_create": stage.policy,
        "blocked_sender_get": stage.policy,
        "blocked_sender_delete": stage.policy,
    }.get(function)


def with_our_ids(body: Any, name: str, stage: Stage, token: str) -> Any:
    own = id_for(name, stage)
    if not isinstance(body, dict):
        return body
    for item in body.get("data", []):
        if own and "id" in item:
            item["id"] = own
        if own and "ids" in item:
            item["ids"] = [own, stage.other_held.hold_id][: len(item["ids"])]
    if token:
        body["meta"]["pagination"]["pageToken"] = token
    return body


def replay(name: str, stage: Stage) -> Reply:
    request = sample(name)["request"]
    signed = request["headers"].get("Authorization", "").startswith("MC ")
    caller = Caller(stage.simulator, 1 if signed else 2)
    path, body = urlsplit(request["url"]).path, request.get("body")
    if path == "/oauth/token":
        return caller.token(**({} if name.endswith("success") else {"client_secret": "wrong"}))
    if path.startswith(REST_POLICIES + "/"):
        path = f"{REST_POLICIES}/{stage.policy}"
    caller.headers(path)
    PREPARED.get(name, lambda _: None)(stage)
    if name == "auth2.missing_bearer":
        return send(stage.simulator.url + path, body=b"{}")
    token = ""
    if "pageToken" in str(body):
        first = json.loads(json.dumps(body))
        del first["meta"]["pagination"]["pageToken"]
        token = caller.post(path, first).json["meta"]["pagination"]["next"]
    changed = {"auth1.invalid_signature": {"secret_key": "AAAA"}, "auth1.developer_key": {"application_id": "no"}}
    body = with_our_ids(body, name, stage, token)
    method = request["method"]
    return (
        caller.get(path) if method == "GET" else caller.post(path, body or {}, method=method, **changed.get(name, {}))
    )


def members(value: Any, place: str = "") -> Iterator[str]:
    """The places of all members in a reply; elements of a list share a place, and so do addresses as names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            here = f"{place}.{'*' if '@' in name else name}"
            yield here
            yield from members(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, place + "[]")


def of_the_request(place: str) -> bool:
    """`key` repeats what was sent; a sample's own abridgement of that says nothing about the reply."""
    return ".key." in place


@pytest.mark.skipif(not SAMPLES, reason="the sample replies lie beside the repository, not in it")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_reply_has_the_members_of_the_sample(name: str, stage: Stage) -> None:
    if name in NOT_SIMULATED:
        pytest.skip(NOT_SIMULATED[name])
    wanted, reply = sample(name), replay(name, stage)
    if name != "auth1.developer_key":  # seen with 200 and with 4xx (API notes 2.5)
        assert reply.status == wanted["status"]
    body = wanted["body"]
    if isinstance(body, dict) and "$base64" in body:
        assert reply.headers["Content-Disposition"].startswith("attachment; filename=")
        return
    if not body:
        assert reply.raw == b""
        return
    absent = {place for place in members(body) if not of_the_request(place)} - set(members(reply.json))
    assert not [place for place in absent if not place.startswith(LEFT_OUT.get(name, ()))]
    if reply.status == 200:
        assert bool(reply.json.get("fail")) is bool(body.get("fail"))


@pytest.mark.skipif(not SAMPLES, reason="the sample replies lie beside the repository, not in it")
@pytest.mark.parametrize("name", [name for name in SAMPLES if is_refusal(name)])
def test_a_refusal_has_the_code_of_the_sample(name: str, stage: Stage) -> None:
    body = sample(name)["body"]
    entries = [entry for one in body["fail"] for entry in one.get("errors", [one])]
    reply = replay(name, stage)
    ours = [entry for one in reply.json["fail"] for entry in one.get("errors", [one])]
    for entry in entries:
        if "code" in entry:
            assert entry["code"] in {one["code"] for one in ours}


def test_times_are_written_as_in_the_samples(stage: Stage) -> None:
    state = stage.simulator.control("state")
    for row in state["tracked"]:
        assert datetime.strptime(row["received"], "%Y-%m-%dT%H:%M:%S%z").utcoffset() == timedelta()
        assert row["received"].endswith("+0000")


@pytest.mark.parametrize(("version", "way"), [(1, "stream"), (1, "urls"), (2, "url"), (2, "urls"), (2, "stream")])
def test_a_file_comes_as_a_stream_or_behind_a_link(stage: Stage, version: int, way: str) -> None:
    stage.simulator.tenant.quirks.change(f"file_v{version}", way)
    reply = Caller(stage.simulator, version).call("/api/gateway/message/get-file", {"id": stage.attachment})
    if way == "stream":
        assert reply.raw == b"macro"
        assert reply.headers["Content-Disposition"] == 'attachment; filename="invoice.docm"'
    else:
        link = reply.data[0]["url"] if way == "url" else reply.data[0]["urls"][0]
        assert link.startswith(stage.simulator.url)


def test_a_link_leads_to_the_file_without_a_bearer(stage: Stage) -> None:
    caller = Caller(stage.simulator)
    link = caller.call("/api/gateway/message/get-file", {"id": stage.attachment}).data[0]["urls"][0]
    assert "\\u0026" in link
    address = link.replace("\\u0026", "&")
    reply = send(address, method="GET")
    assert hashlib.sha256(reply.raw).hexdigest() == stage.held.mail.parts[0].sha256
    assert send(address.replace("token=", "token=0"), method="GET").status == 403
    assert stage.simulator.requests[-2].bearer_on_download is False
    send(address, method="GET", headers=caller.headers("/"))
    assert stage.simulator.requests[-1].bearer_on_download is True


def test_a_link_keeps_no_escape_when_that_is_switched_off(stage: Stage) -> None:
    stage.simulator.tenant.quirks.file_escaped = False
    reply = Caller(stage.simulator).call("/api/gateway/message/get-file", {"id": stage.attachment})
    assert send(reply.data[0]["urls"][0], method="GET").raw == b"macro"


def test_links_may_lead_to_another_host() -> None:
    with Simulator(file_host=True) as simulator:
        (record,) = simulator.tenant.receive(held_eml(files={"a.bin": b"x"}))
        file_id = simulator.tenant.file_id(record.mail.parts[0])
        link = Caller(simulator).call("/api/archive/get-file", {"id": file_id}).data[0]["urls"][0]
        assert not link.startswith(simulator.url + "/")
        assert send(link.replace("\\u0026", "&"), method="GET").raw == b"x"


@pytest.mark.parametrize(("kind", "content"), [("PLAIN", b"Please find"), ("HTML", b"<p>x</p>"), ("RFC822", b"From:")])
def test_a_part_of_an_archived_message_is_what_was_asked_for(stage: Stage, kind: str, content: bytes) -> None:
    item = {"id": stage.archived.archive_id, "type": kind}
    assert Caller(stage.simulator, 1).call("/api/archive/get-message-part", item).raw.startswith(content)
