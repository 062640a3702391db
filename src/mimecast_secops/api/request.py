"""A call to the Mimecast API as a value: built in one place, then shown or sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import msgspec

from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply

Result = TypeVar("Result")
_ENCODE: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Request(Generic[Result]):
    """A call that is built and not sent yet. `MimecastClient.send` sends it and returns its `Result`.

    Attributes:
        endpoint: the endpoint to call.
        data: the items of the request body, as Mimecast expects them.
        read: turns the reply into the result; raises `MimecastError` if the reply does not confirm the call.
        pagination: the members of `meta.pagination`; None leaves `meta` out.
        method: the HTTP method. Only a POST request has a body.
        path_suffix: text that follows the path of the endpoint, already percent-encoded.
        fallback: the request to send instead if the tenant's API 2.0 does not have the endpoint.
        partial: accept a reply that refuses some of the items; `read` then looks at `Reply.fails`.
        allow_empty: accept HTTP 204 without a body as success.
        flat: send the only item as the body, without the envelope, as REST paths expect it.
        undecoded: leave the entries of `Reply.data` as `msgspec.Raw`, for lists of thousands of rows.
    """

    endpoint: Endpoint
    data: tuple[Mapping[str, Any], ...]
    read: Callable[[Reply], Result] = field(repr=False, compare=False)
    pagination: Mapping[str, Any] | None = field(default=None, kw_only=True)
    method: str = field(default="POST", kw_only=True)
    path_suffix: str = field(default="", kw_only=True)
    fallback: Request[Result] | None = field(default=None, kw_only=True)
    partial: bool = field(default=False, kw_only=True)
    allow_empty: bool = field(default=False, kw_only=True)
    flat: bool = field(default=False, kw_only=True)
    undecoded: bool = field(default=False, kw_only=True)

    @property
    def path(self) -> str:
        """The path to call, without any prefix of API Root."""
        return self.endpoint.path + self.path_suffix

    @property
    def body(self) -> bytes | None:
        """The JSON body with the envelope of docs/reference/mimecast-api.md#request-envelope; None if the method has no
        body.
        """
        if self.method != "POST":
            return None
        if self.flat:
            return _ENCODE.encode(self.data[0])
        meta = {"meta": {"pagination": self.pagination}} if self.pagination else {}
        return _ENCODE.encode({"data": self.data, **meta})

    def as_json(self) -> dict[str, Any]:
        """The path and the items, as the plan of a dry run shows them.

        Returns:
            An object such as ``{"path": "/api/gateway/hold-release", "data": [{"id": "…"}]}``.
        """
        return {"path": self.path, "data": [dict(item) for item in self.data]}


def whole_reply(reply: Reply) -> Reply:
    """The reply itself, as the `read` of a request whose caller looks at the reply."""
    return reply


def no_result(_reply: Reply) -> None:
    """Nothing, as the `read` of a request whose success says everything."""
