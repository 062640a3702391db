"""What one cycle did, for a log line, for metrics and for an honest exit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from mimecast_secops.api.errors import Consequence, MimecastError


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One cycle in figures.

    `seen` = `known` + `filtered` by what the search tells + `new`. `filtered` counts by the name of the filter.
    `pending` is how many records wait for the next cycles. `lag_seconds` is how far the checkpoint lies back.
    `oldest_unsettled_ms` is unix milliseconds, None where nothing waits. `problems` are sentences for a person; with
    any in it the cycle could not do all of its work, and `ok` is false. `clock_skew_seconds` is how far this machine's
    clock is ahead of Mimecast's where that is more than a minute, negative behind, else 0. `cut_short` is whether
    the cycle was ended from outside before Mimecast had answered, and nothing else went wrong.
    """

    seen: int
    known: int
    new: int
    filtered: Mapping[str, int]
    delivered: int
    overflowed: int
    deferred: int
    delivered_incomplete: int
    pending: int
    gaps: int
    requests: int
    seconds: float
    checkpoint_ms: int
    lag_seconds: float
    oldest_unsettled_ms: int | None
    unread: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    error: MimecastError | None
    clock_skew_seconds: float = 0.0
    cut_short: bool = False

    @property
    def ok(self) -> bool:
        """Whether the cycle could do its work."""
        return not self.problems

    @property
    def _outcome(self) -> str:
        return "cut short" if self.cut_short else "ok" if self.ok else "NOT OK"

    def line(self) -> str:
        """The cycle in one line, without anything from a mail."""
        filtered = ", ".join(f"{name} {count}" for name, count in sorted(self.filtered.items())) or "none"
        return (
            f"cycle {self._outcome}: seen {self.seen} (new {self.new}, known {self.known}), "
            f"filtered {filtered}, delivered {self.delivered}, overflowed {self.overflowed}, deferred {self.deferred}, "
            f"delivered incomplete {self.delivered_incomplete}, "
            f"pending {self.pending}{' and more to read' if self.unread else ''}, "
            f"gaps {self.gaps}, {self.requests} requests, {self.seconds:.1f} s, lag {self.lag_seconds:.0f} s"
        )


@dataclass(slots=True)
class CycleCounters:
    """The figures while the cycle runs."""

    seen: int = 0
    known: int = 0
    new: int = 0
    filtered: Counter[str] = field(default_factory=Counter)
    delivered: int = 0
    overflowed: int = 0
    deferred: int = 0
    delivered_incomplete: int = 0
    gaps: int = 0
    unread: bool = False
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: MimecastError | None = None

    def failed(self, what: str, error: MimecastError) -> None:
        """Something could not be done. The gravest error is kept for the exit code."""
        sentence = f"{what}: {error}"
        if sentence not in self.problems:
            self.problems.append(sentence)
        if self.error is None or error.consequence is Consequence.FIX:
            self.error = error
