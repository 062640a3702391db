"""The state database: opened once per process, locked by its inode, with errors that say what to do."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.errors import StateInUse, StateLocked, StateMissing, StateReplaced, StateUnwritable
from mimecast_secops.stores.migrations import MIGRATIONS
from mimecast_secops.stores.sqlite import SqliteStore
from tests.stores.processes import (
    bulk_items,
    claim,
    count_journal,
    create_at_once,
    held_by_another_process,
    in_another_process,
    insert,
    insert_and_stay_open,
    lock_for_writing,
    lock_whole_file,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def add_entry(database: StateDatabase) -> None:
    values = ("2026-11-24T10:00:00+00:00", "tenant", "Block Sender", "{}", "started", "[]")
    database.execute("INSERT INTO journal (at, tenant, action, parameters, state, undo) VALUES (?,?,?,?,?,?)", values)


def integrity(path: Path) -> str:
    with StateDatabase.open(path) as database:
        [(answer,)] = database.rows("PRAGMA integrity_check")
        return str(answer)


# opened once


def test_a_process_opens_a_file_once_under_all_its_paths(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    with StateDatabase.open(path) as database, StateDatabase.open(link) as other:
        assert database is other


def test_another_process_that_closes_the_database_leaves_the_log_of_this_one(path: Path) -> None:
    with StateDatabase.open(path) as database:
        add_entry(database)
        with StateDatabase.open(path) as second:
            second.execute("INSERT INTO bulk VALUES ('run', 'item')")
        assert in_another_process(count_journal, path) == 1
        assert wal(path).exists()
        add_entry(database)
        assert in_another_process(count_journal, path) == 2
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
    create_at_once(tmp_path, processes=4, databases=15)


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


# content


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
        assert in_another_process(claim, path) == "StateInUse"
        with pytest.raises(StateInUse, match="--namespace"), database.claim("connector"):
            pass
        assert in_another_process(claim, path, "another") == "claimed"
    assert in_another_process(claim, path) == "claimed"


def test_a_claim_ends_with_its_block(path: Path) -> None:
    with StateDatabase.open(path) as database:
        with database.claim("connector"):
            pass
        assert in_another_process(claim, path) == "claimed"


def test_a_claim_survives_other_uses_of_the_database_in_the_same_process(path: Path) -> None:
    with StateDatabase.open(path) as database, database.claim("connector"):
        with StateDatabase.open(path) as second:
            second.execute("INSERT INTO bulk VALUES ('run', 'item')")
        assert in_another_process(claim, path) == "StateInUse"


def test_a_claim_and_a_write_of_another_process_do_not_disturb_each_other(path: Path) -> None:
    with StateDatabase.open(path) as database, database.claim("connector"):
        assert in_another_process(count_journal, path) == 0
        with database.transaction() as connection:
            connection.execute("INSERT INTO bulk VALUES ('run', 'item')")
            assert in_another_process(insert, path, "other") == "StateLocked"
        assert in_another_process(claim, path) == "StateInUse"


@pytest.mark.parametrize(("name", "other"), [("a/b", "a.b"), ("a", "A"), ("", "connector"), ("ä", "a")])
def test_namespaces_that_look_alike_are_different_locks(path: Path, name: str, other: str) -> None:
    with StateDatabase.open(path) as database, database.claim(name):
        assert in_another_process(claim, path, other) == "claimed"


def test_a_claim_holds_through_a_symbolic_link(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    with StateDatabase.open(path) as database, database.claim("connector"):
        assert in_another_process(claim, link) == "StateInUse"


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
        assert in_another_process(count_journal, renamed) == "StateInUse"


def test_a_database_in_a_renamed_folder_is_the_same_database(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with StateDatabase.open(folder / "state.db"):
        renamed = folder.rename(tmp_path / "renamed")
        assert in_another_process(count_journal, renamed / "state.db") == 0
        renamed.rename(folder)


# a file that is replaced while a process uses it


def test_a_deleted_database_is_detected_before_a_write(path: Path) -> None:
    with StateDatabase.open(path) as database:
        store = SqliteStore(database)
        store.commit({"a": b"1"})
        path.unlink()
        for use in (store.load, lambda: store.commit({}), lambda: add_entry(database)):
            with pytest.raises(StateReplaced, match="replaced, moved or deleted"):
                use()


def test_a_replaced_database_is_detected_and_the_new_one_keeps_its_log(path: Path) -> None:
    database = StateDatabase.open(path)
    SqliteStore(database).commit({"a": b"1"})
    for file in list(path.parent.iterdir()):
        file.rename(path.parent / f"old-{file.name}")
    with held_by_another_process(insert_and_stay_open, path):
        with pytest.raises(StateReplaced):
            SqliteStore(database).load()
        database.close()
        assert wal(path).exists()
        assert in_another_process(bulk_items, path) == ["item"]


# failures


def test_a_statement_waits_for_a_lock_of_another_process_and_then_reports_it(path: Path) -> None:
    StateDatabase.open(path).close()
    with (
        held_by_another_process(lock_for_writing, path),
        StateDatabase.open(path, busy_seconds=0.05) as database,
    ):
        with pytest.raises(StateLocked, match=r"within 0\.05 seconds"):
            database.execute("INSERT INTO bulk VALUES ('run', 'item')")
        with pytest.raises(StateLocked), database.transaction():
            pass
        assert database.rows("SELECT * FROM bulk") == []


def test_a_database_that_another_process_locks_exclusively_cannot_be_opened(path: Path) -> None:
    StateDatabase.open(path).close()
    with held_by_another_process(lock_whole_file, path), pytest.raises(StateLocked):
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


def test_a_read_only_database_is_reported(path: Path) -> None:
    with StateDatabase.open(path) as database:
        database.execute("PRAGMA query_only = 1")
        with pytest.raises(StateUnwritable, match="cannot be written"):
            add_entry(database)


@pytest.mark.parametrize("name", ["folder", "file/state.db", "pipe", "loop"])
def test_a_path_that_cannot_be_a_database_is_reported(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StateUnwritable, match=str(tmp_path / name)):
        StateDatabase.open(tmp_path / name)


def test_a_missing_database_is_not_created_without_create(path: Path) -> None:
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


def test_open_waits_for_a_writer_in_another_journal_mode(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute(MIGRATIONS[0][0])
    other.execute("BEGIN IMMEDIATE")
    end = threading.Timer(0.1, other.close)
    end.start()
    with StateDatabase.open(path, busy_seconds=30) as database:
        assert database.rows("PRAGMA journal_mode") == [("wal",)]
    end.join()
