"""The HTTP server of the simulator: in a thread for tests and the demo, or in the foreground for the command line."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import socket
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from mimecast_secops.simulator.http.app import LoggedRequest, SimulatorApp
from mimecast_secops.simulator.mail.folder import WatchedFolder, email_files
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.rights import ApplicationV2, KeysV1
from mimecast_secops.simulator.tenant.tenant import Tenant

SAMPLES: Final = Path(__file__).parent / "samples"
"""The folder of the sample messages that ship with the simulator."""
_START_TIMEOUT_S: Final = 15.0
_POLL_INTERVAL_S: Final = 0.5
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


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

    Attributes:
        tenant: the state of the tenant. Tests may read and change it directly.
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
        self.tenant = tenant or Tenant(quirks=quirks or Quirks())
        self.app = SimulatorApp(self.tenant)
        self.url = ""
        self._mail = [Path(path) for path in mail]
        self._file_host = file_host
        self._servers: list[_ServerThread] = []

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
        return _settings(self.tenant, self.url, version)

    def environment(self, version: int) -> dict[str, str]:
        """The environment variables that connect the command line to this tenant.

        Args:
            version: the API version, 1 or 2.
        """
        return _environment(self.tenant, self.url, version)

    def reset(self, tenant: Tenant | None = None) -> None:
        """Replace the tenant, and clear faults, request counts, tokens and logged requests. The URL stays the same.

        Args:
            tenant: the tenant to serve. Default: a new one, with new credentials.
        """
        self.tenant = tenant or Tenant()
        self.app.reset(self.tenant)

    def receive(self, *paths: Path | str) -> list[TrackingRecord]:
        """Deliver files, or folders of `.eml` files. They arrive one second apart, the last one now.

        Returns:
            The new tracking records, one for each recipient of each message.
        """
        return receive_files(self.tenant, list(email_files(Path(path) for path in paths)))

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
        self.receive(*self._mail)
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
        self._server = uvicorn.Server(_config(app))
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


@dataclass(slots=True, kw_only=True)
class Options:
    """Options of the simulator in the foreground.

    Attributes:
        mail: files to deliver, and folders to deliver and watch for new files.
        host: the address to listen on.
        port: the port to listen on; 0 for a free one.
        domains: domains of the tenant.
        sets: quirks as `name=value`.
        allow_remote: whether other machines may connect.
        ready: called with each line of output, the last one when the server accepts connections.
    """

    mail: list[Path] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    domains: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    allow_remote: bool = False
    ready: Callable[[str], None] = lambda line: print(line, flush=True)  # noqa: T201 -- the output of the command


def serve(options: Options) -> int:
    """Run the simulator until it is interrupted. Passes the URL and the credentials to `options.ready`.

    Returns:
        The exit code of the process.

    Raises:
        UnknownQuirk: a quirk does not exist or does not accept the value.
        ValueError: `host` is not a loopback address, and `allow_remote` is not set.
    """
    if options.host not in _LOOPBACK and not options.allow_remote:
        raise ValueError(f"{options.host} is reachable from other machines; that needs --allow-remote.")
    tenant = Tenant()
    tenant.domains |= {domain.lower() for domain in options.domains}
    for setting in options.sets:
        name, _, value = setting.partition("=")
        tenant.quirks.change(name.strip(), value.strip())
    folders = _receive_existing(tenant, options.mail)
    app = SimulatorApp(tenant, allow_remote=options.allow_remote)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        listener.listen(1024)  # a client may connect as soon as it reads the line `ready`
        host = f"[{options.host}]" if family == socket.AF_INET6 else options.host
        url = f"http://{host}:{listener.getsockname()[1]}"
        options.ready("This is a simulator of a Mimecast tenant. Its messages and credentials are not real.")
        for line in _connection_lines(tenant, url):
            options.ready(line)
        gc.freeze()
        return asyncio.run(_serve(app, listener, folders))


async def _serve(app: SimulatorApp, listener: socket.socket, folders: list[WatchedFolder]) -> int:
    server = uvicorn.Server(_config(app))
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    watcher = asyncio.create_task(_watch(app.tenant, folders))
    await server.serve(sockets=[listener])
    watcher.cancel()
    return 0


def _receive_existing(tenant: Tenant, paths: list[Path]) -> list[WatchedFolder]:
    """Deliver the files in `paths`.

    Returns:
        The folders of `paths`. They return only files that appear later.
    """
    folders, files = [], []
    for path in paths:
        if path.is_dir():
            folder = WatchedFolder(path)
            folders.append(folder)
            files += folder.present_files()
        else:
            files.append(path)
    receive_files(tenant, files)
    return folders


async def _watch(tenant: Tenant, folders: list[WatchedFolder]) -> None:
    while True:
        await asyncio.sleep(_POLL_INTERVAL_S)
        for folder in folders:
            receive_files(tenant, folder.new_files())


def receive_files(tenant: Tenant, files: list[Path]) -> list[TrackingRecord]:
    """Deliver files. They arrive one second apart, the last one now. An unreadable file is reported on stderr.

    Returns:
        The new tracking records.
    """
    now = tenant.clock.now()
    records = []
    for number, path in enumerate(files):
        try:
            raw = path.read_bytes()
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)  # noqa: T201 -- the simulator has no log
            continue
        records += tenant.receive(raw, received=now - timedelta(seconds=len(files) - 1 - number))
    return records


def _settings(tenant: Tenant, url: str, version: int) -> dict[str, str]:
    credentials = tenant.keys if version == 1 else tenant.application
    return {"API Root": url, **credentials.settings}


def _environment(tenant: Tenant, url: str, version: int) -> dict[str, str]:
    settings = _settings(tenant, url, version)
    return {f"MIMECAST_{name.upper().replace(' ', '_')}": value for name, value in settings.items()}


def _connection_lines(tenant: Tenant, url: str) -> list[str]:
    v1, v2 = _environment(tenant, url, 1), _environment(tenant, url, 2)
    return [
        *(f"{name}={value}" for name, value in v2.items()),
        *(f"# API 1.0: {name}={value}" for name, value in v1.items() if name not in v2),
        f"ready: {url}",
    ]


def _config(app: SimulatorApp) -> uvicorn.Config:
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
