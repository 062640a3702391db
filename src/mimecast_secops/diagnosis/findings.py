"""The findings of a permission check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mimecast_secops.sentences import Message


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
    why: Message = ""
    remedy: Message = ""
    path: str = ""

    def as_json(self, text_of: Callable[[Message], str] = str) -> dict[str, Any]:
        """The finding as a JSON object, with the verdict as text.

        Args:
            text_of: turns a message into text. The default is the text for the platform.
        """
        return {
            "subject": self.subject,
            "kind": self.kind,
            "verdict": self.verdict.value,
            "why": text_of(self.why),
            "remedy": text_of(self.remedy),
            "path": self.path,
        }
