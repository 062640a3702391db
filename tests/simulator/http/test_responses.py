"""Replies have the members of the sample replies to the same request."""

from __future__ import annotations

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
from tests.samples import DATA, Sample
from tests.simulator.caller import (
    CREATE_POLICY,
    REST_POLICIES,
    Caller,
    Reply,
    eml,
    held_eml,
    send,
)

NOW = datetime(2025, 4, 16, 16, 10, tzinfo=UTC)
SAMPLES = sorted(path.stem for path in (DATA / "mimecast").glob("*.json"))
NOT_SIMULATED = {
    "auth1.login_success": "passwords are not simulated",
    "auth2.token_verification_failed": "an outage of the gateway",
    "gateway_get_file.download": "its path is invented; test_files.py opens a real link",
}


# Members, with all below them, that a reply can lack.
# docs/reference/mimecast-api.md#search-the-archive
_NOT_REQUESTED = (".data[].items[].displayfromaddress", ".data[].items[].displaytoaddresslist")
_INVENTED = (".fail[].errors[].field",)  # the error of the sample is inferred
_TRANSMISSION = (  # every block of the details is optional (docs/reference/mimecast-api.md#get-tracking-details)
    ".data[].deliveredMessage.*.deliveryMetaInfo",
    ".data[].deliveredMessage.*.policyInfo",
    ".data[].deliveredMessage.*.txInfo",
    ".data[].recipientInfo.recipientMetaInfo",
    ".data[].recipientInfo.txInfo",
    ".data[].retentionInfo",
    ".data[].spamInfo.spamProcessingDetail.verdict",
    ".data[].spamInfo.spamProcessingDetail.symbolGroups",
)


OPTIONAL: dict[str, tuple[str, ...]] = {
    "archive_search.page1": _NOT_REQUESTED,
    "archive_search.page2_last": _NOT_REQUESTED,
    "blocked_sender_rest.list": (".policies[].override",),
    "message_info.archived": _TRANSMISSION,
    "message_info.held": _TRANSMISSION,
    "reject_held_email.not_held": _INVENTED,
    "release_held_email_to_sandbox.not_held": _INVENTED,
}


@dataclass
class Stage:
    """A tenant with the messages of the samples."""

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
    blocked = {
        "description": "Offers",
        "fromPart": "both",
        "from": {"type": "individual_email_address", "emailAddress": "offers@example.net"},
        "to": {"type": "everyone"},
        "enabled": True,
        "enforced": True,
    }
    policy = Caller(simulator).call(CREATE_POLICY, {"option": "block_sender", "policy": blocked})
    return Stage(
        simulator, held[0], other, archived[0], page, tenant.file_id(held[0].mail.parts[0]), policy.data[0]["id"]
    )


def quirks(**values: object) -> Callable[[Stage], None]:
    def change(stage: Stage) -> None:
        for name, value in values.items():
            stage.simulator.tenant.quirks.change(name, value)

    return change


def fault(**members: Any) -> Callable[[Stage], None]:
    def change(stage: Stage) -> None:
        stage.simulator.control("faults", {"add": [members]})

    return change


def decided(stage: Stage) -> None:
    stage.simulator.tenant.decide(stage.held.hold_id, "rejected")


def emptied(stage: Stage) -> None:
    for record in stage.simulator.tenant.tracked.values():
        record.deleted = True


def expired_keys(stage: Stage) -> None:
    stage.simulator.v1.expired = True


def expired_tokens(stage: Stage) -> None:
    stage.simulator.control("rights", {"expire_tokens": True})


def no_permission(stage: Stage) -> None:
    stage.simulator.v1.permissions.clear()


PREPARED: dict[str, Callable[[Stage], None]] = {
    "archive_message_part.v2_url": quirks(file_v2="url"),
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
    """The id that replaces the one of the sample; None if that id is wrong on purpose."""
    endpoint, _, case = name.partition(".")
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
    }.get(endpoint)


def with_ids_of(body: Any, name: str, stage: Stage, token: str) -> Any:
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


def replay(name: str, request: dict[str, Any], stage: Stage) -> Reply:
    signed = request["headers"].get("Authorization", "").startswith("MC ")
    caller = Caller(stage.simulator, 1 if signed else 2)
    path, body = urlsplit(request["url"]).path, request.get("body")
    if path == "/oauth/token":
        return caller.token(**({} if name.endswith("success") else {"client_secret": "wrong"}))
    if path.startswith(REST_POLICIES + "/"):
        path = f"{REST_POLICIES}/{stage.policy}"
    caller.headers(path)
    if prepare := PREPARED.get(name):
        prepare(stage)
    if name == "auth2.missing_bearer":
        return send(stage.simulator.url + path, body=b"{}")
    token = ""
    if "pageToken" in str(body):
        first = json.loads(json.dumps(body))
        del first["meta"]["pagination"]["pageToken"]
        token = caller.post(path, first).json["meta"]["pagination"]["next"]
    changed = {"auth1.invalid_signature": {"secret_key": "AAAA"}, "auth1.developer_key": {"application_id": "no"}}
    body = with_ids_of(body, name, stage, token)
    method = request["method"]
    return (
        caller.get(path) if method == "GET" else caller.post(path, body or {}, method=method, **changed.get(name, {}))
    )


def members(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all members of a reply. Elements of a list have one path, and so do addresses as names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            inner_path = f"{path}.{'*' if '@' in name else name}"
            yield inner_path
            yield from members(inner, inner_path)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, path + "[]")


def repeats_the_request(path: str) -> bool:
    """Whether a member repeats the request, which the samples abridge."""
    return ".key." in path


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in NOT_SIMULATED])
def test_a_reply_has_the_members_and_error_codes_of_the_sample(name: str, sample: Sample, stage: Stage) -> None:
    wanted = sample(name)
    reply = replay(name, wanted["request"], stage)
    if name != "auth1.developer_key":  # seen with 200 and with 4xx (docs/reference/mimecast-api.md#error-codes)
        assert reply.status == wanted["status"]
    body = wanted["body"]
    if isinstance(body, dict) and "$base64" in body:
        assert reply.headers["Content-Disposition"].startswith("attachment; filename=")
        return
    if not body:
        assert reply.raw == b""
        return
    absent = {path for path in members(body) if not repeats_the_request(path)} - set(members(reply.json))
    assert not [path for path in absent if not path.startswith(OPTIONAL.get(name, ()))]
    if reply.status == 200:
        assert bool(reply.json.get("fail")) is bool(body.get("fail"))
    assert codes(body) <= codes(reply.json)


def codes(body: dict[str, Any]) -> set[str]:
    """The codes of the errors in a reply."""
    errors = [error for failure in body.get("fail") or [] for error in failure.get("errors", [failure])]
    return {error["code"] for error in errors if "code" in error}


def test_times_have_the_format_of_the_samples(stage: Stage) -> None:
    state = stage.simulator.control("state")
    for row in state["tracked"]:
        assert datetime.strptime(row["received"], "%Y-%m-%dT%H:%M:%S%z").utcoffset() == timedelta()
        assert row["received"].endswith("+0000")
