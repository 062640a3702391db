"""Internal domains: whose mail the tenant receives."""

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
    source="integrations.mimecast.com, domain/get-internal-domain [documented]; API 2.0 and product [seen in clients]",
)
ENDPOINTS: Final = (INTERNAL,)


@dataclass(frozen=True, slots=True)
class InternalDomain:
    """A domain of the tenant. `send_only`: it receives no mail. `domain` is as Mimecast writes it."""

    id: str
    domain: str
    send_only: bool
    local: bool
    inbound_type: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> InternalDomain:
        """From what the server sent."""
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
    """Functions about the tenant's domains."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def internal(self) -> tuple[InternalDomain, ...]:
        """All internal domains of the tenant.

        Raises:
            UnreadableReply: the reply names no domain, or has an entry without one. Every tenant has a domain, and a
                list with a gap cannot tell whether a domain is the tenant's.
            MimecastError: they could not be had.
        """

        def fetch(token: str) -> Reply:
            return self._session.send(
                Request(INTERNAL, (), whole_reply, pagination={"pageToken": token} if token else None)
            )

        domains = tuple(InternalDomain.read(entry) for page in pages(fetch, "internal domains") for entry in page.data)
        if not domains or not all(domain.domain for domain in domains):
            what = "an internal domain without a name" if domains else "no internal domain"
            raise UnreadableReply(f"Mimecast answered, but listed {what}.", endpoint=INTERNAL.path)
        return domains
