"""An alert: one per message and recipient."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

VENDOR: Final = "Mimecast"
INFORMATIONAL: Final = -1
PRIORITIES: Final = {"low": 40, "medium": 60, "high": 80}
_NAMESPACE: Final = uuid.UUID("6f1d3bd2-53c5-5be3-9d0a-1f0a3a6f2f37")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFile:
    """An attachment of a held message.

    Attributes:
        name: a safe file name without its extension.
        extension: with its dot, or "".
        base64: the content.
        size: the length of the content in bytes.
        sha256: the hash of the content, lower-case hex.
    """

    name: str
    extension: str
    base64: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as hosts deliver it. Times are unix milliseconds. Event values are untrusted text.

    `ticket_id` is the identity: the tracking id, `hold:<hold id>` for a held message without a tracking record, or
    `gap:…` for a period that could not be read. `complete` is false if something could not be read; the events then say
    what.
    """

    ticket_id: str
    name: str
    rule_generator: str
    product: str
    priority: int
    start_ms: int
    end_ms: int
    reason: str
    description: str
    grouping_id: str
    events: tuple[dict[str, str], ...]
    files: tuple[AlertFile, ...] = ()
    complete: bool = True
    vendor: str = VENDOR

    @property
    def display_id(self) -> str:
        """The id that analysts see; the same whenever this ticket is delivered."""
        return str(uuid.uuid5(_NAMESPACE, self.ticket_id))


def grouping_id(message_id: str, sender: str, subject: str) -> str:
    """The key that groups the alerts of all recipients of an email in one case; "" if all three values are empty.

    The sender controls all three, so they group alerts and decide nothing else.
    """
    if not (message_id or sender or subject):
        return ""
    # Lengths keep apart what plain concatenation would mix up: ("ab", "c") and ("a", "bc").
    fields = (message_id, sender.casefold(), subject)
    digest = hashlib.blake2b(digest_size=16)
    for value in fields:
        encoded = value.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()
