"""The log of the requests of the API."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

_MAX_REQUESTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request that the simulator answered.

    Attributes:
        at: the time of the response, in seconds of `time.monotonic`.
        method: the HTTP method.
        path: the path of the URL.
        version: the API version, 1 or 2.
        status: the HTTP status of the response.
        bearer_on_download: whether a file link was opened with an `Authorization` header.
        fault: the kind of the fault that affected the request, "" for none.
        duration: the time from the arrival of the headers to the response, in seconds.
    """

    at: float
    method: str
    path: str
    version: int
    status: int
    bearer_on_download: bool = False
    fault: str = ""
    duration: float = 0.0


def new_log() -> deque[LoggedRequest]:
    """A log that keeps the newest requests."""
    return deque(maxlen=_MAX_REQUESTS)
