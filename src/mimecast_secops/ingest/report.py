"""What one cycle did: for its log line, its metrics and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from mimecast_secops.api.errors import Consequence, MimecastError, RateLimited
from mimecast_secops.ingest.clock import to_ms, to_time


@dataclass(frozen=True, slots=True)
class RateLimitWait:
    """A rate limit that the connector waits for: the endpoint, and when Mimecast allows the next call.

    `until_ms` is in unix milliseconds of this machine's clock.
    """

    endpoint: str
    until_ms: int

    def __str__(self) -> str:
        until = f"{to_time(self.until_ms):%Y-%m-%d %H:%M:%S} UTC"
        return f"Waiting for Mimecast's rate limit on {self.endpoint} until {until}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One cycle in figures.

    Attributes:
        seen: rows that the searches returned, each counted once: known, new, or excluded by a filter on the row.
        known: rows that were pending or processed before.
        new: rows that became pending, and messages that only the hold queue showed as held.
        filtered: number of records by the name of the filter that excluded them.
        delivered: delivered alerts.
        overflowed: alerts that the platform's overflow rules held back.
        deferred: records that could not be read and stay pending.
        delivered_incomplete: alerts delivered after all tries to read their details failed.
        pending: records that the next cycles deliver.
        gaps: periods that could not be read, found in this cycle.
        late: records that a re-read of older periods found.
        unaccounted: messages that are known to exist and are neither delivered, filtered nor pending: the least number
            of messages in seconds that could not be read completely, and held messages without an alert.
        requests: HTTP requests sent.
        rate_limited: requests that Mimecast refused because of its rate limit (HTTP 429).
        seconds: duration of the cycle.
        checkpoint_ms: everything received before is processed, in unix milliseconds.
        lag_seconds: age of the checkpoint in seconds.
        oldest_pending_ms: when the oldest pending record was received, in unix milliseconds; None if none is pending.
        more_to_read: whether the cycle ended before it had read everything up to now.
        waiting: the rate limits that the connector waits for. While there is one, mail may be waiting, and the next
            cycle makes no call of that endpoint before its time.
        problems: sentences for an administrator. With any, the cycle could not do all of its work, and `ok` is false.
        notes: sentences for an administrator about a cycle that worked.
        error: the gravest error, for the exit code.
        clock_skew_seconds: how far this machine's clock is ahead of Mimecast's, negative if it is behind; 0 if the
            difference is at most a minute.
        profile: what is known about the tenant (`TenantProfile.as_json`).
        interrupted: whether the cycle was ended from outside before Mimecast had answered, and nothing else went wrong.
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
    oldest_pending_ms: int | None
    more_to_read: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    error: MimecastError | None
    clock_skew_seconds: float = 0.0
    interrupted: bool = False
    rate_limited: int = 0
    late: int = 0
    unaccounted: int = 0
    profile: Mapping[str, Mapping[str, str | int]] = field(default_factory=dict)
    waiting: tuple[RateLimitWait, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the cycle did its work."""
        return not self.problems

    @property
    def _outcome(self) -> str:
        return "interrupted" if self.interrupted else "ok" if self.ok else "NOT OK"

    def figures(self) -> dict[str, object]:
        """The figures as members of a JSON object, without anything from an email."""
        hidden = {"problems", "notes", "error", "interrupted", "waiting"}
        names = [member.name for member in fields(self) if member.name not in hidden]
        waiting = [{"endpoint": wait.endpoint, "until_ms": wait.until_ms} for wait in self.waiting]
        figures = {name: getattr(self, name) for name in names}
        return {"outcome": self._outcome.lower()} | figures | {"waiting": waiting}

    def line(self) -> str:
        """The cycle in one line with all figures, for a log. It contains nothing from an email."""
        filtered = ", ".join(f"{name} {count}" for name, count in sorted(self.filtered.items())) or "none"
        return (
            f"cycle {self._outcome}: seen {self.seen} (new {self.new}, known {self.known}), "
            f"filtered {filtered}, delivered {self.delivered}, overflowed {self.overflowed}, deferred {self.deferred}, "
            f"delivered incomplete {self.delivered_incomplete}, "
            f"pending {self.pending}{' and more to read' if self.more_to_read else ''}, "
            f"gaps {self.gaps}, late {self.late}, unaccounted {self.unaccounted}, "
            f"{self.requests} requests, {self.seconds:.1f} s, lag {self.lag_seconds:.0f} s"
        )

    def summary(self) -> str:
        """The cycle in one line for the terminal: the other figures only if they are not zero."""
        others = {
            "filtered": sum(self.filtered.values()),
            "overflowed": self.overflowed,
            "deferred": self.deferred,
            "delivered incomplete": self.delivered_incomplete,
            "pending": self.pending,
            "gaps": self.gaps,
            "late": self.late,
            "unaccounted": self.unaccounted,
        }
        parts = [
            "" if self.ok and not self.interrupted else f"cycle {self._outcome}: ",
            f"{self.delivered} alert{'' if self.delivered == 1 else 's'} ({self.new} new, {self.known} known) ",
            f"in {self.seconds:.1f} s, {self.requests} requests",
            *(f", {count} {name}" for name, count in others.items() if count),
            ", more to read" if self.more_to_read else "",
        ]
        return "".join(parts)


@dataclass(slots=True)
class CycleCounters:
    """The figures of a running cycle; `Report` explains them.

    Attributes:
        unaccounted_holds: held messages that no alert and no pending record accounts for, as of this cycle.
        overdue_holds: how many of these have been so for longer than a message is given to appear in message tracking;
            None if that was not determined for each of them.
    """

    seen: int = 0
    known: int = 0
    new: int = 0
    filtered: Counter[str] = field(default_factory=Counter)
    delivered: int = 0
    overflowed: int = 0
    deferred: int = 0
    delivered_incomplete: int = 0
    gaps: int = 0
    late: int = 0
    unaccounted: int = 0
    unaccounted_holds: int = 0
    overdue_holds: int | None = None
    more_to_read: bool = False
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waiting: dict[str, RateLimitWait] = field(default_factory=dict)
    error: MimecastError | None = None

    def add_problem(self, sentence: str) -> None:
        """Note something that this cycle could not do, once."""
        if sentence not in self.problems:
            self.problems.append(sentence)

    def add_note(self, sentence: str) -> None:
        """Note something that an administrator may want to know, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def add_failure(self, summary: str, error: MimecastError) -> None:
        """Note what could not be done, and why. The gravest error is kept for the exit code."""
        sentence = f"{summary}: {error}"
        if isinstance(error, RateLimited) and error.until is not None:
            # The time of the first error response counts: those that follow say the same, later.
            wait = self.waiting.setdefault(error.endpoint, RateLimitWait(error.endpoint, to_ms(error.until)))
            sentence = str(wait)
        self.add_problem(sentence)
        if self.error is None or error.consequence is Consequence.FIX:
            self.error = error
