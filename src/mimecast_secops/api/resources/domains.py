"""The internal domains of the tenant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import UnreadableReply
from mimecast_secops.api.paging import pages
from mimecast_secops.api.request import Request, whole_reply
from mimecast_secops.api.session import Session

INTERNAL: Final = Endpoint(
    path="/api/domain/get-internal-domain",
    summary="list internal domains",
    permission="Directories | Internal | Read",
    product="Domain Management",
    source="docs/reference/mimecast-api.md#list-internal-domains [documented]; API 2.0 and product [seen in a client]",
)
ENDPOINTS: Final = (INTERNAL,)


@dataclass(frozen=True, slots=True)
class InternalDomain:
    """An internal domain of the tenant.

    Attributes:
        id: the ID of the domain.
        domain: the name of the domain, as Mimecast returns it.
        send_only: whether the domain only sends email.
        local: whether Mimecast reports the domain as local.
        inbound_type: the type of check for inbound recipients.
        raw: the record as received.
    """

    id: str
    domain: str
    send_only: bool
    local: bool
    inbound_type: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> InternalDomain:
        """Read a record of a reply."""
        reader = JsonReader(raw)
        return cls(
            id=reader.text("id"),
            domain=reader.text("domain").strip(),
            send_only=reader.flag("sendOnly") is True,
            local=reader.flag("local") is True,
            inbound_type=reader.text("inboundType"),
            raw=reader.raw,
        )


class DomainsResource:
    """The endpoints of the domains."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def internal(self) -> tuple[InternalDomain, ...]:
        """All internal domains of the tenant.

        Raises:
            UnreadableReply: the reply has no domain, or an entry without a domain. Every tenant has a domain, and an
                incomplete list cannot tell whether a domain belongs to the tenant.
            MimecastError: the call failed.
        """

        def fetch(token: str) -> Reply:
            return self._session.send(
                Request(INTERNAL, (), whole_reply, pagination={"pageToken": token} if token else None)
            )

        domains = tuple(InternalDomain.read(entry) for page in pages(fetch, "internal domains") for entry in page.data)
        if not domains or not all(domain.domain for domain in domains):
            listed = "an internal domain without a name" if domains else "no internal domain"
            raise UnreadableReply(f"Mimecast answered, but listed {listed}.", endpoint=INTERNAL.path)
        return domains
