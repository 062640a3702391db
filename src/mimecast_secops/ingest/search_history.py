"""What earlier search replies showed about the completeness of later ones. It is part of the state."""

from __future__ import annotations

from typing import Final

import msgspec

SAMPLE: Final = 20
"""One in so many plausible replies is compared with shorter searches."""
_WATCHED_AFTER_SURPRISE: Final = 10
_RECENT: Final = 8
_EQUAL: Final = 4
# Small numbers are equal by chance.
_MIN_EQUAL_ROWS: Final = 10
_MAX_PROVED: Final = 200
# An unchanged reply is compared again after so many cycles: new rows may hide behind a limit of exactly its length.
_MAX_REPEATS: Final = 4


class SearchHistory(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Counters and fingerprints of search replies. A fingerprint stands for the set of ids of a reply.

    Attributes:
        plausible: replies since the last comparison.
        watched: how many of the next replies are compared, because one was cut unexpectedly.
        recent: number of rows and fingerprint of the last replies.
        proved: fingerprint of a reply that was proved to be complete → how often it came again.
    """

    plausible: int = 0
    watched: int = 0
    recent: list[tuple[int, str]] = msgspec.field(default_factory=list)
    proved: dict[str, int] = msgspec.field(default_factory=dict)

    def add_surprise(self) -> None:
        """A reply was cut although nothing suggested it: compare the next ones."""
        self.watched = _WATCHED_AFTER_SURPRISE
        self.proved.clear()

    def add_reply(self, rows: int, fingerprint: str) -> bool:
        """Remember a reply. Returns whether half of the last different ones have exactly as many rows."""
        if rows < _MIN_EQUAL_ROWS:
            return False
        if (rows, fingerprint) not in self.recent:
            self.recent = [*self.recent, (rows, fingerprint)][-_RECENT:]
        return sum(known == rows for known, _ in self.recent) >= _EQUAL

    def is_sampled(self) -> bool:
        """Whether a reply that looks complete is compared all the same."""
        if self.watched > 0:
            self.watched -= 1
            return True
        self.plausible += 1
        if self.plausible < SAMPLE:
            return False
        self.plausible = 0
        return True

    def add_proved(self, fingerprint: str) -> None:
        """A reply was proved to be complete."""
        self.proved.pop(fingerprint, None)
        self.proved[fingerprint] = 0
        if len(self.proved) > _MAX_PROVED:
            del self.proved[next(iter(self.proved))]

    def repeats_proved(self, fingerprint: str) -> bool:
        """Whether a reply has the same rows as one that was proved to be complete a few replies ago."""
        repeats = self.proved.get(fingerprint, _MAX_REPEATS)
        if repeats >= _MAX_REPEATS:
            return False
        self.proved[fingerprint] = repeats + 1
        return True
