"""One call to the Mimecast API from beginning to end: authenticate, send, check the reply, wait, repeat."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import random
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from mimecast_secops.api.auth import Authenticator, RequestSigning, Token, TokenAuth, token_request
from mimecast_secops.api.credentials import ClientCredentials, Credentials, SigningKeys
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.endpoint import V2_ONLY, Endpoint
from mimecast_secops.api.envelope import RawReply, Reply, open_envelope
from mimecast_secops.api.error_mapping import MISSING_PRODUCT, RequestInfo, error_of_reply
from mimecast_secops.api.errors import (
    ApiError,
    DeadlineExceeded,
    MimecastError,
    MissingPermission,
    NotSupported,
    RateLimited,
    ReplyTooLarge,
    UnreadableReply,
)
from mimecast_secops.api.learned import Learned
from mimecast_secops.api.observers import Observers
from mimecast_secops.api.rate_limit import MIN_QUOTA_WAIT, Admission, RateLimiter, quota_wait
from mimecast_secops.api.request import Request
from mimecast_secops.api.secrets import Secret
from mimecast_secops.api.server_clock import ServerClock
from mimecast_secops.api.transport import StreamedReply, Transport, TransportOptions
from mimecast_secops.api.urls import check_url
from mimecast_secops.api.verdict import FailedAttempt, Step, verdict
from mimecast_secops.api.vocabulary import ApiVersion
from mimecast_secops.sentences import sentence

Result = TypeVar("Result")
_LOG: Final = logging.getLogger("mimecast_secops.api")
_MAX_LIFETIME: Final = 86_400
# Each value of a decoded reply takes up to a few hundred bytes. The longest search results have fewer values.
_MAX_VALUES: Final = 500_000
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
TOKEN: Final = Endpoint(
    path="/oauth/token",
    summary="get a token",
    permission="",
    api_versions=V2_ONLY,
    source="docs/reference/mimecast-api.md#bearer-tokens [documented]",
)


@dataclass(frozen=True, slots=True)
class Connection(TransportOptions):
    """The settings of a client: the tenant, the credentials, and how to reach the server.

    Args:
        api_root: an absolute https URL; a path in it is kept. Plain http is accepted for this machine only.
        credentials: the credentials. Their type decides the API version.
        max_attempts: the maximum number of attempts at one call.
        max_reply_bytes: a longer JSON reply raises `ReplyTooLarge`. The value limits the memory of one request.

    The other options are those of `TransportOptions`: `verify_tls`, `ca_bundle`, `proxy`, `timeout`, `connect_timeout`,
    `max_concurrency` and `user_agent`.

    Raises:
        Misconfigured: API Root or the address of the proxy cannot be used.
    """

    api_root: str
    credentials: Credentials
    max_attempts: int = 5
    max_reply_bytes: int = 16 * 1024 * 1024

    def __post_init__(self) -> None:
        object.__setattr__(self, "api_root", check_url(self.api_root, "API Root"))
        if self.proxy is not None:
            # Plain http to the proxy itself is accepted: the traffic through it is TLS.
            check_url(self.proxy.url.replace("http://", "https://", 1), "Proxy Server Address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The sources of time, randomness and IDs. Override them in tests.

    Args:
        clock: returns the current time, aware.
        monotonic: the monotonic clock, in seconds.
        sleep: waits for a number of seconds. If None, an expired deadline ends the wait.
        random: returns a random number in [0, 1).
        request_id: returns a new request ID.
    """

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] | None = None
    random: Callable[[], float] = random
    request_id: Callable[[], str] = lambda: str(uuid.uuid4())

    def pause(self, seconds: float, deadline: Deadline) -> None:
        """Wait for `seconds`, or until the deadline expires."""
        if self.sleep is None:
            deadline.wait(seconds)
        else:
            self.sleep(seconds)


@dataclass(slots=True)
class Attempt:
    """One attempt at a call.

    Attributes:
        request_info: the facts that an error names.
        admission: the attempt, as the rate limiter counts it.
        new_credentials: returns the headers that authenticate a request. May raise `MimecastError`.
        credentials: the headers that authenticated this attempt; empty until `authenticate` has returned.
    """

    request_info: RequestInfo
    admission: Admission
    new_credentials: Callable[[], dict[str, str]]
    credentials: dict[str, str] = field(default_factory=dict)

    def authenticate(self) -> Mapping[str, str]:
        """The headers that identify and authenticate the attempt."""
        self.credentials = self.new_credentials()
        return {"x-request-id": self.request_info.request_id, **self.credentials}


class Session:
    """Sends the requests of all resources. Safe to share between threads; `until` returns a view with a deadline.

    Args:
        connection: the settings of the client.
        runtime: the sources of time, randomness and IDs.
    """

    def __init__(self, connection: Connection, runtime: Runtime) -> None:
        self.connection = connection
        self.runtime = runtime
        self.deadline = Deadline.never()
        self.transport = Transport(connection, monotonic=runtime.monotonic)
        self.server_clock = ServerClock()
        self.learned = Learned()
        self.rate_limiter = RateLimiter(
            monotonic=runtime.monotonic, sleep=runtime.pause, clock=runtime.clock, unit=self.learned.reset_unit
        )
        self.observers = Observers()
        self.auth = self._authenticator(connection.credentials)

    @property
    def api_version(self) -> ApiVersion:
        """The API version of the credentials."""
        return self.auth.api_version

    def until(self, deadline: Deadline) -> Session:
        """The same session with another deadline. Everything else is shared."""
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
            missing = error
        else:
            return request.read(reply)
        try:
            return self.send(request.fallback)
        except MissingPermission as error:
            # Without the product, neither path is available. The error names the documented one.
            raise (missing if error.code == MISSING_PRODUCT else error) from None

    def with_retries(self, request: Request[Any], send: Callable[[Attempt], Result]) -> Result:
        """Make attempts at a call until one succeeds or the verdict is to fail.

        Args:
            request: the request. Its endpoint and its path are used; `send` sends it.
            send: makes one attempt; returns its result or raises `MimecastError`.

        Returns:
            The result of the successful attempt.

        Raises:
            NotSupported: the API version in use does not have the endpoint.
            MimecastError: the error of the last attempt.
        """
        endpoint = request.endpoint
        if self.api_version not in endpoint.api_versions:
            raise NotSupported(
                f"{self.api_version.value} does not have an endpoint to {endpoint.summary} ({endpoint.path}).",
                endpoint=endpoint.path,
            )

        def new_credentials() -> dict[str, str]:
            return self.auth.headers(request.path, self.deadline)

        number, renewed = 0, False
        while True:
            number += 1
            admission = self.rate_limiter.admission(endpoint.path, self.deadline)
            attempt = Attempt(self._request_info(endpoint), admission, new_credentials)
            try:
                with admission:
                    result = send(attempt)
            except MimecastError as caught:
                # Its traceback would keep this frame, and with it the whole reply, until Python collects cycles.
                error = caught.with_traceback(None)
            else:
                self.learned.note_function(endpoint.path)
                return result
            decision = verdict(
                FailedAttempt(
                    error=error,
                    number=number,
                    limit=self.connection.max_attempts,
                    writes=endpoint.writes,
                    renewed=renewed,
                    time_left=self.deadline.remaining(self.runtime.monotonic()),
                    jitter=self.runtime.random(),
                    divisible=endpoint.divisible,
                    has_token=bool(attempt.credentials) and self.api_version is ApiVersion.V2,
                )
            )
            match decision.step:
                case Step.RENEW if self.auth.forget(attempt.credentials):
                    renewed = True
                case Step.RETRY:
                    _LOG.debug(
                        "%s: attempt %d failed (%s); the next attempt is in %.2f s",
                        endpoint.path,
                        number,
                        type(error).__name__,
                        decision.wait,
                    )
                    self.runtime.pause(decision.wait, self.deadline)
                case _:
                    raise self._final_error(error, endpoint, number) from error.__cause__

    def _request_info(self, endpoint: Endpoint, request_id: str | None = None) -> RequestInfo:
        request_id = self.runtime.request_id() if request_id is None else request_id
        return RequestInfo(endpoint, self.api_version, request_id, self.rate_limiter.wait_of)

    @contextmanager
    def stream(self, request: Request[Any], attempt: Attempt) -> Iterator[StreamedReply]:
        """Make one attempt at a call whose reply is streamed."""
        opened = self.transport.stream(
            request.method,
            self.connection.api_root + request.path,
            headers={"Content-Type": "application/json", "Accept": "*/*"},
            body=request.body,
            deadline=self.deadline,
            name=request.endpoint.path,
            admission=attempt.admission,
            authenticate=attempt.authenticate,
        )
        with opened as reply:
            self.observers.notify(
                request.method, request.path, request.body, RawReply(reply.status, reply.headers, b"")
            )
            yield reply

    def _reply_to(self, request: Request[Any]) -> Reply:
        def send(attempt: Attempt) -> Reply:
            raw = self._exchange(request, attempt)
            if request.allow_empty and raw.status == 204:
                return Reply(204, (), (), "", {})
            return _checked(attempt.request_info, raw, partial=request.partial, undecoded=request.undecoded)

        return self.with_retries(request, send)

    def _exchange(self, request: Request[Any], attempt: Attempt) -> RawReply:
        endpoint = request.endpoint
        raw = self.transport.exchange(
            request.method,
            self.connection.api_root + request.path,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=request.body,
            deadline=self.deadline,
            max_bytes=self.connection.max_reply_bytes,
            fresh=endpoint.writes,
            name=endpoint.path,
            admission=attempt.admission,
            authenticate=attempt.authenticate,
        )
        self.observers.notify(request.method, request.path, request.body, raw)
        self.server_clock.update(raw.headers, self.runtime.clock())
        if _has_too_many_values(raw.body):
            raise ReplyTooLarge(f"Mimecast answered {endpoint.path} with more than {_MAX_VALUES} values.")
        return raw

    def _final_error(self, error: MimecastError, endpoint: Endpoint, attempts: int) -> MimecastError:
        """The error to raise: it names the endpoint, and the wait if only that prevented another attempt."""
        error.endpoint = error.endpoint or endpoint.path
        if isinstance(error, ApiError) and error.code == MISSING_PRODUCT:
            self.learned.note_function(endpoint.path, MISSING_PRODUCT)
        elif isinstance(error, ApiError) and error.status == 404 and not error.code:
            self.learned.note_function(endpoint.path, "HTTP 404")
        left = self.deadline.remaining(self.runtime.monotonic())
        if isinstance(error, RateLimited) and error.wait is not None and error.until is None:
            wait = error.wait
            if left > wait < MIN_QUOTA_WAIT or left <= 0:
                error.until = self.runtime.clock() + timedelta(seconds=wait)
            elif wait >= MIN_QUOTA_WAIT:
                error = quota_wait(error.endpoint, wait, self.runtime.clock(), error.request_id)
            else:
                return DeadlineExceeded(
                    f"{error.message} The next call is allowed in {wait:.1f} s, and {left:.1f} s are left.",
                    endpoint=error.endpoint,
                )
        error.attempts = attempts
        return error

    def _authenticator(self, credentials: Credentials) -> Authenticator:
        if isinstance(credentials, SigningKeys):
            return RequestSigning(credentials, clock=self.runtime.clock, request_id=self.runtime.request_id)
        return TokenAuth(lambda deadline: self._fetch_token(credentials, deadline), monotonic=self.runtime.monotonic)

    def _fetch_token(self, credentials: ClientCredentials, deadline: Deadline) -> Token:
        """Get a new token. Errors never quote the reply: some error replies echo the request.

        Source: docs/reference/mimecast-api.md#gateway-failures.
        """
        request_info = self._request_info(TOKEN, request_id="")
        with self.rate_limiter.admission(TOKEN.path, deadline) as admission:
            raw = self.transport.exchange(
                "POST",
                self.connection.api_root + TOKEN.path,
                headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
                body=urlencode(token_request(credentials)).encode(),
                deadline=deadline,
                max_bytes=1024 * 1024,
                name=TOKEN.path,
                admission=admission,
            )
        reply = open_envelope(raw)
        self.observers.notify_token(TOKEN.path, raw, reply)
        if error := error_of_reply(request_info, raw, reply):
            raise error
        value, lifetime = (reply.body.get(name) if reply else None for name in ("access_token", "expires_in"))
        if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
            raise UnreadableReply(
                sentence("The reply of {path} has no token. Check {API Root:bare}.", path=TOKEN.path),
                endpoint=TOKEN.path,
            )
        return Token(Secret(value), _seconds(lifetime))


def _seconds(lifetime: object) -> float:
    """How long a token may be kept, at most a day; 0 if the server names no usable lifetime."""
    if isinstance(lifetime, bool) or not isinstance(lifetime, (int, float)) or not lifetime > 0:
        return 0.0
    return float(min(lifetime, _MAX_LIFETIME))


def _has_too_many_values(body: bytes) -> bool:
    """Whether decoding the body would take far more memory than the body itself."""
    # The first count is enough for most replies. Only where it is not, commas within strings are left out.
    return body.count(b",") > _MAX_VALUES and _STRING.sub(b"", body).count(b",") > _MAX_VALUES


def _checked(request_info: RequestInfo, raw: RawReply, *, partial: bool, undecoded: bool) -> Reply:
    reply = open_envelope(raw, undecoded=undecoded)
    if partial and reply is not None and reply.status < 300 and reply.data:
        return reply
    if error := error_of_reply(request_info, raw, reply):
        raise error
    if reply is None:
        raise UnreadableReply(f"Mimecast answered {request_info.endpoint.path} with nothing that can be read.")
    return reply
