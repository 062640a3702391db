"""Connections of the HTTP library that the watchdog can end: pools, name resolution, TLS and proxies."""

from __future__ import annotations

import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
)

from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.api.secrets import Secret
from mimecast_secops.api.urls import is_loopback
from mimecast_secops.api.watchdog import Exchange, WatchedSocket

_CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
_POLL_SECONDS: Final = 0.1
_Address = tuple[Any, ...]


class _InFlight(threading.local):
    """The exchange of the current thread."""

    exchange: Exchange | None = None


IN_FLIGHT: Final = _InFlight()


@dataclass(frozen=True, slots=True)
class Proxy:
    """An outbound proxy.

    Args:
        url: the URL of an http or https proxy, with scheme and port.
        username: the user name; "" for none.
        password: the password.
    """

    url: str
    username: str = ""
    password: Secret = field(default_factory=Secret)


class _WatchedConnection:
    """Mixin for the connections of the library: gives the exchange in flight a socket that it can shut down."""

    _watched_socket: WatchedSocket | None = None
    _outgoing: list[bytes] | None = None

    def _new_conn(self: Any) -> socket.socket:
        exchange = IN_FLIGHT.exchange
        seconds = self.timeout if exchange is None else min(self.timeout, exchange.remaining())
        ends_at = time.monotonic() + seconds
        try:
            addresses = resolve(self._dns_host.strip("[]"), self.port, seconds, exchange)
            connected: socket.socket = self._connect(addresses, ends_at)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"No connection in {self.timeout} s") from error
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, f"No connection: {error}") from error
        connected.settimeout(self.timeout)
        return connected

    def _connect(self: Any, addresses: Sequence[_Address], ends_at: float) -> socket.socket:
        """Try the addresses in order. Each gets a share of the time, so that none takes all of it."""
        failure: OSError = OSError("The name has no address.")
        for number, (family, kind, protocol, _, address) in enumerate(addresses):
            share = (ends_at - time.monotonic()) / (len(addresses) - number)
            if share <= 0:
                raise TimeoutError
            candidate = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    candidate.setsockopt(*option)
                candidate.settimeout(share)
                self._watch(candidate)
                candidate.connect(address)
            except OSError as error:
                candidate.close()
                self._unwatch()
                failure = error
            else:
                return candidate
        raise failure

    def request(self: Any, *arguments: Any, **options: Any) -> None:
        exchange = IN_FLIGHT.exchange
        if self.sock is None:
            self.connect()
        elif exchange is not None and self._watched_socket is not None:
            exchange.attach(self._watched_socket)
        if exchange is not None:
            exchange.sending()
        self._outgoing = []
        try:
            super().request(*arguments, **options)  # type: ignore[misc]
            whole = b"".join(self._outgoing)
        finally:
            self._outgoing = None
        super().send(whole)  # type: ignore[misc]

    def send(self: Any, data: Any) -> None:
        # The library sends headers and body separately. Together they are one packet and one TLS record.
        if self._outgoing is None:
            super().send(data)  # type: ignore[misc]
        else:
            self._outgoing.append(data)

    def close(self: Any) -> None:
        try:
            super().close()  # type: ignore[misc]
        finally:
            self._unwatch()

    def _watch(self, connected: socket.socket) -> None:
        exchange = IN_FLIGHT.exchange
        if exchange is not None:
            self._watched_socket = WatchedSocket(connected)
            exchange.attach(self._watched_socket)

    def _unwatch(self) -> None:
        watched_socket, self._watched_socket = self._watched_socket, None
        if watched_socket is not None:
            watched_socket.release()


class _TlsSocket(ssl.SSLSocket):
    """A TLS socket that closes if the server resets the connection before the handshake.

    Python's own TLS socket reads from such a connection with `recv`, raises, and stays open.
    """

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        try:
            return super().recv(buflen, flags)
        except ConnectionError:
            self.close()
            raise


class _Connection(_WatchedConnection, HTTPConnection):
    pass


class _SecureConnection(_WatchedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def pool_of(url: str, *, proxy: Proxy | None, context: ssl.SSLContext | None, size: int) -> HTTPConnectionPool:
    """A pool of connections to the server of a URL.

    The URL is parsed like the checks of URLs parse it. The library parses some malformed URLs differently, which would
    bypass a check of the host.

    Args:
        url: the URL of the server.
        proxy: the proxy to use.
        context: the TLS context; None if neither the server nor the proxy uses TLS.
        size: the number of connections to keep.

    Raises:
        Misconfigured: the address of the proxy is not a URL.
    """
    manager = _manager_of(proxy, context, size)
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    parts = urlsplit(url)
    host = parts.hostname or ""
    return manager.connection_from_host(f"[{host}]" if ":" in host else host, parts.port, parts.scheme)


def _manager_of(proxy: Proxy | None, context: ssl.SSLContext | None, size: int) -> urllib3.PoolManager:
    if proxy is None:
        return urllib3.PoolManager(maxsize=size, ssl_context=context)
    headers = None
    if proxy.username:
        headers = urllib3.make_headers(proxy_basic_auth=f"{proxy.username}:{proxy.password.reveal()}")
    try:
        return urllib3.ProxyManager(
            proxy.url,
            maxsize=size,
            ssl_context=context,
            proxy_ssl_context=context,
            proxy_headers=headers,
        )
    except (HTTPError, LocationValueError):
        raise Misconfigured("The address of the proxy is not an http or https URL with a port.") from None


def resolve(host: str, port: int, seconds: float, exchange: Exchange | None) -> Sequence[_Address]:
    """The addresses of a host, as `socket.getaddrinfo` returns them.

    The resolver of the system cannot be interrupted and has its own timeouts, so a thread waits for it. A thread whose
    result is too late ends by itself.

    Raises:
        TimeoutError: there was no result within `seconds`, or the exchange was ended.
        OSError: the name has no address.
    """
    if _is_literal(host):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    results: queue.SimpleQueue[Sequence[_Address] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            results.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 -- raised again in the waiting thread
            results.put(error)

    threading.Thread(target=look_up, name="mimecast-resolver", daemon=True).start()
    ends_at = time.monotonic() + seconds
    while True:
        left = ends_at - time.monotonic()
        if left <= 0 or (exchange is not None and exchange.remaining() <= 0):
            raise TimeoutError
        try:
            result = results.get(timeout=min(left, _POLL_SECONDS))
        except queue.Empty:
            continue
        if isinstance(result, Exception):
            raise result
        return result


def _is_literal(host: str) -> bool:
    """Whether the host needs no DNS lookup."""
    if is_loopback(host):
        return True
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except (OSError, UnicodeError):
            continue
        return True
    return False


def proxy_of_environment(scheme: str, host: str) -> Proxy | None:
    """The proxy that the environment sets for a server; None if it sets none."""
    url = getproxies().get(scheme) or getproxies().get("all")
    if not url or proxy_bypass(host):
        return None
    return proxy_from_url(url)


def proxy_from_url(url: str) -> Proxy:
    """Parse a proxy from an environment variable, with a percent-encoded user name and password in the URL.

    Raises:
        Misconfigured: the text is not a URL.
    """
    from urllib.parse import unquote  # noqa: PLC0415 -- needed only if there is a proxy

    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        _ = parts.port  # Reading it raises ValueError if it is malformed.
    except ValueError:
        raise Misconfigured("The proxy in the environment is not a URL. Check HTTPS_PROXY and HTTP_PROXY.") from None
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return Proxy(bare, unquote(parts.username or ""), Secret(unquote(parts.password or "")))


def tls_context(*, verify: bool, ca_bundle: str) -> ssl.SSLContext:
    """The TLS context of a client.

    Raises:
        Misconfigured: the bundle cannot be read.
    """
    bundle = ca_bundle or next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), "")
    try:
        folder = bool(bundle) and Path(bundle).is_dir()
        context = ssl.create_default_context(
            cafile=bundle if bundle and not folder else None, capath=bundle if folder else None
        )
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"The CA bundle {bundle} cannot be read: {error.strerror or 'not a PEM file'}.") from None
    # Python builds of some distributions leave the lowest version to the configuration of the machine.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _TlsSocket
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
