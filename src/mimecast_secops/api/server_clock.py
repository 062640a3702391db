"""The time of the server, as its replies tell it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime


class ServerClock:
    """The difference between the local clock and the server's clock, from the `Date` header of the last reply.

    Attributes:
        skew: the seconds that the local clock is ahead; None if no reply had a date.
    """

    def __init__(self) -> None:
        self.skew: float | None = None

    def update(self, headers: Mapping[str, str], now: datetime) -> None:
        """Read the date of a reply. A missing or malformed date changes nothing."""
        try:
            self.skew = (now - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
        except (ValueError, TypeError):
            return
