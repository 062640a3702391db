"""The ASGI application."""

from __future__ import annotations

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    ACCOUNT,
    Caller,
    control,
    send,
)


def test_requests_for_another_host_name_are_refused(simulator: Simulator, v2: Caller) -> None:
    assert control(simulator, "state", Host="rebound.example.org").status == 403
    assert send(simulator.url + "/oauth/token", headers={"Host": "rebound.example.org"}, body=b"").status == 403
    for host in ("localhost:1", "127.0.0.9:1", "[::1]:80", "localhost", "127.0.0.1", "[::1]"):
        assert control(simulator, "state", Host=host).status == 200
    for host in ("[::1]rebound.example.org", "[::2]", "[::1", "localhost:1:2", "localhost.example.org:80", "[::1]:x"):
        assert control(simulator, "state", Host=host).status == 403


def test_latency_does_not_change_the_reply(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    simulator.tenant.quirks.latency_ms = 1
    assert caller.call(ACCOUNT).raw == whole


def test_the_server_header_names_the_simulator(simulator: Simulator, caller: Caller) -> None:
    assert caller.call(ACCOUNT).headers["Server"] == "mimecast-simulator"
    assert send(simulator.url + "/", method="GET").headers["Server"] == "mimecast-simulator"
