"""The journal of changes in the state database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from mimecast_secops.cli.journal import DONE, FAILED, STARTED, UNDONE, Journal
from mimecast_secops.cli.targets import Target
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import StateDatabase

STEPS = [{"possible": True, "action": "Permit Sender", "parameters": {"Sender": "a@example.org"}}]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    with StateDatabase.open(tmp_path / "state.db") as opened:
        yield opened


def test_an_entry_begins_before_its_change_and_ends_with_its_undo_steps(database: StateDatabase) -> None:
    journal = Journal(database)
    number = journal.begin("https://api.example.com", "Block Sender", {"Sender": "a@example.org", "Dry Run": False}, [])
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
    number = journal.begin("tenant", "action", {}, [])
    journal.end(number, DONE, STEPS)
    journal.end(number, UNDONE)
    [entry] = journal.entries()
    assert (entry.state, entry.undo) == (UNDONE, STEPS)


def test_the_target_of_an_entry_is_replaced_by_what_is_known_at_its_end(database: StateDatabase) -> None:
    journal = Journal(database)
    number = journal.begin("tenant", "Reject Message", {}, [Target(id="eNoDAAAAAAE")])
    journal.end(number, STARTED)
    assert [entry.targets for entry in journal.entries()] == [(Target(id="eNoDAAAAAAE"),)]
    invoice = Target(id="eNoDAAAAAAE", recipient="ann@example.com", subject="Invoice")
    journal.end(number, DONE, [], [invoice])
    [entry] = journal.entries()
    assert entry.targets == (invoice,)
    assert entry.as_json()["target"] == [
        {"id": "eNoDAAAAAAE", "recipient": "ann@example.com", "subject": "Invoice"},
    ]


def test_an_entry_is_found_by_its_number(database: StateDatabase) -> None:
    journal = Journal(database)
    number = journal.begin("tenant", "action", {}, [])
    entry = journal.entry(number)
    assert entry is not None
    assert entry.id == number
    assert journal.entry(number + 1) is None


def test_the_entries_since_a_time(database: StateDatabase) -> None:
    journal = Journal(database)
    first, second = (journal.begin("tenant", "action", {}, []) for _ in range(2))
    database.execute("UPDATE journal SET at = '2026-11-24T10:00:00+00:00' WHERE id = ?", (first,))
    since = datetime(2026, 11, 24, 11, 30, tzinfo=timezone(timedelta(hours=1)))
    assert [entry.id for entry in journal.entries(since=since)] == [second]
    assert [entry.id for entry in journal.entries(since=since - timedelta(hours=1))] == [second, first]


def test_the_newest_entry_is_first(database: StateDatabase) -> None:
    journal = Journal(database)
    numbers = [journal.begin("tenant", "action", {}, []) for _ in range(3)]
    journal.end(numbers[1], FAILED)
    assert [(entry.id, entry.state) for entry in journal.entries()] == [
        (numbers[2], STARTED),
        (numbers[1], FAILED),
        (numbers[0], STARTED),
    ]


@pytest.mark.parametrize("column", ["at", "parameters", "undo", "target"])
def test_an_unreadable_entry_is_damage(database: StateDatabase, column: str) -> None:
    journal = Journal(database)
    journal.begin("tenant", "action", {}, [])
    database.execute(f"UPDATE journal SET {column} = '{{'")
    with pytest.raises(UnreadableState, match=r"Entry 1 of the journal .* is damaged\. Restore a backup\."):
        list(journal.entries())
