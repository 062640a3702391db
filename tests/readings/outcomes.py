"""What happened under one reading: right, honest or silent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from mimecast_secops.actions import Result

_UNDECIDED: Final = re.compile(
    r"\b(unknown|not (yet )?confirm|not be confirmed|cannot tell|whether|may (still )?(be|have)|look at|"
    r"check (the|in))",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """`RIGHT`: everything came or was done, once. `HONEST`: not everything, and the result tells it. Else `SILENT`."""

    RIGHT = "right"
    HONEST = "honest"
    SILENT = "SILENT"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, and what was seen."""

    verdict: Verdict
    seen: str

    @classmethod
    def of(cls, seen: str, *, is_right: bool, says_so: bool) -> Self:
        """The verdict for something that is right, or that says that it is not."""
        return cls(Verdict.RIGHT if is_right else Verdict.HONEST if says_so else Verdict.SILENT, seen)

    @classmethod
    def of_write(cls, result: Result, *, is_done: bool, must_be_done: bool = True) -> Self:
        """The verdict for an action that changes the tenant.

        Args:
            result: what the action reports.
            is_done: whether the tenant shows the change.
            must_be_done: whether the tenant executes the request. If not, a failure is the right result.
        """
        says_so = bool(_UNDECIDED.search(result.message))
        reported, shown = "done" if result.is_success else "failed", "done" if is_done else "not done"
        return cls.of(
            f"reported as {reported}{' with a reservation' if says_so else ''}, {shown}",
            is_right=result.is_success == is_done == must_be_done and not (is_done and says_so),
            says_so=says_so or (not result.is_success and not is_done),
        )

    @classmethod
    def together(cls, *outcomes: Self) -> Self:
        """The worst verdict of several steps, and what was seen in each."""
        worst = max((outcome.verdict for outcome in outcomes), key=list(Verdict).index)
        return cls(worst, "; ".join(dict.fromkeys(outcome.seen for outcome in outcomes)))
