"""What can go wrong with the state database and the alert file. Each message says what happened and what to do.

A damaged database, or one that a newer version wrote, is an `ingest.UnreadableState`, as in every other state store.
"""

from __future__ import annotations


class StateError(Exception):
    """The state database cannot be used now."""


class StateMissing(StateError):
    """There is no database, and the caller did not ask to create it."""


class StateLocked(StateError):
    """Another process holds an SQLite lock for longer than the busy timeout. It usually passes."""


class StateInUse(StateError):
    """Another process runs the same connector on this database, or uses the database under another name."""


class StateUnwritable(StateError):
    """The database cannot be opened or written: disk full, permissions, I/O error. It may pass."""


class StateReplaced(StateError):
    """The path leads to another file than the one that is open, or to none."""


class AlertsUnwritable(OSError):
    """The alert file cannot be opened, read or written. It may pass."""
