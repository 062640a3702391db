"""Observers: functions that see each exchange of a client with Mimecast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from mimecast_secops.api.envelope import RawReply, Reply

_ENCODE: Final = msgspec.json.Encoder()
# The members of a token reply that an observer may see. The token is not one of them, and neither is any text: some
# error replies echo the request (docs/reference/mimecast-api.md#gateway-failures).
_LIFETIME: Final = "expires_in"


@dataclass(frozen=True, slots=True)
class ObservedExchange:
    """A request and the reply to it, without credentials.

    Attributes:
        method: the HTTP method.
        path: the path that was called, without the prefix of API Root.
        body: the body of the request; None for a request without one, and for the request of a token.
        reply: the reply. The body of a download is empty, and that of a token has only the lifetime.
    """

    method: str
    path: str
    body: bytes | None
    reply: RawReply


Observer = Callable[[ObservedExchange], None]


class Observers:
    """The observers of a client. Safe to share between threads."""

    def __init__(self) -> None:
        self._observers: tuple[Observer, ...] = ()

    def add(self, observer: Observer) -> None:
        """Call `observer` after each exchange from now on."""
        self._observers = (*self._observers, observer)

    def remove(self, observer: Observer) -> None:
        """Do not call `observer` any more."""
        self._observers = tuple(added for added in self._observers if added is not observer)

    def notify(self, method: str, path: str, body: bytes | None, reply: RawReply) -> None:
        """Report an exchange to each observer."""
        for observer in self._observers:
            observer(ObservedExchange(method, path, body, reply))

    def notify_token(self, path: str, raw: RawReply, reply: Reply | None) -> None:
        """Report the request of a token to each observer, without the token."""
        lifetime = reply.body.get(_LIFETIME) if reply else None
        shown = {_LIFETIME: lifetime} if isinstance(lifetime, (int, float)) else {}
        self.notify("POST", path, None, RawReply(raw.status, raw.headers, _ENCODE.encode(shown)))
