"""The account: name, region and packages of the tenant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader, first_object
from mimecast_secops.api.endpoint import V2_ONLY, Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import NotConfirmed
from mimecast_secops.api.request import Request
from mimecast_secops.api.session import Session
from mimecast_secops.sentences import sentence

GET: Final = Endpoint(
    path="/api/account/get-account",
    summary="read the account",
    permission="Account | Dashboard | Read",
    product="Account Management",
    source="docs/reference/mimecast-api.md#get-the-account [documented]",
)
WHOAMI: Final = Endpoint(
    path="/identity/whoami",
    summary="read its own identity",
    permission="",
    api_versions=V2_ONLY,
    source="docs/reference/mimecast-api.md#identify-the-application [documented]",
)
ENDPOINTS: Final = (GET, WHOAMI)


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the tenant.

    Attributes:
        account_code: the code of the account.
        account_name: the name of the account.
        region: the region of the account, such as `eu`.
        domain: the domain of the account.
        type: the type of the account.
        search_reason: whether a tracking search requires a reason (docs/reference/mimecast-api.md#get-the-account
            [inferred]).
        packages: the names of the packages.
        raw: the record as received.
    """

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
        """Read a record of a reply."""
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
    """The endpoints of the account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self) -> Account:
        """The account of the credentials. It is the cheapest call that proves that the connection works.

        Raises:
            NotConfirmed: the reply has no account.
            MimecastError: the call failed.
        """
        return self._session.send(Request(GET, (), _account))

    def whoami(self) -> dict[str, Any]:
        """The identity of the API 2.0 application, as Mimecast returns it.

        Raises:
            MimecastError: the call failed.
        """
        return self._session.send(Request(WHOAMI, (), lambda reply: dict(reply.body), method="GET"))


def _account(reply: Reply) -> Account:
    record = first_object(reply.data)
    if not record:
        raise NotConfirmed(
            sentence("Mimecast answered, but named no account. Check {API Root:bare}."), endpoint=GET.path, status=200
        )
    return Account.read(record)
