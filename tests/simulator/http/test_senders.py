"""Managed sender endpoints."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    SENDERS,
    Caller,
)


def test_the_last_action_for_a_sender_replaces_the_others(simulator: Simulator, caller: Caller) -> None:
    item = {"sender": "bad@example.org", "to": "ann@example.com", "action": "block"}
    first = caller.call(SENDERS, item).data[0]
    assert first["type"] == "Block"
    second = caller.call(SENDERS, item | {"action": "permit", "sender": "BAD@example.org"}).data[0]
    assert (second["id"], second["type"]) == (first["id"], "Permit")
    assert len(simulator.tenant.managed_senders) == 1


def test_an_invalid_item_does_not_affect_the_others(caller: Caller) -> None:
    good = {"sender": "bad@example.org", "to": "ann@example.com", "action": "block"}
    reply = caller.call(SENDERS, good, good | {"sender": "nonsense"}, good | {"action": "hug"}, {"sender": "a@b.co"})
    assert len(reply.data) == 1
    assert list(zip(reply.codes, reply.fields, strict=True)) == [
        ("err_validation_invalid_email_address", "sender"),
        ("err_validation_value_not_allowed", "action"),
        ("err_validation_null", "to"),
    ]
    assert reply.json["fail"][0]["key"] == good | {"sender": "nonsense"}


def test_a_recipient_outside_the_tenant_is_refused(simulator: Simulator, caller: Caller) -> None:
    inside = {"sender": "bad@example.org", "to": "ann@EXAMPLE.com", "action": "block"}
    outside = inside | {"to": "ann@other.example"}
    reply = caller.call(SENDERS, inside, outside)
    assert (reply.status, len(reply.data)) == (200, 1)
    assert (reply.codes, reply.fields) == (["err_xdk_operation_forbidden_for_address"], ["to"])
    assert reply.json["fail"][0]["key"] == outside
    assert [entry.to for entry in simulator.tenant.managed_senders.values()] == ["ann@EXAMPLE.com"]


@pytest.mark.parametrize(("quirk", "value"), [("accept_outside_recipients", True), ("unmanaged_recipient", "accept")])
def test_a_quirk_accepts_a_recipient_outside_the_tenant(
    simulator: Simulator, caller: Caller, quirk: str, value: object
) -> None:
    simulator.tenant.quirks.change(quirk, value)
    item = {"sender": "bad@example.org", "to": "ann@other.example", "action": "block"}
    assert caller.call(SENDERS, item).data[0]["to"] == "ann@other.example"


@pytest.mark.parametrize(
    ("form", "types"),
    [
        ("documented", ["Block", "Permit"]),
        ("spelled", ["Blocked", "Permitted"]),
        ("upper", ["BLOCK", "PERMIT"]),
        ("empty", []),
    ],
)
def test_an_entry_is_confirmed_in_the_form_of_the_quirk(
    simulator: Simulator, caller: Caller, form: str, types: list[str]
) -> None:
    simulator.tenant.quirks.change("sender_reply", form)
    items = [
        {"sender": f"{action}@example.org", "to": "ann@example.com", "action": action} for action in ("block", "permit")
    ]
    assert [entry["type"] for entry in caller.call(SENDERS, *items).data] == types
    assert len(simulator.tenant.managed_senders) == 2
