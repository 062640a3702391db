"""The schema of the state database as numbered migrations.

`PRAGMA user_version` of a database is the number of migrations that it has. To change the schema, append a migration
and a test that migrates a database of the version before. Never change a migration that was released.

A database of version 0 comes from a release without numbers. Its commands created a table when they first used it, so
any of the tables may exist.
"""

from __future__ import annotations

from typing import Final

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        # The state of connectors, one row per part. `ingest.StateStore` explains parts.
        """CREATE TABLE IF NOT EXISTS parts (
            namespace TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (namespace, name)
        ) WITHOUT ROWID""",
        # The progress of bulk runs: `cli.jobs`.
        """CREATE TABLE IF NOT EXISTS bulk (
            run TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (run, item)
        ) WITHOUT ROWID""",
        # The journal of changes: `cli.journal`.
        """CREATE TABLE IF NOT EXISTS journal (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, tenant TEXT NOT NULL, action TEXT NOT NULL,
            parameters TEXT NOT NULL, state TEXT NOT NULL, undo TEXT NOT NULL
        )""",
    ),
    (
        # The alerts that connectors delivered, newest last: `cli.delivered_alerts`. `line` is a summary of the alert as
        # JSON.
        """CREATE TABLE alerts (
            number INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, ticket_id TEXT NOT NULL,
            delivered_at TEXT NOT NULL, line TEXT NOT NULL, UNIQUE (namespace, ticket_id)
        )""",
    ),
    (
        # Jobs of bulk runs: `cli.jobs`. `bulk` has their items, with the key of the job as `run`. Earlier progress was
        # not kept per job, so it is deleted, and such a run starts over.
        """CREATE TABLE jobs (
            key TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, began TEXT NOT NULL, active TEXT NOT NULL
        ) WITHOUT ROWID""",
        "DELETE FROM bulk",
        # Who or what a change concerned, as a JSON list: `cli.targets`.
        "ALTER TABLE journal ADD COLUMN target TEXT NOT NULL DEFAULT '[]'",
    ),
)
SCHEMA_VERSION: Final = len(MIGRATIONS)
TABLES: Final = frozenset({"parts", "bulk", "journal", "alerts", "jobs"})
