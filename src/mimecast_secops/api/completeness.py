"""How sure it is that the rows of a reply are all rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class CompletenessKind(Enum):
    """The evidence that a listing is complete."""

    PROVED = "proved"
    """The pages ended, or `totalCount` equals the number of rows, and nothing contradicts it."""
    UNKNOWN = "unknown"
    """One page without a next page and without a usable total. The reply may be cut without a word."""
    PARTIAL = "partial"
    """Rows are missing, or the listing was ended before Mimecast ended it."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """The evidence that a listing is complete.

    Attributes:
        kind: the evidence.
        total: the number of rows that Mimecast announces; None if it announces none that can be read. It can be
            smaller than the number of rows, and then proves nothing.
        pages: the number of pages that were read.
        rows: the number of different rows that were read.
        reason: why the listing is PARTIAL, as a clause without a period; "" otherwise. It quotes no values.
    """

    kind: CompletenessKind = CompletenessKind.UNKNOWN
    total: int | None = None
    pages: int = 0
    rows: int = 0
    reason: str = ""

    @property
    def missing(self) -> int | None:
        """The number of announced rows that were not read; None if Mimecast announces no total."""
        return None if self.total is None else max(0, self.total - self.rows)


NOTHING_READ = Completeness()
