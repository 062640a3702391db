"""One call to Mimecast from beginning to end: prove, send, judge, wait, repeat."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import random
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from mimecast_secops.api.auth import Authenticator, RequestSigning, Token, TokenAuth, token_request
from mimecast_secops.api.connections import Proxy
from mimecast_secops.api.credentials import ClientCredentials, Credentials, SigningKeys
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.endpoint import V2_ONLY, Endpoint
from mimecast_secops.api.envelope import RawReply, Reply, open_envelope
from mimecast_secops.api.error_mapping import MISSING_PRODUCT, RequestInfo, refusal
from mimecast_secops.api.errors import (
    DeadlineExceeded,
    MimecastError,
    MissingPermission,
    NotSupported,
    RateLimited,
    ReplyTooLarge,
    UnreadableReply,
)
from mimecast_secops.api.rate_limit import RateLimiter
from mimecast_secops.api.request import Request
from mimecast_secops.api.secrets import Secret
from mimecast_secops.api.transport import StreamedReply, Transport, TransportOptions
from mimecast_secops.api.urls import check_url
from mimecast_secops.api.verdict import Attempt, Step, verdict
from mimecast_secops.api.vocabulary import ApiVersion

Result = TypeVar("Result")
_LOG: Final = logging.getLogger("mimecast_secops.api")
_LONGEST_LIFETIME: Final = 86_400
# Each value of a decoded reply takes up to a few hundred bytes. Search results of the greatest length have fewer.
_MOST_VALUES: Final = 500_000
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
TOKEN: Final = Endpoint(
    path="/oauth/token",
    summary="get a token",
    permission="",
    api_versions=V2_ONLY,
    source="API notes 3.1 [documented]",
)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the tenant is, who we are there, and how to reach it.

    Args:
        api_root: an absolute https URL; a path in it is kept. Plain http is accepted for this machine only.
        credentials: which also decide the API generation.
        verify_tls: whether the server's certificate is verified.
        ca_bundle: PEM file or folder to verify against, "" for the system's.
        proxy: None = as the environment says.
        timeout: seconds that a server may stay silent.
        connect_timeout: seconds that a connection may take.
        max_attempts: how often one call is tried.
        max_concurrency: the most requests at the same time; how many there are adapts to the server.
        max_reply_bytes: a longer JSON reply is refused (`ReplyTooLarge`). It bounds the memory of one request.

    Raises:
        Misconfigured: API Root cannot be used.
    """

    api_root: str
    credentials: Credentials
    verify_tls: bool = True
    ca_bundle: str = ""
    proxy: Proxy | None = None
    timeout: float = 30.0
    connect_timeout: float = 10.0
    max_attempts: int = 5
    max_concurrency: int = 32
    max_reply_bytes: int = 16 * 1024 * 1024

    def __post_init__(self) -> None:
        object.__setattr__(self, "api_root", check_url(self.api_root, "API Root"))
        if self.proxy is not None:
            # The proxy itself may be spoken to in plain: what passes through it is TLS.
            check_url(self.proxy.url.replace("http://", "https://", 1), "Proxy Server Address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Time, chance and ids, handed in so that a test can own them. Without `sleep`, a deadline can end the waits."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] | None = None
    random: Callable[[], float] = random
    request_id: Callable[[], str] = lambda: str(uuid.uuid4())

    def pause(self, seconds: float, deadline: Deadline) -> None:
        """Wait for `seconds`, or until the deadline is expired."""
        if self.sleep is None:
            deadline.wait(seconds)
        else:
            self.sleep(seconds)


class ServerClock:
    """How far our clock is from the server's, as the last reply's `Date` tells it."""

    def __init__(self) -> None:
        self.skew: float | None = None

    def read(self, headers: Mapping[str, str], now: datetime) -> None:
        """Look at a reply."""
        try:
            told = parsedate_to_datetime(headers.get("date", ""))
            self.skew = (now - told).total_seconds()
        except (ValueError, TypeError):
            return


class Session:
    """What the areas call through. Safe to share between threads; `until` gives a view with a deadline."""

    def __init__(self, connection: Connection, runtime: Runtime) -> None:
        self.connection = connection
        self.around = runtime
        self.deadline = Deadline.never()
        transport_options = TransportOptions(
            verify_tls=connection.verify_tls,
            ca_bundle=connection.ca_bundle,
            proxy=connection.proxy,
            timeout=connection.timeout,
            connect_timeout=connection.connect_timeout,
            max_concurrency=connection.max_concurrency,
        )
        self.transport = Transport(transport_options, monotonic=runtime.monotonic)
        self.server_clock = ServerClock()
        self.budget = RateLimiter(monotonic=runtime.monotonic, sleep=runtime.pause)
        self.auth = self._authenticator(connection.credentials)

    @property
    def api_version(self) -> ApiVersion:
        """The API generation that the credentials are for."""
        return self.auth.api_version

    def until(self, deadline: Deadline) -> Session:
        """The same session with another deadline; everything else is shared."""
        view = object.__new__(Session)
        view.__dict__.update(self.__dict__)
        view.deadline = deadline
        return view

    def send(self, request: Request[Result]) -> Result:
        """Send a request and read its reply.

        Raises:
            MimecastError: the call failed, after the retries that were allowed.
        """
        try:
            reply = self._reply_to(request)
        except MissingPermission as error:
            if request.fallback is None or error.code != MISSING_PRODUCT:
                raise
        else:
            return request.read(reply)
        return self.send(request.fallback)

    def _reply_to(self, request: Request[Any]) -> Reply:
        def attempt(request_info: RequestInfo, headers: dict[str, str]) -> Reply:
            raw = self._exchange(request, headers)
            if request.allow_empty and raw.status == 204:
                return Reply(204, (), (), "", {})
            return _judged(request_info, raw, partial=request.partial, undecoded=request.undecoded)

        return self.repeat(request, attempt)

    def repeat(self, request: Request[Any], attempt: Callable[[RequestInfo, dict[str, str]], Result]) -> Result:
        """Make attempts at a call until the verdict is that it succeeded or failed; the loop of every call.

        Args:
            request: the request; its endpoint and its path decide about the attempts.
            attempt: makes one attempt with proven headers; returns its result or raises `MimecastError`.
        """
        endpoint = request.endpoint
        if self.api_version not in endpoint.api_versions:
            raise NotSupported(
                f"{self.api_version.value} has no function to {endpoint.summary} ({endpoint.path}).",
                endpoint=endpoint.path,
            )
        number, renewed = 0, False
        while True:
            number += 1
            headers: dict[str, str] = {}
            error: MimecastError | None = None
            result: Result | None = None
            request_info = RequestInfo(endpoint, self.api_version, self.around.request_id())
            try:
                self.budget.acquire(endpoint.path, self.deadline)
                headers = {"x-request-id": request_info.request_id, **self.auth.headers(request.path, self.deadline)}
                result = attempt(request_info, headers)
            except MimecastError as caught:
                # With its traceback the error would keep this frame, and with it the whole reply, until Python looks
                # for cycles.
                error = caught.with_traceback(None)
            step = verdict(
                Attempt(
                    error=error,
                    number=number,
                    limit=self.connection.max_attempts,
                    writes=endpoint.writes,
                    renewed=renewed,
                    time_left=self.deadline.remaining(self.around.monotonic()),
                    jitter=self.around.random(),
                    divisible=endpoint.divisible,
                )
            )
            if step.step is Step.RENEW and self.auth.forget(headers):
                renewed = True
            elif step.step is Step.RETRY:
                _LOG.debug(
                    "%s: attempt %d failed (%s), next in %.2f s", endpoint.path, number, type(error).__name__, step.wait
                )
                self.around.pause(step.wait, self.deadline)
            elif error is None and result is not None:
                return result
            elif error is not None:
                raise self._final(error, endpoint, number) from error.__cause__

    @contextmanager
    def open(self, request: Request[Any], headers: dict[str, str]) -> Iterator[StreamedReply]:
        """One attempt at a call whose reply is streamed."""
        sent = {"Content-Type": "application/json", "Accept": "*/*", **headers}
        opened = self.transport.stream(
            request.method,
            self.connection.api_root + request.path,
            headers=sent,
            body=request.body,
            deadline=self.deadline,
            name=request.endpoint.path,
        )
        with opened as reply:
            self.budget.report(request.endpoint.path, reply.status, reply.headers)
            yield reply

    def _exchange(self, request: Request[Any], headers: dict[str, str]) -> RawReply:
        endpoint = request.endpoint
        raw = self.transport.exchange(
            request.method,
            self.connection.api_root + request.path,
            headers={"Content-Type": "application/json", "Accept": "application/json", **headers},
            body=request.body,
            deadline=self.deadline,
            max_bytes=self.connection.max_reply_bytes,
            fresh=endpoint.writes,
            name=endpoint.path,
        )
        self.budget.report(endpoint.path, raw.status, raw.headers)
        self.server_clock.read(raw.headers, self.around.clock())
        if _has_too_many_values(raw.body):
            raise ReplyTooLarge(f"Mimecast answered {endpoint.path} with more than {_MOST_VALUES} values.")
        return raw

    def _final(self, error: MimecastError, endpoint: Endpoint, attempts: int) -> MimecastError:
        """The error to raise: it names the function, and says so when only the deadline kept us from trying again."""
        error.endpoint = error.endpoint or endpoint.path
        left = self.deadline.remaining(self.around.monotonic())
        if isinstance(error, RateLimited) and error.wait is not None and error.wait > left > 0:
            return DeadlineExceeded(
                f"{error.message} The next call is allowed in {error.wait:.0f} s, and {left:.0f} s are left.",
                endpoint=endpoint.path,
            )
        if attempts > 1:
            error.args = (f"{error.message} ({attempts} attempts)",)
            error.message = str(error.args[0])
        return error

    def _authenticator(self, credentials: Credentials) -> Authenticator:
        if isinstance(credentials, SigningKeys):
            return RequestSigning(credentials, clock=self.around.clock, request_id=self.around.request_id)
        return TokenAuth(lambda deadline: self._fetch_token(credentials, deadline), monotonic=self.around.monotonic)

    def _fetch_token(self, credentials: ClientCredentials, deadline: Deadline) -> Token:
        """A new token. The reply is never quoted: one kind of refusal echoes what was sent (API notes 3.3)."""
        raw = self.transport.exchange(
            "POST",
            self.connection.api_root + TOKEN.path,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode(token_request(credentials)).encode(),
            deadline=deadline,
            max_bytes=1024 * 1024,
            name=TOKEN.path,
        )
        self.budget.report(TOKEN.path, raw.status, raw.headers)
        request_info = RequestInfo(TOKEN, ApiVersion.V2)
        reply = open_envelope(raw)
        if error := refusal(request_info, raw, reply):
            raise error
        value, lifetime = (reply.body.get(name) if reply else None for name in ("access_token", "expires_in"))
        if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
            raise UnreadableReply(f"The reply of {TOKEN.path} has no token: check API Root.", endpoint=TOKEN.path)
        return Token(Secret(value), _seconds(lifetime))


def _seconds(lifetime: object) -> float:
    """How long a token may be kept, at most a day; 0 where the server says nothing that makes sense."""
    if isinstance(lifetime, bool) or not isinstance(lifetime, (int, float)) or not lifetime > 0:
        return 0.0
    return float(min(lifetime, _LONGEST_LIFETIME))


def _has_too_many_values(body: bytes) -> bool:
    """Whether decoding would take far more memory than the body itself."""
    # Most replies are told by the first count. Commas within texts are left out only where it matters.
    return body.count(b",") > _MOST_VALUES and _STRING.sub(b"", body).count(b",") > _MOST_VALUES


def _judged(request_info: RequestInfo, raw: RawReply, *, partial: bool, undecoded: bool) -> Reply:
    reply = open_envelope(raw, undecoded=undecoded)
    if partial and reply is not None and reply.status < 300 and reply.data:
        return reply
    if error := refusal(request_info, raw, reply):
        raise error
    if reply is None:
        raise UnreadableReply(f"{request_info.endpoint.path} answered nothing that can be read.")
    return reply
