"""Answers of the server to probes, compared with its answer to an endpoint that does not exist.

Whether an answer means "forbidden", "not found" or "empty" depends on the server: a gateway answers an unknown path
with the code of a missing product, another server with HTTP 404 or with an empty list. So the answer to a probe proves
something only if an endpoint that certainly does not exist is answered differently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mimecast_secops.api import Endpoint, MimecastClient, Request
from mimecast_secops.api.endpoint import V2_ONLY
from mimecast_secops.api.envelope import RawReply, Reply, open_envelope
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    MimecastError,
    RateLimited,
    Unavailable,
    Unreachable,
)
from mimecast_secops.api.observers import ObservedExchange
from mimecast_secops.api.reply_form import form_of

MISSING_PRODUCT: Final = "app_forbidden"
# Words with a digit, such as the ID of a request, differ from reply to reply.
_VARYING: Final = re.compile(r"\S*\d\S*")
UNKNOWN_ENDPOINT: Final = Endpoint(
    path="/api/doctor/no-such-function",
    summary="call an endpoint that does not exist",
    permission="",
    source="docs/reference/mimecast-api.md#gateway-failures",
)
UNKNOWN_REST_ENDPOINT: Final = Endpoint(
    path="/policy-management/cloud-gateway/v1/doctor/no-such-function",
    summary="call a REST endpoint that does not exist",
    permission="",
    api_versions=V2_ONLY,
    source="docs/reference/mimecast-api.md#gateway-failures",
)
# Errors that say nothing about the endpoint.
INCONCLUSIVE: Final = (RateLimited, Unavailable, AuthenticationFailed, Unreachable)


@dataclass(frozen=True, slots=True)
class Answer:
    """What two replies are compared by. A request ID and the path that was called do not count.

    Attributes:
        status: the HTTP status, or `meta.status` if only that one reports an error.
        code: the first error code; "" if there is none.
        text: the first error message, without the path of the endpoint and without words that contain digits.
        form: the form of a reply without an error; "" for an error.
    """

    status: int
    code: str
    text: str
    form: str

    @classmethod
    def of_error(cls, error: ApiError, path: str) -> Answer:
        """The answer that an error reports.

        Args:
            error: the error.
            path: the path of the endpoint. Some servers repeat it in the error message.
        """
        return cls(error.status or 0, error.code, _VARYING.sub("", error.detail.replace(path, "")), "")

    @classmethod
    def of_reply(cls, raw: RawReply) -> Answer:
        """The answer in a reply without an error."""
        reply = open_envelope(raw)
        if reply is None:
            return cls(raw.status, "", "", "empty" if not raw.body.strip() else "not JSON")
        return cls(reply.status, "", "", _form(reply))


@dataclass(frozen=True, slots=True)
class Probed:
    """The outcome of a probe.

    Attributes:
        answer: the last answer; None if there was no reply.
        error: the error of the call; None if it succeeded.
    """

    answer: Answer | None
    error: MimecastError | None


def probe_with(client: MimecastClient, path: str, send: Callable[[MimecastClient], object]) -> Probed:
    """Send a probe, and keep the answer of the endpoint.

    Args:
        client: a client with the credentials to check.
        path: the path of the endpoint.
        send: sends the probe; raises `MimecastError` if the call fails.
    """
    answers: list[Answer] = []

    def keep(exchange: ObservedExchange) -> None:
        if exchange.path.startswith(path):
            answers.append(Answer.of_reply(exchange.reply))

    error = None
    with client.observed(keep):
        try:
            send(client)
        except MimecastError as caught:
            error = caught.with_traceback(None)
    if isinstance(error, ApiError):
        return Probed(Answer.of_error(error, path), error)
    return Probed(answers[-1] if answers else None, error)


class Controls:
    """The answers to endpoints that do not exist. Each is asked for once, when it is needed.

    Both requests have no items, and nothing can act on them: no server has these paths.

    Args:
        client: a client with the credentials to check.
    """

    def __init__(self, client: MimecastClient) -> None:
        self._client = client

    def answer_for(self, endpoint: Endpoint) -> Answer | None:
        """The answer to compare with; None if the server gave none that says anything."""
        return self._api if endpoint.path.startswith("/api/") else self._rest

    @cached_property
    def _api(self) -> Answer | None:
        return self._ask(Request(UNKNOWN_ENDPOINT, (), lambda _reply: None))

    @cached_property
    def _rest(self) -> Answer | None:
        return self._ask(Request(UNKNOWN_REST_ENDPOINT, (), lambda _reply: None, method="GET", allow_empty=True))

    def _ask(self, request: Request[None]) -> Answer | None:
        probed = probe_with(self._client, request.endpoint.path, lambda client: client.send(request))
        return None if isinstance(probed.error, INCONCLUSIVE) else probed.answer


def _form(reply: Reply) -> str:
    """The form of the reply. A list is told apart by whether it has entries only."""
    if reply.has_list and not reply.data:
        return "[]"
    return form_of(reply.body.get("data", dict(reply.body)))
