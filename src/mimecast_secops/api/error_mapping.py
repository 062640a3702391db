"""Maps a reply that is not a success to an error whose message tells a user what to do.

Codes and statuses: docs/reference/mimecast-api.md#error-codes, docs/reference/mimecast-api.md#gateway-failures,
docs/reference/mimecast-api.md#http-status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Fail, RawReply, Reply
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    MimecastError,
    MissingPermission,
    NotFound,
    RateLimited,
    Redirected,
    Unavailable,
    UndecodableReply,
    UnreadableReply,
)
from mimecast_secops.api.json_repair import without_byte_order_mark
from mimecast_secops.api.rate_headers import retry_after
from mimecast_secops.api.vocabulary import ApiVersion
from mimecast_secops.sentences import sentence

TOKEN_EXPIRED: Final = "token_expired"  # noqa: S105 -- an error code
MISSING_PRODUCT: Final = "app_forbidden"
FORBIDDEN_FOR_ADDRESS: Final = "err_xdk_operation_forbidden_for_address"
TRANSIENT_CODES: Final = frozenset({"token_verification_failed", "err_developer_key"})
_MAX_DETAIL: Final = 300
_MAX_HOST: Final = 253
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SUCCESS: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """The facts about a request that an error names.

    Attributes:
        endpoint: the endpoint that was called.
        api_version: the API version in use.
        request_id: the ID of the request, which Mimecast support asks for.
        read_wait: reads the seconds to wait from the headers of a reply with HTTP 429.
    """

    endpoint: Endpoint
    api_version: ApiVersion
    request_id: str = ""
    read_wait: Callable[[Mapping[str, str]], float | None] = retry_after


def error_of_reply(request_info: RequestInfo, raw: RawReply, reply: Reply | None) -> MimecastError | None:
    """The error that a reply reports; None if the reply is a success.

    Args:
        request_info: the request.
        raw: the reply as received.
        reply: the decoded reply; None if its body is not a JSON object.
    """
    if raw.status in _REDIRECTS:
        return _redirected(request_info, raw)
    if reply is None:
        return _error_of_unreadable(request_info, raw)
    if reply.status in _SUCCESS and not reply.fails:
        return None
    first = reply.fails[0] if reply.fails else Fail()
    return _error_of_code(request_info, reply.status, first) or _error_of_status(request_info, raw, reply.status, first)


def error_of_item(request_info: RequestInfo, fail: Fail) -> MimecastError:
    """The error of one item of a request whose other items may have succeeded."""
    return _error_of_code(request_info, 200, fail) or _api_error(request_info, 200, fail)


def _fields(request_info: RequestInfo, status: int, fail: Fail) -> dict[str, Any]:
    """The arguments that most errors share."""
    return {
        "status": status,
        "code": fail.code,
        "detail": fail.message[:_MAX_DETAIL],
        "request_id": request_info.request_id,
        "endpoint": request_info.endpoint.path,
    }


def _reason(fail: Fail) -> str:
    """Mimecast's own words about a failure, shortened."""
    text = str(fail)
    return text if len(text) <= _MAX_DETAIL else text[:_MAX_DETAIL] + "…"


def _error_of_unreadable(request_info: RequestInfo, raw: RawReply) -> MimecastError:
    fields = _fields(request_info, raw.status, Fail())
    path = request_info.endpoint.path
    if raw.status == 429:
        return _rate_limited(request_info, raw)
    if raw.status >= 500:
        return _unavailable(request_info, raw.status, Fail())
    body = without_byte_order_mark(raw.body).strip()
    if raw.status == 400 and not body:
        # A secure id that was cut or changed gives 400 without a word (docs/reference/mimecast-api.md#gateway-failures
        # [seen in a client]).
        return NotFound(
            f"Mimecast refused {path} without a reason (HTTP 400). An ID in the request is damaged.", **fields
        )
    if raw.status == 404:
        return ApiError(
            sentence(
                "The server does not have {path} (HTTP 404). Check that {API Root:bare} is the root of the Mimecast "
                "API.",
                path=path,
            ),
            **fields,
        )
    if _looks_like_html(raw):
        return UnreadableReply(
            sentence(
                "The server answered {path} with a web page (HTTP {status}) instead of JSON. This is not the Mimecast "
                "API. Check {API Root:bare}, and check whether a proxy or a login page answers instead.",
                path=path,
                status=raw.status,
            ),
            **fields,
        )
    if raw.status in (401, 403, 407):
        return AuthenticationFailed(f"The server refused {path} with HTTP {raw.status} and gave no reason.", **fields)
    if not body:
        return UnreadableReply(f"Mimecast answered {path} with an empty reply (HTTP {raw.status}).", **fields)
    message = f"Mimecast answered {path} with a reply that is not complete JSON (HTTP {raw.status})."
    is_object = raw.status in _SUCCESS and body.startswith(b"{")
    return UndecodableReply(message, **fields) if is_object else UnreadableReply(message, **fields)


def _redirected(request_info: RequestInfo, raw: RawReply) -> Redirected:
    """The error of a redirect. It names the host of the target and nothing else of it: a query may carry secrets."""
    try:
        host = urlsplit(raw.headers.get("location", "")).hostname or ""
    except ValueError:
        host = ""
    is_nameable = 0 < len(host) <= _MAX_HOST and host.isascii() and host.isprintable()
    message = sentence(
        "The server answered {path} with a redirect to {target} (HTTP {status}), which is not followed. Check that "
        "{API Root:bare} is the root of the Mimecast API, and check whether a proxy or a login page answers instead.",
        path=request_info.endpoint.path,
        target=f"the host {host}" if is_nameable else "another address",
        status=raw.status,
    )
    return Redirected(message, **_fields(request_info, raw.status, Fail()))


def _looks_like_html(raw: RawReply) -> bool:
    start = without_byte_order_mark(raw.body[:512]).lstrip().lower()
    return "text/html" in raw.headers.get("content-type", "") or start.startswith((b"<!doctype", b"<html"))


def _error_of_code(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError | None:
    make = _BY_CODE.get(fail.code)
    return make(request_info, status, fail) if make else None


def _error_of_status(request_info: RequestInfo, raw: RawReply, status: int, fail: Fail) -> MimecastError:
    if status == 429:
        return _rate_limited(request_info, raw)
    if status >= 500:
        return _unavailable(request_info, status, fail)
    if status == 401:
        return _authentication_failed(request_info, status, fail)
    if status == 418:
        return _binding_expired(request_info, status, fail)
    if status == 403:
        return _missing_permission(request_info, status, fail)
    if status == 404:
        return NotFound(
            f"Mimecast does not have what {request_info.endpoint.path} asks for ({_reason(fail)}).",
            **_fields(request_info, status, fail),
        )
    return _api_error(request_info, status, fail)


def _api_error(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    field = f' (field "{fail.field}")' if fail.field else ""
    return ApiError(
        f"Mimecast refused {request_info.endpoint.path}{field}: {_reason(fail)}", **_fields(request_info, status, fail)
    )


def _rate_limited(request_info: RequestInfo, raw: RawReply) -> RateLimited:
    path = request_info.endpoint.path
    return RateLimited(
        f"Rate limit exceeded for {path}. Reduce the call rate or increase the interval.",
        wait=request_info.read_wait(raw.headers),
        endpoint=path,
        request_id=request_info.request_id,
    )


def _unavailable(request_info: RequestInfo, status: int, fail: Fail) -> Unavailable:
    return Unavailable(
        f"Mimecast returned a server error (HTTP {status}). Try again later.", **_fields(request_info, status, fail)
    )


def _internal_error(request_info: RequestInfo, status: int, fail: Fail) -> Unavailable:
    """A server error, also where the HTTP status reports success."""
    message = f"Mimecast returned a server error ({_reason(fail)}). Try again later."
    return Unavailable(message, **_fields(request_info, status, fail))


def _authentication_failed(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    hints = {
        ApiVersion.V1: "Check {Application ID:bare}, {Application Key:bare}, {Access Key:bare} and {Secret Key:bare}, "
        "check that {API Root:bare} is the host of the account's region (eu-api, us-api, …), and check this machine's "
        "clock.",
        ApiVersion.V2: "Check {Client ID:bare} and {Client Secret:bare}, and check that {API Root:bare} is an API 2.0 "
        "gateway such as https://api.services.mimecast.com.",
    }
    message = sentence(
        "Mimecast does not accept the credentials ({reason}). {hint}",
        reason=_reason(fail),
        hint=sentence(hints[request_info.api_version]),
    )
    return AuthenticationFailed(message, **_fields(request_info, status, fail))


def _binding_expired(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    message = sentence(
        "The {Access Key:bare} has expired ({reason}). Create a new one under an authentication profile that never "
        "expires, or move to API 2.0.",
        reason=_reason(fail),
    )
    return AuthenticationFailed(message, **_fields(request_info, status, fail))


def _wrong_region(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    message = sentence(
        "{API Root:bare} is the host of another region than the account's ({reason}).", reason=_reason(fail)
    )
    return AuthenticationFailed(message, **_fields(request_info, status, fail))


def _missing_permission(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    endpoint = request_info.endpoint
    role = "the service account's role" if request_info.api_version is ApiVersion.V1 else "the API application's role"
    needed = f'the permission "{endpoint.permission}"' if endpoint.permission else f"what {endpoint.path} needs"
    message = f"Not permitted to {endpoint.summary} ({_reason(fail)}): grant {role} {needed} in the Mimecast console."
    return MissingPermission(message, permission=endpoint.permission, **_fields(request_info, status, fail))


def _missing_product(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    endpoint = request_info.endpoint
    product = f'the product "{endpoint.product}"' if endpoint.product else f"the product that contains {endpoint.path}"
    message = (
        f"The API application is not allowed to {endpoint.summary} ({_reason(fail)}): it needs {product}. "
        "Products are fixed when an application is created, so create one that has it. "
        "Otherwise API 2.0 does not have this endpoint for this tenant."
    )
    return MissingPermission(message, product=endpoint.product, **_fields(request_info, status, fail))


def _unknown_id(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    message = f"Mimecast does not know the ID in the request to {request_info.endpoint.path} ({_reason(fail)})."
    return NotFound(message, **_fields(request_info, status, fail))


_BY_CODE: Final[dict[str, Callable[[RequestInfo, int, Fail], MimecastError]]] = {
    "err_xdk_invalid_signature": _authentication_failed,
    "err_developer_key": _authentication_failed,
    "InvalidClientIdentifier": _authentication_failed,
    TOKEN_EXPIRED: _authentication_failed,
    "token_verification_failed": _authentication_failed,
    "unauthorized": _authentication_failed,
    "err_xdk_binding_expired": _binding_expired,
    "err_audit_log_incorrect_region": _wrong_region,
    FORBIDDEN_FOR_ADDRESS: _missing_permission,
    MISSING_PRODUCT: _missing_product,
    "xdk_failure": _unknown_id,
    "internal-error": _internal_error,
    "internal_error": _internal_error,
}
