"""Bytes out, bytes in: connections, time-outs, TLS and proxies. The only module that knows the HTTP library.

`urllib3`, because the platform's SDK has loaded it already and it costs the least per request; see the decision record
on dependencies. Its own retries and redirects are off: `verdict` decides about repeating, and a redirect is never
followed with credentials in hand.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from mimecast_secops._version import __version__
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.envelope import RawReply
from mimecast_secops.api.errors import DeadlineExceeded, Misconfigured, ReplyTooLarge, Unreachable
from mimecast_secops.api.secrets import Secret, scrub

USER_AGENT: Final = f"mimecast-secops/{__version__}"
_CHUNK: Final = 64 * 1024
_CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The way out of the network. `url` has scheme and port; http and https proxies are spoken to."""

    url: str
    username: str = ""
    password: Secret = field(default_factory=Secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How to reach servers: seconds, counts, and a PEM file ("" = what the system trusts)."""

    verify_tls: bool = True
    ca_bundle: str = ""
    proxy: Proxy | None = None
    timeout: float = 30.0
    connect_timeout: float = 10.0
    max_connections: int = 32
    user_agent: str = USER_AGENT


@dataclass(frozen=True, slots=True)
class StreamedReply:
    """A reply whose body is still coming. `chunks` ends at the end of the body or with an error."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Transport:
    """Sends one request at a time per thread, over shared connections. Safe to share between threads.

    Args:
        wiring: how to reach servers.
        monotonic: the monotonic clock, seconds.
    """

    def __init__(self, wiring: Wiring, *, monotonic: Callable[[], float]) -> None:
        self._wiring = wiring
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, bool], urllib3.PoolManager] = {}
        self._context: ssl.SSLContext | None = None
        self.requests_sent = 0

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
        max_bytes: int,
        fresh: bool = False,
    ) -> RawReply:
        """Send a request and read the whole reply.

        Args:
            method: the HTTP verb.
            url: absolute, already checked with `check_url`.
            headers: all headers but the user agent.
            body: the request's body.
            deadline: after which nobody waits any more.
            max_bytes: a longer reply is not read.
            fresh: use a connection of its own. A kept one may have been closed by the other side, and then nobody
                knows whether a write was executed.

        Raises:
            Unreachable: no reply. `may_have_been_executed` says whether the request had left.
            DeadlineExceeded: the deadline came first.
            ReplyTooLarge: the reply is longer than `max_bytes`.
        """
        with self.stream(method, url, headers=headers, body=body, deadline=deadline, fresh=fresh) as reply:
            parts, size = [], 0
            for chunk in reply.chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise ReplyTooLarge(f"The reply of {_shown(url)} is longer than {max_bytes} bytes.")
                parts.append(chunk)
            return RawReply(reply.status, reply.headers, b"".join(parts))

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
        fresh: bool = False,
    ) -> Iterator[StreamedReply]:
        """Send a request and hand out the reply while its body is still coming; raises as `exchange` does."""
        left = deadline.remaining(self._monotonic())
        if left <= 0:
            raise DeadlineExceeded(f"There was no time left to ask {_shown(url)}.")
        timeout = urllib3.Timeout(connect=min(self._wiring.connect_timeout, left), read=min(self._wiring.timeout, left))
        pool = self._pool(url, fresh=fresh)
        with self._lock:
            self.requests_sent += 1
        try:
            response = pool.request(
                method,
                url,
                headers={"User-Agent": self._wiring.user_agent, **headers},
                body=body,
                timeout=timeout,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=True,
            )
        except (HTTPError, OSError) as error:
            raise self._translated(error, url, deadline) from None
        done = False
        try:
            lowered = {name.lower(): value for name, value in response.headers.items()}
            yield StreamedReply(response.status, lowered, self._chunks(response, url, deadline))
            done = True
        finally:
            if not done or response.length_remaining:
                response.close()
            response.release_conn()
            if fresh:
                pool.clear()

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.clear()

    def _chunks(self, response: urllib3.BaseHTTPResponse, url: str, deadline: Deadline) -> Iterator[bytes]:
        started = self._monotonic()
        try:
            while chunk := response.read1(_CHUNK):
                yield chunk
                # The time-out of the library is per read; a body that drips must not outlast the caller's patience.
                now = self._monotonic()
                if deadline.remaining(now) <= 0 or now - started > self._wiring.timeout * 10:
                    raise DeadlineExceeded(f"{_shown(url)} answered too slowly.", may_have_been_executed=True)
            if response.length_remaining:
                raise Unreachable(f"The reply of {_shown(url)} broke off.", may_have_been_executed=True)
        except (HTTPError, OSError) as error:
            raise self._translated(error, url, deadline) from None

    def _pool(self, url: str, *, fresh: bool) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxy = self._proxy_for(parts.scheme, parts.hostname or "")
        if fresh:
            return self._new_pool(proxy, secure=parts.scheme == "https")
        key = ("" if proxy is None else proxy.url, parts.scheme == "https")
        with self._lock:
            if key not in self._pools:
                self._pools[key] = self._new_pool(proxy, secure=key[1])
            return self._pools[key]

    def _new_pool(self, proxy: Proxy | None, *, secure: bool) -> urllib3.PoolManager:
        # Building a context reads the trust store, some 50 ms: only for those who need one.
        context = self._tls() if secure or (proxy is not None and proxy.url.startswith("https:")) else None
        size = self._wiring.max_connections
        if proxy is None:
            return urllib3.PoolManager(num_pools=8, maxsize=size, ssl_context=context)
        headers = None
        if proxy.username:
            headers = urllib3.make_headers(proxy_basic_auth=f"{proxy.username}:{proxy.password.reveal()}")
        try:
            return urllib3.ProxyManager(
                proxy.url,
                num_pools=8,
                maxsize=size,
                ssl_context=context,
                proxy_ssl_context=context,
                proxy_headers=headers,
            )
        except (HTTPError, LocationValueError):
            raise Misconfigured("The proxy's address is not an http or https URL with a port.") from None

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = tls_context(verify=self._wiring.verify_tls, ca_bundle=self._wiring.ca_bundle)
        return self._context

    def _proxy_for(self, scheme: str, host: str) -> Proxy | None:
        if is_loopback(host):
            return None
        if self._wiring.proxy is not None:
            return self._wiring.proxy
        url = getproxies().get(scheme) or getproxies().get("all")
        if not url or proxy_bypass(host):
            return None
        return proxy_from_url(url)

    def _translated(self, error: Exception, url: str, deadline: Deadline) -> Unreachable:
        """Our error for the library's; the deadline is the cause whenever it has passed."""
        sentence, executed = _explained(error, _shown(url))
        if deadline.remaining(self._monotonic()) <= 0:
            return DeadlineExceeded(f"There was no answer in time. {sentence}", may_have_been_executed=executed)
        return Unreachable(sentence, may_have_been_executed=executed)


def proxy_from_url(url: str) -> Proxy:
    """A proxy as environment variables write it, with percent-encoded user and password in the URL.

    Raises:
        Misconfigured: it is not a URL.
    """
    from urllib.parse import unquote  # noqa: PLC0415 -- only where a proxy is used

    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        _ = parts.port  # only asking for it tells whether it is one
    except ValueError:
        raise Misconfigured("The proxy in the environment is not a URL: check HTTPS_PROXY and HTTP_PROXY.") from None
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return Proxy(bare, unquote(parts.username or ""), Secret(unquote(parts.password or "")))


def tls_context(*, verify: bool, ca_bundle: str) -> ssl.SSLContext:
    """A client's TLS context.

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
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def check_url(url: str, what: str) -> str:
    """`url` without a trailing slash, if requests may go there.

    Args:
        url: as a person typed it.
        what: the setting it comes from, for the error.

    Raises:
        Misconfigured: no absolute http(s) URL; a user, query or fragment in it; plain http to another machine.
    """
    text = url.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise Misconfigured(f"{what} is not a URL.") from None
    if not text.isascii() or not text.isprintable() or " " in text:
        raise Misconfigured(f"{what} has a character that a URL cannot have.")
    if parts.scheme not in ("http", "https") or not host:
        raise Misconfigured(f"{what} must be a URL such as https://api.services.mimecast.com.")
    if parts.username is not None or parts.query or parts.fragment:
        raise Misconfigured(f"{what} must not carry a user name, a query or a fragment.")
    if parts.scheme == "http" and not is_loopback(host):
        raise Misconfigured(f"{what} must begin with https://: plain http would show the credentials to the network.")
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _shown(url: str) -> str:
    """The part of a URL that may be shown: a download link's query is a key."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{':' + str(parts.port) if parts.port else ''}{quote(parts.path[:100])}"


def _explained(error: Exception, where: str) -> tuple[str, bool]:
    """A sentence for a library's error, and whether the request may have been executed."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, ProxyError):
        inner = cause.original_error
        return (
            f"The proxy does not let us reach {where} ({scrub(type(inner).__name__)}): check the proxy settings.",
            False,
        )
    if isinstance(cause, SSLError):
        return _tls_sentence(cause, where), False
    if isinstance(cause, NameResolutionError):
        return f"The name of {where} cannot be resolved: check API Root and the network.", False
    if isinstance(cause, ConnectTimeoutError) and not isinstance(cause, NewConnectionError):
        return f"{where} did not answer the connection in time: check the network, the firewall or the proxy.", False
    if isinstance(cause, NewConnectionError):
        return f"No connection to {where}: check API Root, the network, the firewall or the proxy.", False
    if isinstance(cause, ReadTimeoutError):
        return f"{where} did not answer in time.", True
    return f"The connection to {where} broke off ({type(cause).__name__}).", True


def _tls_sentence(error: Exception, where: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return (
            f"The certificate of {where} is not trusted: if a proxy inspects TLS, name its CA bundle; "
            "otherwise check API Root. Verification should stay on."
        )
    return f"No TLS connection to {where}: check API Root, and that its port speaks TLS."
