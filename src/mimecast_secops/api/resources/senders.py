"""Managed senders: who may write to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from mimecast_secops.api.decode import JsonReader, first_object
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.errors import NotConfirmed
from mimecast_secops.api.session import Session

PERMIT_OR_BLOCK: Final = Endpoint(
    path="/api/managedsender/permit-or-block-sender",
    summary="permit or block a sender",
    permission="Gateway | Managed Senders | Edit",
    writes=True,
    source="API notes 9 [documented]",
)
ENDPOINTS: Final = (PERMIT_OR_BLOCK,)


@dataclass(frozen=True, slots=True)
class ManagedSender:
    """An entry: `type` is `permit` or `block`."""

    id: str
    sender: str
    to: str
    type: str
    raw: dict[str, Any] = field(repr=False)


class SendersResource:
    """Functions about managed senders."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set(self, sender: str, recipient: str, action: Literal["permit", "block"]) -> ManagedSender:
        """Permit or block `sender` for `recipient`.

        Raises:
            NotConfirmed: the reply does not say that this very sender is now permitted or blocked.
            MimecastError: it could not be done.
        """
        item = {"sender": sender, "to": recipient, "action": action}
        reply = self._session.call(PERMIT_OR_BLOCK, [item])
        reader = JsonReader(first_object(reply.data))
        entry = ManagedSender(
            id=reader.text("id"),
            sender=reader.text("sender"),
            to=reader.text("to"),
            type=reader.text("type").lower(),
            raw=reader.raw,
        )
        if entry.type != action or entry.sender.lower() != sender.lower():
            raise NotConfirmed(
                f"Mimecast did not confirm that the sender is set to {action}.",
                endpoint=PERMIT_OR_BLOCK.path,
                status=reply.status,
            )
        return entry
