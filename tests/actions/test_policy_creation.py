"""Policies are created once, and each result says what is known of them."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.actions.create_block_sender_policy import MESSAGE
from mimecast_secops.simulator.tenant.records import Policy
from tests.actions.blocked_senders import CREATE_ACTION, RAW, create, policies
from tests.actions.runner import ActionRunner

CREATE = "/api/policy/blockedsenders/create-policy"
GET = "/api/policy/blockedsenders/get-policy"
REST = "/policy-management/cloud-gateway/v1/blocked-senders/policies"
ATTEMPTS = 5  # of one read
UNDERSTOOD = [
    {},
    {"policy_get": "documented"},
    {"policy_get": "wrapped"},
    {"policy_create_id": False},
    {"policy_create_id": False, "policy_get": "documented"},
    {"policy_create_id": False, "policy_get": "wrapped"},
    {"legacy_policy_on_v2": False},
    {"legacy_policy_on_v2": False, "policy_create_id": False},
]


@pytest.mark.parametrize("quirks", UNDERSTOOD, ids=str)
def test_a_policy_is_created_once_and_confirmed_under_each_reading(
    runner: ActionRunner, quirks: dict[str, Any]
) -> None:
    runner.set_quirks(**quirks)
    first = runner.run(CREATE_ACTION, RAW)
    assert (first.is_success, first.message) == (True, MESSAGE)
    [policy] = policies(runner)
    assert (first.json_result["id"], first.json_result["state"]) == (policy.id, "confirmed")
    assert first.json_result["policy"]["from"] == {"type": "email_domain", "emailDomain": "evil.example.org"}
    again = create(runner)
    assert (again["id"], again["already"], len(policies(runner))) == (policy.id, True, 1)


@pytest.mark.parametrize("quirks", UNDERSTOOD, ids=str)
def test_a_policy_for_another_sender_is_created_under_each_reading(
    runner: ActionRunner, quirks: dict[str, Any]
) -> None:
    runner.set_quirks(**quirks)
    create(runner)
    other = create(runner, Sender="other.example.org")
    assert (other["already"], other["state"], len(policies(runner))) == (False, "confirmed", 2)


def test_api_2_without_the_legacy_path_creates_by_rest(v2: ActionRunner) -> None:
    v2.set_quirks(legacy_policy_on_v2=False)
    create(v2, Comment="Case 4711")
    assert v2.writes == [CREATE, REST]
    [policy] = policies(v2)
    assert (policy.option, policy.policy["comment"], policy.policy["enforced"]) == ("block_sender", "Case 4711", True)


def test_a_list_in_an_unknown_form_does_not_contradict_a_policy_that_the_reply_names(runner: ActionRunner) -> None:
    runner.set_quirks(policy_get="renamed")
    result = runner.run(CREATE_ACTION, RAW)
    assert (result.message, result.json_result["state"]) == (MESSAGE, "pending")
    assert result.json_result["id"] == policies(runner)[0].id


def test_a_policy_that_no_list_shows_is_not_confirmed(v1: ActionRunner) -> None:
    v1.set_quirks(policy_get="empty")
    result = v1.run(CREATE_ACTION, RAW)
    assert result.message == (
        f"{MESSAGE} It is not confirmed yet: Mimecast does not list the policy, so another run may create it again."
    )
    assert (result.is_success, result.json_result["state"]) == (True, "pending")


def test_the_rest_list_shows_what_an_empty_list_of_api_2_does_not(v2: ActionRunner) -> None:
    v2.set_quirks(policy_get="empty")
    assert create(v2)["state"] == "confirmed"
    assert create(v2)["already"] is True
    assert len(policies(v2)) == 1


def test_a_creation_without_an_id_that_no_list_shows_is_unknown(v1: ActionRunner) -> None:
    v1.set_quirks(policy_get="empty", policy_create_id=False)
    error = v1.fails(CREATE_ACTION, RAW)
    assert error.startswith("Whether the policy was created is unknown: ")
    assert "Mimecast does not list the policy." in error
    assert error.endswith(
        "Look at the blocked sender policies in the Mimecast console before you run the action again."
    )


@pytest.mark.parametrize("quirks", [{"policy_create_id": False}, {}], ids=str)
def test_the_message_says_that_an_equal_policy_may_exist_if_the_list_cannot_be_read(
    runner: ActionRunner, quirks: dict[str, Any]
) -> None:
    runner.set_quirks(**quirks)
    runner.add_fault("html", GET)
    result = runner.run(CREATE_ACTION, RAW)
    if quirks:
        assert "Whether the policy was created is unknown" in result.message
        assert "The list of policies cannot be read" in result.message
    else:
        assert result.is_success
        assert "It is not confirmed yet: " in result.message
        assert "so an equal policy may exist already: " in result.message


def test_a_policy_found_after_a_list_that_could_not_be_read_has_no_undo(runner: ActionRunner) -> None:
    """It may be older than the run."""
    runner.set_quirks(policy_create_id=False)
    runner.add_fault("empty", GET, count=ATTEMPTS)
    result = create(runner)
    assert (result["state"], result["undo"]["possible"]) == ("confirmed", False)


def test_a_member_that_mimecast_changed_is_reported_and_is_no_failure(runner: ActionRunner) -> None:
    runner.set_quirks(policy_forced_bidirectional=True)
    result = runner.run(CREATE_ACTION, RAW, Bidirectional=False)
    assert (result.is_success, len(policies(runner))) == (True, 1)
    assert result.message == f'{MESSAGE} Mimecast changed the policy: "bidirectional" is true.'
    assert (result.json_result["changedByMimecast"], result.json_result["state"]) == (["bidirectional"], "confirmed")


@pytest.mark.parametrize("verify", [True, False])
def test_a_member_that_mimecast_changed_is_no_reason_for_a_second_policy(runner: ActionRunner, *, verify: bool) -> None:
    runner.set_quirks(policy_forced_bidirectional=True)
    first = create(runner, Bidirectional=False)
    again = create(runner, Bidirectional=False, Verify_Result=verify)
    assert (again["id"], again["already"], again["changedByMimecast"]) == (first["id"], True, ["bidirectional"])
    assert [policy.id for policy in policies(runner)] == [first["id"]]


def test_a_second_policy_that_cannot_be_deleted_again_is_reported(v1: ActionRunner) -> None:
    v1.set_quirks(policy_forced_bidirectional=True)
    first = create(v1, Bidirectional=False)
    v1.add_fault("500", "/api/policy/blockedsenders/delete-policy")
    result = v1.run(CREATE_ACTION, RAW, Bidirectional=False)
    assert result.is_success
    assert f"It is now equal to the policy {first['id']}. Delete one of the two." in result.message


def test_a_change_that_weakens_the_policy_is_a_failure_and_no_reason_for_a_second_policy(runner: ActionRunner) -> None:
    class Weakened(dict[str, Policy]):
        """Policies of a tenant that never lets a policy take precedence."""

        def __setitem__(self, key: str, record: Policy) -> None:
            record.policy = {**record.policy, "enforced": False}
            super().__setitem__(key, record)

    runner.simulator.tenant.policies = Weakened()
    for already in (False, True):
        result = runner.run(CREATE_ACTION, RAW)
        assert (result.is_success, result.json_result["already"]) == (False, already)
        assert (result.json_result["state"], result.json_result["changedByMimecast"]) == ("contradicted", ["enforced"])
        assert len(policies(runner)) == 1


def test_a_change_that_only_the_reply_to_the_creation_shows_is_reported(runner: ActionRunner) -> None:
    runner.set_quirks(policy_forced_bidirectional=True)
    result = runner.run(CREATE_ACTION, RAW, Bidirectional=False, Verify_Result=False)
    assert result.message == f'{MESSAGE} Mimecast changed the policy: "bidirectional" is true.'
    assert (result.json_result["state"], result.json_result["changedByMimecast"]) == ("pending", ["bidirectional"])
