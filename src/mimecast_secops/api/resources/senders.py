"""Managed senders: permitted and blocked senders of a recipient."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from mimecast_secops.api.decode import JsonReader, first_object, parse_address
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import NotConfirmed, NotExecuted
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
SenderType = Literal["permit", "block"]
# `Block` is documented. Other words with the same beginning, such as `BLOCKED` or `block_sender`, mean the same.
_TYPES: Final[dict[str, SenderType]] = {"block": "block", "permit": "permit", "allow": "permit"}
_BRACKETED: Final = re.compile(r"<([^<>]*)>\s*\Z")


@dataclass(frozen=True, slots=True)
class ManagedSender:
    """An entry of the managed senders.

    Attributes:
        id: the ID of the entry.
        sender: the address of the sender; "" if the reply does not repeat it.
        to: the address of the recipient; "" if the reply does not repeat it.
        type: `permit` or `block`; "" if the reply names neither.
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
            sender=_address_in(reader.raw.get("sender")),
            to=_address_in(reader.raw.get("to")),
            type=_type_of(reader.text("type", "action")),
            raw=reader.raw,
        )


class SendersResource:
    """The endpoints of the managed senders."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set(self, sender: str, recipient: str, action: SenderType) -> ManagedSender:
        """Permit or block `sender` for `recipient`.

        Raises:
            NotExecuted: the reply says that the opposite applies.
            NotConfirmed: the reply does not confirm this sender and this action.
            MimecastError: the call failed.
        """
        return self._session.send(self.set_request(sender, recipient, action))

    def set_request(self, sender: str, recipient: str, action: SenderType) -> Request[ManagedSender]:
        """The request that `set` sends."""

        def read_entry(reply: Reply) -> ManagedSender:
            entry = ManagedSender.read(first_object(reply.data))
            problem = f"Mimecast did not confirm that the sender is set to {action}"
            fields: dict[str, Any] = {"endpoint": PERMIT_OR_BLOCK.path, "status": reply.status}
            if entry.type not in (action, ""):
                raise NotExecuted(f"{problem}: its reply says {entry.type}.", **fields)
            if entry.type != action:
                raise NotConfirmed(f"{problem}: its reply does not say it.", **fields)
            is_same_recipient = not entry.to or _comparable(entry.to) == _comparable(recipient)
            if _comparable(entry.sender) != _comparable(sender) or not is_same_recipient:
                raise NotConfirmed(f"{problem}: its reply names another sender or recipient.", **fields)
            return entry

        item = {"sender": sender, "to": recipient, "action": action}
        return Request(PERMIT_OR_BLOCK, (item,), read_entry)


def _type_of(text: str) -> str:
    """The type that a word means; "" for a word that means none, such as `unblocked`."""
    word = text.strip().casefold()
    return next((kind for beginning, kind in _TYPES.items() if word.startswith(beginning)), "")


def _address_in(value: Any) -> str:
    """The address in a text, `Name <address>` or an address object; "" if there is none."""
    parsed = parse_address(value)
    text = parsed[0] if parsed else ""
    bracketed = _BRACKETED.search(text)
    return (bracketed[1] if bracketed else text).strip()


def _comparable(address: str) -> str:
    local, at, domain = address.strip().casefold().rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return f"{local}{at}{domain}"
