"""The HTTP server of the simulator in a thread, for tests and the demo."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from mimecast_secops.simulator.access import Access
from mimecast_secops.simulator.delivery import MailPaths, receive_paths
from mimecast_secops.simulator.http.app import SimulatorApp
from mimecast_secops.simulator.http.request_log import LoggedRequest
from mimecast_secops.simulator.mail.samples import SAMPLES
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.rights import ApplicationV2, KeysV1
from mimecast_secops.simulator.tenant.tenant import Tenant

_START_TIMEOUT_S: Final = 15.0


class Simulator:
    """A simulated tenant with an HTTP server in a thread of this process, on a free loopback port.

    Use it as a context manager:

        with Simulator(mail=[Simulator.SAMPLES]) as simulator:
            print(simulator.url, simulator.v2.client_id)

    Args:
        mail: `.eml` files, or folders of them, to deliver at the start.
        quirks: the behaviour where Mimecast's documents disagree or are silent. Ignored if `tenant` is passed.
        tenant: the tenant to serve. Default: a new one.
        file_host: whether file links lead to a second port, as on the real service.

    Raises:
        FileNotFoundError: a path of `mail` does not exist.

    Attributes:
        app: the ASGI application.
        url: the base URL of the API, "" before the server starts.
    """

    SAMPLES = SAMPLES

    def __init__(
        self,
        *,
        mail: Iterable[Path | str] = (),
        quirks: Quirks | None = None,
        tenant: Tenant | None = None,
        file_host: bool = False,
    ) -> None:
        self._mail = MailPaths(mail)
        self.app = SimulatorApp(tenant or Tenant(quirks=quirks or Quirks()), mail=self._mail)
        self.url = ""
        self._file_host = file_host
        self._servers: list[_ServerThread] = []

    @property
    def tenant(self) -> Tenant:
        """The state of the tenant. Tests may read and change it directly."""
        return self.app.tenant

    @property
    def v1(self) -> KeysV1:
        """The API 1.0 keys of the tenant."""
        return self.tenant.keys

    @property
    def v2(self) -> ApplicationV2:
        """The API 2.0 application of the tenant."""
        return self.tenant.application

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests of the API, oldest first, without control calls."""
        return list(self.app.log)

    def settings(self, version: int) -> dict[str, str]:
        """The settings of a connection to this tenant, under the names of the integration's parameters.

        Args:
            version: the API version, 1 or 2.
        """
        return Access.of(self.tenant, self.url).settings(f"{version}.0")

    def environment(self, version: int) -> dict[str, str]:
        """The environment variables that connect the command line to this tenant.

        Args:
            version: the API version, 1 or 2.
        """
        return Access.of(self.tenant, self.url).environment(f"{version}.0")

    def reset(self, tenant: Tenant | None = None) -> None:
        """Replace the tenant, and clear faults, request counts, tokens and logged requests. The URL stays the same.

        Args:
            tenant: the tenant to serve. Default: a new one, with new credentials.
        """
        self.app.reset(tenant or Tenant())

    def receive(self, *paths: Path | str) -> list[TrackingRecord]:
        """Deliver files, or folders of `.eml` files. They arrive one second apart, the last one now.

        Returns:
            The new tracking records, one for each recipient of each message.
        """
        return receive_paths(self.tenant, paths)

    def control(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Make a control call over HTTP.

        Args:
            path: the name of the call, such as `faults`.
            body: the JSON object of the request.

        Returns:
            The JSON object of the reply.

        Raises:
            urllib.error.HTTPError: the call was refused.
        """
        data = json.dumps(dict(body or {})).encode()
        request = urllib.request.Request(  # noqa: S310 -- a loopback URL
            f"{self.url}/simulator/{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=300) as response:
            reply: dict[str, Any] = json.load(response)
            return reply

    def __enter__(self) -> Self:
        self._mail.deliver_all(self.tenant)
        api = _ServerThread(self.app)
        self._servers = [api]
        if self._file_host:
            files = _ServerThread(self.app)
            self._servers.append(files)
            self.app.file_base = files.url
        for server in self._servers:
            server.start()
        self.url = api.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.stop()


class _ServerThread:
    """A uvicorn server in a thread."""

    def __init__(self, app: SimulatorApp) -> None:
        # With the protocol TCP, asyncio disables Nagle's algorithm, which delays each reply by 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(server_config(app))
        self._thread = threading.Thread(target=self._run, name="mimecast-simulator", daemon=True)

    def start(self) -> None:
        self._thread.start()
        for _ in range(int(_START_TIMEOUT_S * 100)):
            if self._server.started:
                return
            threading.Event().wait(0.01)
        raise RuntimeError("The simulator did not start.")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=_START_TIMEOUT_S)
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


def server_config(app: SimulatorApp) -> uvicorn.Config:
    """The configuration of the server for an application."""
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )
