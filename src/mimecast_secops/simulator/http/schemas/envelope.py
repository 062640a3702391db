"""The envelope of replies, failures and tokens."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Address(TypedDict):
    """An email address and its display name."""

    displayableName: str
    emailAddress: str


class Pagination(TypedDict):
    """Position of a page; `next` and `previous` are page tokens."""

    pageSize: int
    totalCount: NotRequired[int]
    recordStart: NotRequired[int]
    next: NotRequired[str]
    previous: NotRequired[str]


class Meta(TypedDict):
    """Status of the reply, which can differ from the HTTP status."""

    status: int
    pagination: NotRequired[Pagination]


class Error(TypedDict):
    """A reason for a failure; `field` names the member of the request that caused it."""

    code: str
    message: str
    retryable: NotRequired[bool]
    field: NotRequired[str]


class Failure(TypedDict, total=False):
    """A failed item; `key` repeats the item of the request. The API 2.0 gateway sends `code` and `message` instead."""

    key: dict[str, Any]
    errors: list[Error]
    code: str
    message: str


class IdRequest(TypedDict):
    """The id of the object."""

    id: str


class ObjectId(TypedDict):
    """The id of the changed object."""

    id: str


class Token(TypedDict):
    """An access token of API 2.0; `expires_in` is in seconds."""

    access_token: str
    token_type: str
    expires_in: float
    scope: str
