"""Jobs: the progress of bulk runs in the state database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mimecast_secops.cli.jobs import LIFETIME, Job
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import StateDatabase

RUN = {"tenant": "https://api.example.com", "action": "Reject Message", "Note": "x"}
START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    with StateDatabase.open(tmp_path / "state.db") as opened:
        yield opened


def job_at(database: StateDatabase, moment: datetime, name: str = "ids.txt") -> Job:
    return Job(database, name, RUN, lambda: moment)


def test_the_same_job_continues_with_what_is_done(database: StateDatabase) -> None:
    Job(database, "ids.txt", RUN).add("a")
    job = Job(database, "ids.txt", dict(reversed(RUN.items())))
    job.add("b")
    job.add("b")
    assert Job(database, "ids.txt", RUN).done() == {"a", "b"}


def test_a_job_with_another_name_is_another_job(database: StateDatabase) -> None:
    Job(database, "ids.txt", RUN).add("a")
    other = Job(database, "others.txt", RUN)
    assert (other.done(), other.began()) == (set(), None)


@pytest.mark.parametrize("name", RUN)
def test_a_job_with_another_value_is_another_job(database: StateDatabase, name: str) -> None:
    Job(database, "ids.txt", RUN).add("a")
    assert Job(database, "ids.txt", RUN | {name: "other"}).done() == set()


def test_a_job_begins_with_its_first_item(database: StateDatabase) -> None:
    assert job_at(database, START).began() is None
    job_at(database, START).add("a")
    job_at(database, START + timedelta(days=1)).add("b")
    assert job_at(database, START + timedelta(days=2)).began() == START


def test_a_job_expires_after_its_last_activity(database: StateDatabase) -> None:
    job_at(database, START).add("a")
    job_at(database, START + LIFETIME).add("b")
    last = job_at(database, START + 2 * LIFETIME)
    last.delete_expired()
    assert last.done() == {"a", "b"}
    later = job_at(database, START + 2 * LIFETIME + timedelta(seconds=1))
    assert (later.done(), later.began()) == (set(), None)
    later.delete_expired()
    assert database.rows("SELECT * FROM jobs") == []
    assert database.rows("SELECT * FROM bulk") == []


def test_delete_starts_this_job_over_and_no_other(database: StateDatabase) -> None:
    job, other = job_at(database, START), job_at(database, START, "others.txt")
    job.add("a")
    other.add("a")
    job.delete()
    assert (job.done(), job.began(), other.done()) == (set(), None, {"a"})


def test_an_unreadable_time_is_damage(database: StateDatabase) -> None:
    job = job_at(database, START)
    job.add("a")
    database.execute("UPDATE jobs SET began = '?'")
    with pytest.raises(UnreadableState, match=r"The job ids\.txt in .* is damaged\. Use --restart\."):
        job.done()
