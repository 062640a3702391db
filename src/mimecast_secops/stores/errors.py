"""Errors of the state database. Each message says what happened and what to do.

A database that is damaged, or that a newer version wrote, raises `ingest.UnreadableState`, as every state store does.
"""

from __future__ import annotations


class StateError(Exception):
    """The state database cannot be used now."""


class StateMissing(StateError):
    """There is no database, and the caller did not ask to create it."""


class StateLocked(StateError):
    """Another process holds an SQLite lock for longer than the busy timeout. The cause is usually temporary."""


class StateInUse(StateError):
    """Another process runs the same connector on this database, or uses the database under another name."""


class StateUnwritable(StateError):
    """The database cannot be opened or written: disk full, permissions, I/O error. The cause may be temporary."""


class StateReplaced(StateError):
    """The path no longer leads to the file that is open."""
