"""Managed senders: permitted and blocked senders of a recipient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from mimecast_secops.api.decode import JsonReader, first_object
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import NotConfirmed
from mimecast_secops.api.request import Request
from mimecast_secops.api.session import Session

PERMIT_OR_BLOCK: Final = Endpoint(
    path="/api/managedsender/permit-or-block-sender",
    summary="permit or block a sender",
    permission="Gateway | Managed Senders | Edit",
    writes=True,
    source="docs/reference/mimecast-api.md#permit-or-block-a-sender [documented]",
)
ENDPOINTS: Final = (PERMIT_OR_BLOCK,)


@dataclass(frozen=True, slots=True)
class ManagedSender:
    """An entry of the managed senders.

    Attributes:
        id: the ID of the entry.
        sender: the address of the sender.
        to: the address of the recipient.
        type: `permit` or `block`.
        raw: the record as received.
    """

    id: str
    sender: str
    to: str
    type: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> ManagedSender:
        """Read a record of a reply."""
        reader = JsonReader(raw)
        return cls(
            id=reader.text("id"),
            sender=reader.text("sender"),
            to=reader.text("to"),
            type=reader.text("type").lower(),
            raw=reader.raw,
        )


class SendersResource:
    """The endpoints of the managed senders."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set(self, sender: str, recipient: str, action: Literal["permit", "block"]) -> ManagedSender:
        """Permit or block `sender` for `recipient`.

        Raises:
            NotConfirmed: the reply does not confirm this sender and this action.
            MimecastError: the call failed.
        """
        return self._session.send(self.set_request(sender, recipient, action))

    def set_request(self, sender: str, recipient: str, action: Literal["permit", "block"]) -> Request[ManagedSender]:
        """The request that `set` sends."""

        def read_entry(reply: Reply) -> ManagedSender:
            entry = ManagedSender.read(first_object(reply.data))
            if entry.type != action or entry.sender.lower() != sender.lower():
                raise NotConfirmed(
                    f"Mimecast did not confirm that the sender is set to {action}.",
                    endpoint=PERMIT_OR_BLOCK.path,
                    status=reply.status,
                )
            return entry

        item = {"sender": sender, "to": recipient, "action": action}
        return Request(PERMIT_OR_BLOCK, (item,), read_entry)
