"""Pages of listings."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.mail.generator import generate_messages
from tests.simulator.caller import (
    HOLD_LIST,
    Caller,
)


def test_pages_have_no_gaps_and_no_repeated_items(simulator: Simulator, caller: Caller) -> None:
    generate_messages(simulator.tenant, count=11, end=simulator.tenant.clock.now(), spread=timedelta(minutes=1))
    seen, token, lengths = [], "", []
    while True:
        reply = caller.call(HOLD_LIST, {"admin": True}, page={"pageSize": 4, **({"pageToken": token} if token else {})})
        meta = reply.json["meta"]["pagination"]
        assert meta["totalCount"] == 11
        assert meta["pageSize"] == len(reply.data)
        assert ("previous" in meta) is bool(token)
        lengths.append(len(reply.data))
        seen += [entry["id"] for entry in reply.data]
        token = meta.get("next", "")
        if not token:
            break
    assert lengths == [4, 4, 3]
    assert len(set(seen)) == 11
    times = [simulator.tenant.by_hold_id[hold_id].received for hold_id in seen]
    assert times == sorted(times, reverse=True)


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()


@pytest.mark.parametrize(
    "token",
    ["nonsense", "é", "eJw=", "A" * 64, packed("hold:²"), packed("hold:" + "9" * 5000), packed("archive:00000001")],
)
def test_an_invalid_page_token_is_refused(v2: Caller, token: str) -> None:
    assert v2.call(HOLD_LIST, {"admin": True}, page={"pageToken": token}).codes == ["xdk_failure"]
