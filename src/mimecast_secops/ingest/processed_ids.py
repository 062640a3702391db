"""The ids of processed records, in 12 bytes each.

An id is stored as a digest with a random key per store, so an attacker who knows this code still cannot send messages
whose ids collide. Digests are grouped by the hour in which the records were processed, and whole hours are forgotten
once no search reaches back that far (docs/decisions/0003).

A cycle looks up a few hundred ids and may remember more than a million, so loading must not cost time per id: a part
stays the sorted bytes that it is stored as, and look-ups bisect it.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Self

from mimecast_secops.ingest.clock import HOUR_MS

SIZE: Final = 12
# The stored name, as version 1.0 wrote it.
_PREFIX: Final = "ledger."
_DIGESTS_PER_PART: Final = 40_000
# From this many look-ups on, building a set of a part's digests costs less than bisecting.
_MANY_LOOKUPS: Final = 5_000
# A digest begins with an unsigned integer of four bytes, by which a part is bisected.
_HEAD_TYPE: Final = "I"
_HEAD_SIZE: Final = 4


class _Part:
    """Up to 40,000 sorted digests, concatenated in `content`."""

    __slots__ = ("_heads", "_lookups", "_set", "content")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._heads: array[int] | None = None
        self._lookups = 0
        self._set: frozenset[bytes] | None = None

    def __len__(self) -> int:
        return len(self.content) // SIZE

    def __iter__(self) -> Iterator[bytes]:
        return (self.content[start : start + SIZE] for start in range(0, len(self.content), SIZE))

    def __contains__(self, digest: bytes) -> bool:
        if self._set is not None:
            return digest in self._set
        self._lookups += 1
        if self._lookups > _MANY_LOOKUPS:
            self._set = frozenset(self)
        heads = self._digest_heads()
        head = int.from_bytes(digest[:_HEAD_SIZE], "big")
        position = bisect_left(heads, head)
        while position < len(heads) and heads[position] == head:
            if self.content.startswith(digest, position * SIZE):
                return True
            position += 1
        return False

    def _digest_heads(self) -> array[int]:
        """The first four bytes of each digest, as integers, in the order of the digests."""
        if self._heads is None:
            words = array(_HEAD_TYPE)
            words.frombytes(self.content)
            if sys.byteorder == "little":
                words.byteswap()
            self._heads = words[:: SIZE // _HEAD_SIZE]
        return self._heads


class _Hour:
    """The ids that were processed in one hour: stored parts, and digests that are not stored yet."""

    __slots__ = ("fresh", "parts")

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.fresh: set[bytes] = set()

    def __len__(self) -> int:
        return len(self.fresh) + sum(map(len, self.parts))

    def __contains__(self, digest: bytes) -> bool:
        if digest in self.fresh:
            return True
        for part in self.parts:  # noqa: SIM110 -- a generator costs more, and this runs per record and hour
            if digest in part:
                return True
        return False

    def merge(self) -> list[_Part]:
        """All parts, with the fresh digests merged in. A full part never changes again."""
        if self.fresh:
            tail = self.parts.pop() if self.parts and len(self.parts[-1]) < _DIGESTS_PER_PART else ()
            digests = sorted({*tail, *self.fresh})
            self.parts.extend(
                _part_of(digests[start : start + _DIGESTS_PER_PART])
                for start in range(0, len(digests), _DIGESTS_PER_PART)
            )
            self.fresh = set()
        return self.parts


class ProcessedIds:
    """A set of ids that forgets whole hours.

    Args:
        key: the random key of the store.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._hours: dict[int, _Hour] = {}
        # Most ids that a search returns again were processed a short time ago.
        self._newest_first: list[_Hour] = []

    def __contains__(self, name: str) -> bool:
        return self._has(self._digest(name))

    def __len__(self) -> int:
        return sum(map(len, self._hours.values()))

    @property
    def oldest_ms(self) -> int | None:
        """The beginning of the oldest remembered hour, in unix milliseconds; None if there are no ids."""
        return min(self._hours, default=0) * HOUR_MS if self._hours else None

    def add(self, name: str, processed_ms: int) -> None:
        """Remember an id under the hour of that time, in unix milliseconds; a known id keeps its hour."""
        digest = self._digest(name)
        if not self._has(digest):
            self._hour(processed_ms // HOUR_MS).fresh.add(digest)

    def forget_before(self, time_ms: int) -> None:
        """Forget the hours that ended before a time."""
        for hour in [hour for hour in self._hours if (hour + 1) * HOUR_MS <= time_ms]:
            del self._hours[hour]
        self._order()

    def to_parts(self) -> dict[str, bytes]:
        """The ids as named parts of at most 480 kB; a full part never changes again."""
        return {
            f"{_PREFIX}{hour}.{number}": part.content
            for hour, ids in sorted(self._hours.items())
            for number, part in enumerate(ids.merge())
        }

    @classmethod
    def from_parts(cls, key: bytes, parts: Mapping[str, bytes], *, are_sorted: bool = True) -> Self:
        """The ids that were stored as `parts`.

        Args:
            key: the random key of the store.
            parts: named parts; those of other kinds are ignored.
            are_sorted: false for parts that version 1.0 wrote.

        Raises:
            ValueError: a part is damaged or missing.
        """
        processed_ids = cls(key)
        names = [name.split(".") for name in parts if name.startswith(_PREFIX)]
        for _, hour, number in sorted(names, key=lambda name: (int(name[1]), int(name[2]))):
            content = parts[f"{_PREFIX}{hour}.{number}"]
            ids = processed_ids._hour(int(hour))
            if len(content) % SIZE or int(number) != len(ids.parts):
                raise ValueError("A part of the processed ids is damaged or missing.")
            part = _Part(content)
            ids.parts.append(part if are_sorted else _part_of(sorted(part)))
        return processed_ids

    def _has(self, digest: bytes) -> bool:
        for ids in self._newest_first:  # noqa: SIM110 -- a generator costs more, and this runs per record and hour
            if digest in ids:
                return True
        return False

    def _hour(self, hour: int) -> _Hour:
        if hour not in self._hours:
            self._hours[hour] = _Hour()
            self._order()
        return self._hours[hour]

    def _order(self) -> None:
        self._newest_first = [self._hours[hour] for hour in sorted(self._hours, reverse=True)]

    def _digest(self, name: str) -> bytes:
        return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=SIZE, key=self._key).digest()


def _part_of(digests: Iterable[bytes]) -> _Part:
    return _Part(b"".join(digests))
