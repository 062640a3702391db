"""Jobs: the progress of bulk runs, so that an interrupted run can be resumed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast_secops.ingest import UnreadableState
from mimecast_secops.stores.database import StateDatabase

LIFETIME: Final = timedelta(days=7)
"""A job is deleted this long after its last activity."""


class Job:
    """The progress of one job, in a state database. A job is stored with its first item.

    Args:
        database: an open database; its owner closes it.
        name: the name of the job, such as the path of its file.
        run: the values that identify the job together with its name: the tenant, the action and its other parameters.
        now: returns the current time, aware.
    """

    def __init__(
        self,
        database: StateDatabase,
        name: str,
        run: Mapping[str, object],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self._database = database
        self._now = now
        text = json.dumps({"job": name, "run": dict(run)}, sort_keys=True, default=str)
        self._key = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def began(self) -> datetime | None:
        """When the job began, an aware time; None if no item is done yet.

        Raises:
            UnreadableState: the stored time is damaged.
        """
        rows = self._database.rows(
            "SELECT began FROM jobs WHERE key = ? AND active >= ?", (self._key, self._text(-LIFETIME))
        )
        if not rows:
            return None
        try:
            return datetime.fromisoformat(rows[0][0])
        except (TypeError, ValueError) as error:
            raise UnreadableState(f"The job {self.name} in {self._database.path} is damaged. Use --restart.") from error

    def done(self) -> set[str]:
        """The keys of the items that are done."""
        if self.began() is None:
            return set()
        return {item for (item,) in self._database.rows("SELECT item FROM bulk WHERE run = ?", (self._key,))}

    def add(self, item: str) -> None:
        """Record that an item is done."""
        now = self._text()
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET active = excluded.active",
                (self._key, self.name, now, now),
            )
            connection.execute("INSERT OR IGNORE INTO bulk VALUES (?, ?)", (self._key, item))

    def delete(self) -> None:
        """Delete the progress of this job, so that it starts over."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM bulk WHERE run = ?", (self._key,))
            connection.execute("DELETE FROM jobs WHERE key = ?", (self._key,))

    def delete_expired(self) -> None:
        """Delete every job that had no activity for `LIFETIME`."""
        expired = (self._text(-LIFETIME),)
        if not self._database.rows("SELECT key FROM jobs WHERE active < ?", expired):
            return
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM jobs WHERE active < ?", expired)
            connection.execute("DELETE FROM bulk WHERE run NOT IN (SELECT key FROM jobs)")

    def _text(self, offset: timedelta = timedelta()) -> str:
        """The current time plus an offset, as text that sorts by time."""
        return (self._now() + offset).astimezone(UTC).isoformat(timespec="seconds")
