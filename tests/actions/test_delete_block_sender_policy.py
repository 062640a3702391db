"""Delete Block Sender Policy, and the undo of Create Block Sender Policy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mimecast_secops.actions import find
from mimecast_secops.simulator.tenant.records import Policy
from tests.actions.blocked_senders import DELETE_ACTION, create, policies
from tests.actions.runner import ActionRunner

DELETE = "/api/policy/blockedsenders/delete-policy"
REST = "/policy-management/cloud-gateway/v1/blocked-senders/policies"


class Undeletable(dict[str, Policy]):
    """Policies of a tenant that confirms a deletion but keeps the policy."""

    def pop(self, key: str, default: Any = None) -> Any:
        return self.get(key, default)

    def __delitem__(self, key: str) -> None:
        assert key in self


def test_the_undo_of_a_creation_deletes_the_policy(runner: ActionRunner) -> None:
    undo = create(runner)["undo"]
    assert undo["possible"] is True
    slug = "-".join(undo["action"].lower().split())
    assert find(slug).name == undo["action"]
    runner.succeeds(slug, undo["parameters"])
    assert policies(runner) == []


@pytest.mark.parametrize("old", [True, False], ids=["delete-policy", "rest"])
def test_a_policy_is_deleted_by_its_id(runner: ActionRunner, old: bool) -> None:
    runner.set_quirks(delete_policy_on_v2=old)
    made = create(runner)
    runner.clear_requests()
    result = runner.run(DELETE_ACTION, Policy_ID=made["id"])
    assert result.message == f'Successfully deleted the block sender policies in Mimecast: "{made["id"]}".'
    assert (result.json_result["state"], result.json_result["already"]) == ("confirmed", False)
    assert policies(runner) == []
    rest = [DELETE, f"{REST}/{made['id']}"]
    assert runner.writes == ([DELETE] if runner.is_v1 or old else rest)


def test_a_deletion_returns_the_deleted_policy(runner: ActionRunner) -> None:
    made = create(runner)
    result = runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])
    policy = {name: made[name] for name in ("id", "option", "policy")}
    assert result["undo"] == {"possible": True, "action": "Create Block Sender Policy", "policy": policy}


@pytest.mark.parametrize("indent", [None, 2])
def test_the_json_result_of_a_creation_identifies_the_policies_to_delete(
    runner: ActionRunner, indent: int | None
) -> None:
    single, several = create(runner), create(runner, Sender="a.example.org,b.example.org")
    runner.succeeds(DELETE_ACTION, Policy_ID=json.dumps(single, indent=indent))
    assert len(policies(runner)) == 2
    deleted = runner.succeeds(DELETE_ACTION, Policy_ID=json.dumps(several, indent=indent))
    assert [entry["id"] for entry in deleted] == [entry["id"] for entry in several]
    assert policies(runner) == []


def test_several_policies_are_deleted_by_a_list_of_ids(runner: ActionRunner) -> None:
    ids = [create(runner, Sender=sender)["id"] for sender in ("a.example.org", "b.example.org", "c.example.org")]
    runner.succeeds(DELETE_ACTION, Policy_ID=f"{ids[0]}, {ids[1]},\n{ids[0]}")
    assert [policy.id for policy in policies(runner)] == ids[2:]


@pytest.mark.parametrize("old", [True, False], ids=["delete-policy", "rest"])
def test_deleting_a_missing_policy_succeeds_as_already_deleted(runner: ActionRunner, old: bool) -> None:
    runner.set_quirks(delete_policy_on_v2=old)
    made = create(runner)
    runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])
    runner.clear_requests()
    again = runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])
    assert (again["already"], again["undo"]["possible"], runner.writes) == (True, False, [])


def test_a_dry_run_deletes_nothing_and_returns_the_policies(runner: ActionRunner) -> None:
    made = create(runner)
    runner.clear_requests()
    plan = runner.succeeds(DELETE_ACTION, Policy_ID=f"{made['id']},nonsense", Dry_Run=True)
    assert plan["request"] == {"path": DELETE, "data": [{"id": made["id"]}, {"id": "nonsense"}]}
    assert [touched["id"] for touched in plan["touches"]] == [made["id"]]
    assert (runner.writes, len(policies(runner))) == ([], 1)


def test_a_deleted_policy_that_mimecast_still_shows_is_pending(runner: ActionRunner) -> None:
    made = create(runner)
    runner.simulator.tenant.policies = Undeletable(runner.simulator.tenant.policies)
    assert runner.succeeds(DELETE_ACTION, Policy_ID=made["id"])["state"] == "pending"


def test_an_empty_list_of_ids_is_an_error(runner: ActionRunner) -> None:
    assert '"Policy ID"' in runner.fails(DELETE_ACTION, Policy_ID=" , ")


@pytest.mark.parametrize("value", ["[Event.policyId]", "eNo1jrsKwjAUQP,[Step_1.JsonResult.id]"])
def test_a_placeholder_that_no_value_replaced_is_named_before_any_request(runner: ActionRunner, value: str) -> None:
    error = runner.fails(DELETE_ACTION, Policy_ID=value)
    assert "is a placeholder of the playbook that no value replaced" in error
    assert runner.simulator.requests == []


def test_policies_deleted_before_a_failure_are_in_the_result(v1: ActionRunner) -> None:
    made = create(v1, Sender="a.example.org,b.example.org")
    v1.add_fault("html", DELETE, after=1)
    result = v1.run(DELETE_ACTION, Policy_ID=json.dumps(made))
    assert (result.is_success, len(policies(v1))) == (False, 1)
    assert "a.example.org" in json.dumps(result.json_result)
