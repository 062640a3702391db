"""SIGTERM and SIGINT of a service: the first ends the current cycle, the second ends the process."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Final

from mimecast_secops.api import Deadline
from mimecast_secops.api.deadline import Flag

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_GRACE_SECONDS: Final = 30


class StopSignals:
    """Stops a service on SIGTERM or SIGINT.

    The first signal expires the deadline of the current cycle, so that the cycle ends and commits its results. A second
    signal ends the process at once. So does an alarm 30 seconds after the first signal, for a process that hangs
    outside of its calls to Mimecast, for example on a pipe without a reader.
    """

    def __init__(self) -> None:
        self._stop = Flag()
        self._deadline = Deadline.never()

    def install(self) -> None:
        """Handle the signals from now on. Does nothing outside the main thread, where Python allows no handlers."""
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                signal.signal(number, self._receive)

    def begin_cycle(self, deadline: Deadline) -> None:
        """Let the first signal expire the deadline of this cycle."""
        self._deadline = deadline
        if self._stop.is_set():  # The signal came between two cycles.
            deadline.expire()

    def wait(self, seconds: float) -> bool:
        """Wait between two cycles. Returns whether the service must stop."""
        return self._stop.wait(seconds)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if self._stop.is_set():
            os._exit(128 + number)
        signal.alarm(_GRACE_SECONDS)
        self._stop.set()
        self._deadline.expire()
