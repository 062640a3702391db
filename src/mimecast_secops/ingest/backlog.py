"""The pending records, and their form in the state."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Final, Self

import msgspec

from mimecast_secops.ingest.record import PendingRecord

_BACKLOG: Final = "backlog."
# Small enough that a chunk of hostile records still fits where a host limits the size of what it stores.
_RECORDS_PER_CHUNK: Final = 100


class Backlog:
    """The pending records, by id.

    They are stored in chunks. A record stays in its chunk, so that delivering the oldest hundred of ten thousand
    records writes a few chunks and not all of them.
    """

    def __init__(self) -> None:
        self._chunks: dict[int, dict[str, PendingRecord]] = {}
        self._chunk_of: dict[str, int] = {}
        self._encoded: dict[int, bytes] = {}
        self._next = 0

    def __contains__(self, record_id: str) -> bool:
        return record_id in self._chunk_of

    def __len__(self) -> int:
        return len(self._chunk_of)

    def __iter__(self) -> Iterator[PendingRecord]:
        return (record for chunk in self._chunks.values() for record in chunk.values())

    def get(self, record_id: str) -> PendingRecord | None:
        """The pending record with this id, None if there is none."""
        chunk = self._chunk_of.get(record_id)
        return None if chunk is None else self._chunks[chunk][record_id]

    def put(self, record: PendingRecord) -> None:
        """Add or replace a record."""
        chunk = self._chunk_of.get(record.id)
        if chunk is None:
            chunk = self._next
            if len(self._chunks.get(chunk, ())) >= _RECORDS_PER_CHUNK:
                chunk = self._next = self._next + 1
            self._chunk_of[record.id] = chunk
        self._chunks.setdefault(chunk, {})[record.id] = record
        self._encoded.pop(chunk, None)

    def remove(self, record_id: str) -> None:
        """Remove a record, if it is there."""
        chunk = self._chunk_of.pop(record_id, None)
        if chunk is not None:
            del self._chunks[chunk][record_id]
            self._encoded.pop(chunk, None)
            if not self._chunks[chunk]:
                del self._chunks[chunk]

    def oldest_ms(self) -> int | None:
        """When the oldest pending record was received, in unix milliseconds; None if the backlog is empty."""
        return min((record.received_ms for record in self), default=None)

    def to_parts(self) -> dict[str, bytes]:
        """The backlog as named parts; a chunk that did not change gives the same bytes."""
        for number, chunk in self._chunks.items():
            if number not in self._encoded:
                self._encoded[number] = zlib.compress(msgspec.json.encode(list(chunk.values())), 1)
        return {f"{_BACKLOG}{number}": self._encoded[number] for number in self._chunks}

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes]) -> Self:
        """The backlog that was stored as `parts`; parts of other kinds are ignored."""
        backlog = cls()
        for name, content in parts.items():
            if name.startswith(_BACKLOG):
                number = int(name.removeprefix(_BACKLOG))
                records = msgspec.json.decode(zlib.decompress(content), type=list[PendingRecord])
                backlog._chunks[number] = {record.id: record for record in records}
                backlog._chunk_of.update((record.id, number) for record in records)
                backlog._encoded[number] = content
                backlog._next = max(backlog._next, number)
        return backlog
