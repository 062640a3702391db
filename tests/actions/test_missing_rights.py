"""Missing permissions and products: the error names exactly the one to grant, and nothing changes in the tenant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.simulator.tenant import rights
from tests.actions.runner import ActionRunner

FORBIDDEN = "err_xdk_operation_forbidden_for_address"


def required_permissions(action: Action) -> set[str]:
    return {endpoint.permission for endpoint in action.endpoints if endpoint.permission}


def optional_permissions(action: Action) -> set[str]:
    optional = {endpoint.permission for endpoint in action.optional_endpoints if endpoint.permission}
    return optional - required_permissions(action)


def on_each_version(permissions: Callable[[Action], set[str]]) -> pytest.MarkDecorator:
    """Run a test for each action, each API version on which it exists, and each of the permissions."""
    cases = [
        pytest.param(api_version, action, permission, id=f"{action.slug}-{api_version.name}-{permission}")
        for action in all_actions()
        for api_version in sorted(action.api_versions, key=lambda api_version: api_version.name)
        for permission in sorted(permissions(action))
    ]
    return pytest.mark.parametrize(("runner", "action", "permission"), cases, indirect=["runner"])


def changes(runner: ActionRunner) -> tuple[int, int, int]:
    tenant = runner.simulator.tenant
    return len(tenant.decisions), len(tenant.managed_senders) + len(tenant.reports), len(tenant.policies)


def named_permissions(error: str) -> set[str]:
    return {permission for permission in rights.PERMISSIONS if f'"{permission}"' in error}


def assert_permission_is_required(
    runner: ActionRunner, permission: str, slug: str, values: Mapping[str, object]
) -> None:
    """Without the permission, the action fails, names it and changes nothing. With the permission, it succeeds."""
    before = changes(runner)
    runner.revoke(permission)
    error = runner.fails(slug, values)
    assert named_permissions(error) == {permission}
    assert FORBIDDEN in error
    assert ("the service account's role" if runner.is_v1 else "the API application's role") in error
    assert changes(runner) == before
    runner.grant(permission)
    runner.succeeds(slug, values)


@on_each_version(required_permissions)
def test_an_action_names_the_missing_permission_and_works_once_it_is_granted(
    runner: ActionRunner, action: Action, permission: str
) -> None:
    assert_permission_is_required(runner, permission, action.slug, runner.working_sample(action))


@on_each_version(optional_permissions)
def test_an_action_works_without_an_optional_permission(runner: ActionRunner, action: Action, permission: str) -> None:
    values = runner.working_sample(action)
    runner.revoke(permission)
    runner.succeeds(action.slug, values)


@pytest.mark.parametrize("action", all_actions(), ids=lambda action: action.slug)
def test_an_action_needs_no_other_permission_than_it_declares(v1: ActionRunner, action: Action) -> None:
    values = v1.working_sample(action)
    v1.revoke(*(rights.PERMISSIONS - required_permissions(action) - optional_permissions(action)))
    v1.succeeds(action.slug, values)


@pytest.mark.parametrize(
    ("slug", "permission"),
    [
        (slug, permission)
        for slug in ("release-message", "reject-message")
        for permission in (rights.HELD_EDIT, rights.DASHBOARD, rights.TRACKING_READ)
        if (slug, permission) != ("reject-message", rights.TRACKING_READ)
    ],
)
def test_a_decision_needs_the_same_permissions_for_each_kind_of_id(
    v2: ActionRunner, permission: str, slug: str
) -> None:
    by_hold_id, by_message_id = v2.receive_held(), v2.receive_held()
    for message_id in (by_hold_id.hold_id, by_message_id.mail.message_id):
        assert_permission_is_required(v2, permission, slug, {"Message ID": message_id})


def test_a_rejection_by_hold_id_needs_no_message_tracking(v2: ActionRunner) -> None:
    v2.revoke(rights.TRACKING_READ)
    v2.succeeds("reject-message", Message_ID=v2.receive_held().hold_id)


def test_a_report_by_message_id_needs_permission_to_search(v1: ActionRunner) -> None:
    values = {"Message ID": v1.receive_held().mail.message_id}
    assert_permission_is_required(v1, rights.TRACKING_READ, "report-message", values)
    assert_permission_is_required(v1, rights.TRACKING_EDIT, "report-message", values)


def test_a_release_to_the_sandbox_names_its_missing_permission(v1: ActionRunner) -> None:
    values = {"Message ID": v1.receive_held().id, "Release To Sandbox": True}
    assert_permission_is_required(v1, rights.HELD_EDIT, "release-message", values)


@pytest.mark.parametrize("status", [200, 403])
def test_a_missing_permission_is_recognized_in_either_http_status(runner: ActionRunner, status: int) -> None:
    runner.set_quirks(forbidden_status=status)
    assert_permission_is_required(runner, rights.DASHBOARD, "ping", {})
    assert_permission_is_required(runner, rights.ARCHIVE_SEARCH, "simple-archive-search", {})


@pytest.mark.parametrize(
    ("product", "slug", "remedy"),
    [
        (rights.ACCOUNT_MANAGEMENT, "ping", '"Account Management"'),
        (rights.DATA_RETENTION, "simple-archive-search", '"Data Retention"'),
        (rights.CLOUD_GATEWAY, "block-sender", "/api/managedsender/permit-or-block-sender"),
        (rights.CLOUD_GATEWAY, "release-message", "/api/message-finder/get-message-info"),
        (rights.DOMAIN_MANAGEMENT, "create-block-sender-policy", '"Domain Management"'),
        (rights.CLOUD_GATEWAY, "create-block-sender-policy", "/api/policy/blockedsenders/create-policy"),
    ],
)
def test_a_missing_product_is_named_or_else_the_endpoint(
    v2: ActionRunner, product: str, slug: str, remedy: str
) -> None:
    values = v2.working_sample(find(slug))
    v2.revoke(product)
    error = v2.fails(slug, values)
    assert "app_forbidden" in error
    assert remedy in error
    assert named_permissions(error) == set()
    assert changes(v2) == (0, 0, 0)


def test_rejected_credentials_name_the_settings_to_check(runner: ActionRunner) -> None:
    runner.simulator.tenant.keys.application_key = "another"
    runner.simulator.tenant.application.client_secret = "another"
    error = runner.fails("ping")
    assert ("Application Key" if runner.is_v1 else "Client Secret") in error


def test_an_expired_access_key_is_reported(v1: ActionRunner) -> None:
    v1.simulator.control("rights", {"expire_keys": True})
    assert "the Access Key has expired" in v1.fails("ping")


def test_an_expired_token_is_renewed(v2: ActionRunner) -> None:
    v2.succeeds("ping")
    v2.simulator.control("rights", {"expire_tokens": True})
    v2.succeeds("ping")
