"""Running the simulator: in a thread for tests and the demo, or in the foreground for people."""

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
_START_TIMEOUT_S: Final = 15.0
_POLL_INTERVAL_S: Final = 0.5


class Simulator:
    """A tenant with its HTTP face in a thread of this process, on a free loopback port.

        with Simulator(mail=[Simulator.SAMPLES]) as simulator:
            print(simulator.url, simulator.v2.client_id)

    Args:
        mail: `.eml` files or folders of them that have arrived already.
        behaviour: the switches.
        tenant: a tenant that exists already; else a new one.
        file_host: whether links point to another port than the API's.
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
        self._mail = [Path(place) for place in mail]
        self._file_host = file_host
        self._servers: list[_Threaded] = []
        self.url = ""

    @property
    def v1(self) -> KeysV1:
        """The tenant's API 1.0 keys."""
        return self.tenant.keys

    @property
    def v2(self) -> ApplicationV2:
        """The tenant's API 2.0 application."""
        return self.tenant.application

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests that Mimecast's API has had, oldest first."""
        return list(self.app.log)

    def receive(self, *places: Path | str) -> list[TrackingRecord]:
        """Let mail arrive: files or folders of `.eml`, a second apart, the last one now."""
        files = list(email_files(Path(place) for place in places))
        return receive_files(self.tenant, files)

    def control(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A control call over HTTP, as another program would make it."""
        data = json.dumps(dict(body or {})).encode()
        request = urllib.request.Request(  # noqa: S310 -- our own loopback URL
            f"{self.url}/simulator/{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=300) as reply:
            answer: dict[str, Any] = json.load(reply)
            return answer

    def __enter__(self) -> Self:
        self.receive(*self._mail)
        api = _Threaded(self.app)
        self._servers = [api]
        if self._file_host:
            files = _Threaded(self.app)
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


class _Threaded:
    """One uvicorn server in one thread."""

    def __init__(self, app: SimulatorApp) -> None:
        # Named as TCP, so that asyncio turns Nagle's algorithm off: with it each reply waits 40 ms.
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
    """How the simulator runs in the foreground.

    `watch` are folders that are read now and watched for more. `sets` are switches as `name=value`.
    """

    mail: list[Path] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    domains: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    allow_remote: bool = False
    ready: Callable[[str], None] = lambda line: print(line, flush=True)  # noqa: T201 -- the line that people wait for


def serve(options: Options) -> int:
    """Run until interrupted. Says on one line each where it listens and what to connect with.

    Returns:
        The process's exit code.

    Raises:
        ValueError: an unknown switch, or a host that is not this machine without `allow_remote`.
    """
    if options.host not in ("127.0.0.1", "localhost", "::1") and not options.allow_remote:
        raise ValueError(f"{options.host} is reachable from other machines; that needs --allow-remote.")
    tenant = Tenant()
    tenant.domains |= {domain.lower() for domain in options.domains}
    for setting in options.sets:
        name, _, value = setting.partition("=")
        tenant.quirks.change(name.strip(), value.strip())
    watched = _receive_existing(tenant, options.mail)
    app = SimulatorApp(tenant, allow_remote=options.allow_remote)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        listener.listen(1024)  # whoever reads `ready` may connect at once
        host = f"[{options.host}]" if family == socket.AF_INET6 else options.host
        url = f"http://{host}:{listener.getsockname()[1]}"
        options.ready("This is a simulator of a Mimecast tenant. No mail and no credential in it is real.")
        for line in _connection_lines(tenant, url):
            options.ready(line)
        gc.freeze()
        return asyncio.run(_serve(app, listener, watched))


async def _serve(app: SimulatorApp, listener: socket.socket, watched: list[WatchedFolder]) -> int:
    server = uvicorn.Server(_config(app))
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    watching = asyncio.create_task(_watch(app.tenant, watched))
    await server.serve(sockets=[listener])
    watching.cancel()
    return 0


def _receive_existing(tenant: Tenant, places: list[Path]) -> list[WatchedFolder]:
    """Let the mail in `places` arrive. The folders know what was taken, so that all else that appears is new."""
    watched, files = [], []
    for place in places:
        if place.is_dir():
            folder = WatchedFolder(place)
            watched.append(folder)
            files += folder.present_files()
        else:
            files.append(place)
    receive_files(tenant, files)
    return watched


async def _watch(tenant: Tenant, watched: list[WatchedFolder]) -> None:
    while True:
        await asyncio.sleep(_POLL_INTERVAL_S)
        for folder in watched:
            receive_files(tenant, folder.new_files())


def receive_files(tenant: Tenant, files: list[Path]) -> list[TrackingRecord]:
    """Let the mail in `files` arrive, a second apart, the last one now. What cannot be opened is named and left out."""
    now = tenant.clock.now()
    records = []
    for number, path in enumerate(files):
        try:
            raw = path.read_bytes()
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)  # noqa: T201 -- there is no log yet
            continue
        records += tenant.receive(raw, received=now - timedelta(seconds=len(files) - 1 - number))
    return records


def _connection_lines(tenant: Tenant, url: str) -> list[str]:
    keys, application = tenant.keys, tenant.application
    return [
        f"MIMECAST_API_ROOT={url}",
        f"MIMECAST_CLIENT_ID={application.client_id}",
        f"MIMECAST_CLIENT_SECRET={application.client_secret}",
        f"# API 1.0: MIMECAST_APPLICATION_ID={keys.application_id}",
        f"# API 1.0: MIMECAST_APPLICATION_KEY={keys.application_key}",
        f"# API 1.0: MIMECAST_ACCESS_KEY={keys.access_key}",
        f"# API 1.0: MIMECAST_SECRET_KEY={keys.secret_key}",
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
