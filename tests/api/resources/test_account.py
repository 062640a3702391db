"""The account and the connection, against the simulator."""

from __future__ import annotations

import pytest

from mimecast_secops.api import (
    ApiVersion,
    Deadline,
    MimecastClient,
    errors,
)
from mimecast_secops.simulator import Simulator
from tests.api.resources.tenant import ON_V1, ON_V2, V2, set_quirks


def test_the_account_is_read(client: MimecastClient) -> None:
    record = client.account.get()
    assert (record.account_code, record.account_name, record.region) == ("CUSA00A000", "Simulated Tenant", "us")
    assert (record.domain, record.type, record.search_reason) == ("example.com", "full", False)
    assert record.packages[0].startswith("Email Security")


def test_the_account_tells_whether_a_search_needs_a_reason(simulator: Simulator, client: MimecastClient) -> None:
    simulator.tenant.search_reason = True
    assert client.account.get().search_reason is True


def test_only_api_2_has_whoami(simulator: Simulator, client: MimecastClient, api_version: ApiVersion) -> None:
    if api_version is V2:
        assert client.account.whoami()["clientId"] == simulator.v2.client_id
        return
    with pytest.raises(errors.NotSupported):
        client.account.whoami()


@pytest.mark.parametrize("in_meta_only", [False, True])
def test_wrong_credentials_are_an_error_with_the_status_in_http_or_in_meta(
    simulator: Simulator, client: MimecastClient, in_meta_only: bool
) -> None:
    set_quirks(simulator, status_in_meta_only=in_meta_only)
    simulator.tenant.keys.application_key = "another"
    simulator.tenant.application.client_secret = "another"
    with pytest.raises(errors.AuthenticationFailed, match="does not accept the credentials"):
        client.account.get()


@ON_V1
@pytest.mark.parametrize("in_meta_only", [False, True])
def test_an_expired_access_key_is_named(simulator: Simulator, client: MimecastClient, in_meta_only: bool) -> None:
    set_quirks(simulator, status_in_meta_only=in_meta_only)
    simulator.control("rights", {"expire_keys": True})
    with pytest.raises(errors.AuthenticationFailed, match="Access Key has expired") as caught:
        client.account.get()
    assert caught.value.status == 418


@ON_V1
def test_a_wrong_clock_is_named_and_measured(simulator: Simulator, client: MimecastClient) -> None:
    simulator.control("clock", {"advance": 3600})
    with pytest.raises(errors.AuthenticationFailed, match="clock"):
        client.account.get()
    assert client.clock_skew == pytest.approx(-3600, abs=60)


@ON_V1
def test_request_ids_are_never_used_twice(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, refuse_repeated_request_ids=True)
    for _ in range(3):
        client.account.get()


@ON_V2
def test_an_expired_token_is_renewed_within_the_call(simulator: Simulator, client: MimecastClient) -> None:
    client.account.get()
    simulator.control("rights", {"expire_tokens": True})
    client.account.get()
    assert [request.path for request in simulator.requests].count("/oauth/token") == 2


def test_views_share_the_request_count_and_the_settings_of_the_client(client: MimecastClient) -> None:
    view = client.until(Deadline.after(60))
    view.account.get()
    assert view.requests_sent == client.requests_sent >= 1
    assert view.api_version is client.api_version
    assert view.api_root == client.api_root


@pytest.mark.parametrize("header", ["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit"])
@pytest.mark.parametrize("on_v2", [True, False])
def test_the_quota_is_respected_in_every_spelling_of_the_header(
    simulator: Simulator, client: MimecastClient, header: str, on_v2: bool
) -> None:
    set_quirks(simulator, rate_limit=2, rate_window=0.05, rate_header=header, rate_headers_on_v2=on_v2)
    assert len({client.account.get().account_code for _ in range(3)}) == 1
