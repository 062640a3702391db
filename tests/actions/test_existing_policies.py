"""The policies of the tenant before one is created."""

from __future__ import annotations

import logging

import pytest

from mimecast_secops.actions.existing_policies import ExistingPolicies, clause
from mimecast_secops.api.errors import MimecastError
from tests.actions.blocked_senders import CREATE_ACTION, RAW, create, policies
from tests.actions.runner import ActionRunner

GET = "/api/policy/blockedsenders/get-policy"


def test_the_policies_are_read_with_their_ids(runner: ActionRunner) -> None:
    made = create(runner)
    existing = ExistingPolicies.read(runner.context())
    assert (existing.ids, existing.problem) == ({made["id"]}, "")


def test_an_error_is_logged_and_kept_as_the_problem(runner: ActionRunner, caplog: pytest.LogCaptureFixture) -> None:
    runner.revoke("Gateway | Policies | Read")
    with caplog.at_level(logging.WARNING):
        existing = ExistingPolicies.read(runner.context())
    assert existing.listing.is_empty
    assert '"Gateway | Policies | Read"' in existing.problem
    assert [record for record in caplog.records if "may be created twice" in record.getMessage()]


def test_an_error_can_be_continued() -> None:
    assert clause(MimecastError("It failed.")) == "It failed"


def test_an_entry_that_cannot_be_compared_and_has_the_same_values_stops_the_creation(runner: ActionRunner) -> None:
    runner.set_quirks(policy_get="renamed")
    create(runner)
    runner.clear_requests()
    error = runner.fails(CREATE_ACTION, RAW)
    assert "it is unknown whether an equal policy exists. Nothing was created." in error
    assert (runner.writes, len(policies(runner))) == ([], 1)
    assert create(runner, Sender="other.example.org")["already"] is False


def test_no_policy_of_several_is_created_if_one_may_exist(runner: ActionRunner) -> None:
    runner.set_quirks(policy_get="renamed")
    create(runner)
    runner.fails(CREATE_ACTION, RAW, Sender="new.example.org,evil.example.org")
    assert len(policies(runner)) == 1
