"""The metrics of a service over HTTP, for Prometheus and for health checks."""

from __future__ import annotations

import logging
import socket
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

METRICS_PATH: Final = "/metrics"
HEALTH_PATH: Final = "/healthz"
_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_MAX_CONNECTIONS: Final = 16
_LOG: Final = logging.getLogger("mimecast_secops.cli.metrics")


class MetricsServer:
    """An HTTP server in a thread. It answers `/metrics` with the last metrics, and `/healthz` with the health.

    The service is healthy (200) while its cycles end, whether they succeed or fail: restarting it does not help against
    an outage of Mimecast. It is unhealthy (503) if the last cycle ended too long ago.

    Use it as a context manager: it listens from the beginning, and stops at the end of the block.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 for a free one.
        stale_after: the number of seconds without a cycle after which the service is unhealthy.

    Raises:
        OSError: it cannot listen there. The file name of the error is the address.
    """

    def __init__(self, host: str, port: int, *, stale_after: float) -> None:
        self._stale_after = stale_after
        self._text = ""
        self._written = time.monotonic()
        try:
            self._server = _Server((host, port), self)
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), f"{host}:{port}") from error
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    def write(self, text: str) -> None:
        """Replace the metrics. Each call tells that a cycle has ended."""
        self._text, self._written = text, time.monotonic()

    def wait(self, seconds: float) -> None:
        """Expect the end of the next cycle so many seconds later than usual."""
        self._written = time.monotonic() + seconds

    def reply(self, path: str) -> tuple[HTTPStatus, str]:
        """The status and the text for a path."""
        match path.partition("?")[0]:
            case "/metrics":
                return HTTPStatus.OK, self._text
            case "/healthz":
                age = time.monotonic() - self._written
                if age <= self._stale_after:
                    return HTTPStatus.OK, "ok\n"
                return HTTPStatus.SERVICE_UNAVAILABLE, f"No cycle has ended for {age:.0f} s.\n"
            case _:
                return HTTPStatus.NOT_FOUND, f"The paths are {METRICS_PATH} and {HEALTH_PATH}.\n"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Answers each connection in a thread. It closes connections above a limit, so that the cycle keeps its threads."""

    def __init__(self, address: tuple[str, int], metrics: MetricsServer) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.metrics = metrics
        self._free = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without the name look-up of the base class, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread, or close it if there are too many."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection in this thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 -- the signature of the base
        """Log why a connection could not be answered; the base class prints a traceback."""
        _LOG.debug("A request for the metrics could not be answered.", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = 5
    server: _Server

    def do_GET(self) -> None:
        """Answer a request."""
        status, text = self.server.metrics.reply(self.path)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", _CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """The header `Server`: the base class would name the version of Python."""
        return "mimecast-secops"

    def log_message(self, *_: object) -> None:
        """Log nothing: Prometheus asks every few seconds."""
