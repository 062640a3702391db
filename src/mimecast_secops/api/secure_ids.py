"""What Mimecast's IDs disclose: the numbers by which two different IDs can name the same message.

Secure IDs are base64url text of compressed JSON (docs/reference/mimecast-api.md#identifiers). That is not documented,
so an ID that does not decode is normal. Decoded members are for comparing only: they are no input to a call, and they
are not logged, because they name the account and sometimes the subject.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

_PREFIX: Final = "MTOKEN:"
_MAX_TEXT: Final = 4_096
_MAX_JSON: Final = 16_384
_MAX_MEMBER: Final = 512
_MAX_DIGITS: Final = 19
_ZLIB_START: Final = b"\x78"


@dataclass(frozen=True, slots=True, repr=False)
class SecureId:
    """The members of a decoded ID.

    Attributes:
        status: the status that a tracking ID names; "" if it names none.
        queue_number: the number of the message in its queue, in tracking IDs and `queueInfo.id`; None if absent.
        hold_number: the number of the entry of the hold queue, in hold IDs and `queueInfo.id`; None if absent.
        node: the queue host, in which the numbers are unique; "" if absent.
        archive_id: the ID in the archive; "" if absent.
    """

    status: str = ""
    queue_number: int | None = None
    hold_number: int | None = None
    node: str = ""
    archive_id: str = ""

    def __repr__(self) -> str:
        names = [name for name in ("status", "queue_number", "hold_number", "archive_id") if getattr(self, name)]
        return f"SecureId({', '.join(names)})"

    def is_same_message(self, other: SecureId) -> bool | None:
        """Whether both name one message; None if they have no number in common.

        Source: docs/reference/mimecast-api.md#identifiers [inferred from two captures].
        """
        if self.queue_number is not None and other.queue_number is not None:
            return self.queue_number == other.queue_number and self._shares_node(other)
        if self.archive_id and other.archive_id:
            return self.archive_id == other.archive_id
        return None

    def is_same_hold(self, other: SecureId) -> bool | None:
        """Whether both name one entry of the hold queue; None if not both name one.

        Source: docs/reference/mimecast-api.md#identifiers [inferred].
        """
        if self.hold_number is None or other.hold_number is None:
            return None
        return self.hold_number == other.hold_number and self._shares_node(other)

    def _shares_node(self, other: SecureId) -> bool:
        return not self.node or not other.node or self.node == other.node


def decode_secure_id(text: str) -> SecureId | None:
    """Decode an ID. The work is bounded, whatever the text is.

    Returns:
        The members; None if the text is not a secure ID that names a message.
    """
    members = _members(text)
    if members is None:
        return None
    status = _text(members, "messageStatusType")
    active_number, active_node = _active(_text(members, "activeid"))
    queue_number = _number(members, "messageQueueId")
    hold_number = _number(members, "hldqid")
    if hold_number is None and not status:
        # In a tracking ID, `queue_id` is the number of another queue.
        hold_number = _number(members, "queue_id")
    nodes = _text(members, "tmnd"), _text(members, "tnde")
    secure_id = SecureId(
        status=status.lower(),
        queue_number=active_number if queue_number is None else queue_number,
        hold_number=hold_number,
        node="/".join(nodes) if all(nodes) else active_node,
        archive_id=_text(members, "archiveid"),
    )
    has_number = secure_id.queue_number is not None or secure_id.hold_number is not None
    return secure_id if has_number or secure_id.archive_id else None


def _members(text: str) -> Mapping[str, Any] | None:
    body = text.removeprefix(_PREFIX).rstrip("=")
    if not body or len(body) > _MAX_TEXT:
        return None
    try:
        compressed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        if not compressed.startswith(_ZLIB_START):
            return None
        decompressor = zlib.decompressobj()
        content = decompressor.decompress(compressed, _MAX_JSON)
        members = msgspec.json.decode(content) if decompressor.eof else None
    except (binascii.Error, ValueError, zlib.error, msgspec.MsgspecError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) and len(value) <= _MAX_MEMBER else ""


def _number(members: Mapping[str, Any], name: str) -> int | None:
    value = members.get(name)
    if isinstance(value, str):
        return _integer(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None


def _active(active_id: str) -> tuple[int | None, str]:
    """The queue number and the node in `<account>_<number>_<tmnd>_<tnde>_<guid>`."""
    _, *parts = active_id.split("_")
    for position, part in enumerate(parts):
        number = _integer(part)
        if number is not None:
            nodes = parts[position + 1 : position + 3]
            return number, "/".join(nodes) if len(nodes) == len(("tmnd", "tnde")) else ""
    return None, ""
