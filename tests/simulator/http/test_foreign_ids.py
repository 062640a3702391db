"""Replies of get-message-info to an id that is not a tracking id."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import INFO, Caller, held_eml

HELD = held_eml()


@pytest.mark.parametrize(
    ("form", "status", "body"),
    [("http404_html", 404, b"<!DOCTYPE html>"), ("http400", 400, b""), ("flat200", 200, b'{"fail":[{"code"')],
)
def test_the_quirk_defines_the_reply_to_a_hold_id(
    simulator: Simulator, caller: Caller, form: str, status: int, body: bytes
) -> None:
    simulator.tenant.quirks.change("foreign_id_info", form)
    (record,) = simulator.tenant.receive(HELD)
    reply = caller.call(INFO, {"id": record.hold_id})
    assert reply.status == status
    assert reply.raw.startswith(body)
    assert caller.call(INFO, {"id": record.id}).data[0]["id"] == record.id


def test_a_hold_id_can_be_answered_with_nothing_or_with_another_message(simulator: Simulator, caller: Caller) -> None:
    other, record = simulator.tenant.receive(HELD)[0], simulator.tenant.receive(HELD)[0]
    simulator.tenant.quirks.change("foreign_id_info", "empty")
    assert caller.call(INFO, {"id": record.hold_id}).data == []
    simulator.tenant.quirks.change("foreign_id_info", "other_message")
    assert caller.call(INFO, {"id": record.hold_id}).data[0]["id"] == other.id


def test_without_the_quirk_a_hold_id_is_an_unknown_id(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD)
    assert caller.call(INFO, {"id": record.hold_id}).codes == ["xdk_failure"]
