"""The client: its resources, its views with a deadline, and its connections."""

from __future__ import annotations

import inspect
from functools import cached_property

import pytest

from mimecast_secops.api import ApiVersion, Deadline, MimecastClient, endpoints
from mimecast_secops.api.client import _RESOURCES
from mimecast_secops.api.errors import NotConfirmed
from tests.api.clients import BOTH, FakeTime, client_of
from tests.api.local_server import Server, answer

RESOURCES = [name for name, member in vars(MimecastClient).items() if isinstance(member, cached_property)]


def test_every_resource_is_an_attribute_and_contributes_endpoints() -> None:
    assert set(RESOURCES) == set(_RESOURCES)
    assert len(endpoints()) == len({endpoint.path for endpoint in endpoints()}) > len(RESOURCES)


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_is_created_once_and_is_documented(name: str) -> None:
    with client_of("http://127.0.0.1:9") as client:
        resource = getattr(client, name)
        assert getattr(client, name) is resource
    assert type(resource).__module__ == f"mimecast_secops.api.resources.{name}"
    assert inspect.getdoc(getattr(MimecastClient, name))


@BOTH
def test_the_api_version_follows_from_the_credentials(api_version: ApiVersion) -> None:
    with client_of("http://127.0.0.1:9", api_version) as client:
        assert client.api_version is api_version
        assert client.api_root == "http://127.0.0.1:9"
        assert client.requests_sent == client.requests_rate_limited == 0


def test_a_built_request_has_the_result_and_the_errors_of_its_method(server: Server) -> None:
    server.say(answer([{"id": "h", "release": True}]), answer([{"id": "h", "release": False}]))
    with client_of(server.url) as client:
        request = client.held.release_request("h")
        client.send(request)
        with pytest.raises(NotConfirmed):
            client.send(request)
    assert [call.json for call in server.requests] == [{"data": [{"id": "h"}]}] * 2


def test_a_view_shares_the_connections_but_not_the_resources(server: Server, time: FakeTime) -> None:
    server.say(answer([{"accountCode": "C"}]))
    with client_of(server.url, time=time) as client:
        client.account.get()
        view = client.until(Deadline(time.now + 60))
        assert view.account is not client.account
        view.account.get()
        assert view.requests_sent == client.requests_sent == 3
    assert len(server.token_requests) == 1


def test_the_clock_skew_can_be_discarded(server: Server) -> None:
    server.say(answer([{"accountCode": "C"}], headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"}))
    with client_of(server.url) as client:
        client.account.get()
        assert client.clock_skew is not None
        client.reset_clock_skew()
        assert client.clock_skew is None
