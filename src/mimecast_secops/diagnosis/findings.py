"""What a diagnosis finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Verdict(Enum):
    """Whether something works."""

    WORKS = "works"
    MISSING = "missing"
    NOT_AVAILABLE = "not available on this API generation"
    UNKNOWN = "could not be told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a diagnosis.

    `kind` is connection, function, action or connector; `path` is the function's, "" for the others. `why` is what the
    verdict rests on; `remedy` what to do, "" where nothing is.
    """

    subject: str
    kind: str
    verdict: Verdict
    why: str = ""
    remedy: str = ""
    path: str = ""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self) | {"verdict": self.verdict.value}
