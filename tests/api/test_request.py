"""Requests as values: what a request shows is what is sent."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion, BlockedSenderPolicy, MimecastClient, PolicyTarget, Request
from mimecast_secops.api.errors import MimecastError, MissingPermission, NotFound
from mimecast_secops.api.request import no_result
from mimecast_secops.api.resources import held, policies
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server, answer, flat

POLICY = BlockedSenderPolicy(
    option="block_sender",
    description="A test",
    from_part="both",
    sender=PolicyTarget("email_domain", "bad.example.org"),
    recipient=PolicyTarget("everyone"),
)
# The request of each writing endpoint, and the method that builds and sends it in one step.
WRITES: dict[str, tuple[Callable[[MimecastClient], Request[Any]], Callable[[MimecastClient], Any]]] = {
    "release": (lambda client: client.held.release_request("h"), lambda client: client.held.release("h")),
    "reject": (
        lambda client: client.held.reject_request(["h"], reason_type="R", message="no", notify=True),
        lambda client: client.held.reject(["h"], reason_type="R", message="no", notify=True),
    ),
    "release to sandbox": (
        lambda client: client.tracking.release_to_sandbox_request("t"),
        lambda client: client.tracking.release_to_sandbox("t"),
    ),
    "report": (
        lambda client: client.tracking.report_request("t", kind="spam", comment="c"),
        lambda client: client.tracking.report("t", kind="spam", comment="c"),
    ),
    "block a sender": (
        lambda client: client.senders.set_request("a@example.org", "b@example.com", "block"),
        lambda client: client.senders.set("a@example.org", "b@example.com", "block"),
    ),
    "create a policy": (
        lambda client: client.policies.create_request(POLICY),
        lambda client: client.policies.create(POLICY),
    ),
    "delete a policy": (
        lambda client: client.policies.delete_request("p"),
        lambda client: client.policies.delete("p"),
    ),
}


@pytest.mark.parametrize(("build", "call"), WRITES.values(), ids=WRITES)
def test_a_request_shows_what_is_sent(
    server: Server, build: Callable[[MimecastClient], Request[Any]], call: Callable[[MimecastClient], Any]
) -> None:
    server.say(answer(fail=[{"errors": [{"code": "err_validation_null"}]}]))
    with client_of(server.url, ApiVersion.V1) as client:
        request = build(client)
        for send in (client.send, lambda _request: call(client)):
            with pytest.raises(MimecastError):
                send(request)
    prepared, in_one_step = server.requests
    plan = request.as_json()
    assert {"path": prepared.path, **prepared.json} == plan == json.loads(json.dumps(plan))
    assert (in_one_step.path, in_one_step.body) == (prepared.path, prepared.body)


def test_sending_a_request_returns_what_the_method_returns(server: Server) -> None:
    server.say(answer([{"id": "h", "reject": True}]))
    with client_of(server.url) as client:
        assert client.send(client.held.reject_request(["h"])) == client.held.reject(["h"]) == {"h": None}


def test_pagination_is_in_meta() -> None:
    request = Request(held.LIST, ({"admin": True},), no_result, pagination={"pageSize": 1})
    assert json.loads(request.body or b"") == {"data": [{"admin": True}], "meta": {"pagination": {"pageSize": 1}}}


def test_only_a_post_request_has_a_body() -> None:
    request = Request(policies.REST_DELETE, (), no_result, method="DELETE", path_suffix="/a%2Fb")
    assert (request.path, request.body) == (f"{policies.REST_DELETE.path}/a%2Fb", None)


def test_the_fallback_is_sent_only_if_the_product_is_missing(server: Server) -> None:
    server.say(flat(403, "app_forbidden"), Answer(204))
    with client_of(server.url) as client:
        client.policies.delete("a/b")
        assert [request.path for request in server.requests] == [
            policies.DELETE.path,
            f"{policies.REST_DELETE.path}/a%2Fb",
        ]
        server.say(answer(status=403, fail=[{"errors": [{"code": "err_xdk_operation_forbidden_for_address"}]}]))
        with pytest.raises(MissingPermission):
            client.policies.delete("a/b")
    assert len(server.requests) == 3


def test_the_error_without_the_product_names_the_documented_path(server: Server) -> None:
    server.say(flat(403, "app_forbidden"))
    with client_of(server.url) as client, pytest.raises(MissingPermission) as caught:
        client.policies.delete("p")
    assert caught.value.endpoint == policies.DELETE.path
    assert len(server.requests) == 2


def test_another_error_of_the_fallback_is_its_own(server: Server) -> None:
    server.say(flat(403, "app_forbidden"), flat(404, "not_found"))
    with client_of(server.url) as client, pytest.raises(NotFound) as caught:
        client.policies.delete("p")
    assert caught.value.endpoint == policies.REST_DELETE.path


def test_a_flat_request_has_no_envelope() -> None:
    request = Request(policies.REST_DELETE, ({"option": "block_sender"},), no_result, flat=True)
    assert json.loads(request.body or b"") == {"option": "block_sender"}


def test_api_1_has_no_fallback(server: Server) -> None:
    with client_of(server.url, ApiVersion.V1) as client:
        assert client.policies.delete_request("p").fallback is None
        assert client.policies.create_request(POLICY).fallback is None


def test_requests_to_the_same_endpoint_with_the_same_items_are_equal(server: Server) -> None:
    with client_of(server.url) as client:
        request = client.held.release_request("h")
        assert request == client.held.release_request("h")
        assert request != client.held.release_request("i")
        with pytest.raises(dataclasses.FrozenInstanceError):
            request.method = "GET"  # type: ignore[misc]
