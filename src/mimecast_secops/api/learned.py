"""What a client has learned about its tenant, beyond what Mimecast documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mimecast_secops.api.rate_headers import ResetUnit

HOLD_PAGE_SIZE: Final = "hold_page_size"
"""The largest page size of the hold list that was accepted after a larger one was refused."""
HOLD_PERIOD: Final = "hold_period"
"""The form of the period of a hold list that was accepted after the usual one was refused."""
RESET_UNIT: Final = "rate_limit_reset_unit"
"""The unit of the reset of rate limits: `seconds`, `milliseconds` or `unix time`."""
LEARNED_FACTS: Final = frozenset({HOLD_PAGE_SIZE, HOLD_PERIOD, RESET_UNIT})
FUNCTION: Final = "function {path}"
"""Whether the tenant has a function: `available`, or how it was refused."""
AVAILABLE: Final = "available"
# In the order of `held_periods`.
_PERIODS: Final = ("as requested", "until a second ago", "without an end", "the last 14 days", "the last 7 days")


@dataclass(slots=True)
class Learned:
    """What replies have shown. All views of a client share it.

    Attributes:
        hold_page_size: see `HOLD_PAGE_SIZE`; None if no page size was refused.
        hold_period: the number of the form of the period that was accepted (`held_periods`); 0 is the usual form.
        hold_rows: a hold list with this number of messages was proved complete although it announces no total. It is
            not recalled: each cycle finds it again, because the limit may have changed.
        reset_unit: the unit of the reset of rate limits.
        functions: the path of an endpoint → whether the tenant has it, as far as this client has called it.
    """

    hold_page_size: int | None = None
    hold_period: int = 0
    hold_rows: int = 0
    reset_unit: ResetUnit = field(default_factory=ResetUnit)
    functions: dict[str, str] = field(default_factory=dict)
    _recalled: dict[str, str | int] = field(default_factory=dict)

    def note_function(self, path: str, answer: str = AVAILABLE) -> None:
        """Record that the tenant answered a call of an endpoint, or how it refused it.

        Args:
            path: the path of the endpoint.
            answer: the HTTP status or the code of a reply that may mean that the tenant does not have the function.
        """
        # An ID that is not known looks like a function that is not known. One answer shows that the function is there.
        if answer == AVAILABLE or self.functions.get(path) != AVAILABLE:
            self.functions[path] = answer

    def facts(self) -> dict[str, str | int]:
        """What this client has seen itself, by name. What was only recalled is not in it, so that it ages."""
        limits = {name: value for name, value in self._limits().items() if self._recalled.get(name) != value}
        return limits | {FUNCTION.format(path=path): answer for path, answer in self.functions.items()}

    def recall(self, facts: Mapping[str, str | int]) -> None:
        """Take what earlier clients have learned instead of what this one has.

        Args:
            facts: facts by name; unknown names are ignored. A limit that is not in it is tried again.
        """
        size, period = facts.get(HOLD_PAGE_SIZE), facts.get(HOLD_PERIOD)
        self.hold_page_size = size if isinstance(size, int) and size > 0 else None
        self.hold_rows = 0
        self.hold_period = _PERIODS.index(period) if isinstance(period, str) and period in _PERIODS else 0
        self.reset_unit.assume(str(facts.get(RESET_UNIT, "")))
        self._recalled = self._limits()

    def _limits(self) -> dict[str, str | int]:
        limits: dict[str, str | int | None] = {
            HOLD_PAGE_SIZE: self.hold_page_size,
            HOLD_PERIOD: _PERIODS[self.hold_period] if self.hold_period else None,
            RESET_UNIT: self.reset_unit.name or None,
        }
        return {name: value for name, value in limits.items() if value is not None}
