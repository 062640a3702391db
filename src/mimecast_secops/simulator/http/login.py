"""Tokens of API 2.0, and discovery for API 1.0."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data, gateway_failure, json_response
from mimecast_secops.simulator.http.schemas.account import AuthenticationMethods
from mimecast_secops.simulator.http.schemas.envelope import Token
from mimecast_secops.simulator.tenant.tenant import Tenant

_END_MESSAGES: Final = {
    "token_expired": "Access token expired",
    "invalid_token": "The access token is invalid",
    "unauthorized": "Unauthorized Request",
    "InvalidClientIdentifier": "Client credentials are invalid",
}


class Tokens:
    """The issued tokens and the times when they are refused."""

    def __init__(self) -> None:
        self._expiry: dict[str, datetime] = {}

    def issue(self, tenant: Tenant, body: bytes) -> ApiResponse:
        """`/oauth/token` (docs/reference/mimecast-api.md#bearer-tokens)."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        application = tenant.application
        valid = form.get("grant_type") == "client_credentials"
        valid &= hmac.compare_digest(form.get("client_id", "").encode(), application.client_id.encode())
        valid &= hmac.compare_digest(form.get("client_secret", "").encode(), application.client_secret.encode())
        if not valid:
            return gateway_failure(401, "InvalidClientIdentifier", "Client credentials are invalid")
        value = secrets.token_hex(14)
        lifetime = tenant.quirks.token_lifetime
        ends_after = tenant.quirks.token_ends_after or lifetime
        self._expiry[value] = tenant.clock.now() + timedelta(seconds=min(ends_after, lifetime))
        expires_in = int(lifetime) if float(lifetime).is_integer() else lifetime
        token: Token = {"access_token": value, "token_type": "Bearer", "expires_in": expires_in, "scope": ""}
        return json_response(token)

    def check(self, tenant: Tenant, header: str) -> ApiResponse | None:
        """None for an `Authorization` header with a valid token, else the failure.

        Source: docs/reference/mimecast-api.md#gateway-failures.
        """
        scheme, _, value = header.partition(" ")
        expiry = self._expiry.get(value.strip()) if scheme.lower() == "bearer" else None
        if expiry is None:
            return gateway_failure(401, "unauthorized", "Unauthorized Request")
        if expiry <= tenant.clock.now():
            return _token_ended(tenant.quirks.token_end_code)
        return None

    def expire_all(self, tenant: Tenant) -> None:
        """Expire all issued tokens now."""
        self._expiry = dict.fromkeys(self._expiry, tenant.clock.now())


def _token_ended(code: str) -> ApiResponse:
    if code == "no_message":
        return json_response({"fail": [{"code": "unauthorized"}]}, 401)
    return gateway_failure(401, code, _END_MESSAGES[code])


def discover_authentication(request: ApiRequest) -> ApiResponse:
    """`/api/login/discover-authentication`: the region of the user and the ways to log in.

    Source: docs/reference/mimecast-api.md#discover-the-region.
    """
    methods: AuthenticationMethods = {
        "emailAddress": request.item.get("emailAddress", ""),
        "authenticate": ["Basic-Cloud", "Basic-AD"],
        "region": {"code": "us", "name": "United States", "api": request.base},
    }
    return data([methods])
