"""Migrations of the state database: every earlier version keeps its data, and a newer version is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from mimecast_secops.cli.jobs import Job
from mimecast_secops.cli.journal import DONE, Journal
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores import database as database_module
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.migrations import MIGRATIONS, SCHEMA_VERSION, TABLES
from mimecast_secops.stores.sqlite import SqliteStore

# The tables of releases without a schema version, exactly as these releases created them.
UNNUMBERED = {
    "parts": """
CREATE TABLE IF NOT EXISTS parts (
    namespace TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
""",
    "bulk": """
CREATE TABLE IF NOT EXISTS bulk (run TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (run, item)) WITHOUT ROWID;
""",
    "journal": """
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, tenant TEXT NOT NULL, action TEXT NOT NULL,
    parameters TEXT NOT NULL, state TEXT NOT NULL, undo TEXT NOT NULL
);
""",
}
# The tables of version 1, as `sqlite_master` lists them.
VERSION_1 = {
    "parts": """CREATE TABLE parts (
        namespace TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (namespace, name)
    ) WITHOUT ROWID""",
    "bulk": """CREATE TABLE bulk (
        run TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (run, item)
    ) WITHOUT ROWID""",
    "journal": """CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, tenant TEXT NOT NULL, action TEXT NOT NULL,
        parameters TEXT NOT NULL, state TEXT NOT NULL, undo TEXT NOT NULL
    )""",
}
# The tables of version 2.
VERSION_2 = VERSION_1 | {
    "alerts": """CREATE TABLE alerts (
        number INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, ticket_id TEXT NOT NULL,
        delivered_at TEXT NOT NULL, line TEXT NOT NULL, UNIQUE (namespace, ticket_id)
    )""",
}
# The tables of version 3.
VERSION_3 = VERSION_2 | {
    "journal": """CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, tenant TEXT NOT NULL, action TEXT NOT NULL,
        parameters TEXT NOT NULL, state TEXT NOT NULL, undo TEXT NOT NULL
        , target TEXT NOT NULL DEFAULT '[]')""",
    "jobs": """CREATE TABLE jobs (
        key TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, began TEXT NOT NULL, active TEXT NOT NULL
    ) WITHOUT ROWID""",
}
RUN = {"tenant": "https://api.example.com", "action": "Reject Message"}
ROWS = {
    "parts": ("INSERT INTO parts VALUES (?, ?, ?)", ("connector", "meta", b"\1")),
    "bulk": ("INSERT INTO bulk VALUES (?, ?)", ("74002a45015d587211a27e6f717be41c", "eNoDAAAAAAE")),
    "journal": (
        "INSERT INTO journal (at, tenant, action, parameters, state, undo) VALUES (?, ?, ?, ?, ?, ?)",
        ("2026-11-24T10:00:00+00:00", RUN["tenant"], "Block Sender", '{"Sender": "eve@example.org"}', DONE, "[]"),
    ),
    "alerts": (
        "INSERT INTO alerts (namespace, ticket_id, delivered_at, line) VALUES (?, ?, ?, ?)",
        ("connector", "eNoDAAAAAAE", "2026-11-24T10:00:00+00:00", '{"ticket_id": "eNoDAAAAAAE"}'),
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def create(path: Path, tables: Sequence[str], schema: dict[str, str], version: int) -> None:
    """Create a database of an earlier version with one row in each table."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    for table in tables:
        connection.executescript(schema[table])
        connection.execute(*ROWS[table])
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()


def assert_data_is_kept(path: Path, tables: Sequence[str]) -> None:
    with StateDatabase.open(path, create=False) as database:
        assert database.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]
        assert dict(SqliteStore(database).load()) == ({"meta": b"\1"} if "parts" in tables else {})
        assert database.rows("SELECT * FROM bulk") == []
        entries = [(entry.id, entry.action, entry.parameters) for entry in Journal(database).entries()]
        assert entries == ([(1, "Block Sender", {"Sender": "eve@example.org"})] if "journal" in tables else [])
        alerts = database.rows("SELECT number, namespace, ticket_id, delivered_at, line FROM alerts")
        assert alerts == ([(1, *ROWS["alerts"][1])] if "alerts" in tables else [])
        assert database.rows("PRAGMA integrity_check") == [("ok",)]


def assert_can_be_written(path: Path) -> None:
    with StateDatabase.open(path, create=False) as database:
        SqliteStore(database).commit({"meta": b"\2"})
        Job(database, "ids.txt", RUN).add("eNoDAAAAAAI")
        Journal(database).begin("tenant", "Permit Sender", {}, [])
        database.execute(ROWS["alerts"][0], ("connector", "eNoDAAAAAAI", "2026-11-24T10:00:00+00:00", "{}"))


@pytest.mark.parametrize(
    "tables", [("parts",), ("bulk",), ("journal",), ("bulk", "journal"), ("parts", "bulk", "journal")], ids="+".join
)
def test_a_database_without_a_version_keeps_its_data(path: Path, tables: tuple[str, ...]) -> None:
    create(path, tables, UNNUMBERED, version=0)
    assert_data_is_kept(path, tables)
    assert_can_be_written(path)


def test_a_database_of_version_1_keeps_its_data(path: Path) -> None:
    create(path, tuple(VERSION_1), VERSION_1, version=1)
    assert_data_is_kept(path, tuple(VERSION_1))
    assert_can_be_written(path)


def test_a_database_of_version_2_keeps_its_data(path: Path) -> None:
    create(path, tuple(VERSION_2), VERSION_2, version=2)
    assert_data_is_kept(path, tuple(VERSION_2))
    assert_can_be_written(path)


def test_a_migrated_journal_has_no_targets(path: Path) -> None:
    create(path, tuple(VERSION_1), VERSION_1, version=1)
    with StateDatabase.open(path) as database:
        [entry] = Journal(database).entries()
    assert entry.targets == ()


def test_an_alert_is_stored_once_per_connector(path: Path) -> None:
    with StateDatabase.open(path) as database:
        statement, row = ROWS["alerts"]
        database.execute(statement, row)
        database.execute(statement, ("other connector", *row[1:]))
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            database.execute(statement, row)


def test_a_new_database_has_the_schema_of_the_current_version(path: Path) -> None:
    with StateDatabase.open(path) as database:
        assert database.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]
        tables = database.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    schema = {name: sql.split() for name, sql in tables}
    assert schema == {name: sql.split() for name, sql in VERSION_3.items()}
    assert schema.keys() == TABLES


def add_migrations(monkeypatch: pytest.MonkeyPatch, *migrations: tuple[str, ...]) -> None:
    monkeypatch.setattr(database_module, "MIGRATIONS", (*MIGRATIONS, *migrations))
    monkeypatch.setattr(database_module, "SCHEMA_VERSION", SCHEMA_VERSION + len(migrations))


def test_only_the_missing_migrations_are_executed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(path, tuple(VERSION_1), VERSION_1, version=1)
    add_migrations(monkeypatch, ("ALTER TABLE journal ADD COLUMN user TEXT NOT NULL DEFAULT ''",))
    for _ in range(2):
        with StateDatabase.open(path) as database:
            assert database.rows("SELECT action, user FROM journal") == [("Block Sender", "")]
            assert database.rows("PRAGMA user_version") == [(SCHEMA_VERSION + 1,)]


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(path, tuple(VERSION_1), VERSION_1, version=1)
    with monkeypatch.context() as patch:
        add_migrations(patch, ("DELETE FROM journal",), ("INSERT INTO missing VALUES (1)",))
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            StateDatabase.open(path)
    assert_data_is_kept(path, tuple(VERSION_1))


def test_a_database_that_another_process_migrates_meanwhile_is_migrated_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(path, tuple(VERSION_1), VERSION_1, version=1)
    add_column = "ALTER TABLE journal ADD COLUMN user TEXT NOT NULL DEFAULT ''"
    add_migrations(monkeypatch, (add_column,))
    use_wal = StateDatabase._use_wal

    def migrate_elsewhere(database: StateDatabase) -> None:
        """The other process migrates after this one has read the version."""
        use_wal(database)
        other = sqlite3.connect(path)
        other.execute(add_column)
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        other.close()

    monkeypatch.setattr(StateDatabase, "_use_wal", migrate_elsewhere)
    with StateDatabase.open(path) as database:
        assert database.rows("SELECT action, user FROM journal") == [("Block Sender", "")]


def test_the_database_of_another_program_with_a_version_is_not_a_newer_version(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.execute("PRAGMA user_version = 7")
    other.close()
    with pytest.raises(UnreadableState, match="another program"):
        StateDatabase.open(path)


@pytest.mark.parametrize("is_before", [True, False], ids=["before the version is read", "after the version is read"])
def test_a_database_that_another_process_creates_meanwhile_is_opened(
    path: Path, monkeypatch: pytest.MonkeyPatch, is_before: bool
) -> None:
    read_version = StateDatabase._read_version

    def create_elsewhere(database: StateDatabase) -> int:
        monkeypatch.setattr(StateDatabase, "_read_version", read_version)
        version = None if is_before else read_version(database)
        other = sqlite3.connect(path)
        for statement in MIGRATIONS[0]:
            other.execute(statement)
        other.execute("PRAGMA user_version = 1")
        other.close()
        return read_version(database) if version is None else version

    monkeypatch.setattr(StateDatabase, "_read_version", create_elsewhere)
    with StateDatabase.open(path) as database:
        database.execute("INSERT INTO bulk VALUES ('run', 'item')")
        assert database.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]


def test_a_newer_version_is_refused_and_left_as_it_is(path: Path) -> None:
    with StateDatabase.open(path) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(UnreadableState) as failure:
        StateDatabase.open(path)
    assert str(failure.value) == (
        f"A newer version of this program wrote the state database {path} (format {SCHEMA_VERSION + 1}, this version "
        f"reads {SCHEMA_VERSION}). Update this program, or use another --state."
    )
    assert path.read_bytes() == before
