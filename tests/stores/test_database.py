"""The state database: opened once, locked by identity, and every failure is one that a person can act on."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimecast_secops.cli.bulk_progress import BulkProgress
from mimecast_secops.cli.journal import DONE, Journal
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import SCHEMA_VERSION, StateDatabase
from mimecast_secops.stores.errors import StateInUse, StateLocked, StateMissing, StateReplaced, StateUnwritable
from mimecast_secops.stores.sqlite import SqliteStore
from tests.stores.processes import create_at_once, held_by_another_process, in_another_process

# The tables as they were before the format had a number.
_FORMER = """
CREATE TABLE parts (
    namespace TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def integrity(path: Path) -> str:
    with StateDatabase.open(path) as database:
        [(answer,)] = database.rows("PRAGMA integrity_check")
        return str(answer)


# opened once


def test_a_process_opens_a_file_once_whatever_path_leads_to_it(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    with StateDatabase.open(path) as database, StateDatabase.open(link) as other:
        assert database is other


def test_another_process_that_closes_the_database_leaves_the_log_of_this_one(path: Path) -> None:
    with StateDatabase.open(path) as database:
        Journal(database).begin("tenant", "Block Sender", {})
        with StateDatabase.open(path) as second:
            BulkProgress(second, {"action": "x"}).add("1")
        assert in_another_process(path, "open_and_close()") == "1"
        assert wal(path).exists()
        Journal(database).begin("tenant", "Block Sender", {})
        assert in_another_process(path, "open_and_close()") == "2"
    assert integrity(path) == "ok"


def test_the_last_close_closes_the_file(path: Path) -> None:
    first, second = StateDatabase.open(path), StateDatabase.open(path)
    first.close()
    second.execute("INSERT INTO bulk VALUES ('run', 'item')")
    second.close()
    second.close()
    assert not wal(path).exists()
    with StateDatabase.open(path) as database:
        assert database is not first
        assert database.rows("SELECT * FROM bulk") == [("run", "item")]


def test_the_files_are_private_from_the_start(path: Path) -> None:
    with StateDatabase.open(path / ".." / "folder" / "state.db") as database:
        database.execute("INSERT INTO bulk VALUES ('run', 'item')")
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in database.path.parent.iterdir()}
    assert modes == dict.fromkeys(["state.db", "state.db-wal", "state.db-shm"], "0o600")


def test_a_file_that_others_can_read_becomes_private(path: Path) -> None:
    StateDatabase.open(path).close()
    path.chmod(0o644)
    StateDatabase.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_commits_are_durable_and_names_need_no_escaping(tmp_path: Path) -> None:
    with StateDatabase.open(tmp_path / "a b%20#ü?mode=memory.db") as database:
        assert database.rows("PRAGMA journal_mode") == [("wal",)]
        assert database.rows("PRAGMA synchronous") == [(2,)]
        assert database.path.stat().st_size > 0


def test_threads_share_one_connection(path: Path) -> None:
    with StateDatabase.open(path) as database:

        def add(thread: int) -> None:
            with StateDatabase.open(path) as shared:
                for number in range(25):
                    with shared.transaction() as connection:
                        connection.execute("INSERT INTO bulk VALUES (?, ?)", (str(thread), str(number)))

        threads = [threading.Thread(target=add, args=(thread,)) for thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert database.rows("SELECT count(*) FROM bulk") == [(100,)]


def test_processes_that_create_the_same_databases_at_once_all_succeed(tmp_path: Path) -> None:
    create_at_once(tmp_path, processes=4, databases=40)


def test_a_transaction_that_raises_leaves_nothing_and_the_next_one_works(path: Path) -> None:
    with StateDatabase.open(path) as database:

        def fail() -> None:
            with database.transaction() as connection:
                connection.execute("INSERT INTO bulk VALUES ('run', 'lost')")
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        with database.transaction() as connection:
            connection.execute("INSERT INTO bulk VALUES ('run', 'kept')")
        assert database.rows("SELECT item FROM bulk") == [("kept",)]


# formats


def test_a_database_without_a_format_number_is_upgraded_with_its_content(path: Path) -> None:
    with sqlite3.connect(path) as former:
        former.executescript(_FORMER)
        former.execute("INSERT INTO parts VALUES ('connector', 'meta', x'01')")
    former.close()
    with StateDatabase.open(path) as database:
        assert dict(SqliteStore(database).load()) == {"meta": b"\1"}
        assert database.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]
        assert list(Journal(database).entries()) == []


def test_a_newer_format_is_refused_and_left_as_it_is(path: Path) -> None:
    with StateDatabase.open(path) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(UnreadableState, match="newer version"):
        StateDatabase.open(path)
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(UnreadableState, match="another program"):
        StateDatabase.open(path)
    assert path.read_bytes() == before


# locks


def test_a_connector_runs_once_per_database_and_namespace(path: Path) -> None:
    with StateDatabase.open(path) as database, database.claim("connector"):
        assert in_another_process(path, "claim()") == "StateInUse"
        with pytest.raises(StateInUse, match="--namespace"), database.claim("connector"):
            pass
        assert in_another_process(path, "claim('another')") == "claimed"
    assert in_another_process(path, "claim()") == "claimed"


def test_a_claim_ends_with_its_block(path: Path) -> None:
    with StateDatabase.open(path) as database:
        with database.claim("connector"):
            pass
        assert in_another_process(path, "claim()") == "claimed"


def test_a_claim_survives_other_uses_of_the_database_in_the_same_process(path: Path) -> None:
    with StateDatabase.open(path) as database, database.claim("connector"):
        with StateDatabase.open(path) as second:
            second.execute("INSERT INTO bulk VALUES ('run', 'item')")
        assert in_another_process(path, "claim()") == "StateInUse"


def test_a_claim_and_a_write_of_another_process_do_not_disturb_each_other(path: Path) -> None:
    with StateDatabase.open(path) as database, database.claim("connector"):
        assert in_another_process(path, "open_and_close()") == "0"
        with database.transaction() as connection:
            connection.execute("INSERT INTO bulk VALUES ('run', 'item')")
            insert = (
                "StateDatabase.open(path, busy_seconds=0.05).execute(\"INSERT INTO bulk VALUES ('other', 'item')\")"
            )
            assert in_another_process(path, insert) == "StateLocked"
        assert in_another_process(path, "claim()") == "StateInUse"


@pytest.mark.parametrize(("name", "other"), [("a/b", "a.b"), ("a", "A"), ("", "connector"), ("ä", "a")])
def test_namespaces_that_look_alike_are_different_locks(path: Path, name: str, other: str) -> None:
    with StateDatabase.open(path) as database, database.claim(name):
        assert in_another_process(path, f"claim({other!r})") == "claimed"


def test_a_claim_holds_through_a_symbolic_link(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    with StateDatabase.open(path) as database, database.claim("connector"):
        assert in_another_process(link, "claim()") == "StateInUse"


def test_a_database_with_a_second_hard_link_is_refused_under_both_names(path: Path) -> None:
    StateDatabase.open(path).close()
    twin = path.with_name("twin.db")
    twin.hardlink_to(path)
    for name in (path, twin):
        with pytest.raises(StateUnwritable, match="2 hard links"):
            StateDatabase.open(name)


def test_a_database_in_use_cannot_be_used_under_a_new_name(path: Path) -> None:
    with StateDatabase.open(path):
        renamed = path.rename(path.with_name("renamed.db"))
        assert in_another_process(renamed, "open_and_close()") == "StateInUse"


def test_a_folder_that_was_renamed_is_still_the_same_place(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with StateDatabase.open(folder / "state.db"):
        renamed = folder.rename(tmp_path / "renamed")
        assert in_another_process(renamed / "state.db", "open_and_close()") == "0"
        renamed.rename(folder)


# a file that is exchanged under a running process


def test_a_deleted_database_is_noticed_before_anything_is_written(path: Path) -> None:
    with StateDatabase.open(path) as database:
        store = SqliteStore(database)
        store.commit({"a": b"1"})
        path.unlink()
        for use in (store.load, lambda: store.commit({}), lambda: Journal(database).begin("t", "a", {})):
            with pytest.raises(StateReplaced, match="replaced, moved or deleted"):
                use()


def test_a_replaced_database_is_noticed_and_the_new_one_keeps_its_log(path: Path) -> None:
    database = StateDatabase.open(path)
    SqliteStore(database).commit({"a": b"1"})
    for file in list(path.parent.iterdir()):
        file.rename(path.parent / f"old-{file.name}")
    write = "database = StateDatabase.open(path); database.execute(\"INSERT INTO bulk VALUES ('run', 'item')\")"
    with held_by_another_process(path, write):
        with pytest.raises(StateReplaced):
            SqliteStore(database).load()
        database.close()
        assert wal(path).exists()
        assert in_another_process(path, "StateDatabase.open(path).rows('SELECT item FROM bulk')") == "[('item',)]"


# failures


def test_a_lock_of_another_process_is_waited_for_and_then_reported(path: Path) -> None:
    StateDatabase.open(path).close()
    with (
        held_by_another_process(path, "database = StateDatabase.open(path); database.execute('BEGIN EXCLUSIVE')"),
        StateDatabase.open(path, busy_seconds=0.05) as database,
    ):
        with pytest.raises(StateLocked, match=r"within 0\.05 seconds"):
            database.execute("INSERT INTO bulk VALUES ('run', 'item')")
        with pytest.raises(StateLocked), database.transaction():
            pass
        assert database.rows("SELECT * FROM bulk") == []


def test_a_database_that_another_process_locks_whole_cannot_be_opened(path: Path) -> None:
    StateDatabase.open(path).close()
    lock = (
        "import sqlite3; database = sqlite3.connect(path, isolation_level=None)\n"
        "database.execute('PRAGMA locking_mode=EXCLUSIVE')\n"
        "database.execute(\"INSERT INTO bulk VALUES ('run', 'item')\")"
    )
    with held_by_another_process(path, lock), pytest.raises(StateLocked):
        StateDatabase.open(path, busy_seconds=0.05)
    assert integrity(path) == "ok"


def test_a_full_disk_is_named_and_the_next_commit_succeeds(path: Path) -> None:
    with StateDatabase.open(path) as database:
        store = SqliteStore(database)
        store.commit({"a": b"old", "b": b"old"})
        [(pages,)] = database.rows("PRAGMA page_count")
        database.rows(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StateUnwritable, match="the disk is full"):
            store.commit({"a": bytes(100_000)})
        assert dict(store.load()) == {"a": b"old", "b": b"old"}
        database.rows("PRAGMA max_page_count = 1000000")
        store.commit({"a": bytes(100_000)})
        assert dict(SqliteStore(database).load()) == {"a": bytes(100_000)}


def test_a_limit_on_file_sizes_is_named_and_the_next_commit_succeeds(path: Path) -> None:
    code = f"""
import resource, sys
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.errors import StateUnwritable
from mimecast_secops.stores.sqlite import SqliteStore
with StateDatabase.open({str(path)!r}) as database:
    store = SqliteStore(database)
    store.commit({{"a": b"old"}})
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        store.commit({{"a": bytes(200_000)}})
    except StateUnwritable as error:
        print(error)
    assert dict(store.load()) == {{"a": b"old"}}
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    store.commit({{"a": bytes(200_000)}})
    assert dict(store.load()) == {{"a": bytes(200_000)}}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "limited to 100000 bytes (ulimit -f)" in done.stdout
    assert integrity(path) == "ok"


def test_a_database_that_may_not_be_written_is_reported(path: Path) -> None:
    with StateDatabase.open(path) as database:
        database.execute("PRAGMA query_only = 1")
        with pytest.raises(StateUnwritable, match="cannot be written"):
            Journal(database).begin("tenant", "action", {})


@pytest.mark.parametrize("place", ["folder", "file/state.db", "pipe", "loop"])
def test_a_place_that_cannot_hold_a_database_is_reported(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StateUnwritable, match=str(tmp_path / place)):
        StateDatabase.open(tmp_path / place)


def test_a_database_that_does_not_exist_is_not_created_unasked(path: Path) -> None:
    with pytest.raises(StateMissing, match=str(path)):
        StateDatabase.open(path, create=False)
    assert list(path.parent.iterdir()) == []


def damage(path: Path, kind: str) -> None:
    content = bytearray(path.read_bytes())
    if kind == "text":
        path.write_text("not a database, but a text of some length\n" * 200)
    elif kind == "header":
        path.write_bytes(random.Random(1).randbytes(100) + content[100:])
    elif kind == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "pages":
        content[4096:] = random.Random(1).randbytes(len(content) - 4096)
        path.write_bytes(content)
    else:
        with sqlite3.connect(path) as database:
            database.execute("DROP TABLE journal")
        database.close()


@pytest.mark.parametrize("kind", ["text", "header", "truncated", "pages", "tables"])
def test_a_damaged_database_says_how_to_recover(path: Path, kind: str) -> None:
    with StateDatabase.open(path) as database:
        SqliteStore(database).commit({str(number): bytes(3000) for number in range(20)})
    damage(path, kind)
    with (
        pytest.raises(UnreadableState, match=r"damaged .* -wal and -shm") as failure,
        StateDatabase.open(path) as database,
    ):
        SqliteStore(database).load()
    assert str(path) in str(failure.value)


def test_a_journal_entry_that_is_not_readable_is_damage(path: Path) -> None:
    with StateDatabase.open(path) as database:
        journal = Journal(database)
        journal.end(journal.begin("tenant", "action", {}), DONE, [])
        database.execute("UPDATE journal SET undo = '{'")
        with pytest.raises(UnreadableState, match="Entry 1"):
            list(journal.entries())


def test_a_writer_of_a_former_journal_mode_is_waited_for(path: Path) -> None:
    former = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    former.executescript(_FORMER)
    former.execute("BEGIN IMMEDIATE")
    end = threading.Timer(0.1, former.close)
    end.start()
    with StateDatabase.open(path, busy_seconds=30) as database:
        assert database.rows("PRAGMA journal_mode") == [("wal",)]
    end.join()


# what a store remembers between two loads


def test_a_store_reads_the_parts_again_only_after_a_change(path: Path) -> None:
    with StateDatabase.open(path) as database:
        store = SqliteStore(database)
        store.commit({"a": bytes(1000)})
        first, second = store.load()["a"], store.load()["a"]
        assert first is second
        BulkProgress(database, {}).add("1")
        assert store.load() == {"a": bytes(1000)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["commit", "fail", "other process", "other store", "elsewhere"]),
            st.dictionaries(st.sampled_from("abc"), st.binary(max_size=3), max_size=3),
        ),
        max_size=8,
    )
)
def test_a_load_gives_what_was_committed_last_by_whomever(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, dict[str, bytes]]]
) -> None:
    path = tmp_path_factory.mktemp("state") / "state.db"
    with StateDatabase.open(path) as database:
        store, committed = SqliteStore(database), dict[str, bytes]()
        raw = sqlite3.connect(path, isolation_level=None)
        for how, parts in steps:
            if how == "fail":
                database.rows("PRAGMA query_only = 1")
                with pytest.raises(StateUnwritable):
                    store.commit(parts)
                database.rows("PRAGMA query_only = 0")
            elif how == "other process":
                raw.execute("BEGIN")
                raw.execute("DELETE FROM parts WHERE namespace = 'connector'")
                raw.executemany("INSERT INTO parts VALUES ('connector', ?, ?)", parts.items())
                raw.execute("COMMIT")
                committed = parts
            elif how == "elsewhere":
                SqliteStore(database, "elsewhere").commit(parts)
            else:
                (store if how == "commit" else SqliteStore(database)).commit(parts)
                committed = parts
            assert dict(store.load()) == committed
        raw.close()
