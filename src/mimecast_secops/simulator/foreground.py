"""The simulator in the foreground, for the command line: it runs until it is interrupted."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvicorn

from mimecast_secops.simulator.access import Access
from mimecast_secops.simulator.delivery import MailPaths
from mimecast_secops.simulator.http.app import SimulatorApp
from mimecast_secops.simulator.http.replay import Replay
from mimecast_secops.simulator.server import server_config
from mimecast_secops.simulator.tenant.tenant import Tenant

_POLL_INTERVAL_S: Final = 0.5
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A simulator that accepts connections.

    Attributes:
        access: how to connect from this machine.
        messages: the number of tracking records.
        held: the number of messages in the hold queue.
        folders: the folders that the simulator watches.
        empty_folders: those of them without an `.eml` file.
        recorded: the number of exchanges of the recording that is served; None without a recording.
    """

    access: Access
    messages: int
    held: int
    folders: list[Path]
    empty_folders: list[Path]
    recorded: int | None = None


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
        replay: a recording to serve instead of the tenant.
        on_start: called once, when the server accepts connections.
    """

    mail: list[Path] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    domains: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    allow_remote: bool = False
    replay: Path | None = None
    on_start: Callable[[Started], None] = lambda _: None


def serve(options: Options) -> int:
    """Run the simulator until it is interrupted.

    Returns:
        The exit code of the process.

    Raises:
        FileNotFoundError: a path of `mail` does not exist.
        OSError: the server cannot listen on the address.
        RecordingError: `replay` is not a recording.
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
    mail = MailPaths(options.mail)
    replay = Replay.read(options.replay) if options.replay else None
    app = SimulatorApp(tenant, allow_remote=options.allow_remote, mail=mail, replay=replay)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(listener, options)
        started = Started(
            access=Access.of(tenant, local_url(options.host, listener.getsockname()[1])),
            messages=len(mail.deliver_all(tenant)),
            held=sum(1 for _ in tenant.held()),
            folders=mail.folders,
            empty_folders=mail.empty_folders,
            recorded=replay.count if replay else None,
        )
        listener.listen(1024)  # a client may connect as soon as `on_start` is called
        options.on_start(started)
        gc.freeze()
        return asyncio.run(_serve(app, listener, mail))


def local_url(host: str, port: int) -> str:
    """The URL at which this machine reaches a server that listens on an address.

    Args:
        host: an address or `localhost`. An unspecified address, such as 0.0.0.0, stands for the loopback address.
        port: the port.
    """
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_unspecified:
            host = "127.0.0.1" if address.version == 4 else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind(listener: socket.socket, options: Options) -> None:
    """Bind the listener.

    Raises:
        OSError: the address is in use or does not exist; the error names it.
    """
    try:
        listener.bind((options.host, options.port))
    except OSError as error:
        raise OSError(error.errno, error.strerror, f"{options.host}:{options.port}") from None


async def _serve(app: SimulatorApp, listener: socket.socket, mail: MailPaths) -> int:
    server = uvicorn.Server(server_config(app))
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    watcher = asyncio.create_task(watch(app, mail))
    await server.serve(sockets=[listener])
    watcher.cancel()
    return 0


async def watch(app: SimulatorApp, mail: MailPaths) -> None:
    """Deliver the new files of the folders to the tenant, until the task is cancelled."""
    while True:
        await asyncio.sleep(_POLL_INTERVAL_S)
        mail.deliver_new(app.tenant)
