"""Ctrl-C during work that must not stop halfway: the first asks to stop, the second ends the process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from mimecast_secops.cli import exit_codes

_STANDARD_ERROR: Final = 2
_SHOW_CURSOR: Final = b"\x1b[?25h"


class Interruption:
    """Whether the user has asked to stop."""

    def __init__(self) -> None:
        self.is_requested = False

    def receive(self, _number: int, _frame: FrameType | None) -> None:
        """Handle SIGINT."""
        if self.is_requested:
            _show_cursor()
            os._exit(exit_codes.INTERRUPTED)
        self.is_requested = True


def _show_cursor() -> None:
    """Show the cursor of the terminal, which a progress bar hides."""
    if os.isatty(_STANDARD_ERROR):
        os.write(_STANDARD_ERROR, _SHOW_CURSOR)


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
