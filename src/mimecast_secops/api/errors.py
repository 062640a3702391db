"""What can go wrong between us and Mimecast, as data.

    MimecastError
    ├── Misconfigured            the person must change a setting; nothing was sent
    │   └── IncompleteCredentials
    ├── Unreachable              no answer: DNS, connection, TLS, proxy, time-out
    │   └── DeadlineExceeded     the caller's own deadline came first
    ├── Refused                  Mimecast answered no
    │   ├── AuthenticationFailed     wrong or expired credentials, wrong region, clock
    │   ├── MissingRight             a role permission or a product is missing
    │   ├── RateLimited              quota used up; not executed
    │   ├── NotFound                 an id that Mimecast does not know
    │   ├── Unavailable              5xx: Mimecast's own trouble
    │   └── NotConfirmed             processed, but the reply does not say that it was done
    ├── UnreadableReply          not the JSON that was promised (a login page, nothing)
    │   ├── UndecodableReply         JSON that cannot be decoded; a request for less may work
    │   │   └── ReplyTooLarge        longer than accepted
    │   └── UnexpectedReply          JSON, but not in the form of this function's answer
    ├── NotSupported             this API generation has no such function
    └── FileRejected             a download that was too large, of the wrong hash, or from a forbidden place

The second axis is the consequence, which engines act on: `error.consequence`. People catch the leaf.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar


class Consequence(Enum):
    """What the one who gets the error can do about it."""

    RETRY = "retry"
    """Transient: the same request may succeed later."""
    FIX = "fix"
    """Somebody must change a setting, a right or a credential; no request will succeed until then."""
    SKIP = "skip"
    """This one item is the problem; others are not affected."""


class MimecastError(Exception):
    """The root of every error of this package.

    Args:
        message: one sentence that a person can act on, without secrets.
        status: HTTP status, or the `meta.status` that overruled it; None where there was no reply.
        code: Mimecast's own code (`err_xdk_invalid_signature`), "" where it gave none.
        detail: Mimecast's own message, "" where it gave none.
        request_id: the id of the request that Mimecast's support asks for, "" where unknown.
        endpoint: the path of the function that was called (`/api/gateway/hold-release`), "" where none was.
    """

    consequence: ClassVar[Consequence] = Consequence.SKIP

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        detail: str = "",
        request_id: str = "",
        endpoint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.detail = detail
        self.request_id = request_id
        self.endpoint = endpoint

    def __str__(self) -> str:
        return self.message


class Misconfigured(MimecastError):
    """A setting is missing, malformed or unsafe; nothing was sent."""

    consequence = Consequence.FIX


class IncompleteCredentials(Misconfigured):
    """Neither a complete API 1.0 set nor a complete API 2.0 pair was given."""


class Unreachable(MimecastError):
    """No reply came: name resolution, connection, TLS, proxy or time-out.

    `may_have_been_executed` is true when the request had left before the connection failed.
    """

    consequence = Consequence.RETRY

    def __init__(self, message: str, *, may_have_been_executed: bool = False, endpoint: str = "") -> None:
        super().__init__(message, endpoint=endpoint)
        self.may_have_been_executed = may_have_been_executed


class DeadlineExceeded(Unreachable):
    """The caller's deadline came before an answer."""


class ApiError(MimecastError):
    """Mimecast answered, and the answer is no. `code` and `detail` are Mimecast's own words."""


class AuthenticationFailed(ApiError):
    """The credentials, the region or the clock are wrong, or an access key has expired."""

    consequence = Consequence.FIX


class MissingPermission(ApiError):
    """The credentials are good, but lack a right.

    `permission` is the role permission to grant (`Gateway | Tracking | Read`) and `product` the API 2.0 product to
    assign, each "" where it is not the cause or not known.
    """

    consequence = Consequence.FIX

    def __init__(
        self,
        message: str,
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
    """The quota is used up and the function was not executed (API notes 4.6). `wait` is seconds, None if not said."""

    consequence = Consequence.RETRY

    def __init__(self, message: str, *, wait: float | None = None, endpoint: str = "", request_id: str = "") -> None:
        super().__init__(message, status=429, endpoint=endpoint, request_id=request_id)
        self.wait = wait


class NotFound(ApiError):
    """Mimecast does not know the id that was named."""


class Unavailable(ApiError):
    """Mimecast itself has trouble (5xx)."""

    consequence = Consequence.RETRY


class NotConfirmed(ApiError):
    """HTTP said success, but the reply lacks the sign that this very thing was done."""


class UnreadableReply(MimecastError):
    """The reply is not what the API promises: HTML, empty, truncated, or JSON of another shape."""

    consequence = Consequence.RETRY


class UndecodableReply(UnreadableReply):
    """The reply begins as JSON and cannot be decoded. A request for less, such as a shorter window, may succeed."""


class ReplyTooLarge(UndecodableReply):
    """The reply is longer than accepted. The same request gives the same reply; a request for less may succeed."""


class UnexpectedReply(UnreadableReply):
    """The reply is JSON without the form of this function's answer, so it does not mean "nothing found"."""


class NotSupported(MimecastError):
    """This function does not exist on the API generation in use; nothing was sent."""


class FileRejected(MimecastError):
    """A file was not accepted: too large, a wrong hash, or a place it must not come from."""
