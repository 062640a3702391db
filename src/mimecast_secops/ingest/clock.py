"""The time that a cycle goes by: Mimecast's, as soon as a reply has told it.

Windows, checkpoints and the memory of processed ids depend on the time. A machine whose clock is wrong would skip
messages or forget what it has delivered, so the `Date` of Mimecast's replies decides where the two differ.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from mimecast_secops.api.errors import MimecastError
from mimecast_secops.ingest.interfaces import Side, Tenant
from mimecast_secops.ingest.message_tracking.search_window import MINUTE, moment
from mimecast_secops.ingest.settings import Rules

# `Date` has whole seconds and replies take time to arrive. The shortest overlap is a minute, which covers the rest.
TOLERANCE_MS: Final = MINUTE


class CycleClock:
    """The time of one cycle, in unix milliseconds.

    Args:
        tenant: tells how far this machine's clock is from Mimecast's.
        local: this machine's clock, unix seconds.

    Attributes:
        now_ms: when the cycle began, corrected by Mimecast's clock where that differs by more than a minute.
    """

    def __init__(self, tenant: Tenant, local: Callable[[], float]) -> None:
        self._tenant = tenant
        self._local_ms = int(local() * 1000)
        self._skew_ms: int | None = None
        self.now_ms = self._local_ms
        self.follow()

    @property
    def verified(self) -> bool:
        """Whether Mimecast has told its time."""
        return self._skew_ms is not None

    @property
    def correction_ms(self) -> int:
        """How far this machine's clock is ahead of the time that the cycle goes by; 0 where both agree."""
        return self._local_ms - self.now_ms

    def follow(self) -> bool:
        """Take over Mimecast's time from the replies so far. Returns whether `now_ms` has changed."""
        skew = self._tenant.clock_skew
        if self.verified or skew is None:
            return False
        self._skew_ms = int(skew * 1000)
        if abs(self._skew_ms) <= TOLERANCE_MS:
            return False
        self.now_ms = self._local_ms - self._skew_ms
        return True

    def verify(self, rules: Rules) -> bool:
        """Make Mimecast tell its time by the cheapest search, unless it has. Returns whether `now_ms` has changed."""
        if self.verified:
            return False
        end = moment(self.now_ms)
        with suppress(MimecastError):  # A refusal tells the time too; the searches that follow report the failure.
            self._tenant.search(rules.domains[0], Side.RECIPIENT, end - timedelta(minutes=1), end, rules.statuses)
        return self.follow()
