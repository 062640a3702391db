"""Which records are settled, in 12 bytes each.

The digests are keyed with a random key per store: whoever knows this code and chooses what he sends still cannot make
two ids that collide. They lie in the hour in which they were settled, and whole hours are forgotten once no search
reaches back that far (docs/decisions/0003).

A cycle meets a few hundred ids and may remember more than a million, so loading must not cost per remembered id: a part
stays the sorted bytes that it is stored as, and is searched by bisection.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

SIZE: Final = 12
HOUR_MS: Final = 3_600_000
PREFIX: Final = "ledger."
_PER_PART: Final = 40_000
# From this many look-ups on, a set of a part's digests costs less than bisections do.
_MANY_LOOKUPS: Final = 5_000
_HEAD: Final = "I"
_HEAD_SIZE: Final = 4


class _Part:
    """Up to 40,000 digests, sorted, one after the other in `content`."""

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
        heads = self._first_bytes()
        head = int.from_bytes(digest[:_HEAD_SIZE], "big")
        position = bisect_left(heads, head)
        while position < len(heads) and heads[position] == head:
            if self.content.startswith(digest, position * SIZE):
                return True
            position += 1
        return False

    def _first_bytes(self) -> array[int]:
        """The first four bytes of each digest, as numbers in the order of the digests."""
        if self._heads is None:
            words = array(_HEAD)
            words.frombytes(self.content)
            if sys.byteorder == "little":
                words.byteswap()
            self._heads = words[:: SIZE // _HEAD_SIZE]
        return self._heads


class _Hour:
    """The ids that were settled in one hour: stored parts, and those that are not stored yet."""

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

    def store(self) -> list[_Part]:
        """All parts, with the fresh digests in them. Parts that are full never change again."""
        if self.fresh:
            tail = self.parts.pop() if self.parts and len(self.parts[-1]) < _PER_PART else ()
            digests = sorted({*tail, *self.fresh})
            self.parts.extend(_part_of(digests[at : at + _PER_PART]) for at in range(0, len(digests), _PER_PART))
            self.fresh = set()
        return self.parts


class ProcessedIds:
    """A set of settled ids that forgets by the hour.

    Args:
        key: the store's own random key.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._hours: dict[int, _Hour] = {}
        # Most ids that come again were settled a short time ago.
        self._newest_first: list[_Hour] = []

    def __contains__(self, name: str) -> bool:
        return self._has(self._digest(name))

    def __len__(self) -> int:
        return sum(map(len, self._hours.values()))

    @property
    def oldest_ms(self) -> int | None:
        """Since when settled ids are remembered, in unix milliseconds; None where there are none."""
        return min(self._hours, default=0) * HOUR_MS if self._hours else None

    def add(self, name: str, settled_ms: int) -> None:
        """Remember an id as settled at that time; one that is known stays where it is."""
        digest = self._digest(name)
        if not self._has(digest):
            self._hour(settled_ms // HOUR_MS).fresh.add(digest)

    def forget_before(self, time_ms: int) -> None:
        """Forget the hours that ended before a time."""
        for hour in [hour for hour in self._hours if (hour + 1) * HOUR_MS <= time_ms]:
            del self._hours[hour]
        self._order()

    def parts(self) -> dict[str, bytes]:
        """The ledger as named parts of at most 480 kB; full ones never change again."""
        return {
            f"{PREFIX}{hour}.{number}": part.content
            for hour, ids in sorted(self._hours.items())
            for number, part in enumerate(ids.store())
        }

    @classmethod
    def of(cls, key: bytes, parts: Mapping[str, bytes], *, sorted_parts: bool = True) -> ProcessedIds:
        """The ledger that `parts` were made of.

        Args:
            key: the store's own random key.
            parts: named parts; those of other kinds are ignored.
            sorted_parts: false for parts that were written by version 1.0.

        Raises:
            ValueError: a part is damaged or missing.
        """
        ledger = cls(key)
        mine = [name.split(".") for name in parts if name.startswith(PREFIX)]
        for _, hour, number in sorted(mine, key=lambda name: (int(name[1]), int(name[2]))):
            content = parts[f"{PREFIX}{hour}.{number}"]
            ids = ledger._hour(int(hour))
            if len(content) % SIZE or int(number) != len(ids.parts):
                raise ValueError("A part of the processed ids is damaged or missing.")
            part = _Part(content)
            ids.parts.append(part if sorted_parts else _part_of(sorted(part)))
        return ledger

    def _has(self, digest: bytes) -> bool:
        for ids in self._newest_first:  # noqa: SIM110 -- as above
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
