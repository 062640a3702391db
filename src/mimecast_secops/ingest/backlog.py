"""The records that were seen, match what the search tells, and are not settled yet.

Kept in chunks: a record stays in the chunk that it came into, so that settling the oldest hundred of ten thousand
writes a few chunks and not all of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from mimecast_secops.ingest.record import PendingRecord

PREFIX: Final = "backlog."
# Small enough that a chunk of hostile records still fits where a host bounds the size of what it stores.
_PER_CHUNK: Final = 100


class Backlog:
    """Unsettled records by id."""

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
        """The record of that id, None where none waits."""
        chunk = self._chunk_of.get(record_id)
        return None if chunk is None else self._chunks[chunk][record_id]

    def put(self, record: PendingRecord) -> None:
        """Let a record wait, or replace it."""
        chunk = self._chunk_of.get(record.id)
        if chunk is None:
            chunk = self._next
            if len(self._chunks.get(chunk, ())) >= _PER_CHUNK:
                chunk = self._next = self._next + 1
            self._chunk_of[record.id] = chunk
        self._chunks.setdefault(chunk, {})[record.id] = record
        self._encoded.pop(chunk, None)

    def remove(self, record_id: str) -> None:
        """Take a record out; nothing happens where none waits."""
        chunk = self._chunk_of.pop(record_id, None)
        if chunk is not None:
            del self._chunks[chunk][record_id]
            self._encoded.pop(chunk, None)
            if not self._chunks[chunk]:
                del self._chunks[chunk]

    def oldest_ms(self) -> int | None:
        """When the oldest waiting record was received; None where none waits."""
        return min((record.received_ms for record in self), default=None)

    def parts(self) -> dict[str, bytes]:
        """The backlog as named parts; chunks that did not change are the same bytes."""
        for number, chunk in self._chunks.items():
            if number not in self._encoded:
                self._encoded[number] = zlib.compress(msgspec.json.encode(list(chunk.values())), 1)
        return {f"{PREFIX}{number}": self._encoded[number] for number in self._chunks}

    @classmethod
    def of(cls, parts: Mapping[str, bytes]) -> Backlog:
        """The backlog that `parts` were made of."""
        backlog = cls()
        for name, content in parts.items():
            if name.startswith(PREFIX):
                number = int(name.removeprefix(PREFIX))
                records = msgspec.json.decode(zlib.decompress(content), type=list[PendingRecord])
                backlog._chunks[number] = {record.id: record for record in records}
                backlog._chunk_of.update((record.id, number) for record in records)
                backlog._encoded[number] = content
                backlog._next = max(backlog._next, number)
        return backlog
