"""Account: who we are and what the tenant has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader, first_object
from mimecast_secops.api.endpoint import V2_ONLY, Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import NotConfirmed
from mimecast_secops.api.request import Request
from mimecast_secops.api.session import Session

GET: Final = Endpoint(
    path="/api/account/get-account",
    summary="read the account",
    permission="Account | Dashboard | Read",
    product="Account Management",
    source="API notes 5 [documented]",
)
WHOAMI: Final = Endpoint(
    path="/identity/whoami",
    summary="ask who we are",
    permission="",
    api_versions=V2_ONLY,
    source="API notes 1.2 [documented]",
)
ENDPOINTS: Final = (GET, WHOAMI)


@dataclass(frozen=True, slots=True)
class Account:
    """The account. `search_reason`: whether a reason must be given with a tracking search (API notes 5 [inferred])."""

    account_code: str
    account_name: str
    region: str
    domain: str
    type: str
    search_reason: bool
    packages: tuple[str, ...]
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> Account:
        """From what the server sent."""
        reader = JsonReader(raw)
        return cls(
            account_code=reader.text("accountCode"),
            account_name=reader.text("accountName"),
            region=reader.text("region"),
            domain=reader.text("domain"),
            type=reader.text("type"),
            search_reason=reader.flag("searchReason") is True,
            packages=reader.texts("packages"),
            raw=reader.raw,
        )


class AccountResource:
    """Functions about the account itself."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self) -> Account:
        """The account that the credentials belong to; the cheapest call that proves a connection.

        Raises:
            MimecastError: it could not be had.
        """
        return self._session.send(Request(GET, (), _account))

    def whoami(self) -> dict[str, Any]:
        """Who the API 2.0 application is, as Mimecast says it."""
        return self._session.send(Request(WHOAMI, (), lambda reply: dict(reply.body), method="GET"))


def _account(reply: Reply) -> Account:
    record = first_object(reply.data)
    if not record:
        raise NotConfirmed(
            "Mimecast answered, but named no account: check that API Root is right.", endpoint=GET.path, status=200
        )
    return Account.read(record)
