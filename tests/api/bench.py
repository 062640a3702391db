"""What the tests of the client need around it: a server that answers as told, and a time that nobody waits for."""

from __future__ import annotations

import base64
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
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self

import pytest

from mimecast_secops.api import (
    ApiVersion,
    ClientCredentials,
    Connection,
    MimecastClient,
    Runtime,
    Secret,
    SigningKeys,
)
from mimecast_secops.api.envelope import RawReply

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "mimecast"
BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda one: one.name)

APPLICATION_KEY = "11111111-2222-4333-8444-555555555555"
SECRET_KEY = base64.b64encode(bytes(range(64))).decode()
KEYS = SigningKeys(
    "5d2c0b1e-3f77-4c7e-9d11-2a6f0a6f1c01", Secret(APPLICATION_KEY), Secret("marked-access-key"), Secret(SECRET_KEY)
)
APPLICATION = ClientCredentials("client-of-the-tests", Secret("marked-client-secret"))
CREDENTIALS = {ApiVersion.V1: KEYS, ApiVersion.V2: APPLICATION}


def sample(name: str) -> dict[str, Any]:
    """One of the sample exchanges."""
    path = SAMPLES / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"the sample replies do not lie beside this checkout (no {name})")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def raw_of(exchange: Mapping[str, Any]) -> RawReply:
    """The reply of a sample exchange, as the transport hands it out."""
    headers = {name.lower(): value for name, value in (exchange["headers"] or {}).items()}
    return RawReply(exchange["status"], headers, bytes_of(exchange["body"]))


def bytes_of(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, dict) and set(body) == {"$base64"}:
        return base64.b64decode(body["$base64"])
    return json.dumps(body).encode()


class FakeTime:
    """A monotonic clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client_of(
    url: str, api_version: ApiVersion = ApiVersion.V2, *, time: FakeTime | None = None, **connection: Any
) -> MimecastClient:
    """A client of `url` that never really waits."""
    time = time or FakeTime()
    around = Runtime(monotonic=time, sleep=time.sleep, random=lambda: 0.0)
    return MimecastClient(Connection(url, CREDENTIALS[api_version], **connection), around)


@dataclass(frozen=True, slots=True)
class Received:
    """A request that came."""

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
    """What to say. `announced` is another Content-Length than the true one; `ending` ends the connection instead."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None
    ending: str = ""
    raw: bytes | None = None


def answer(data: Any = (), *, status: int = 200, fail: Any = (), pagination: Any = None, **more: Any) -> Answer:
    """An envelope."""
    meta = {"status": more.pop("meta_status", status)} | ({"pagination": pagination} if pagination else {})
    body = json.dumps({"meta": meta, "data": list(data), "fail": list(fail)}).encode()
    return Answer(status, body, {"Content-Type": "application/json", **more})


def flat(status: int, code: str, message: str = "said so") -> Answer:
    """A refusal of the API 2.0 gateway."""
    body = json.dumps({"fail": [{"code": code, "message": message}]}).encode()
    return Answer(status, body, {"Content-Type": "application/json"})


TOKEN = Answer(
    200,
    b'{"access_token":"marked-token-00000000000001","token_type":"Bearer","expires_in":1799,"scope":""}',
    {"Content-Type": "application/json"},
)


class Server:
    """Answers with `script`, one after the other and the last one for ever; tokens come from `tokens` the same way."""

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
        """Speak TLS from now on."""
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
        # Without asking the network for the name of 127.0.0.1, as the library's own way does.
        TCPServer.server_bind(self)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with suppress(OSError), self.tls.wrap_socket(request.dup(), server_side=True) as secured:
            super().finish_request(secured, client_address)

    def hang_up(self) -> None:
        """End the connections that clients keep."""
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks off is what many tests are about."""


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
            told = server.answer(Received(self.command, self.path, headers, body, self.client_address[1]))
            if told.ending == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return
            if told.ending == "silence":
                server.stop_waiting.wait(20)
                self.close_connection = True
                return
            if told.raw is not None:
                self.wfile.write(told.raw)
                self.close_connection = True
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            if told.status != 204:
                self.send_header("Content-Length", str(len(told.body) if told.announced is None else told.announced))
            self.end_headers()
            self.wfile.write(told.body)
            if told.announced is not None:
                self.close_connection = True

        do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _any  # noqa: N815 -- names of the library

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler
