"""Servers that accept a connection and then keep the client waiting, each in its own way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

# A server gives up by itself, so a client that waits forever fails its test instead of hanging it.
_PATIENCE = 20.0
_STEP = 0.02


def _nothing() -> Iterator[bytes]:
    yield b""
    while True:
        yield b""


def _repeated(first: bytes, repeated: bytes) -> Iterator[bytes]:
    yield first
    while True:
        yield repeated


def _dripping(text: bytes) -> Iterator[bytes]:
    for number in range(len(text)):
        yield text[number : number + 1]


@dataclass(frozen=True)
class Quirks:
    """What a server sends, a piece every 20 ms.

    `reads` is whether it reads the request first; `is_body` whether it reaches the body of the reply.
    """

    name: str
    pieces: Callable[[], Iterator[bytes]]
    reads: bool = True
    is_body: bool = False


INTERIM = Quirks("endless interim responses", lambda: _repeated(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))
SLOW_HEADER = Quirks("a header byte by byte", lambda: _dripping(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000))
HEADER_LINES = Quirks("header after header", lambda: _repeated(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"))
SILENCE = Quirks("silence", _nothing)
BODY = Quirks(
    "a body byte by byte", lambda: _repeated(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"), is_body=True
)
BODY_UNTIL_END = Quirks("a body without a length", lambda: _repeated(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), is_body=True)
CHUNKS = Quirks(
    "endless chunks",
    lambda: _repeated(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    is_body=True,
)
AFTER_SENDING = (INTERIM, SLOW_HEADER, HEADER_LINES, SILENCE)
IN_THE_BODY = (BODY, BODY_UNTIL_END, CHUNKS)

NO_HANDSHAKE = Quirks("no handshake", _nothing, reads=False)
SLOW_HANDSHAKE = Quirks(
    "a handshake byte by byte", lambda: _dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + bytes(60_000))
)
SLOW_TUNNEL = Quirks("a tunnel byte by byte", lambda: _dripping(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000))
TUNNEL_LINES = Quirks("tunnel header after header", lambda: _repeated(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"))


class Hostile:
    """A server with one behaviour, until it is left. `reached` is set once a client waits."""

    def __init__(self, behaviour: Quirks) -> None:
        self._behaviour = behaviour
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self.reached = threading.Event()
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self._behaviour.reads:
                connection.recv(65536)
            for number, piece in enumerate(self._behaviour.pieces()):
                if number == 2:
                    self.reached.set()
                if self._stop.wait(_STEP) or number * _STEP > _PATIENCE:
                    return
                connection.sendall(piece)


class Unaccepting:
    """A port on which connections are never completed: the queue of the listening socket is full."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=0)
        address = self._socket.getsockname()
        self.url = f"http://127.0.0.1:{address[1]}"
        self._waiting = []
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(address)
            self._waiting.append(waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for waiting in (*self._waiting, self._socket):
            waiting.close()
