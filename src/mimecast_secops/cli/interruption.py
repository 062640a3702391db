"""Ctrl-C during work that must not stop halfway: the first asks to stop, the second ends the process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mimecast_secops.cli import exit_codes


class Interruption:
    """Whether the user has asked to stop."""

    def __init__(self) -> None:
        self.is_requested = False

    def receive(self, _number: int, _frame: FrameType | None) -> None:
        """Handle SIGINT."""
        if self.is_requested:
            os._exit(exit_codes.INTERRUPTED)
        self.is_requested = True


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Note SIGINT instead of raising `KeyboardInterrupt`, until the block ends. A second SIGINT ends the process.

    Signals are handled as before outside the main thread, where Python allows no handlers.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = signal.signal(signal.SIGINT, interruption.receive)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
