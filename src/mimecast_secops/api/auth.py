"""How a request proves who sent it: one object per API generation, with the same face."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from mimecast_secops.api.credentials import ClientCredentials, SigningKeys
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.secrets import Secret
from mimecast_secops.api.vocabulary import ApiVersion

# Written out, because strftime's names follow the locale.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RENEW_EARLY: Final = 60.0
_SHORT_LIFE_USED: Final = 0.5


class Authenticator(Protocol):
    """What the client asks of an authentication."""

    api_version: ApiVersion

    def headers(self, path: str, deadline: Deadline) -> dict[str, str]:
        """The headers that prove this one request; `path` is the function's, without any prefix of API Root."""

    def forget(self, used: dict[str, str]) -> bool:
        """Drop what was used in a request that was refused as expired; true when fresh proof can be had."""


class RequestSigning:
    """API 1.0: every request is signed with HMAC-SHA1 (API notes 2.1, 2.2 [documented]).

    Args:
        keys: the four values.
        clock: the current time, aware.
        request_id: gives a fresh random GUID for each request.
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
        """The five headers of a signed request."""
        date, request_id = http_date(self._clock()), self._request_id()
        return {
            "Authorization": f"MC {self._keys.access_key.reveal()}:{self.sign(date, request_id, path)}",
            "x-mc-app-id": self._keys.application_id,
            "x-mc-date": date,
            "x-mc-req-id": request_id,
        }

    def sign(self, date: str, request_id: str, path: str) -> str:
        """The signature, in base64, of one request."""
        text = f"{date}:{request_id}:{path}:{self._keys.application_key.reveal()}"
        return base64.b64encode(hmac.new(self._key_bytes, text.encode(), hashlib.sha1).digest()).decode()

    def forget(self, used: dict[str, str]) -> bool:  # noqa: ARG002 -- a signature is never kept
        """Nothing is kept, and an expired access key cannot be renewed without a user's password."""
        return False


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and how many seconds it lives from the moment it was given out."""

    value: Secret
    lifetime: float


class TokenAuth:
    """API 2.0: a bearer token, kept until shortly before it expires (API notes 3.1 [documented]).

    Args:
        fetch: gets a new token; raises `MimecastError`.
        monotonic: the monotonic clock, seconds.
    """

    api_version = ApiVersion.V2

    def __init__(self, fetch: Callable[[Deadline], Token], *, monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._renew_at = 0.0

    def headers(self, path: str, deadline: Deadline) -> dict[str, str]:  # noqa: ARG002 -- the token is good for all paths
        """The bearer header; gets a token first when there is none. Threads that need one wait for the same."""
        with self._lock:
            if self._token is None or self._monotonic() >= self._renew_at:
                request_info = self._monotonic()
                token = self._fetch(deadline)
                self._token = token.value
                # A very short life cannot be renewed a minute early; half of it is used then.
                self._renew_at = request_info + max(token.lifetime - _RENEW_EARLY, token.lifetime * _SHORT_LIFE_USED)
            return {"Authorization": f"Bearer {self._token.reveal()}"}

    def forget(self, used: dict[str, str]) -> bool:
        """Drop the token if it is still the one that was refused; another thread may have renewed it already."""
        with self._lock:
            if self._token is not None and used.get("Authorization") == f"Bearer {self._token.reveal()}":
                self._token = None
        return True


def http_date(moment: datetime) -> str:
    """`moment` (aware, UTC) in the form that is signed: `Tue, 24 Nov 2015 12:50:11 UTC`."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year} {moment:%H:%M:%S} UTC"


def token_request(credentials: ClientCredentials) -> dict[str, str]:
    """The form fields that ask for a token."""
    return {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret.reveal(),
        "grant_type": "client_credentials",
    }
