"""Bytes out, bytes in: one request and its reply, within its time. With `connections`, all that knows the HTTP library.

`urllib3`, because the platform's SDK has loaded it already and it costs the least per request; see the decision record
on dependencies. Its own retries and redirects are off: `verdict` decides about repeating, and a redirect is never
followed with credentials in hand.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from mimecast_secops._version import __version__
from mimecast_secops.api.concurrency import ConcurrencyLimit, Observation
from mimecast_secops.api.connections import IN_FLIGHT, Proxy, pool_of, proxy_of_environment, tls_context
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.envelope import RawReply
from mimecast_secops.api.errors import DeadlineExceeded, ReplyTooLarge, Unreachable
from mimecast_secops.api.rate_limit import calls_left
from mimecast_secops.api.secrets import scrub
from mimecast_secops.api.urls import is_loopback, shown_url
from mimecast_secops.api.watchdog import Cut, Exchange, Watchdog

USER_AGENT: Final = f"mimecast-secops/{__version__}"
_CHUNK: Final = 64 * 1024
_BODY_TIMEOUTS: Final = 10
# The API, and the hosts of download links.
_MOST_SERVERS: Final = 8
_NO_RETRIES: Final = urllib3.Retry(False, redirect=False)
_NO_CONNECTION_IN_TIME: Final = (
    "{where} did not answer the connection in time: check the network, the firewall or the proxy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportOptions:
    """How to reach servers: seconds, counts, and a PEM file ("" = what the system trusts)."""

    verify_tls: bool = True
    ca_bundle: str = ""
    proxy: Proxy | None = None
    timeout: float = 30.0
    connect_timeout: float = 10.0
    max_concurrency: int = 32
    user_agent: str = USER_AGENT


@dataclass(frozen=True, slots=True)
class StreamedReply:
    """A reply whose body is still coming. `chunks` ends at the end of the body or with an error."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Transport:
    """Sends one request at a time per thread, over shared connections. Safe to share between threads.

    A request ends in time whatever the server does: connecting, TLS, sending and the headers of the reply may take
    `connect_timeout + timeout` together, the body ten times `timeout`, and everything ends with the caller's deadline.

    Args:
        transport_options: how to reach servers.
        monotonic: the monotonic clock, seconds.
    """

    def __init__(self, transport_options: TransportOptions, *, monotonic: Callable[[], float]) -> None:
        self._wiring = transport_options
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str, str], HTTPConnectionPool] = {}
        self._context: ssl.SSLContext | None = None
        self._watchdog = Watchdog()
        self._concurrency = ConcurrencyLimit(transport_options.max_concurrency, monotonic=monotonic)
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
        name: str = "",
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
            name: what is called; latencies are compared among calls of one name. "" for one name per server.

        Raises:
            Unreachable: no reply. `may_have_been_executed` says whether the request had left.
            DeadlineExceeded: the deadline came first.
            ReplyTooLarge: the reply is longer than `max_bytes`.
        """
        opened = self.stream(method, url, headers=headers, body=body, deadline=deadline, fresh=fresh, name=name)
        with opened as reply:
            parts, size = [], 0
            for chunk in reply.chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise ReplyTooLarge(f"The reply of {shown_url(url)} is longer than {max_bytes} bytes.")
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
        name: str = "",
    ) -> Iterator[StreamedReply]:
        """Send a request and hand out the reply while its body is still coming; raises as `exchange` does."""
        self._check_time(deadline, url)
        pool = self._pool(url, fresh=fresh)
        seen = Observation(path=name or urlsplit(url).netloc, epoch=self._concurrency.acquire(deadline), counts=False)
        try:
            left = self._check_time(deadline, url)
            limit = self._wiring.connect_timeout + self._wiring.timeout
            with self._lock:
                self.requests_sent += 1
            with self._watchdog.watch(deadline, left, limit) as exchange:
                call = _Call(exchange, url, deadline)
                try:
                    response = self._headers_of(pool, method, call, {**headers}, body)
                except DeadlineExceeded:
                    raise
                except Unreachable:
                    seen.counts = True
                    raise
                lowered = {name.lower(): value for name, value in response.headers.items()}
                seen.counts, seen.status, seen.calls_left = True, response.status, calls_left(lowered)
                seen.seconds = time.monotonic() - (exchange.sent_at or 0.0)
                done = False
                try:
                    yield StreamedReply(response.status, lowered, self._chunks(response, call))
                    done = True
                finally:
                    if not done or response.length_remaining:
                        response.close()
                    response.release_conn()
        finally:
            self._concurrency.release(seen)
            if fresh:
                pool.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()
        self._watchdog.close()

    def _check_time(self, deadline: Deadline, url: str) -> float:
        left = deadline.remaining(self._monotonic())
        if left <= 0:
            raise DeadlineExceeded(f"There was no time left to ask {shown_url(url)}.")
        return left

    def _headers_of(
        self, pool: HTTPConnectionPool, method: str, call: _Call, headers: dict[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        """Send the request and read the reply as far as the end of its headers."""
        left = call.exchange.remaining()
        timeout = urllib3.Timeout(connect=min(self._wiring.connect_timeout, left), read=min(self._wiring.timeout, left))
        IN_FLIGHT.exchange = call.exchange
        try:
            response = pool.urlopen(
                method,
                _target(call.url),
                headers={"User-Agent": self._wiring.user_agent, **headers},
                body=body,
                timeout=timeout,
                retries=_NO_RETRIES,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=True,
            )
        except (HTTPError, OSError) as error:
            raise self._failure(call, error) from None
        finally:
            IN_FLIGHT.exchange = None
        if call.exchange.cut:
            # The library takes a connection that ends within the headers for the end of the headers.
            response.close()
            response.release_conn()
            raise self._failure(call)
        call.exchange.extend(self._wiring.timeout * _BODY_TIMEOUTS)
        return response

    def _chunks(self, response: urllib3.BaseHTTPResponse, call: _Call) -> Iterator[bytes]:
        where = shown_url(call.url)
        try:
            while chunk := response.read1(_CHUNK):
                yield chunk
                if call.exchange.cut or call.deadline.remaining(self._monotonic()) <= 0:
                    raise _too_slow(where)
            if call.exchange.cut:
                raise _too_slow(where)
            if response.length_remaining:
                raise Unreachable(f"The reply of {where} broke off.", may_have_been_executed=True)
        except (HTTPError, OSError) as error:
            raise (_too_slow(where) if call.exchange.cut else self._failure(call, error)) from None

    def _pool(self, url: str, *, fresh: bool) -> HTTPConnectionPool:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        proxy = self._proxy_for(parts.scheme, parts.hostname or "")
        if fresh:
            return self._new_pool(url, proxy, secure=secure)
        key = ("" if proxy is None else proxy.url, parts.scheme, parts.netloc)
        with self._lock:
            pool = self._pools.get(key)
            if pool is None:
                while len(self._pools) >= _MOST_SERVERS:
                    del self._pools[next(iter(self._pools))]  # Its connections close when no thread uses them.
                pool = self._pools[key] = self._new_pool(url, proxy, secure=secure)
            return pool

    def _new_pool(self, url: str, proxy: Proxy | None, *, secure: bool) -> HTTPConnectionPool:
        # Building a context reads the trust store, some 50 ms: only for those who need one.
        context = self._tls() if secure or (proxy is not None and proxy.url.startswith("https:")) else None
        return pool_of(url, proxy=proxy, context=context, size=self._wiring.max_concurrency)

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = tls_context(verify=self._wiring.verify_tls, ca_bundle=self._wiring.ca_bundle)
        return self._context

    def _proxy_for(self, scheme: str, host: str) -> Proxy | None:
        if is_loopback(host):
            return None
        return self._wiring.proxy or proxy_of_environment(scheme, host)

    def _failure(self, call: _Call, error: Exception | None = None) -> Unreachable:
        """What ended a call before its reply had come: the deadline whenever it has passed, else what went wrong."""
        sent = call.exchange.sent_at is not None
        where = shown_url(call.url)
        if call.exchange.cut or error is None:
            sentence = f"{where} did not answer in time." if sent else _NO_CONNECTION_IN_TIME.format(where=where)
        else:
            sentence = _explained(error, where)
        if call.exchange.cut is Cut.DEADLINE or call.deadline.remaining(self._monotonic()) <= 0:
            return DeadlineExceeded(f"There was no answer in time. {sentence}", may_have_been_executed=sent)
        return Unreachable(sentence, may_have_been_executed=sent)


class _Call:
    """A request in flight."""

    __slots__ = ("deadline", "exchange", "url")

    def __init__(self, exchange: Exchange, url: str, deadline: Deadline) -> None:
        self.exchange = exchange
        self.url = url
        self.deadline = deadline


def _target(url: str) -> str:
    """What stands in the request line: the path and the query."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _too_slow(where: str) -> DeadlineExceeded:
    return DeadlineExceeded(f"{where} answered too slowly.", may_have_been_executed=True)


def _explained(error: Exception, where: str) -> str:
    """A sentence for an error of the library."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, ProxyError):
        inner = cause.original_error
        return f"The proxy does not let us reach {where} ({scrub(type(inner).__name__)}): check the proxy settings."
    if isinstance(cause, SSLError):
        return _tls_sentence(cause, where)
    if isinstance(cause, NameResolutionError):
        return f"The name of {where} cannot be resolved: check API Root and the network."
    if isinstance(cause, ConnectTimeoutError) and not isinstance(cause, NewConnectionError):
        return _NO_CONNECTION_IN_TIME.format(where=where)
    if isinstance(cause, NewConnectionError):
        return f"No connection to {where}: check API Root, the network, the firewall or the proxy."
    if isinstance(cause, ReadTimeoutError):
        return f"{where} did not answer in time."
    return f"The connection to {where} broke off ({type(cause).__name__})."


def _tls_sentence(error: Exception, where: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return (
            f"The certificate of {where} is not trusted: if a proxy inspects TLS, name its CA bundle; "
            "otherwise check API Root. Verification should stay on."
        )
    return f"No TLS connection to {where}: check API Root, and that its port speaks TLS."
