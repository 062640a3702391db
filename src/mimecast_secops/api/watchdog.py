"""Time limits of whole exchanges: a thread ends the connection of an exchange that exceeds its limit.

The timeouts of a socket count from one packet to the next, so a server that sends one byte at a time never reaches
them. The watchdog shuts the socket down instead, and the thread that waits for the server gets an error or an end of
file at once.
"""

from __future__ import annotations

import math
import socket
import threading
import time
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import Final, Self

from mimecast_secops.api.deadline import Deadline

_TICK: Final = 0.1
_IDLE_TICKS: Final = 10


class Cut(Enum):
    """Why the watchdog ended an exchange."""

    DEADLINE = "the deadline of the caller"
    LIMIT = "the time limit of the phase"


class WatchedSocket:
    """A second handle of the socket of a connection.

    TLS takes over the first handle when it begins. The connection and the exchange that uses it each hold this object.
    The handle closes when both have released it.
    """

    __slots__ = ("_handle", "_holders", "_lock")

    def __init__(self, connected: socket.socket) -> None:
        self._handle = connected.dup()
        self._lock = threading.Lock()
        self._holders = 1

    def hold(self) -> WatchedSocket:
        """Add a holder."""
        with self._lock:
            self._holders += 1
        return self

    def release(self) -> None:
        """Remove a holder. The last one closes the handle."""
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                self._handle.close()

    def shut_down(self) -> None:
        """End the connection in both directions, also while it is being established."""
        with self._lock, suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)


class Exchange:
    """One request and its reply under the time limits of the watchdog. Use it as a context manager.

    Attributes:
        cut: why the watchdog ended the exchange; None if it did not.
        sent_at: the time on the real monotonic clock at which sending began; None before.
    """

    __slots__ = ("_deadline", "_deadline_at", "_limit_at", "_lock", "_watchdog", "_watched_socket", "cut", "sent_at")

    def __init__(self, watchdog: Watchdog, deadline: Deadline, left: float, limit: float) -> None:
        now = time.monotonic()
        self._watchdog = watchdog
        self._deadline = deadline
        self._deadline_at = now + left
        self._limit_at = now + limit
        self._lock = threading.Lock()
        self._watched_socket: WatchedSocket | None = None
        self.cut: Cut | None = None
        self.sent_at: float | None = None

    @property
    def ends_at(self) -> float:
        """The time on the real monotonic clock at which the watchdog ends the exchange."""
        return min(self._deadline_at, self._limit_at)

    def remaining(self) -> float:
        """The seconds until `ends_at`; 0 if the exchange was ended or its deadline expired."""
        if self.cut or self._deadline.expired:
            return 0.0
        return max(0.0, self.ends_at - time.monotonic())

    def attach(self, watched_socket: WatchedSocket) -> None:
        """Use this connection for the exchange.

        Raises:
            TimeoutError: the watchdog has already ended the exchange.
        """
        with self._lock:
            previous, self._watched_socket = self._watched_socket, watched_socket.hold()
        if previous is not None:
            previous.release()
        if self.cut:
            raise TimeoutError("The time limit of this exchange has expired.")

    def sending(self) -> None:
        """Record that sending begins. From now on the server may execute the request."""
        self.sent_at = time.monotonic()

    def extend(self, seconds: float) -> None:
        """Begin the next phase, which may take `seconds`."""
        self._limit_at = time.monotonic() + seconds

    def check(self, now: float) -> None:
        """End the exchange if its time limit has expired."""
        if self.cut:
            return
        if self._deadline.expired or now >= self._deadline_at:
            self._end(Cut.DEADLINE)
        elif now >= self._limit_at:
            self._end(Cut.LIMIT)

    def _end(self, reason: Cut) -> None:
        with self._lock:
            self.cut = reason
            if self._watched_socket is not None:
                self._watched_socket.shut_down()

    def __enter__(self) -> Self:
        self._watchdog.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watchdog.remove(self)
        with self._lock:
            watched_socket, self._watched_socket = self._watched_socket, None
        if watched_socket is not None:
            watched_socket.release()


class Watchdog:
    """Ends exchanges that exceed their limits, within a tenth of a second.

    Its thread starts with the first exchange and ends by itself a second after the last, or on `close`.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._exchanges: set[Exchange] = set()
        self._thread: threading.Thread | None = None
        self._wakes_at = math.inf
        self._closing = False

    def watch(self, deadline: Deadline, left: float, limit: float) -> Exchange:
        """Create an exchange with `left` seconds until its deadline and `limit` seconds for its first phase."""
        return Exchange(self, deadline, left, limit)

    def add(self, exchange: Exchange) -> None:
        """Start watching an exchange."""
        with self._changed:
            self._exchanges.add(exchange)
            self._closing = False
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mimecast-watchdog", daemon=True)
                self._thread.start()
            elif exchange.ends_at < self._wakes_at:
                self._changed.notify()

    def remove(self, exchange: Exchange) -> None:
        """Stop watching an exchange."""
        with self._changed:
            self._exchanges.discard(exchange)

    def close(self) -> None:
        """End the thread. If exchanges are in flight, it ends with the last of them."""
        with self._changed:
            self._closing = True
            thread = None if self._exchanges else self._thread
            self._changed.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        idle = 0
        with self._changed:
            while True:
                now = time.monotonic()
                for exchange in self._exchanges:
                    exchange.check(now)
                idle = 0 if self._exchanges else idle + 1
                if idle and (self._closing or idle > _IDLE_TICKS):
                    self._thread = None
                    return
                nearest = min((exchange.ends_at for exchange in self._exchanges if not exchange.cut), default=math.inf)
                self._wakes_at = min(nearest, now + _TICK)
                self._changed.wait(max(0.0, self._wakes_at - now))
