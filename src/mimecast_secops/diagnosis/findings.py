"""The findings of a permission check."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Verdict(Enum):
    """Whether something works."""

    WORKS = "works"
    MISSING = "missing"
    NOT_AVAILABLE = "not available on this API version"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of a permission check.

    `kind` is `connection`, `function` (an API endpoint), `action` or `connector`. `why` is the reason for the verdict.
    `remedy` tells an administrator what to do; it is "" if nothing can be done. `path` is the endpoint's path; it is ""
    for the other kinds.
    """

    subject: str
    kind: str
    verdict: Verdict
    why: str = ""
    remedy: str = ""
    path: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding as a JSON object, with the verdict as text."""
        return asdict(self) | {"verdict": self.verdict.value}
