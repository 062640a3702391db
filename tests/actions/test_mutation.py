"""What all actions that change the tenant share: verification, dry run and several changes in a row."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.actions import ActionFailed
from mimecast_secops.actions.mutation import State, apply_to_each, dry_run_result, read_back
from mimecast_secops.api.errors import Unreachable
from tests.actions.runner import ActionRunner


def change(item: str) -> dict[str, Any]:
    if item == "bad":
        raise Unreachable("No reply.")
    return {"item": item}


def test_each_change_has_its_result() -> None:
    assert apply_to_each(["a", "b"], change) == [{"item": "a"}, {"item": "b"}]


def test_a_failure_of_the_first_change_is_raised_unchanged() -> None:
    with pytest.raises(Unreachable):
        apply_to_each(["bad", "a"], change)


def test_a_later_failure_keeps_the_results_of_the_changes_before_it() -> None:
    with pytest.raises(ActionFailed, match=r"2 of 4 changes were made, then one failed: No reply\.") as failure:
        apply_to_each(["a", "b", "bad", "c"], change)
    assert failure.value.partial
    assert failure.value.json_result == [{"item": "a"}, {"item": "b"}]


def test_the_state_is_read_back_only_if_enabled(v2: ActionRunner) -> None:
    assert read_back(v2.context(), lambda: State.CONFIRMED, enabled=True) is State.CONFIRMED
    assert read_back(v2.context(), lambda: State.CONFIRMED, enabled=False) is State.PENDING


def test_a_change_is_pending_if_its_state_cannot_be_read(v2: ActionRunner) -> None:
    def read_state() -> State:
        raise Unreachable("No reply.")

    assert read_back(v2.context(), read_state, enabled=True) is State.PENDING


def test_a_dry_run_shows_several_requests_as_one(v2: ActionRunner) -> None:
    requests = [v2.client.held.release_request(hold_id) for hold_id in ("first", "second")]
    result = dry_run_result(requests, ["touched"], undo=None)
    assert result.is_success
    assert result.json_result == {
        "dryRun": True,
        "request": {"path": "/api/gateway/hold-release", "data": [{"id": "first"}, {"id": "second"}]},
        "touches": ["touched"],
        "undo": None,
    }


def test_a_dry_run_without_requests_shows_none() -> None:
    assert dry_run_result([], []).json_result["request"] == {}
