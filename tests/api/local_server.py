"""An HTTP server on this machine that replies with what a test sets."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Received:
    """A received request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    port: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def item(self) -> Any:
        return self.json["data"][0]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply. `announced` is a wrong Content-Length; `ending` ends the connection instead (`reset` or `silence`)."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None
    ending: str = ""
    raw: bytes | None = None


def answer(
    data: Any = (),
    *,
    status: int = 200,
    fail: Any = (),
    pagination: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A reply with an envelope."""
    meta = {"status": status} | ({"pagination": pagination} if pagination else {})
    body = json.dumps({"meta": meta, "data": list(data), "fail": list(fail)}).encode()
    return Answer(status, body, {"Content-Type": "application/json", **(headers or {})})


def flat(status: int, code: str, message: str = "the detail") -> Answer:
    """An error reply of the API 2.0 gateway."""
    body = json.dumps({"fail": [{"code": code, "message": message}]}).encode()
    return Answer(status, body, {"Content-Type": "application/json"})


TOKEN = Answer(
    200,
    b'{"access_token":"marked-token-00000000000001","token_type":"Bearer","expires_in":1799,"scope":""}',
    {"Content-Type": "application/json"},
)


class Server:
    """Replies with the answers in `script` in order, and repeats the last one. `tokens` does the same for tokens."""

    def __init__(self) -> None:
        self.script: deque[Answer] = deque([answer()])
        self.tokens: deque[Answer] = deque([TOKEN])
        self.requests: list[Received] = []
        self.token_requests: list[Received] = []
        self.stop_waiting = threading.Event()
        self._lock = threading.Lock()
        self._http = _HTTP(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def wrap(self, context: ssl.SSLContext) -> None:
        """Use TLS from now on."""
        self._http.tls = context
        self.url = self.url.replace("http:", "https:")

    def say(self, *answers: Answer) -> None:
        self.script = deque(answers)

    def answer(self, request: Received) -> Answer:
        with self._lock:
            token = request.path.endswith("/oauth/token")
            (self.token_requests if token else self.requests).append(request)
            script = self.tokens if token else self.script
            return script.popleft() if len(script) > 1 else script[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_waiting.set()
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up()
        self._http.server_close()


class _HTTP(ThreadingHTTPServer):
    tls: ssl.SSLContext | None = None

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*arguments)

    def server_bind(self) -> None:
        # Without a lookup of the name of 127.0.0.1, which the method of the base class makes.
        TCPServer.server_bind(self)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with suppress(OSError), self.tls.wrap_socket(request.dup(), server_side=True) as secured:
            super().finish_request(secured, client_address)

    def hang_up(self) -> None:
        """End the open connections."""
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: many tests break a connection on purpose."""


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            with suppress(OSError):
                super().handle_one_request()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.answer(Received(self.command, self.path, headers, body, self.client_address[1]))
            if reply.ending == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return
            if reply.ending == "silence":
                server.stop_waiting.wait(20)
                self.close_connection = True
                return
            if reply.raw is not None:
                self.wfile.write(reply.raw)
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body) if reply.announced is None else reply.announced))
            self.end_headers()
            self.wfile.write(reply.body)
            if reply.announced is not None:
                self.close_connection = True

        do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _any  # noqa: N815 -- names of the library

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler
