"""The simulator in a thread."""

from __future__ import annotations

import socket
import urllib.error
from pathlib import Path

import pytest

from mimecast_secops.simulator import Quirks, Simulator
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import (
    ACCOUNT,
    Caller,
    eml,
    held_eml,
    send,
)


def tracked(url: str) -> list[str]:
    return [row["subject"] for row in send(f"{url}/simulator/state", body=b"").json["tracked"]]


def test_control_raises_if_the_call_is_refused(simulator: Simulator) -> None:
    assert simulator.control("requests") == {"counts": {}, "total": 0}
    with pytest.raises(urllib.error.HTTPError) as caught:
        simulator.control("nonsense")
    caught.value.close()


def test_it_listens_on_a_free_loopback_port() -> None:
    with Simulator() as first, Simulator() as second:
        assert first.url != second.url
        for simulator in (first, second):
            assert simulator.url.startswith("http://127.0.0.1:")
            assert Caller(simulator).call(ACCOUNT).status == 200


def test_it_stops_at_the_end_of_the_block() -> None:
    with Simulator() as simulator:
        host, port = simulator.url.removeprefix("http://").split(":")
    with socket.socket() as client:
        assert client.connect_ex((host, int(port))) != 0


def test_messages_are_delivered_at_the_start_and_later(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(eml("First"))
    with Simulator(mail=[tmp_path]) as simulator:
        (tmp_path / "later").mkdir()
        path = tmp_path / "later" / "b.eml"
        path.write_bytes(held_eml("Second"))
        (record,) = simulator.receive(path)
        assert record.status == "held"
        assert tracked(simulator.url) == ["First", "Second"]


def test_a_tenant_outlives_its_server() -> None:
    tenant = Tenant(quirks=Quirks(rate_limit=7))
    with Simulator(tenant=tenant):
        tenant.receive(eml())
    with Simulator(tenant=tenant) as simulator:
        assert len(tracked(simulator.url)) == 1
        assert Caller(simulator, 1).call(ACCOUNT).headers["X-RateLimit-Limit"] == "7"


def test_the_settings_connect_to_the_tenant(simulator: Simulator) -> None:
    assert simulator.settings(1) == {
        "API Root": simulator.url,
        "Application ID": simulator.v1.application_id,
        "Application Key": simulator.v1.application_key,
        "Access Key": simulator.v1.access_key,
        "Secret Key": simulator.v1.secret_key,
    }
    assert simulator.environment(2) == {
        "MIMECAST_API_ROOT": simulator.url,
        "MIMECAST_CLIENT_ID": simulator.v2.client_id,
        "MIMECAST_CLIENT_SECRET": simulator.v2.client_secret,
    }


def test_a_reset_replaces_the_tenant_and_clears_faults_counts_and_tokens(simulator: Simulator) -> None:
    url, caller = simulator.url, Caller(simulator)
    simulator.tenant.receive(held_eml())
    assert caller.call(ACCOUNT).status == 200
    simulator.control("faults", {"add": [{"kind": "500"}]})
    simulator.reset(Tenant(quirks=Quirks(rate_limit=7)))
    assert (simulator.url, simulator.requests, simulator.control("requests")["total"]) == (url, [], 0)
    assert tracked(simulator.url) == []
    assert caller.call(ACCOUNT).status == 401
    assert Caller(simulator, 1).call(ACCOUNT).headers["X-RateLimit-Limit"] == "7"


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Simulator(mail=[tmp_path / "typo"])
