"""What a client learned about the limits of its tenant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class LearnedLimits:
    """Limits that Mimecast enforced. All views of a client share them.

    Attributes:
        hold_page_size: the largest page size of the hold list that was accepted after a larger one was refused; None
            if none was refused.
        hold_period: the number of the form of the period that was accepted (`held_periods`); 0 is the usual form.
        hold_rows: a hold list with this number of messages was proved complete although it announces no total.
    """

    hold_page_size: int | None = None
    hold_period: int = 0
    hold_rows: int = 0
