"""The progress of bulk runs in the state database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.cli.bulk_progress import BulkProgress
from mimecast_secops.stores.database import StateDatabase

RUN = {"tenant": "https://api.example.com", "action": "Reject Message", "Note": "x"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    with StateDatabase.open(tmp_path / "state.db") as opened:
        yield opened


def test_the_same_run_continues_with_what_is_done(database: StateDatabase) -> None:
    BulkProgress(database, RUN).add("a")
    reordered = dict(reversed(RUN.items()))
    progress = BulkProgress(database, reordered)
    progress.add("b")
    progress.add("b")
    assert BulkProgress(database, RUN).done() == {"a", "b"}


@pytest.mark.parametrize("name", RUN)
def test_a_run_with_another_value_is_another_run(database: StateDatabase, name: str) -> None:
    BulkProgress(database, RUN).add("a")
    assert BulkProgress(database, RUN | {name: "other"}).done() == set()


def test_clear_deletes_the_progress_of_this_run_only(database: StateDatabase) -> None:
    progress, other = BulkProgress(database, RUN), BulkProgress(database, {"action": "Release Message"})
    progress.add("a")
    other.add("a")
    progress.clear()
    assert (progress.done(), other.done()) == (set(), {"a"})
