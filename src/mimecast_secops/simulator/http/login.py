"""Tokens of API 2.0, and discovery for API 1.0."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data, gateway_failure, json_response
from mimecast_secops.simulator.tenant.tenant import Tenant


class Tokens:
    """The tokens that were given out and when each expires."""

    def __init__(self) -> None:
        self._expires: dict[str, datetime] = {}

    def issue(self, tenant: Tenant, body: bytes) -> ApiResponse:
        """`/oauth/token` (API notes 3.1)."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        application = tenant.application
        good = form.get("grant_type") == "client_credentials"
        good &= hmac.compare_digest(form.get("client_id", "").encode(), application.client_id.encode())
        good &= hmac.compare_digest(form.get("client_secret", "").encode(), application.client_secret.encode())
        if not good:
            return gateway_failure(401, "InvalidClientIdentifier", "Client credentials are invalid")
        value = secrets.token_hex(14)
        lifetime = tenant.quirks.token_lifetime
        self._expires[value] = tenant.clock.now() + timedelta(seconds=lifetime)
        shown = int(lifetime) if float(lifetime).is_integer() else lifetime
        return json_response({"access_token": value, "token_type": "Bearer", "expires_in": shown, "scope": ""})

    def check(self, tenant: Tenant, header: str) -> ApiResponse | None:
        """None for a good bearer, else the refusal (API notes 3.3)."""
        scheme, _, value = header.partition(" ")
        expires = self._expires.get(value.strip()) if scheme.lower() == "bearer" else None
        if expires is None:
            return gateway_failure(401, "unauthorized", "Unauthorized Request")
        if expires <= tenant.clock.now():
            return gateway_failure(401, "token_expired", "Access token expired")
        return None

    def expire_all(self, tenant: Tenant) -> None:
        """Every token that was given out is expired from now on."""
        self._expires = dict.fromkeys(self._expires, tenant.clock.now())


def discover_authentication(request: ApiRequest) -> ApiResponse:
    """`/api/login/discover-authentication` (API notes 1.1): where the user's region is, and how to log in."""
    item: dict[str, Any] = request.item
    found = {
        "emailAddress": item.get("emailAddress", ""),
        "authenticate": ["Basic-Cloud", "Basic-AD"],
        "region": {"code": "us", "name": "United States", "api": request.base},
    }
    return data([found])
