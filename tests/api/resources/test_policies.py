"""Blocked sender policies, against the simulator."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.api import (
    ApiVersion,
    MimecastClient,
    PolicyTarget,
    errors,
)
from mimecast_secops.api.resources import policies
from mimecast_secops.simulator import Simulator
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server, answer, flat
from tests.api.resources.tenant import UNKNOWN, V2, policy, set_quirks


@pytest.mark.parametrize(
    "sender",
    [
        PolicyTarget("individual_email_address", "mallory@example.org"),
        PolicyTarget("email_domain", "bad.example.org"),
        PolicyTarget("header_display_name", "The Boss"),
        PolicyTarget("profile_group", "a-group"),
        PolicyTarget("external_addresses"),
        PolicyTarget("free_mail_domains"),
    ],
    ids=lambda target: target.type,
)
def test_a_policy_is_created_and_listed_unchanged(client: MimecastClient, sender: PolicyTarget) -> None:
    made = client.policies.create(policy(sender=sender))
    assert (made.sender, made.recipient) == (sender, PolicyTarget("everyone"))
    assert (made.option, made.description, made.from_part) == ("block_sender", "Made by a test", "both")
    assert (made.start, made.end) == (None, None)
    assert client.policies.list() == client.policies.list(made.id) == (made,)


def test_a_policy_has_its_period_and_its_flags(client: MimecastClient) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    end = start + timedelta(days=10)
    made = client.policies.create(policy(start=start, end=end, bidirectional=True, enforced=False, enabled=False))
    assert (made.start, made.end) == (start, end)
    assert (made.bidirectional, made.enforced, made.enabled) == (True, False, False)


def test_a_policy_with_a_malformed_sender_is_refused(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="Invalid fromValue"):
        client.policies.create(policy(sender=PolicyTarget("individual_email_address", "nobody")))
    with pytest.raises(errors.NotFound):
        client.policies.list(UNKNOWN)


@pytest.mark.parametrize("old_endpoint_on_v2", [True, False])
def test_a_policy_is_deleted_with_the_endpoint_that_the_tenant_has(
    simulator: Simulator, client: MimecastClient, api_version: ApiVersion, old_endpoint_on_v2: bool
) -> None:
    set_quirks(simulator, delete_policy_on_v2=old_endpoint_on_v2)
    made, other = client.policies.create(policy()), client.policies.create(policy())
    client.policies.delete(made.id)
    assert [record.id for record in client.policies.list()] == [other.id]
    by_rest = any(request.path.startswith(policies.REST_DELETE.path) for request in simulator.requests)
    assert by_rest is (api_version is V2 and not old_endpoint_on_v2)
    with pytest.raises(errors.NotFound):
        client.policies.delete(made.id)


@pytest.mark.parametrize("old_endpoint_on_v2", [True, False])
def test_a_policy_is_not_deleted_without_the_permission(
    simulator: Simulator, client: MimecastClient, old_endpoint_on_v2: bool
) -> None:
    set_quirks(simulator, delete_policy_on_v2=old_endpoint_on_v2)
    made = client.policies.create(policy())
    simulator.control("rights", {"revoke": [policies.DELETE.permission]})
    with pytest.raises(errors.MissingPermission, match=r"Gateway \| Policies \| Edit"):
        client.policies.delete(made.id)
    assert [record.id for record in client.policies.list()] == [made.id]


def json_answer(content: Any) -> Answer:
    return Answer(200, json.dumps(content).encode(), {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "reply",
    [
        {"id": "p"},
        {"policyId": "p"},
        {"data": {"id": "p"}},
        {"data": [{"policyId": "p"}]},
        {"meta": {"status": 200}, "data": [{"id": "p", "option": "block_sender"}], "fail": []},
    ],
    ids=str,
)
def test_the_reply_to_a_creation_names_the_id_in_each_form(server: Server, reply: Any) -> None:
    server.say(flat(403, "app_forbidden"), json_answer(reply))
    with client_of(server.url) as client:
        assert client.policies.create(policy()).id == "p"
    assert [request.path for request in server.requests] == [policies.CREATE.path, policies.REST_DELETE.path]
    body = server.requests[-1].json
    assert (body["option"], body["description"], body["from"]["type"]) == (
        "block_sender",
        "Made by a test",
        "email_domain",
    )


@pytest.mark.parametrize("reply", [{}, {"data": []}, {"data": [{"option": "block_sender"}]}, {"id": ""}], ids=str)
def test_a_reply_to_a_creation_without_an_id_is_not_confirmed(server: Server, reply: Any) -> None:
    server.say(json_answer(reply))
    with client_of(server.url) as client, pytest.raises(errors.NotConfirmed):
        client.policies.create(policy())


def test_a_creation_that_is_answered_with_204_is_not_confirmed(server: Server) -> None:
    server.say(flat(403, "app_forbidden"), Answer(204))
    with client_of(server.url) as client, pytest.raises(errors.NotConfirmed):
        client.policies.create(policy())


def test_policies_are_listed_by_rest_if_the_tenant_has_no_legacy_path(
    simulator: Simulator, client: MimecastClient
) -> None:
    made, other = client.policies.create(policy()), client.policies.create(policy())
    set_quirks(simulator, legacy_policy_on_v2=False)
    assert [record.id for record in client.policies.list()] == [made.id, other.id]
    [record] = client.policies.list(made.id)
    assert (record.id, record.sender, record.option) == (made.id, made.sender, made.option)


def test_all_pages_of_the_rest_list_are_read(server: Server) -> None:
    entry = {"id": "a", "option": "block_sender", "from": {"type": "everyone"}, "to": {"type": "everyone"}}
    server.say(
        flat(403, "app_forbidden"),
        json_answer({"policies": [entry], "nextToken": "to ken"}),
        flat(403, "app_forbidden"),
        json_answer({"policies": [{**entry, "id": "b"}], "nextToken": None}),
    )
    with client_of(server.url) as client:
        assert [record.id for record in client.policies.list()] == ["a", "b"]
    assert server.requests[-1].path == f"{policies.REST_DELETE.path}?pageToken=to%20ken"


def test_an_empty_list_of_api_2_is_compared_with_the_rest_list(
    simulator: Simulator, client: MimecastClient, api_version: ApiVersion
) -> None:
    made = client.policies.create(policy())
    set_quirks(simulator, policy_get="empty")
    expected = [made.id] if api_version is V2 else []
    assert [record.id for record in client.policies.list()] == expected


def test_an_empty_list_is_empty_if_the_rest_list_cannot_be_read(server: Server) -> None:
    server.say(answer([]), flat(403, "app_forbidden"))
    with client_of(server.url) as client:
        assert client.policies.list() == ()


def test_a_list_with_a_policy_in_an_unknown_form_names_the_form(simulator: Simulator, client: MimecastClient) -> None:
    client.policies.create(policy())
    set_quirks(simulator, policy_get="renamed")
    with pytest.raises(errors.NotUnderstood) as caught:
        client.policies.list()
    assert caught.value.form == "members action, policyId, definition"


@pytest.mark.parametrize("entries", [["p"], [{"id": "p"}], [{"policyId": "p"}]], ids=str)
def test_the_reply_to_a_deletion_names_the_policy_in_each_form(server: Server, entries: Any) -> None:
    server.say(answer(entries))
    with client_of(server.url) as client:
        client.policies.delete("p")


@pytest.mark.parametrize("entries", [[], [{}], [None], ["q"], [{"id": "q"}]], ids=str)
def test_a_reply_to_a_deletion_that_does_not_name_the_policy_is_not_confirmed(server: Server, entries: Any) -> None:
    server.say(answer(entries))
    with client_of(server.url) as client, pytest.raises(errors.NotConfirmed):
        client.policies.delete("p")
