"""Sends one HTTP request and reads its reply, within its time limits. Only this module and `connections` use urllib3.

The library is `urllib3` because the platform's SDK has already imported it and it costs the least per request; see the
decision record on dependencies. Its own retries and redirects are off: `verdict` decides about retries, and a request
with credentials never follows a redirect.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias
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
from mimecast_secops.api.rate_headers import calls_left
from mimecast_secops.api.rate_limit import Admission
from mimecast_secops.api.secrets import scrub
from mimecast_secops.api.urls import is_loopback, shown_url
from mimecast_secops.api.watchdog import Cut, Exchange, Watchdog
from mimecast_secops.sentences import Message, Sentence, joined, sentence

USER_AGENT: Final = f"mimecast-secops/{__version__}"
_CHUNK: Final = 64 * 1024
_BODY_TIMEOUTS: Final = 10
# The API, and the hosts of download links.
_MAX_SERVERS: Final = 8
Authentication: TypeAlias = Callable[[], Mapping[str, str]]
"""Returns the headers that authenticate one request. May send another request first, for a token."""
_NO_RETRIES: Final = urllib3.Retry(False, redirect=False)
_CONNECT_TIMEOUT_MESSAGE: Final = (
    "{server} did not answer the connection in time. Check the network, the firewall or the proxy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportOptions:
    """How to reach servers.

    Args:
        verify_tls: whether the certificate of the server is verified.
        ca_bundle: a PEM file or a folder of certificates to verify against; "" for those that the system trusts.
        proxy: the outbound proxy; None for the proxy settings of the environment.
        timeout: the longest silence of a server, in seconds.
        connect_timeout: the longest time to establish a connection, in seconds.
        max_concurrency: the maximum number of requests at the same time. Their number adapts to the server.
        user_agent: the value of the `User-Agent` header.
    """

    verify_tls: bool = True
    ca_bundle: str = ""
    proxy: Proxy | None = None
    timeout: float = 30.0
    connect_timeout: float = 10.0
    max_concurrency: int = 32
    user_agent: str = USER_AGENT


@dataclass(frozen=True, slots=True)
class StreamedReply:
    """A reply whose body has not been read. `chunks` ends at the end of the body or with an error."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Transport:
    """Sends one request at a time per thread, over shared connections. Safe to share between threads.

    A request ends in time whatever the server does. Connecting, TLS, sending and the headers of the reply may take
    `connect_timeout + timeout` together, the body may take ten times `timeout`, and the deadline ends everything.

    Args:
        options: how to reach servers.
        monotonic: the monotonic clock, in seconds.
    """

    def __init__(self, options: TransportOptions, *, monotonic: Callable[[], float]) -> None:
        self._options = options
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str, str], HTTPConnectionPool] = {}
        self._context: ssl.SSLContext | None = None
        self._watchdog = Watchdog()
        self._concurrency = ConcurrencyLimit(options.max_concurrency, monotonic=monotonic)
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
        admission: Admission | None = None,
        authenticate: Authentication | None = None,
    ) -> RawReply:
        """Send a request and read the whole reply.

        Args:
            method: the HTTP method.
            url: an absolute URL, already checked with `check_url`.
            headers: all headers except the user agent and those of `authenticate`.
            body: the body of the request.
            deadline: the deadline of the caller.
            max_bytes: a longer reply is not read.
            fresh: use a new connection. The server may have closed a kept one, and then it is unknown whether a write
                was executed.
            name: a name for the endpoint. Latencies are compared between calls of one name. "" for one name per server.
            admission: the call, as the rate limiter counts it; None for a request without a rate limit.
            authenticate: returns the headers that authenticate the request; None for a request without credentials.
                It is called after the wait for the rate limit, because a token may expire during that wait.

        Raises:
            Unreachable: there is no reply. `may_have_been_executed` says whether the request had been sent.
            DeadlineExceeded: the deadline expired first.
            ReplyTooLarge: the reply is longer than `max_bytes`.
            RateLimited: the wait for the rate limit is longer than allowed. Nothing was sent.
        """
        opened = self.stream(
            method,
            url,
            headers=headers,
            body=body,
            deadline=deadline,
            fresh=fresh,
            name=name,
            admission=admission,
            authenticate=authenticate,
        )
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
        admission: Admission | None = None,
        authenticate: Authentication | None = None,
    ) -> Iterator[StreamedReply]:
        """Send a request and yield the reply before its body is read. Raises the same errors as `exchange`."""
        self._check_time(deadline, url)
        pool = self._pool(url, fresh=fresh)
        observation, credentials = self._permit(name or urlsplit(url).netloc, deadline, admission, authenticate)
        try:
            left = self._check_time(deadline, url)
            limit = self._options.connect_timeout + self._options.timeout
            with self._lock:
                self.requests_sent += 1
            with self._watchdog.watch(deadline, left, limit) as exchange:
                call = _Call(exchange, url, deadline)
                try:
                    response = self._headers_of(pool, method, call, {**headers, **credentials}, body)
                except DeadlineExceeded:
                    raise
                except Unreachable:
                    observation.counts = True
                    raise
                lowered = {name.lower(): value for name, value in response.headers.items()}
                observation.counts, observation.status = True, response.status
                observation.calls_left = calls_left(lowered)
                if admission:
                    admission.report(response.status, lowered)
                observation.seconds = time.monotonic() - (exchange.sent_at or 0.0)
                done = False
                try:
                    yield StreamedReply(response.status, lowered, self._chunks(response, call))
                    done = True
                finally:
                    if not done or response.length_remaining:
                        response.close()
                    response.release_conn()
        finally:
            self._concurrency.release(observation)
            if fresh:
                pool.close()

    def close(self) -> None:
        """Close the open connections."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()
        self._watchdog.close()

    def _permit(
        self, path: str, deadline: Deadline, admission: Admission | None, authenticate: Authentication | None
    ) -> tuple[Observation, Mapping[str, str]]:
        """Wait for the rate limit and for a permit to send. Returns the permit and the headers with credentials.

        A call that waits for the rate limit holds no permit, and no credentials that could expire.
        """
        while True:
            if admission:
                admission.wait()
            credentials = authenticate() if authenticate else {}
            observation = Observation(path=path, epoch=self._concurrency.acquire(deadline), counts=False)
            if admission is None or admission.enter():
                return observation, credentials
            self._concurrency.release(observation)

    def _check_time(self, deadline: Deadline, url: str) -> float:
        left = deadline.remaining(self._monotonic())
        if left <= 0:
            raise DeadlineExceeded(f"The time limit expired before the request to {shown_url(url)}.")
        return left

    def _headers_of(
        self, pool: HTTPConnectionPool, method: str, call: _Call, headers: dict[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        """Send the request and read the headers of the reply."""
        left = call.exchange.remaining()
        if left <= 0:  # The library does not accept a timeout of 0.
            raise self._failure(call)
        timeout = urllib3.Timeout(
            connect=min(self._options.connect_timeout, left), read=min(self._options.timeout, left)
        )
        IN_FLIGHT.exchange = call.exchange
        try:
            response = pool.urlopen(
                method,
                _target(call.url),
                headers={"User-Agent": self._options.user_agent, **headers},
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
            # The library treats a connection that ends within the headers as the end of the headers.
            response.close()
            response.release_conn()
            raise self._failure(call)
        call.exchange.extend(self._options.timeout * _BODY_TIMEOUTS)
        return response

    def _chunks(self, response: urllib3.BaseHTTPResponse, call: _Call) -> Iterator[bytes]:
        server = shown_url(call.url)
        try:
            while chunk := response.read1(_CHUNK):
                yield chunk
                if call.exchange.cut or call.deadline.remaining(self._monotonic()) <= 0:
                    raise _too_slow(server)
            if call.exchange.cut:
                raise _too_slow(server)
            if response.length_remaining:
                raise Unreachable(f"The reply of {server} broke off.", may_have_been_executed=True)
        except (HTTPError, OSError) as error:
            raise (_too_slow(server) if call.exchange.cut else self._failure(call, error)) from None

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
                while len(self._pools) >= _MAX_SERVERS:
                    del self._pools[next(iter(self._pools))]  # Its connections close when no thread uses them.
                pool = self._pools[key] = self._new_pool(url, proxy, secure=secure)
            return pool

    def _new_pool(self, url: str, proxy: Proxy | None, *, secure: bool) -> HTTPConnectionPool:
        # A context reads the trust store, which takes about 50 ms. It is built only where TLS is used.
        context = self._tls() if secure or (proxy is not None and proxy.url.startswith("https:")) else None
        return pool_of(url, proxy=proxy, context=context, size=self._options.max_concurrency)

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = tls_context(verify=self._options.verify_tls, ca_bundle=self._options.ca_bundle)
        return self._context

    def _proxy_for(self, scheme: str, host: str) -> Proxy | None:
        if is_loopback(host):
            return None
        return self._options.proxy or proxy_of_environment(scheme, host)

    def _failure(self, call: _Call, error: Exception | None = None) -> Unreachable:
        """The error of a call without a reply: the deadline if it has passed, otherwise the cause."""
        sent = call.exchange.sent_at is not None
        server = shown_url(call.url)
        if call.exchange.cut or error is None:
            message: Message = (
                f"{server} did not answer in time." if sent else _CONNECT_TIMEOUT_MESSAGE.format(server=server)
            )
        else:
            message = _message_for(error, server)
        if call.exchange.cut is Cut.DEADLINE or call.deadline.remaining(self._monotonic()) <= 0:
            return DeadlineExceeded(joined(["The time limit expired. ", message]), may_have_been_executed=sent)
        return Unreachable(message, may_have_been_executed=sent)


class _Call:
    """A request in flight."""

    __slots__ = ("deadline", "exchange", "url")

    def __init__(self, exchange: Exchange, url: str, deadline: Deadline) -> None:
        self.exchange = exchange
        self.url = url
        self.deadline = deadline


def _target(url: str) -> str:
    """The target in the request line: the path and the query."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _too_slow(server: str) -> DeadlineExceeded:
    return DeadlineExceeded(f"{server} answered too slowly.", may_have_been_executed=True)


def _message_for(error: Exception, server: str) -> Message:
    """The message for an error of the library."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, ProxyError):
        inner = cause.original_error
        return f"The proxy does not connect to {server} ({scrub(type(inner).__name__)}). Check the proxy settings."
    if isinstance(cause, SSLError):
        return _tls_message(cause, server)
    if isinstance(cause, NameResolutionError):
        return sentence(
            "The name of {server} cannot be resolved. Check {API Root:bare} and the network.", server=server
        )
    if isinstance(cause, ConnectTimeoutError) and not isinstance(cause, NewConnectionError):
        return _CONNECT_TIMEOUT_MESSAGE.format(server=server)
    if isinstance(cause, NewConnectionError):
        return sentence(
            "No connection to {server}. Check {API Root:bare}, the network, the firewall or the proxy.", server=server
        )
    if isinstance(cause, ReadTimeoutError):
        return f"{server} did not answer in time."
    return f"The connection to {server} broke off ({type(cause).__name__})."


def _tls_message(error: Exception, server: str) -> Sentence:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return sentence(
            "The certificate of {server} is not trusted. If a proxy inspects TLS, set its CA bundle. "
            "Otherwise check {API Root:bare}. Keep verification on.",
            server=server,
        )
    return sentence(
        "No TLS connection to {server}. Check {API Root:bare}, and check that its port uses TLS.", server=server
    )
