"""Tokens of API 2.0, and discovery."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import ClientCredentials, Connection, MimecastClient, Secret
from mimecast_secops.api.errors import AuthenticationFailed
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.login import Tokens
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import ACCOUNT, Caller, send


def connect(simulator: Simulator, secret: str = "") -> MimecastClient:
    application = simulator.v2
    credentials = ClientCredentials(application.client_id, Secret(secret or application.client_secret))
    return MimecastClient(Connection(simulator.url, credentials))


def test_a_token_is_opaque_and_valid_for_half_an_hour(v2: Caller) -> None:
    reply = v2.token()
    assert reply.status == 200
    assert reply.json | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 1799,
        "scope": "",
    }
    assert len(reply.json["access_token"]) == 28
    assert reply.json["access_token"].isalnum()
    assert v2.token().json["access_token"] != reply.json["access_token"]


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "another"}, {"client_secret": "wrong"}, {"client_secret": ""}, {"grant_type": "password"}],
)
def test_wrong_client_credentials_are_refused(v2: Caller, changed: dict[str, str]) -> None:
    reply = v2.token(**changed)
    assert reply.status == 401
    assert reply.json == {"fail": [{"code": "InvalidClientIdentifier", "message": "Client credentials are invalid"}]}


def test_an_error_does_not_repeat_the_credentials(v2: Caller) -> None:
    assert b"my-wrong-secret" not in v2.token(client_secret="my-wrong-secret").raw


def test_tokens_are_issued_only_with_post(simulator: Simulator) -> None:
    assert send(f"{simulator.url}/oauth/token", method="GET").status == 405


def test_a_token_authenticates_requests(v2: Caller) -> None:
    assert v2.call(ACCOUNT).data[0]["accountName"] == "Simulated Tenant"
    assert v2.get("/identity/whoami").json["clientId"] == v2.simulator.v2.client_id


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic dTpw", "nonsense"])
def test_a_missing_or_wrong_token_is_refused(simulator: Simulator, v2: Caller, header: str) -> None:
    v2.call(ACCOUNT)
    reply = send(simulator.url + ACCOUNT, headers={"Authorization": header} if header else {}, body=b"{}")
    assert reply.status == 401
    assert reply.json == {"fail": [{"code": "unauthorized", "message": "Unauthorized Request"}]}


def test_a_token_is_valid_until_its_lifetime_ends(simulator: Simulator, v2: Caller) -> None:
    clock = simulator.tenant.clock
    clock.frozen = clock.now()
    assert v2.call(ACCOUNT).status == 200
    clock.offset += timedelta(seconds=1798)
    assert v2.call(ACCOUNT).status == 200
    clock.offset += timedelta(seconds=1)
    reply = v2.call(ACCOUNT)
    assert (reply.status, reply.codes) == (401, ["token_expired"])


def test_the_lifetime_is_a_quirk(simulator: Simulator, v2: Caller) -> None:
    simulator.tenant.quirks.token_lifetime = 0.5
    assert v2.token().json["expires_in"] == 0.5


def test_the_client_fetches_a_new_token_after_the_old_one_expired(simulator: Simulator) -> None:
    with connect(simulator) as client:
        client.account.get()
        simulator.control("rights", {"expire_tokens": True})
        assert client.account.get().account_name == "Simulated Tenant"
    paths = [(request.path, request.status) for request in simulator.requests]
    assert paths == [
        ("/oauth/token", 200),
        (ACCOUNT, 200),
        (ACCOUNT, 401),
        ("/oauth/token", 200),
        (ACCOUNT, 200),
    ]


ENDS = [
    ("token_expired", "token_expired"),
    ("invalid_token", "invalid_token"),
    ("unauthorized", "unauthorized"),
    ("no_message", "unauthorized"),
    ("InvalidClientIdentifier", "InvalidClientIdentifier"),
]


@pytest.mark.parametrize(("word", "code"), ENDS, ids=[word for word, _ in ENDS])
def test_a_token_that_ends_early_is_refused_with_the_code_of_the_quirk(
    simulator: Simulator, v2: Caller, word: str, code: str
) -> None:
    simulator.tenant.quirks.token_ends_after = 60.0
    simulator.tenant.quirks.change("token_end_code", word)
    with connect(simulator) as client:
        client.account.get()
        simulator.tenant.clock.offset += timedelta(seconds=61)
        assert client.account.get().account_name == "Simulated Tenant"
    refusals = [request.status for request in simulator.requests if request.path == ACCOUNT]
    assert refusals == [200, 401, 200]
    token = v2.token().json
    assert token["expires_in"] == 1799
    simulator.tenant.clock.offset += timedelta(seconds=61)
    header = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"}
    reply = send(simulator.url + ACCOUNT, headers=header, body=b"{}")
    assert (reply.status, reply.codes) == (401, [code])
    assert ("message" in reply.json["fail"][0]) is (word != "no_message")


def test_the_client_is_refused_with_a_wrong_secret(simulator: Simulator) -> None:
    with connect(simulator, "wrong") as client, pytest.raises(AuthenticationFailed):
        client.account.get()


@given(st.one_of(st.binary(), st.dictionaries(st.text(), st.text()).map(lambda form: urlencode(form).encode())))
def test_an_arbitrary_form_gets_no_token(form: bytes) -> None:
    assert Tokens().issue(Tenant(), form).status == 401


@given(st.text())
def test_an_arbitrary_header_is_not_a_token(header: str) -> None:
    tokens, tenant = Tokens(), Tenant()
    refusal = tokens.check(tenant, header)
    assert refusal is not None
    assert refusal.status == 401


def test_discovery_needs_no_signature(simulator: Simulator) -> None:
    reply = send(
        simulator.url + "/api/login/discover-authentication",
        headers={"x-mc-app-id": simulator.v1.application_id},
        body=b'{"data": [{"emailAddress": "user@example.com"}]}',
    )
    assert reply.data[0]["emailAddress"] == "user@example.com"
    assert reply.data[0]["region"]["api"] == simulator.url
