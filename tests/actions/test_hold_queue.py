"""The hold queue as the actions read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mimecast_secops.actions.hold_queue import find, is_same_entry, now
from tests.actions.decisions import both_decisions, decisions
from tests.actions.held_messages import KINDS
from tests.actions.runner import ActionRunner


@pytest.mark.parametrize("kind", ["tracking id", "hold id", "Message-ID"])
@both_decisions
def test_an_older_message_is_found_where_the_list_shows_one_day_by_default(
    runner: ActionRunner, slug: str, path: str, decision: str, kind: str
) -> None:
    runner.set_quirks(hold_list_hours=24)
    message = runner.receive_held(risk="low", received=datetime.now(UTC) - timedelta(days=3))
    runner.succeeds(slug, Message_ID=KINDS[kind](message))
    assert [(entry.outcome, entry.hold_id) for entry in decisions(runner)] == [(decision, message.hold_id)]


def test_two_missing_ids_do_not_name_the_same_entry() -> None:
    assert is_same_entry("a", "a")
    assert not is_same_entry("", "")
    assert not is_same_entry("a", "b")


def test_an_entry_is_found_by_its_id(runner: ActionRunner) -> None:
    message = runner.receive_held()
    found = find(runner.context(), message.hold_id)
    assert found is not None
    assert found.id == message.hold_id
    assert find(runner.context(), runner.unknown_id()) is None
    assert find(runner.context(), message.hold_id, recipient="bob@example.com") is None


def test_the_time_is_that_of_mimecast_if_the_clocks_differ(v2: ActionRunner) -> None:
    v2.now = datetime.now(UTC)
    v2.simulator.tenant.clock.offset = timedelta(hours=-1)
    v2.client.account.get()
    assert abs(now(v2.context()) - (v2.now - timedelta(hours=1))) < timedelta(minutes=1)
