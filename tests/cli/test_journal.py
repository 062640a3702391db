"""The journal of changes in the state database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mimecast_secops.cli.journal import DONE, FAILED, STARTED, UNDONE, Journal
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import StateDatabase

STEPS = [{"possible": True, "action": "Permit Sender", "parameters": {"Sender": "a@example.org"}}]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    with StateDatabase.open(tmp_path / "state.db") as opened:
        yield opened


def test_an_entry_begins_before_its_change_and_ends_with_its_undo_steps(database: StateDatabase) -> None:
    journal = Journal(database)
    number = journal.begin("https://api.example.com", "Block Sender", {"Sender": "a@example.org", "Dry Run": False})
    [entry] = journal.entries()
    assert (entry.id, entry.tenant, entry.action) == (number, "https://api.example.com", "Block Sender")
    assert entry.parameters == {"Sender": "a@example.org", "Dry Run": "False"}
    assert (entry.state, entry.undo) == (STARTED, [])
    assert abs(entry.at - datetime.now(UTC)) < timedelta(minutes=5)
    journal.end(number, DONE, STEPS)
    [entry] = journal.entries()
    assert (entry.state, entry.undo) == (DONE, STEPS)


def test_a_later_state_keeps_the_undo_steps(database: StateDatabase) -> None:
    journal = Journal(database)
    number = journal.begin("tenant", "action", {})
    journal.end(number, DONE, STEPS)
    journal.end(number, UNDONE)
    [entry] = journal.entries()
    assert (entry.state, entry.undo) == (UNDONE, STEPS)


def test_the_newest_entry_is_first(database: StateDatabase) -> None:
    journal = Journal(database)
    numbers = [journal.begin("tenant", "action", {}) for _ in range(3)]
    journal.end(numbers[1], FAILED)
    assert [(entry.id, entry.state) for entry in journal.entries()] == [
        (numbers[2], STARTED),
        (numbers[1], FAILED),
        (numbers[0], STARTED),
    ]


@pytest.mark.parametrize("column", ["at", "parameters", "undo"])
def test_an_unreadable_entry_is_damage(database: StateDatabase, column: str) -> None:
    journal = Journal(database)
    journal.begin("tenant", "action", {})
    database.execute(f"UPDATE journal SET {column} = '{{'")
    with pytest.raises(UnreadableState, match=r"Entry 1 of the journal .* is damaged\. Restore a backup\."):
        list(journal.entries())
