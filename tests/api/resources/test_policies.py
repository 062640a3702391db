"""Blocked sender policies, against the simulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mimecast_secops.api import (
    ApiVersion,
    MimecastClient,
    PolicyTarget,
    errors,
)
from mimecast_secops.api.resources import policies
from mimecast_secops.simulator import Simulator
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
