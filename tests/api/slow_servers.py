"""Servers that delay a client without end, in each phase of an exchange."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.api.socket_server import SocketServer

# A server stops by itself, so that a client that waits forever fails its test instead of blocking it.
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
class SlowReply:
    """A reply that a server sends in pieces, one every 20 ms.

    `reads` is whether the server reads the request first; `is_body` is whether the reply reaches its body.
    """

    name: str
    pieces: Callable[[], Iterator[bytes]]
    reads: bool = True
    is_body: bool = False


INTERIM = SlowReply("endless interim responses", lambda: _repeated(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))
SLOW_HEADER = SlowReply("a header byte by byte", lambda: _dripping(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000))
HEADER_LINES = SlowReply("header after header", lambda: _repeated(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"))
SILENCE = SlowReply("silence", _nothing)
BODY = SlowReply(
    "a body byte by byte", lambda: _repeated(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"), is_body=True
)
BODY_UNTIL_END = SlowReply("a body without a length", lambda: _repeated(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), is_body=True)
CHUNKS = SlowReply(
    "endless chunks",
    lambda: _repeated(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    is_body=True,
)
AFTER_SENDING = (INTERIM, SLOW_HEADER, HEADER_LINES, SILENCE)
IN_THE_BODY = (BODY, BODY_UNTIL_END, CHUNKS)

NO_HANDSHAKE = SlowReply("no handshake", _nothing, reads=False)
SLOW_HANDSHAKE = SlowReply(
    "a handshake byte by byte", lambda: _dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + bytes(60_000))
)
SLOW_TUNNEL = SlowReply("a tunnel byte by byte", lambda: _dripping(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000))
TUNNEL_LINES = SlowReply("tunnel header after header", lambda: _repeated(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"))


class SlowServer(SocketServer):
    """A server with one kind of slow reply. `reached` is set once a client waits for the rest of it."""

    def __init__(self, slow_reply: SlowReply) -> None:
        super().__init__(self._send)
        self._slow_reply = slow_reply
        self._stop = threading.Event()
        self.reached = threading.Event()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        super().__exit__(kind, error, trace)

    def _send(self, connection: socket.socket) -> None:
        if self._slow_reply.reads:
            connection.recv(65536)
        for number, piece in enumerate(self._slow_reply.pieces()):
            if number == 2:
                self.reached.set()
            if self._stop.wait(_STEP) or number * _STEP > _PATIENCE:
                return
            connection.sendall(piece)


class FullBacklog:
    """A port on which connections are never established, because the backlog of the listening socket is full."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=0)
        address = self._socket.getsockname()
        self.url = f"http://127.0.0.1:{address[1]}"
        self._clients = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.connect(address)
            self._clients.append(client)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in (*self._clients, self._socket):
            opened.close()
