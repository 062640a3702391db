"""How far the reads have come that take several cycles. This is their form in the state."""

from __future__ import annotations

import msgspec


class PollProgress(msgspec.Struct, frozen=True):
    """An unfinished poll: it continues to `target_ms`, and everything up to `reached_ms` is read."""

    target_ms: int
    reached_ms: int


class RereadProgress(msgspec.Struct, frozen=True):
    """A re-read of an older period, in unix milliseconds.

    Attributes:
        begun_ms: when the last one began.
        reached_ms: how far it has read; 0 if none is running.
        target_ms: where it ends; 0 if none is running.
    """

    begun_ms: int
    reached_ms: int = 0
    target_ms: int = 0
