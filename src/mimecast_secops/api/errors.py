"""Errors of the Mimecast client::

    MimecastError
    ├── Misconfigured            a setting must change; nothing was sent
    │   └── IncompleteCredentials
    ├── Unreachable              no reply: DNS, connection, TLS, proxy, timeout
    │   └── DeadlineExceeded         the deadline of the caller expired first
    ├── ApiError                 Mimecast replied with an error
    │   ├── AuthenticationFailed     wrong or expired credentials, wrong region, wrong clock
    │   ├── MissingPermission        a role permission or a product is missing
    │   ├── RateLimited              rate limit exceeded; not executed
    │   ├── NotFound                 Mimecast does not have the ID
    │   │   └── NotFoundWithoutCode      HTTP 404 without a word: the ID or the function is unknown
    │   ├── Unavailable              server error (HTTP 5xx)
    │   └── NotConfirmed             the reply does not confirm that the call was executed
    │       └── NotExecuted              the reply says that the call was not executed
    ├── UnreadableReply          the reply is not the expected JSON (a login page, an empty body)
    │   ├── Redirected               a redirect to another URL, which is not followed
    │   ├── UndecodableReply         JSON that cannot be decoded; a request for less may succeed
    │   │   └── ReplyTooLarge        longer than accepted
    │   └── UnexpectedReply          JSON, but not in the form of this endpoint's reply
    │       └── NotUnderstood            names the form: null, an empty object, unknown members
    ├── NotSupported             the API version in use does not have the endpoint
    └── FileRejected             a download that is too large, has the wrong hash, or has an unsafe URL

An `except` clause catches a class. Code that only has to know whether to retry reads `error.consequence`.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar

from mimecast_secops.sentences import Message, Sentence, joined


class Consequence(Enum):
    """What a program or a user can do about an error."""

    RETRY = "retry"
    """Transient: the same request may succeed later."""
    FIX = "fix"
    """A setting, a permission or a credential must change. No request succeeds until then."""
    SKIP = "skip"
    """The error concerns this one item. Requests for other items are not affected."""


class MimecastError(Exception):
    """Base class of all errors of this package.

    Args:
        message: a sentence that tells a user what to do; without secrets. A `Sentence` if it mentions parameters.
        status: the HTTP status, or the `meta.status` that overrides it; None if there was no reply.
        code: Mimecast's error code, such as `err_xdk_invalid_signature`; "" if the reply has none.
        detail: Mimecast's error message; "" if the reply has none.
        request_id: the ID of the request, which Mimecast support asks for; "" if unknown.
        endpoint: the path of the endpoint, such as `/api/gateway/hold-release`; "" if none was called.

    Attributes:
        attempts: the number of attempts that were made.
    """

    consequence: ClassVar[Consequence] = Consequence.SKIP

    def __init__(
        self,
        message: Message,
        *,
        status: int | None = None,
        code: str = "",
        detail: str = "",
        request_id: str = "",
        endpoint: str = "",
    ) -> None:
        super().__init__(str(message))
        self.message = str(message)
        self._sentence = joined([message])
        self.status = status
        self.code = code
        self.detail = detail
        self.request_id = request_id
        self.endpoint = endpoint
        self.attempts = 1

    @property
    def maybe_done(self) -> bool:
        """Whether a write may have been executed in spite of the error, because no reply says what happened to it.

        An error code of Mimecast says it. So does a rate limit, and an error before the request was sent.
        """
        return False

    @property
    def sentence(self) -> Sentence:
        """The message with its mentions of parameters, and the number of attempts."""
        return joined([self._sentence, f" ({self.attempts} attempts)"]) if self.attempts > 1 else self._sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Misconfigured(MimecastError):
    """A setting is missing, malformed or unsafe. Nothing was sent."""

    consequence = Consequence.FIX


class IncompleteCredentials(Misconfigured):
    """Neither the API 1.0 credentials nor the API 2.0 credentials are complete."""


class Unreachable(MimecastError):
    """There is no reply: name resolution, connection, TLS, proxy or timeout.

    Args:
        message: see `MimecastError`.
        may_have_been_executed: whether the request had been sent before the connection failed.
        endpoint: see `MimecastError`.
    """

    consequence = Consequence.RETRY

    def __init__(self, message: Message, *, may_have_been_executed: bool = False, endpoint: str = "") -> None:
        super().__init__(message, endpoint=endpoint)
        self.may_have_been_executed = may_have_been_executed

    @property
    def maybe_done(self) -> bool:
        """See `MimecastError.maybe_done`."""
        return self.may_have_been_executed


class DeadlineExceeded(Unreachable):
    """The deadline of the caller expired before the reply."""


class ApiError(MimecastError):
    """Mimecast replied with an error. `code` and `detail` are Mimecast's own words."""


class AuthenticationFailed(ApiError):
    """The credentials, the region or the clock are wrong, or an access key has expired."""

    consequence = Consequence.FIX


class MissingPermission(ApiError):
    """The credentials are valid, but a permission or a product is missing.

    Args:
        message: see `MimecastError`.
        permission: the role permission to grant, such as `Gateway | Tracking | Read`; "" if it is not the cause or not
            known.
        product: the API 2.0 product that the API application needs; "" if it is not the cause or not known.
        status: see `MimecastError`.
        code: see `MimecastError`.
        detail: see `MimecastError`.
        request_id: see `MimecastError`.
        endpoint: see `MimecastError`.
    """

    consequence = Consequence.FIX

    def __init__(
        self,
        message: Message,
        *,
        permission: str = "",
        product: str = "",
        status: int | None = None,
        code: str = "",
        detail: str = "",
        request_id: str = "",
        endpoint: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, detail=detail, request_id=request_id, endpoint=endpoint)
        self.permission = permission
        self.product = product


class RateLimited(ApiError):
    """The rate limit is exceeded, and the call was not executed (docs/reference/mimecast-api.md#http-status).

    Args:
        message: see `MimecastError`.
        wait: the seconds to wait that the server asks for; None if it names none.
        until: when the next call is allowed, aware; None if it is not known.
        endpoint: see `MimecastError`.
        request_id: see `MimecastError`.
    """

    consequence = Consequence.RETRY

    def __init__(
        self,
        message: str,
        *,
        wait: float | None = None,
        until: datetime | None = None,
        endpoint: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, status=429, endpoint=endpoint, request_id=request_id)
        self.wait = wait
        self.until = until


class NotFound(ApiError):
    """Mimecast does not have anything with the ID of the request."""


class NotFoundWithoutCode(NotFound):
    """HTTP 404 without an error code: Mimecast does not know the ID, or the server does not have the function.

    Only a request for another function, or for a known ID, tells the two apart.
    """


class Unavailable(ApiError):
    """Mimecast returned a server error (HTTP 5xx).

    A gateway may answer with HTTP 504 after a write has begun (docs/reference/mimecast-api.md#gateway-failures).
    """

    consequence = Consequence.RETRY

    @property
    def maybe_done(self) -> bool:
        """See `MimecastError.maybe_done`."""
        return True


class NotConfirmed(ApiError):
    """The HTTP status reports success, but the reply does not confirm that the call was executed for this item."""

    @property
    def maybe_done(self) -> bool:
        """See `MimecastError.maybe_done`."""
        return True


class NotExecuted(NotConfirmed):
    """The reply says that the call was not executed for this item: `release: false`."""

    @property
    def maybe_done(self) -> bool:
        """See `MimecastError.maybe_done`."""
        return False


class UnreadableReply(MimecastError):
    """The reply is not what the API documents: HTML, empty, truncated, or JSON of another form."""

    consequence = Consequence.RETRY

    @property
    def maybe_done(self) -> bool:
        """See `MimecastError.maybe_done`."""
        return True


class Redirected(UnreadableReply):
    """The server answered with a redirect, which is not followed: a request with credentials goes to API Root only."""

    consequence = Consequence.FIX

    @property
    def maybe_done(self) -> bool:
        """See `MimecastError.maybe_done`. HTTP 303 is the answer to a request that was executed."""
        return self.status == 303


class UndecodableReply(UnreadableReply):
    """The reply begins as JSON and cannot be decoded. A request for less, such as a shorter period, may succeed."""


class ReplyTooLarge(UndecodableReply):
    """The reply is longer than accepted. The same request gets the same reply; a request for less may succeed."""


class UnexpectedReply(UnreadableReply):
    """The reply is JSON without the form of this endpoint's reply, so it does not mean that nothing was found."""


class NotUnderstood(UnexpectedReply):
    """The reply has a form that this client does not know. It does not mean that nothing was found.

    Args:
        message: see `MimecastError`.
        form: the form of the reply: `null`, `{}`, `text`, or `members a, b`. It names members and never quotes values.
        status: see `MimecastError`.
        endpoint: see `MimecastError`.
    """

    def __init__(self, message: Message, *, form: str, status: int | None = None, endpoint: str = "") -> None:
        super().__init__(message, status=status, endpoint=endpoint)
        self.form = form


class NotSupported(MimecastError):
    """The API version in use does not have the endpoint. Nothing was sent."""


class FileRejected(MimecastError):
    """A file was rejected: it is too large, has the wrong hash, or its URL is not allowed."""
