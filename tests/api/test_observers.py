"""Observers: they see each exchange, and no credentials."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.envelope import RawReply
from mimecast_secops.api.errors import AuthenticationFailed
from mimecast_secops.api.observers import ObservedExchange, Observers
from mimecast_secops.simulator import Simulator
from tests.tenants import client_for


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def observe(simulator: Simulator, api_version: ApiVersion) -> list[ObservedExchange]:
    seen: list[ObservedExchange] = []
    with client_for(simulator, api_version) as client:
        with client.observed(seen.append):
            client.account.get()
        client.account.get()
    return seen


@pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)
def test_an_observer_sees_the_exchanges_of_its_block_only(simulator: Simulator, api_version: ApiVersion) -> None:
    account = [exchange for exchange in observe(simulator, api_version) if exchange.path == "/api/account/get-account"]
    assert [(exchange.method, exchange.reply.status) for exchange in account] == [("POST", 200)]
    assert account[0].body == b'{"data":[]}'
    assert b"accountCode" in account[0].reply.body


def test_an_observer_sees_the_lifetime_of_a_token_and_no_credentials(simulator: Simulator) -> None:
    token = observe(simulator, ApiVersion.V2)[0]
    assert (token.path, token.body) == ("/oauth/token", None)
    assert token.reply.body == b'{"expires_in":1799}'


def test_an_observer_sees_no_text_of_a_refused_token(simulator: Simulator) -> None:
    seen: list[ObservedExchange] = []
    with client_for(simulator, ApiVersion.V2) as client:
        simulator.tenant.application.client_secret = "another"
        with client.observed(seen.append), pytest.raises(AuthenticationFailed):
            client.account.get()
    assert [exchange.reply.body for exchange in seen] == [b"{}"]


def test_an_observer_sees_a_download_without_its_content(simulator: Simulator) -> None:
    seen: list[ObservedExchange] = []
    record = next(record for record in simulator.tenant.tracked.values() if record.mail.attachments)
    file_id = simulator.tenant.file_id(record.mail.attachments[0])
    with (
        client_for(simulator, ApiVersion.V1) as client,
        client.observed(seen.append),
        client.files.download(file_id, max_bytes=10**7) as file,
    ):
        assert file.read()
    assert [(exchange.path, exchange.reply.body) for exchange in seen] == [("/api/gateway/message/get-file", b"")]


def test_the_observers_are_called_in_the_order_in_which_they_were_added() -> None:
    calls: list[str] = []
    observers = Observers()

    def first(_exchange: ObservedExchange) -> None:
        calls.append("first")

    observers.add(first)
    observers.add(lambda _exchange: calls.append("second"))
    observers.notify("POST", "/api", None, RawReply(200, {}, b""))
    observers.remove(first)
    observers.notify("POST", "/api", None, RawReply(200, {}, b""))
    assert calls == ["first", "second", "second"]
