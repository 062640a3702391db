"""The ASGI application."""

from __future__ import annotations

from pathlib import Path

from mimecast_secops.api import ApiVersion
from mimecast_secops.simulator import Quirks, Simulator
from tests.simulator.caller import (
    ACCOUNT,
    Caller,
    control,
    eml,
    held_eml,
    send,
)
from tests.tenants import client_for


def test_requests_for_another_host_name_are_refused(simulator: Simulator, v2: Caller) -> None:
    assert control(simulator, "state", Host="rebound.example.org").status == 403
    assert send(simulator.url + "/oauth/token", headers={"Host": "rebound.example.org"}, body=b"").status == 403
    for host in ("localhost:1", "127.0.0.9:1", "[::1]:80", "localhost", "127.0.0.1", "[::1]"):
        assert control(simulator, "state", Host=host).status == 200
    for host in ("[::1]rebound.example.org", "[::2]", "[::1", "localhost:1:2", "localhost.example.org:80", "[::1]:x"):
        assert control(simulator, "state", Host=host).status == 403


def test_a_restart_delivers_the_first_messages_again(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(held_eml("First"))
    with Simulator(mail=[tmp_path], quirks=Quirks(rate_limit=7)) as simulator:
        (first,) = simulator.tenant.held()
        simulator.tenant.decide(first.hold_id, "released")
        simulator.tenant.receive(eml("Later"))
        simulator.tenant.quirks.rate_limit = 0
        assert simulator.app.restart() == 1
        assert [record.mail.subject for record in simulator.tenant.held()] == ["First"]
        assert simulator.tenant.quirks == Quirks(rate_limit=7)


def test_a_client_that_is_connected_continues_after_a_restart(simulator: Simulator) -> None:
    with client_for(simulator, ApiVersion.V2) as client:
        client.account.get()
        simulator.app.restart()
        client.account.get()


def test_latency_does_not_change_the_reply(simulator: Simulator, caller: Caller) -> None:
    whole = caller.call(ACCOUNT).raw
    simulator.tenant.quirks.latency_ms = 1
    assert caller.call(ACCOUNT).raw == whole


def test_the_server_header_names_the_simulator(simulator: Simulator, caller: Caller) -> None:
    assert caller.call(ACCOUNT).headers["Server"] == "mimecast-simulator"
    assert send(simulator.url + "/", method="GET").headers["Server"] == "mimecast-simulator"


def test_a_reply_can_begin_with_a_byte_order_mark(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(held_eml("Marked"))
    simulator.tenant.quirks.bom = True
    assert caller.call(ACCOUNT).raw.startswith(b"\xef\xbb\xbf{")
    with client_for(simulator, ApiVersion(f"API {caller.version}.0")) as client:
        assert client.account.get().account_name == "Simulated Tenant"
        assert [message.subject for message in client.held.list()] == ["Marked"]
