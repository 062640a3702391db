"""The progress of bulk runs: the IDs that an action was executed for, so that the next run resumes there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from mimecast_secops.stores.database import StateDatabase


class BulkProgress:
    """The progress of one run, in the `bulk` table of a state database.

    Args:
        database: an open database; its owner closes it.
        run: the values that identify the run: the tenant, the action and its other parameters.
    """

    def __init__(self, database: StateDatabase, run: Mapping[str, object]) -> None:
        self._database = database
        text = json.dumps(run, sort_keys=True, default=str)
        self._run = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def done(self) -> set[str]:
        """The IDs that are done."""
        rows = self._database.rows("SELECT item FROM bulk WHERE run = ?", (self._run,))
        return {item for (item,) in rows}

    def add(self, item: str) -> None:
        """Record that an ID is done."""
        self._database.execute("INSERT OR IGNORE INTO bulk VALUES (?, ?)", (self._run, item))

    def clear(self) -> None:
        """Delete the progress, so that the same run starts over."""
        self._database.execute("DELETE FROM bulk WHERE run = ?", (self._run,))
