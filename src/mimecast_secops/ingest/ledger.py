"""Which records are settled, in 12 bytes each.

The digests are keyed with a random key per store: whoever knows this code and chooses what he sends still cannot make
two ids that collide. They lie in the hour in which they were settled, and whole hours are forgotten once no search
reaches back that far (docs/decisions/0003).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

SIZE: Final = 12
HOUR_MS: Final = 3_600_000
PREFIX: Final = "ledger."
_PER_PART: Final = 40_000


class Ledger:
    """A set of settled ids that forgets by the hour.

    Args:
        key: the store's own random key.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._hours: dict[int, bytearray] = {}
        self._known: set[bytes] = set()
        self._encoded: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        return self._digest(name) in self._known

    def __len__(self) -> int:
        return len(self._known)

    @property
    def oldest_ms(self) -> int | None:
        """Since when settled ids are remembered, in unix milliseconds; None where there are none."""
        return min(self._hours, default=0) * HOUR_MS if self._hours else None

    def add(self, name: str, settled_ms: int) -> None:
        """Remember an id as settled at that time; one that is known stays where it is."""
        digest = self._digest(name)
        if digest not in self._known:
            self._known.add(digest)
            self._hours.setdefault(settled_ms // HOUR_MS, bytearray()).extend(digest)

    def forget_before(self, time_ms: int) -> None:
        """Forget the hours that ended before a time."""
        gone = [hour for hour in self._hours if (hour + 1) * HOUR_MS <= time_ms]
        for hour in gone:
            self._known.difference_update(_digests(self._hours.pop(hour)))

    def parts(self) -> dict[str, bytes]:
        """The ledger as named parts of at most 480 kB; full ones never change again."""
        parts: dict[str, bytes] = {}
        step = _PER_PART * SIZE
        for hour, digests in sorted(self._hours.items()):
            for number, start in enumerate(range(0, len(digests), step)):
                name = f"{PREFIX}{hour}.{number}"
                known = self._encoded.get(name, b"")
                part = known if len(known) == min(step, len(digests) - start) else bytes(digests[start : start + step])
                parts[name] = part
        self._encoded = dict(parts)
        return parts

    @classmethod
    def of(cls, key: bytes, parts: Mapping[str, bytes]) -> Ledger:
        """The ledger that `parts` were made of."""
        ledger = cls(key)
        mine = [name.split(".") for name in parts if name.startswith(PREFIX)]
        for _, hour, number in sorted(mine, key=lambda name: (int(name[1]), int(name[2]))):
            content = parts[f"{PREFIX}{hour}.{number}"]
            ledger._hours.setdefault(int(hour), bytearray()).extend(content)
            ledger._known.update(_digests(content))
            ledger._encoded[f"{PREFIX}{hour}.{number}"] = content
        return ledger

    def _digest(self, name: str) -> bytes:
        return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=SIZE, key=self._key).digest()


def _digests(content: bytes | bytearray) -> Iterator[bytes]:
    return (bytes(content[start : start + SIZE]) for start in range(0, len(content), SIZE))
