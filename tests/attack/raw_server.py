"""A server that answers with arbitrary bytes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self


class RawServer:
    """A server on a free loopback port.

    Args:
        answer: writes the reply to a connection, once the headers and the body of the request are read. A client that
            closes the connection ends it.
    """

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.requests = 0

    @property
    def environment(self) -> dict[str, str]:
        """The settings of this server with keys of API 1.0, which needs no token."""
        return {
            "MIMECAST_API_ROOT": f"http://127.0.0.1:{self._listener.getsockname()[1]}",
            "MIMECAST_APPLICATION_ID": "00000000-0000-0000-0000-000000000000",
            "MIMECAST_APPLICATION_KEY": "marked-application-key",
            "MIMECAST_ACCESS_KEY": "marked-access-key",
            "MIMECAST_SECRET_KEY": "bWFya2VkLXNlY3JldC1rZXk=",
        }

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in (self._listener, *tuple(self._open)):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(timeout=30)

    def _spawn(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.add(connection)
                self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            _read_request(connection)
            self.requests += 1
            self._answer(connection)
        self._open.discard(connection)


def _read_request(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        body += _receive(connection)


def _receive(connection: socket.socket) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise ConnectionResetError
    return chunk
