"""Strict checks of API 1.0 signatures.

Source: docs/reference/mimecast-api.md#signed-requests, docs/reference/mimecast-api.md#clock-skew-and-request-ids.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from mimecast_secops.simulator.http.responses import ApiResponse, error, failure
from mimecast_secops.simulator.tenant.tenant import Tenant

_DATE_FORMAT: Final = "%a, %d %b %Y %H:%M:%S"


class Signatures:
    """Checks signatures, and stores the request ids in case each may be used only once."""

    def __init__(self) -> None:
        self._request_ids: set[str] = set()

    def check(self, tenant: Tenant, path: str, headers: Mapping[str, str]) -> ApiResponse | None:
        """None for a valid signature, else the failure. Header names are in lowercase."""
        keys = tenant.keys
        if headers.get("x-mc-app-id", "").lower() != keys.application_id.lower():
            return _authentication_error(tenant, 401, "err_developer_key", "Application id is not valid")
        date, request_id = headers.get("x-mc-date", ""), headers.get("x-mc-req-id", "")
        access_key, signature = _credentials_of(headers.get("authorization", ""))
        valid = access_key == keys.access_key and hmac.compare_digest(
            signature.encode(), sign(keys.secret_key, date, request_id, path, keys.application_key).encode()
        )
        if not valid or not _is_current(tenant, date):
            return _authentication_error(tenant, 401, "err_xdk_invalid_signature", "0004 Invalid Signature")
        if keys.expired:
            return _authentication_error(tenant, 418, "err_xdk_binding_expired", "Access key has expired")
        if tenant.quirks.refuse_repeated_request_ids:
            if request_id in self._request_ids:
                return _authentication_error(tenant, 401, "err_xdk_invalid_signature", "0004 Invalid Signature")
            self._request_ids.add(request_id)
        return None


def _is_current(tenant: Tenant, date: str) -> bool:
    text, _, zone = date.rpartition(" ")
    if zone not in ("UTC", "GMT"):
        return False
    try:
        moment = datetime.strptime(text, _DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs((tenant.clock.now() - moment).total_seconds()) <= tenant.quirks.date_tolerance


def sign(secret_key: str, date: str, request_id: str, path: str, application_key: str) -> str:
    """The signature that a request must carry."""
    text = ":".join((date, request_id, path, application_key))
    mac = hmac.new(base64.b64decode(secret_key), text.encode("utf-8"), digestmod=hashlib.sha1)
    return base64.b64encode(mac.digest()).decode("ascii")


def _credentials_of(header: str) -> tuple[str, str]:
    """The access key and the signature of an `Authorization` header, empty for another scheme."""
    scheme, _, credentials = header.partition(" ")
    key, colon, signature = credentials.partition(":")
    # A published client sends a space after the colon.
    return (key, signature.strip()) if scheme == "MC" and colon else ("", "")


def _authentication_error(tenant: Tenant, status: int, code: str, message: str) -> ApiResponse:
    http_status = 200 if tenant.quirks.status_in_meta_only else status
    return failure([error(code, message)], status=http_status, meta_status=status)
