"""Authentication: one class per API version, with the same interface."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final, Protocol

from mimecast_secops.api.credentials import ClientCredentials, SigningKeys
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.secrets import Secret
from mimecast_secops.api.vocabulary import ApiVersion

_RENEW_EARLY: Final = 60.0
_SHORT_LIFE_USED: Final = 0.5


class Authenticator(Protocol):
    """The interface of an authentication method."""

    api_version: ApiVersion

    def headers(self, path: str, deadline: Deadline) -> dict[str, str]:
        """The headers that authenticate one request.

        Args:
            path: the path of the endpoint, without any prefix of API Root.
            deadline: the deadline for getting a token, where one is needed.
        """

    def forget(self, used: dict[str, str]) -> bool:
        """Drop the token of a request that was refused as expired.

        Args:
            used: the headers of that request.

        Returns:
            Whether the request can be repeated with a new token.
        """


class RequestSigning:
    """API 1.0: every request is signed with HMAC-SHA1 (docs/reference/mimecast-api.md#signed-requests [documented]).

    Args:
        keys: the four values.
        clock: returns the current time, aware.
        request_id: returns a new random GUID for each request.
    """

    api_version = ApiVersion.V1

    def __init__(
        self,
        keys: SigningKeys,
        *,
        clock: Callable[[], datetime],
        request_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._keys = keys
        self._key_bytes = keys.key_bytes()
        self._clock = clock
        self._request_id = request_id

    def headers(self, path: str, deadline: Deadline) -> dict[str, str]:  # noqa: ARG002 -- signing never waits
        """The four headers of a signed request."""
        date, request_id = http_date(self._clock()), self._request_id()
        return {
            "Authorization": f"MC {self._keys.access_key.reveal()}:{self.sign(date, request_id, path)}",
            "x-mc-app-id": self._keys.application_id,
            "x-mc-date": date,
            "x-mc-req-id": request_id,
        }

    def sign(self, date: str, request_id: str, path: str) -> str:
        """The signature of one request, in base64."""
        text = f"{date}:{request_id}:{path}:{self._keys.application_key.reveal()}"
        return base64.b64encode(hmac.new(self._key_bytes, text.encode(), hashlib.sha1).digest()).decode()

    def forget(self, used: dict[str, str]) -> bool:  # noqa: ARG002 -- a signature is never kept
        """Return False: a signature is not kept, and only a user's password renews an expired access key."""
        return False


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and its lifetime in seconds, counted from the request for it."""

    value: Secret
    lifetime: float


class TokenAuth:
    """API 2.0: a bearer token, kept until shortly before it expires.

    Source: docs/reference/mimecast-api.md#bearer-tokens [documented].

    Args:
        fetch: gets a new token; raises `MimecastError`.
        monotonic: the monotonic clock, in seconds.
    """

    api_version = ApiVersion.V2

    def __init__(self, fetch: Callable[[Deadline], Token], *, monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._renew_at = 0.0

    def headers(self, path: str, deadline: Deadline) -> dict[str, str]:  # noqa: ARG002 -- one token for all paths
        """The bearer header. Gets a token first if there is none; threads that need one share it."""
        with self._lock:
            if self._token is None or self._monotonic() >= self._renew_at:
                requested_at = self._monotonic()
                token = self._fetch(deadline)
                self._token = token.value
                # A token with a very short lifetime cannot be renewed a minute early: half of the lifetime is used.
                self._renew_at = requested_at + max(token.lifetime - _RENEW_EARLY, token.lifetime * _SHORT_LIFE_USED)
            return {"Authorization": f"Bearer {self._token.reveal()}"}

    def forget(self, used: dict[str, str]) -> bool:
        """Drop the token if it is the one that was refused. Another thread may have renewed it already."""
        with self._lock:
            if self._token is not None and used.get("Authorization") == f"Bearer {self._token.reveal()}":
                self._token = None
        return True


def http_date(timestamp: datetime) -> str:
    """An aware UTC time in the form that is signed: `Tue, 24 Nov 2015 12:50:11 UTC`."""
    return format_datetime(timestamp, usegmt=True).replace("GMT", "UTC")


def token_request(credentials: ClientCredentials) -> dict[str, str]:
    """The form fields of a request for a token."""
    return {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret.reveal(),
        "grant_type": "client_credentials",
    }
