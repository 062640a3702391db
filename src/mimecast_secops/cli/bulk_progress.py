"""Which of many ids an action has been done for, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from mimecast_secops.stores.database import StateDatabase


class BulkProgress:
    """What is done of one run.

    Args:
        database: an open state database; its owner closes it.
        run: what makes it the same run again: the tenant, the action and its other parameters.
    """

    def __init__(self, database: StateDatabase, run: Mapping[str, object]) -> None:
        self._database = database
        text = json.dumps(run, sort_keys=True, default=str)
        self._run = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def done(self) -> set[str]:
        """The ids that are done."""
        rows = self._database.rows("SELECT item FROM bulk WHERE run = ?", (self._run,))
        return {item for (item,) in rows}

    def add(self, item: str) -> None:
        """One more is done."""
        self._database.execute("INSERT OR IGNORE INTO bulk VALUES (?, ?)", (self._run, item))

    def forget(self) -> None:
        """The run is over: the next one begins anew."""
        self._database.execute("DELETE FROM bulk WHERE run = ?", (self._run,))
