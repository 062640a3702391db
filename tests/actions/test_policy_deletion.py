"""Policies are deleted, and each result says what is known of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.blocked_senders import DELETE_ACTION, create, policies
from tests.actions.runner import ActionRunner

DELETE = "/api/policy/blockedsenders/delete-policy"
GET = "/api/policy/blockedsenders/get-policy"
READINGS: list[dict[str, Any]] = [
    {"policy_get": form, "policy_delete_reply": reply}
    for form in ("full", "documented", "wrapped", "renamed")
    for reply in ("documented", "empty")
]


@pytest.mark.parametrize("quirks", READINGS, ids=str)
@pytest.mark.parametrize("legacy", [True, False], ids=["delete-policy", "rest"])
def test_a_policy_is_deleted_and_confirmed_under_each_reading(
    runner: ActionRunner, quirks: dict[str, Any], *, legacy: bool
) -> None:
    other = create(runner, Sender="other.example.org")
    made = create(runner)
    runner.set_quirks(delete_policy_on_v2=legacy, **quirks)
    result = runner.run(DELETE_ACTION, Policy_ID=made["id"])
    assert result.message == f'Successfully deleted the block sender policies in Mimecast: "{made["id"]}".'
    assert (result.json_result["state"], result.json_result["already"]) == ("confirmed", False)
    assert [policy.id for policy in policies(runner)] == [other["id"]]


@pytest.mark.parametrize("quirks", READINGS, ids=str)
def test_a_policy_that_does_not_exist_is_already_deleted_under_each_reading(
    runner: ActionRunner, quirks: dict[str, Any]
) -> None:
    made = create(runner)
    runner.set_quirks(**quirks)
    runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])
    assert runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])["already"] is True


def test_a_list_without_the_policy_does_not_prove_that_it_does_not_exist(runner: ActionRunner) -> None:
    made = create(runner)
    runner.set_quirks(policy_get="empty")
    result = runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])
    assert (result["already"], policies(runner)) == (False, [])


def test_an_empty_reply_without_a_list_is_unknown(v1: ActionRunner) -> None:
    made = create(v1)
    v1.set_quirks(policy_get="renamed", policy_delete_reply="empty")
    v1.add_fault("html", GET, after=1)
    error = v1.fails(DELETE_ACTION, Policy_ID=made["id"])
    assert error.startswith("Whether the policy was deleted is unknown")
    assert error.endswith("Look at the blocked sender policies in the Mimecast console.")


def test_an_explicit_unknown_id_confirms_a_deletion_that_no_list_shows(v1: ActionRunner) -> None:
    made = create(v1)
    v1.set_quirks(policy_get="empty", policy_delete_reply="empty")
    assert v1.succeeds(DELETE_ACTION, Policy_ID=made["id"])["state"] == "confirmed"


def test_an_entry_that_is_not_understood_proves_no_deletion(v1: ActionRunner) -> None:
    create(v1, Sender="other.example.org")
    made = create(v1)
    v1.add_fault("empty", DELETE)
    v1.set_quirks(policy_get="renamed")
    error = v1.fails(DELETE_ACTION, Policy_ID=made["id"])
    assert error.startswith("The policy was not deleted: Mimecast still lists it.")
    assert len(policies(v1)) == 2


@pytest.mark.parametrize("fault", ["empty", "html"])
def test_a_deletion_that_did_not_arrive_is_not_reported_as_done(v1: ActionRunner, fault: str) -> None:
    made = create(v1)
    v1.add_fault(fault, DELETE)
    assert "Mimecast still lists it" in v1.fails(DELETE_ACTION, Policy_ID=made["id"])
    assert len(policies(v1)) == 1


@pytest.mark.parametrize("fault", ["reset", "truncated"])
def test_a_deletion_whose_confirmation_is_lost_is_verified(v1: ActionRunner, fault: str) -> None:
    made = create(v1)
    v1.add_fault(fault, DELETE)
    assert v1.succeeds(DELETE_ACTION, Policy_ID=made["id"])["state"] == "confirmed"


def test_a_confirmed_deletion_that_cannot_be_verified_is_reported(v1: ActionRunner) -> None:
    made = create(v1)
    v1.add_fault("html", GET, after=1)
    result = v1.run(DELETE_ACTION, Policy_ID=made["id"])
    assert (result.is_success, result.json_result["state"]) == (True, "pending")
    assert f"The deletion of {made['id']} is not confirmed yet" in result.message


def test_the_undo_is_impossible_if_the_policy_was_not_understood(runner: ActionRunner) -> None:
    made = create(runner)
    runner.set_quirks(policy_get="renamed")
    result = runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])
    assert result["undo"] == {
        "possible": False,
        "why": "Mimecast did not show the policy in a form that is understood.",
    }
