"""What identifies a message besides its id: enough to recognize it when its id becomes another text.

An id can name the status, or be valid for one caller only (docs/reference/mimecast-api.md#identifiers [open]). Content
alone identifies nothing, because a sender can send the same message twice. So this is only what `renamed_rows` looks up
once an id has disappeared. Texts are stored as digests with the key of the store.
"""

from __future__ import annotations

import hashlib
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Self

from mimecast_secops.api import TrackedMessage
from mimecast_secops.api.secure_ids import decode_secure_id
from mimecast_secops.ingest.clock import HOUR_MS, MINUTE_MS, SECOND_MS, to_ms

_PREFIX: Final = "known."
_DIGEST: Final = 8
_ENTRY: Final = struct.Struct(">8s8s8sIB")
_NO_NUMBER: Final = bytes(_DIGEST)
# 29 bytes each. Beyond this number, the oldest are forgotten: a message whose id changes later comes again.
MAX_ENTRIES: Final = 200_000
# A stored status is its position here; an unknown one is the last. The highest bit is `is_of_previous_caller`.
_STATUSES: Final = (
    *("", "held", "processing", "accepted", "deferred", "archived", "rejected", "bounced", "delivery"),
    "another status",
)
_PREVIOUS_CALLER: Final = 0x80
_WITH_PREVIOUS_CALLER: Final = bytes(byte | _PREVIOUS_CALLER for byte in range(256))


class KnownMessage(NamedTuple):
    """A message as a search showed it.

    Attributes:
        id: the digest of its id.
        content: the digest of sender, recipients, subject and minute.
        number: the digest of the number that its id discloses; zeros if the id does not decode.
        second: when it was received, in unix seconds.
        status: the status in lower case.
        is_of_previous_caller: whether the credentials have changed since its id was read.
    """

    id: bytes
    content: bytes
    number: bytes
    second: int
    status: str
    is_of_previous_caller: bool = False

    @property
    def has_number(self) -> bool:
        """Whether the id discloses a number."""
        return self.number != _NO_NUMBER

    def is_same(self, other: KnownMessage) -> bool | None:
        """Whether the numbers in the ids say that both are the same message; None if they do not tell."""
        # The first byte is the kind of number: that of a queue says nothing about that of the archive.
        if not self.has_number or not other.has_number or self.number[0] != other.number[0]:
            return None
        return self.number == other.number


class KnownMessages:
    """Messages that became pending, by the hour in which they were received.

    Args:
        key: the random key of the store.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._hours: dict[int, bytearray] = {}
        self._positions: dict[int, dict[bytes, list[int]]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def describe(self, record_id: str, message: TrackedMessage) -> KnownMessage | None:
        """A row as it is remembered; None if it has no time."""
        if message.received is None:
            return None
        received_ms = to_ms(message.received)
        recipients = sorted(recipient.casefold() for recipient in message.recipients)
        texts = [str(received_ms // MINUTE_MS), message.sender.casefold(), message.subject.strip(), *recipients]
        return KnownMessage(
            self.digest(record_id),
            self.digest(*texts),
            self._number(record_id),
            received_ms // SECOND_MS,
            message.status,
        )

    def add(self, message: KnownMessage) -> None:
        """Remember a message."""
        hour = message.second * SECOND_MS // HOUR_MS
        content = self._hours.setdefault(hour, bytearray())
        if hour in self._positions:
            self._positions[hour].setdefault(message.content, []).append(len(content))
        content += _packed(message)
        self._count += 1
        while self._count > MAX_ENTRIES and len(self._hours) > 1:
            self._forget(min(self._hours))

    def alike(self, message: KnownMessage) -> list[KnownMessage]:
        """The messages with the same content in the same minute."""
        hour = message.second * SECOND_MS // HOUR_MS
        if hour not in self._hours:
            return []
        return [self._at(hour, position) for position in self._index(hour).get(message.content, ())]

    def replace(self, known: KnownMessage, message: KnownMessage) -> None:
        """A message has another id or status from now on."""
        hour = known.second * SECOND_MS // HOUR_MS
        for position in self._index(hour).get(known.content, ()):
            if self._hours[hour].startswith(known.id, position):
                # The time is kept: that of an archived row is cut to the minute.
                replaced = message._replace(second=known.second, content=known.content)
                self._hours[hour][position : position + _ENTRY.size] = _packed(replaced)
                return

    def remove(self, record_id: str, received_ms: int) -> None:
        """Forget a message."""
        hour, digest = received_ms // HOUR_MS, self.digest(record_id)
        content = self._hours.get(hour, bytearray())
        for position in range(0, len(content), _ENTRY.size):
            if content.startswith(digest, position):
                del content[position : position + _ENTRY.size]
                self._count -= 1
                self._positions.pop(hour, None)
                return

    def mark_previous_caller(self) -> None:
        """The credentials have changed: the ids of all messages were read with the previous ones."""
        for content in self._hours.values():
            content[_ENTRY.size - 1 :: _ENTRY.size] = content[_ENTRY.size - 1 :: _ENTRY.size].translate(
                _WITH_PREVIOUS_CALLER
            )

    def between(self, start_ms: int, end_ms: int) -> Iterator[KnownMessage]:
        """The messages that were received between two times, in unix milliseconds."""
        for hour in range(start_ms // HOUR_MS, end_ms // HOUR_MS + 1):
            for position in range(0, len(self._hours.get(hour, ())), _ENTRY.size):
                known = self._at(hour, position)
                if start_ms <= known.second * SECOND_MS <= end_ms:
                    yield known

    def forget_before(self, time_ms: int) -> None:
        """Forget the messages of the hours that ended before a time."""
        for hour in [hour for hour in self._hours if (hour + 1) * HOUR_MS <= time_ms]:
            self._forget(hour)

    def to_parts(self) -> dict[str, bytes]:
        """The messages as named parts; an hour that did not change gives the same bytes."""
        return {f"{_PREFIX}{hour}": bytes(content) for hour, content in sorted(self._hours.items()) if content}

    @classmethod
    def from_parts(cls, key: bytes, parts: Mapping[str, bytes]) -> Self:
        """The messages that were stored as `parts`; parts of other kinds are ignored.

        Raises:
            ValueError: a part is damaged.
        """
        known = cls(key)
        for name, content in parts.items():
            if name.startswith(_PREFIX):
                if len(content) % _ENTRY.size:
                    raise ValueError("A part of the known messages is damaged.")
                known._hours[int(name.removeprefix(_PREFIX))] = bytearray(content)
                known._count += len(content) // _ENTRY.size
        return known

    def digest(self, *texts: str) -> bytes:
        """The digest of texts."""
        content = "\0".join(texts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, digest_size=_DIGEST, key=self._key).digest()

    def _number(self, record_id: str) -> bytes:
        secure_id = decode_secure_id(record_id)
        if secure_id is None:
            return _NO_NUMBER
        if secure_id.queue_number is not None:
            return b"Q" + self.digest("queue", secure_id.node, str(secure_id.queue_number))[1:]
        return b"A" + self.digest("archive", secure_id.archive_id)[1:] if secure_id.archive_id else _NO_NUMBER

    def _index(self, hour: int) -> dict[bytes, list[int]]:
        if hour not in self._positions:
            positions: defaultdict[bytes, list[int]] = defaultdict(list)
            content = self._hours.get(hour, bytearray())
            for position in range(0, len(content), _ENTRY.size):
                positions[bytes(content[position + _DIGEST : position + 2 * _DIGEST])].append(position)
            self._positions[hour] = dict(positions)
        return self._positions[hour]

    def _at(self, hour: int, position: int) -> KnownMessage:
        digest, content, number, second, flags = _ENTRY.unpack_from(self._hours[hour], position)
        status = _STATUSES[min(flags & ~_PREVIOUS_CALLER, len(_STATUSES) - 1)]
        return KnownMessage(digest, content, number, second, status, bool(flags & _PREVIOUS_CALLER))

    def _forget(self, hour: int) -> None:
        self._count -= len(self._hours.pop(hour)) // _ENTRY.size
        self._positions.pop(hour, None)


def _packed(message: KnownMessage) -> bytes:
    status = _STATUSES.index(message.status) if message.status in _STATUSES else len(_STATUSES) - 1
    flags = status | (_PREVIOUS_CALLER if message.is_of_previous_caller else 0)
    return _ENTRY.pack(message.id, message.content, message.number, message.second & 0xFFFFFFFF, flags)
