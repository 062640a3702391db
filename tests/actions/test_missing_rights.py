"""A right that is missing: the message names exactly the one to grant, and nothing is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mimecast_secops.actions import all_actions
from mimecast_secops.simulator.tenant import rights
from tests.actions.bench import Bench

Raw = Callable[[Bench], dict[str, object]]


def nothing(_bench: Bench) -> dict[str, object]:
    return {}


def xml(_bench: Bench) -> dict[str, object]:
    return {"XML Query": "<xmlquery><metadata/><muse/></xmlquery>"}


def by_tracking_id(bench: Bench) -> dict[str, object]:
    return {"Message ID": bench.held().id}


def by_hold_id(bench: Bench) -> dict[str, object]:
    return {"Message ID": bench.held().hold_id}


def by_message_id(bench: Bench) -> dict[str, object]:
    return {"Message ID": bench.held().mail.message_id}


def sender(_bench: Bench) -> dict[str, object]:
    return {"Sender": "eve@example.org", "Recipient": "ann@example.com"}


def policy(_bench: Bench) -> dict[str, object]:
    return {"Description": "d", "Sender": "evil.example.org", "Recipient Type": "Everyone"}


def policy_id(bench: Bench) -> dict[str, object]:
    return {"Policy ID": bench.succeeds("create-block-sender-policy", policy(bench))["id"]}


DECISIONS = ("release-message", "reject-message")
NEEDED: list[tuple[str, str, Raw]] = [
    (rights.DASHBOARD, "ping", nothing),
    (rights.ARCHIVE_SEARCH, "simple-archive-search", nothing),
    (rights.ARCHIVE_SEARCH, "advanced-archive-search", xml),
    *((rights.HELD_EDIT, slug, raw) for slug in DECISIONS for raw in (by_tracking_id, by_hold_id, by_message_id)),
    *((rights.DASHBOARD, slug, raw) for slug in DECISIONS for raw in (by_tracking_id, by_hold_id, by_message_id)),
    *((rights.TRACKING_READ, slug, raw) for slug in DECISIONS for raw in (by_tracking_id, by_hold_id, by_message_id)),
    (rights.SENDERS_EDIT, "block-sender", sender),
    (rights.SENDERS_EDIT, "permit-sender", sender),
    (rights.POLICIES_EDIT, "create-block-sender-policy", policy),
    (rights.INTERNAL_DOMAINS_READ, "create-block-sender-policy", policy),
    (rights.POLICIES_EDIT, "delete-block-sender-policy", policy_id),
    (rights.POLICIES_READ, "delete-block-sender-policy", policy_id),
]
ON_V1: list[tuple[str, str, Raw]] = [
    (rights.TRACKING_EDIT, "report-message", by_tracking_id),
    (rights.TRACKING_EDIT, "report-message", by_message_id),
    (rights.TRACKING_READ, "report-message", by_message_id),
]
NAMES = [f"{slug}-{raw.__name__}-without-{right}" for right, slug, raw in NEEDED]
CODE = "err_xdk_operation_forbidden_for_address"


def changed(bench: Bench) -> tuple[int, int, int]:
    tenant = bench.simulator.tenant
    return len(tenant.decisions), len(tenant.managed_senders) + len(tenant.reports), len(tenant.policies)


def named(said: str) -> set[str]:
    """The permissions that a message names."""
    return {permission for permission in rights.PERMISSIONS if f'"{permission}"' in said}


def check(bench: Bench, right: str, slug: str, raw: Raw) -> None:
    given = raw(bench)
    before = changed(bench)
    bench.revoke(right)
    said = bench.fails(slug, given)
    assert named(said) == {right}
    assert CODE in said
    assert ("the service account's role" if bench.is_v1 else "the API application's role") in said
    assert changed(bench) == before
    bench.simulator.control("rights", {"grant": [right]})
    bench.succeeds(slug, given)


@pytest.mark.parametrize(("right", "slug", "raw"), NEEDED, ids=NAMES)
def test_a_missing_permission_is_named_and_granting_it_helps(bench: Bench, right: str, slug: str, raw: Raw) -> None:
    check(bench, right, slug, raw)


@pytest.mark.parametrize(("right", "slug", "raw"), ON_V1)
def test_a_missing_permission_of_a_report_is_named(v1: Bench, right: str, slug: str, raw: Raw) -> None:
    check(v1, right, slug, raw)


def test_a_missing_permission_of_the_sandbox_is_named(v1: Bench) -> None:
    given = {"Message ID": v1.held().id, "Release To Sandbox": True}
    check(v1, rights.HELD_EDIT, "release-message", lambda _bench: given)


@pytest.mark.parametrize("switch", [{"forbidden_status": 200}, {"forbidden_status": 403}])
@pytest.mark.parametrize(("right", "slug", "raw"), NEEDED[:3])
def test_a_missing_permission_is_understood_however_the_status_tells_it(
    bench: Bench, switch: dict[str, int], right: str, slug: str, raw: Raw
) -> None:
    bench.switch(**switch)
    check(bench, right, slug, raw)


PRODUCTS = [
    (rights.ACCOUNT_MANAGEMENT, "ping", nothing, '"Account Management"'),
    (rights.DATA_RETENTION, "simple-archive-search", nothing, '"Data Retention"'),
    (rights.CLOUD_GATEWAY, "block-sender", sender, "/api/managedsender/permit-or-block-sender"),
    (rights.CLOUD_GATEWAY, "release-message", by_tracking_id, "/api/message-finder/get-message-info"),
    (rights.DOMAIN_MANAGEMENT, "create-block-sender-policy", policy, '"Domain Management"'),
    (rights.CLOUD_GATEWAY, "create-block-sender-policy", policy, "/api/policy/blockedsenders/create-policy"),
]


@pytest.mark.parametrize(("product", "slug", "raw", "words"), PRODUCTS, ids=[f"{one[1]}-{one[0]}" for one in PRODUCTS])
def test_a_missing_product_is_named_as_far_as_it_is_known(
    v2: Bench, product: str, slug: str, raw: Raw, words: str
) -> None:
    given = raw(v2)
    v2.revoke(product)
    said = v2.fails(slug, given)
    assert "app_forbidden" in said
    assert words in said
    assert named(said) == set()
    assert changed(v2) == (0, 0, 0)


@pytest.mark.parametrize(
    ("right", "slug", "raw"),
    [
        (rights.POLICIES_READ, "create-block-sender-policy", policy),
        (rights.DASHBOARD, "create-block-sender-policy", policy),
        (rights.TRACKING_EDIT, "release-message", by_tracking_id),
        (rights.HELD_SUMMARY, "release-message", by_tracking_id),
        (rights.ARCHIVE_CONTENT, "simple-archive-search", nothing),
    ],
)
def test_a_right_that_is_not_needed_may_be_missing(bench: Bench, right: str, slug: str, raw: Raw) -> None:
    given = raw(bench)
    bench.revoke(right)
    bench.succeeds(slug, given)


def test_what_an_action_declares_is_what_it_needs() -> None:
    """The rights that took an action down above are those that it declares."""
    for action in all_actions():
        declared = {endpoint.permission for endpoint in action.endpoints}
        found = {right for right, slug, _ in (*NEEDED, *ON_V1) if slug == action.slug}
        helped = {endpoint.permission for endpoint in action.optional_endpoints}
        assert found <= declared | helped, action.name
        assert declared <= found, action.name


def test_credentials_that_are_not_accepted_say_what_to_check(bench: Bench) -> None:
    bench.simulator.tenant.keys.application_key = "another"
    bench.simulator.tenant.application.client_secret = "another"
    said = bench.fails("ping")
    assert ("Application Key" if bench.is_v1 else "Client Secret") in said


def test_an_expired_access_key_says_so(v1: Bench) -> None:
    v1.simulator.control("rights", {"expire_keys": True})
    assert "The Access Key has expired" in v1.fails("ping")


def test_an_expired_token_is_renewed_without_a_word(v2: Bench) -> None:
    v2.succeeds("ping")
    v2.simulator.control("rights", {"expire_tokens": True})
    v2.succeeds("ping")
