"""From a reply that is not a success to the error that tells a person what to do.

Codes and statuses: API notes 2.5, 3.3, 4.4, 4.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Fail, RawReply, Reply
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    MimecastError,
    MissingPermission,
    NotFound,
    RateLimited,
    Unavailable,
    UndecodableReply,
    UnreadableReply,
)
from mimecast_secops.api.vocabulary import ApiVersion

TOKEN_EXPIRED: Final = "token_expired"  # noqa: S105 -- an error code
MISSING_PRODUCT: Final = "app_forbidden"
TRANSIENT_REFUSALS: Final = frozenset({"token_verification_failed", "err_developer_key"})
# All spellings that documentation and clients show, in milliseconds (API notes 4.7).
RESET_HEADERS: Final = ("x-ratelimit-reset", "x-rate-limit-reset", "x-mimecast-ratelimit-reset")
_LONGEST_DETAIL: Final = 300
_SUCCESS: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """What was asked, for an error to name: the function, the generation, and the id Mimecast's support asks for."""

    endpoint: Endpoint
    api_version: ApiVersion
    request_id: str = ""


def refusal(request_info: RequestInfo, raw: RawReply, reply: Reply | None) -> MimecastError | None:
    """The error that a reply stands for; None where the reply is a success.

    Args:
        request_info: what was asked.
        raw: the reply.
        reply: what it says, None where its body is not a JSON object.
    """
    if reply is None:
        return _unreadable(request_info, raw)
    if reply.status in _SUCCESS and not reply.fails:
        return None
    first = reply.fails[0] if reply.fails else Fail()
    return _by_code(request_info, reply.status, first) or _by_status(request_info, raw, reply.status, first)


def refused_item(request_info: RequestInfo, fail: Fail) -> MimecastError:
    """The error of one item of a request of which others succeeded."""
    return _by_code(request_info, 200, fail) or _plain(request_info, 200, fail)


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds to wait that a reply's headers ask for, None where they do not say. `now` is unix seconds."""
    for name in RESET_HEADERS:
        milliseconds = _number(headers.get(name))
        if milliseconds is not None:
            return milliseconds / 1000
    request_info = headers.get("retry-after", "")
    seconds = _number(request_info)
    if seconds is not None or not request_info or now is None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(request_info).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < float("inf") else None


def _about(request_info: RequestInfo, status: int, fail: Fail) -> dict[str, Any]:
    return {
        "status": status,
        "code": fail.code,
        "detail": fail.message[:_LONGEST_DETAIL],
        "request_id": request_info.request_id,
        "endpoint": request_info.endpoint.path,
    }


def _said(fail: Fail) -> str:
    words = str(fail)
    return words if len(words) <= _LONGEST_DETAIL else words[:_LONGEST_DETAIL] + "…"


def _unreadable(request_info: RequestInfo, raw: RawReply) -> MimecastError:
    about = _about(request_info, raw.status, Fail())
    path = request_info.endpoint.path
    if raw.status == 429:
        return RateLimited(
            _rate_sentence(path), wait=retry_after(raw.headers), endpoint=path, request_id=request_info.request_id
        )
    if raw.status >= 500:
        return Unavailable(
            f"Mimecast has trouble of its own (HTTP {raw.status} from {path}): try again later.", **about
        )
    if raw.status == 400 and not raw.body.strip():
        # API notes 3.3 [seen in a client]: a secure id that was cut or changed gives 400 without a word.
        return NotFound(
            f"Mimecast refused {path} without a reason (HTTP 400): an id in the request is damaged.", **about
        )
    if raw.status == 404:
        return ApiError(_no_such_path(path), **about)
    if _looks_like_html(raw):
        return UnreadableReply(
            f"The server answered {path} with a web page (HTTP {raw.status}) instead of JSON. "
            "This is not the Mimecast API: check API Root, and whether a proxy or a login page stands in between.",
            **about,
        )
    if raw.status in (401, 403, 407):
        return AuthenticationFailed(f"The server refused {path} with HTTP {raw.status} and gave no reason.", **about)
    if not raw.body.strip():
        return UnreadableReply(f"Mimecast answered {path} with an empty reply (HTTP {raw.status}).", **about)
    sentence = f"Mimecast answered {path} with a reply that is not complete JSON (HTTP {raw.status})."
    is_object = raw.status in _SUCCESS and raw.body.lstrip().startswith(b"{")
    return UndecodableReply(sentence, **about) if is_object else UnreadableReply(sentence, **about)


def _looks_like_html(raw: RawReply) -> bool:
    start = raw.body[:512].lstrip().lower()
    return "text/html" in raw.headers.get("content-type", "") or start.startswith((b"<!doctype", b"<html"))


def _by_code(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError | None:
    make = _BY_CODE.get(fail.code)
    return make(request_info, status, fail) if make else None


def _by_status(request_info: RequestInfo, raw: RawReply, status: int, fail: Fail) -> MimecastError:
    path = request_info.endpoint.path
    if status == 429:
        return RateLimited(
            _rate_sentence(path), wait=retry_after(raw.headers), endpoint=path, request_id=request_info.request_id
        )
    if status >= 500:
        about = _about(request_info, status, fail)
        return Unavailable(f"Mimecast has trouble of its own (HTTP {status} from {path}): try again later.", **about)
    if status == 401:
        return _authentication(request_info, status, fail)
    if status == 418:
        return _binding_expired(request_info, status, fail)
    if status == 403:
        return _missing_permission(request_info, status, fail)
    if status == 404:
        return NotFound(
            f"Mimecast does not know what {path} was asked about ({_said(fail)}).", **_about(request_info, status, fail)
        )
    return _plain(request_info, status, fail)


def _plain(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    where = f' (field "{fail.field}")' if fail.field else ""
    return ApiError(
        f"Mimecast refused {request_info.endpoint.path}{where}: {_said(fail)}", **_about(request_info, status, fail)
    )


def _no_such_path(path: str) -> str:
    return f"The server knows no {path} (HTTP 404): check that API Root is the root of the Mimecast API."


def _rate_sentence(path: str) -> str:
    return f"Mimecast's rate limit for {path} is used up: fewer calls or a longer interval are needed."


def _authentication(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    hints = {
        ApiVersion.V1: "check Application ID, Application Key, Access Key and Secret Key, that API Root is the host "
        "of the account's region (eu-api, us-api, …), and that this machine's clock is right",
        ApiVersion.V2: "check Client ID and Client Secret, and that API Root is an API 2.0 gateway such as "
        "https://api.services.mimecast.com",
    }
    sentence = f"Mimecast does not accept the credentials ({_said(fail)}): {hints[request_info.api_version]}."
    return AuthenticationFailed(sentence, **_about(request_info, status, fail))


def _binding_expired(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    sentence = (
        f"The Access Key has expired ({_said(fail)}): create a new one, with an authentication profile that never "
        "expires, or move to API 2.0."
    )
    return AuthenticationFailed(sentence, **_about(request_info, status, fail))


def _wrong_region(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    sentence = f"API Root is the host of another region than the account's ({_said(fail)})."
    return AuthenticationFailed(sentence, **_about(request_info, status, fail))


def _missing_permission(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    right = request_info.endpoint.permission
    who = "the service account's role" if request_info.api_version is ApiVersion.V1 else "the API application's role"
    grant = f'grant {who} the permission "{right}"' if right else f"grant {who} what {request_info.endpoint.path} needs"
    sentence = f"Not permitted to {request_info.endpoint.summary} ({_said(fail)}): {grant} in the Mimecast console."
    return MissingPermission(sentence, permission=right, **_about(request_info, status, fail))


def _missing_product(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    product = request_info.endpoint.product
    named = f'the product "{product}"' if product else f"the product that contains {request_info.endpoint.path}"
    sentence = (
        f"The API application may not {request_info.endpoint.summary} ({_said(fail)}): it needs {named}. "
        "Products are fixed when an application is created, so create one that has it; "
        "or this function does not exist on API 2.0 for this tenant."
    )
    return MissingPermission(sentence, product=product, **_about(request_info, status, fail))


def _unknown_id(request_info: RequestInfo, status: int, fail: Fail) -> MimecastError:
    sentence = f"Mimecast does not know the id that {request_info.endpoint.path} was given ({_said(fail)})."
    return NotFound(sentence, **_about(request_info, status, fail))


_BY_CODE: Final[dict[str, Callable[[RequestInfo, int, Fail], MimecastError]]] = {
    "err_xdk_invalid_signature": _authentication,
    "err_developer_key": _authentication,
    "InvalidClientIdentifier": _authentication,
    TOKEN_EXPIRED: _authentication,
    "token_verification_failed": _authentication,
    "unauthorized": _authentication,
    "err_xdk_binding_expired": _binding_expired,
    "err_audit_log_incorrect_region": _wrong_region,
    "err_xdk_operation_forbidden_for_address": _missing_permission,
    MISSING_PRODUCT: _missing_product,
    "xdk_failure": _unknown_id,
}
