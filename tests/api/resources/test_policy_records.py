"""Blocked sender policies, as requests and replies have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mimecast_secops.api import PolicyRecord, PolicyTarget
from tests.api.resources.tenant import policy

TARGETS = {"from": {"type": "email_domain", "emailDomain": "bad.example.org"}, "to": {"type": "everyone"}}


def test_a_policy_is_sent_nested_or_flat() -> None:
    wire = policy(comment="c").to_wire()
    assert (wire["option"], wire["policy"]["comment"], wire["policy"]["from"]) == ("block_sender", "c", TARGETS["from"])
    assert policy(comment="c").to_rest_wire() == {"option": "block_sender", **wire["policy"]}


@pytest.mark.parametrize("form", ["nested", "flat"])
def test_a_record_is_read_nested_or_flat(form: str) -> None:
    settings: dict[str, Any] = {
        **TARGETS,
        "description": "d",
        "fromPart": "both",
        "enforced": "true",
        "toEternal": True,
    }
    settings["fromDate"] = "2026-03-07T00:00:00+0000"
    raw = {"id": "p", "option": "block_sender"} | ({"policy": settings} if form == "nested" else settings)
    record = PolicyRecord.read(raw)
    assert (record.id, record.option, record.description) == ("p", "block_sender", "d")
    assert (record.sender, record.recipient) == (
        PolicyTarget("email_domain", "bad.example.org"),
        PolicyTarget("everyone"),
    )
    assert (record.enforced, record.start, record.end) == (True, datetime(2026, 3, 7, tzinfo=UTC), None)
    assert record.known == {"option", "from_part", "sender", "recipient", "enforced", "start", "end"}
    assert record.is_understood
    assert record.as_json() == {"id": "p", "option": "block_sender", "policy": settings}


def test_the_older_members_of_a_target_are_read() -> None:
    raw = {"id": "p", "option": "no_action", "fromType": "individual_email_address", "fromValue": "a@b.org"}
    record = PolicyRecord.read({**raw, "toType": "internal_addresses"})
    assert record.sender == PolicyTarget("individual_email_address", "a@b.org")
    assert record.recipient == PolicyTarget("internal_addresses")
    assert record.is_understood


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        "p",
        {"id": "p"},
        {"id": "p", "option": "block_sender"},
        {"option": "block_sender", **TARGETS},
        {"id": "p", **TARGETS},
        {"id": "p", "option": "block_sender", "from": {"type": "email_domain"}, "to": {"type": "everyone"}},
        {"id": "p", "option": "block_sender", "from": "bad.example.org", "to": "everyone"},
        {"id": "p", "option": "block_sender", "policy": {"sender": {}, "target": {}}},
    ],
    ids=str,
)
def test_a_record_without_an_id_an_option_or_a_target_is_not_understood(raw: Any) -> None:
    assert not PolicyRecord.read(raw).is_understood


def test_a_member_that_is_not_readable_is_not_known() -> None:
    record = PolicyRecord.read(
        {"id": "p", "option": "block_sender", "policy": {**TARGETS, "enabled": "perhaps", "toDate": "soon"}}
    )
    assert record.known == {"option", "sender", "recipient"}
    assert (record.enabled, record.enforced, record.bidirectional) == (True, False, False)
