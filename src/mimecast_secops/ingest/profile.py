"""What was learned about a tenant: facts that Mimecast's documents leave open.

A fact is kept in the state, so that the next process knows it, and is shown in the report and by `connector status`.
It ages: a fact that is older than a week is checked again, because Mimecast may change a tenant at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from mimecast_secops.ingest.clock import HOUR_MS, to_time

SEARCH_ROW_LIMIT: Final = "search_row_limit"
"""The number of rows that a search reply never exceeds, found by comparing a reply with those of its halves."""
SEARCH_MOST_ROWS: Final = "search_most_rows"
"""The largest number of rows that a search reply had: a reply with fewer rows is not cut."""
SEARCH_PAGES: Final = "search_pages"
"""How search replies tell that there are more rows: `next` or `total`. Unknown if they never did."""
SEARCH_TOTAL: Final = "search_total"
"""`unreliable` if a reply was cut although it had as many rows as its total said."""
TIME_FORM: Final = "time_form"
"""Whether the times of tracking records name their time zone."""
ID_FORM: Final = "tracking_id_form"
"""Whether a tracking ID discloses the number of its message, which stays the same when the ID changes."""
HOLD_TIME_OFFSET: Final = "hold_time_offset"
"""How many seconds the times of the hold queue are later than those of message tracking."""
HOLD_DIFFERENCES: Final = "hold_differences"
"""In what else the hold queue shows messages in another way than message tracking."""

MAX_AGE_MS: Final = 7 * 24 * HOUR_MS
# Names may contain paths that a reply or a setting gives, so their number and length are limited.
_MAX_FACTS: Final = 200
_MAX_TEXT: Final = 200


class Fact(msgspec.Struct, frozen=True):
    """One fact: its value, and when it was last seen, in unix milliseconds."""

    value: str | int
    noted_ms: int


class TenantProfile:
    """Facts about a tenant, by name.

    Args:
        facts: the stored facts.
    """

    def __init__(self, facts: Mapping[str, Fact] | None = None) -> None:
        self._facts = dict(facts or {})

    def note(self, fact: str, value: str | int, now_ms: int) -> None:
        """Set a fact, or confirm it.

        Args:
            fact: its name, such as `SEARCH_ROW_LIMIT`.
            value: a number, or a short text without anything from an email.
            now_ms: when it was seen, in unix milliseconds.
        """
        name = fact[:_MAX_TEXT]
        self._facts[name] = Fact(value[:_MAX_TEXT] if isinstance(value, str) else value, now_ms)
        if len(self._facts) > _MAX_FACTS:
            del self._facts[min(self._facts, key=lambda other: self._facts[other].noted_ms)]

    def forget(self, fact: str) -> None:
        """Remove a fact, because the tenant has shown the opposite."""
        self._facts.pop(fact, None)

    def get(self, fact: str) -> str | int | None:
        """The value of a fact; None if nothing is known. An old fact still counts until it is checked again."""
        known = self._facts.get(fact)
        return None if known is None else known.value

    def number(self, fact: str) -> int | None:
        """The value of a fact that is a number; None if nothing is known."""
        value = self.get(fact)
        return value if isinstance(value, int) else None

    def needs_check(self, fact: str, now_ms: int) -> bool:
        """Whether a fact is unknown, or was last seen more than a week ago."""
        known = self._facts.get(fact)
        # A time in the future was noted with a wrong clock.
        return known is None or not 0 <= now_ms - known.noted_ms <= MAX_AGE_MS

    def as_json(self) -> dict[str, dict[str, str | int]]:
        """The facts as members of a JSON object: `{name: {"value": …, "seen": "2026-11-25T10:00:00+00:00"}}`."""
        return {
            name: {"value": fact.value, "seen": to_time(fact.noted_ms).isoformat(timespec="seconds")}
            for name, fact in sorted(self._facts.items())
        }

    def lines(self) -> list[str]:
        """The facts for a terminal, one in each line."""
        return [
            f"{name.replace('_', ' ')}: {fact.value} (last seen {to_time(fact.noted_ms):%Y-%m-%d %H:%M} UTC)"
            for name, fact in sorted(self._facts.items())
        ]

    def stored(self) -> dict[str, Fact]:
        """The facts as the state stores them."""
        return dict(self._facts)
