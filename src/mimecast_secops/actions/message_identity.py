"""Message identity: what a tracking record and a hold have in common, and whether they can be the same message.

The two views of a message may differ: the hold queue may name the sender of the header, an alias of the recipient, or a
subject that is tagged, cut or escaped (docs/reference/mimecast-api.md#list-held-messages [open]).
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.api import HeldMessage, MessageInfo, TrackedMessage
from mimecast_secops.api.decode import JsonReader
from mimecast_secops.api.resources.release_log import ReleasedMessage

_MIN_SIMILAR: Final = 4
_MAX_SUBJECT: Final = 2_000
_CUT: Final = "… ."


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The members that a tracking record and a hold have in common. A member is empty if it is missing.

    Attributes:
        sender: the sender of the envelope.
        header_sender: the sender of the header.
        recipient: the recipient.
        subject: the subject.
    """

    sender: str
    recipient: str
    subject: str
    header_sender: str = ""

    @property
    def missing(self) -> list[str]:
        """The names of the missing members."""
        return [name for name in ("sender", "recipient", "subject") if not getattr(self, name)]

    def contradictions(self, other: Identity) -> list[str]:
        """The names of the members that both have with different values."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in ("sender", "recipient", "subject")}
        return [name for name, (own, others) in pairs.items() if own and others and own != others]

    def is_same_as(self, other: Identity) -> bool:
        """Whether sender, recipient and subject are equal."""
        return (self.sender, self.recipient, self.subject) == (other.sender, other.recipient, other.subject)

    def differences(self, other: Identity) -> list[str]:
        """The names of the members that no difference of the two views explains. The recipient may be an alias."""
        senders, others = ({identity.sender, identity.header_sender} - {""} for identity in (self, other))
        names = [] if not senders or not others or senders & others else ["sender"]
        return names if _are_similar(self.subject, other.subject) else [*names, "subject"]


def identity_of_record(info: MessageInfo) -> Identity:
    """The identity of a message, from its tracking details."""
    recipient_info, queue = JsonReader(info.raw).object("recipientInfo"), JsonReader(info.raw).object("queueInfo")
    message = recipient_info.object("messageInfo")
    return _identity(
        sender=info.sender or _address(message, "fromEnvelope"),
        header_sender=_address(message, "fromHeader") or _address(queue, "fromHeader"),
        recipient=recipient_of(info),
        subject=info.subject,
    )


def identity_of_hold(hold: HeldMessage) -> Identity:
    """The identity of a message, from its hold."""
    return _identity(sender=hold.sender, header_sender=hold.header_from, recipient=hold.recipient, subject=hold.subject)


def identity_of_row(row: TrackedMessage) -> Identity:
    """The identity of a message, from a row of a tracking search, which was selected by its recipient."""
    return _identity(sender=row.sender, header_sender=row.header_from, recipient="", subject=row.subject)


def identity_of_entry(entry: ReleasedMessage) -> Identity:
    """The identity of a message, from an entry of the release log, which was selected by its recipient."""
    return _identity(sender=entry.sender, header_sender=entry.header_from, recipient="", subject=entry.subject)


def recipient_of(info: MessageInfo) -> str:
    """The address of the recipient, which is a text, an object or a list; "" if the details do not name exactly one."""
    reader = JsonReader(info.raw)
    blocks = (reader.object("queueInfo"), reader.object("recipientInfo").object("txInfo"))
    return next((address for block in blocks if (address := _address(block, "to"))), "")


def _address(reader: JsonReader, name: str) -> str:
    """The only address in a member; "" if there is none, or more than one."""
    addresses = reader.addresses(name)
    return addresses[0] if len(addresses) == 1 else ""


def _identity(**members: str) -> Identity:
    subject = " ".join(members.pop("subject").split())
    addresses: dict[str, Any] = {name: value.strip("<> ").casefold() for name, value in members.items()}
    return Identity(subject=subject, **addresses)


def _are_similar(one: str, other: str) -> bool:
    """Whether two subjects can be the same, with a tag before it, cut at its end, or escaped as HTML."""
    if not one or not other:
        return True
    short, long = sorted((_unescaped(one), _unescaped(other)), key=len)
    if short == long:
        return True
    cut = short.rstrip(_CUT)
    return len(cut) >= _MIN_SIMILAR and (long.endswith(short) or long.startswith(cut))


def _unescaped(subject: str) -> str:
    return html.unescape(subject[:_MAX_SUBJECT]).casefold()
