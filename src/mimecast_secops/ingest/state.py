"""What the engine knows between two cycles, and the only places where it changes.

A tracking record is UNKNOWN, WAITING or SETTLED. It becomes WAITING when it is seen and the filters on what the search
tells let it through, and SETTLED when its alert was delivered or a named filter took it. Nothing else moves it.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Mapping
from enum import Enum
from typing import Final, Self

import msgspec

from mimecast_secops.ingest.backlog import Backlog
from mimecast_secops.ingest.processed_ids import HOUR_MS, ProcessedIds
from mimecast_secops.ingest.record import TRACKING, PendingRecord

_META: Final = "meta"
# 2: the parts of the ledger are sorted, and `settled` tells how many ids they hold.
_VERSION: Final = 2
_SORTED_SINCE: Final = 2
_MOST_UNDECODABLE: Final = 100
# How much longer than any search reaches back a settled id is kept: clocks differ.
_LEDGER_MARGIN_MS: Final = 2 * HOUR_MS


class RecordState(Enum):
    """Where a record stands."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    SETTLED = "settled"


class PollProgress(msgspec.Struct, frozen=True):
    """A reading of the search in progress: from the re-read part up to `target_ms`; read up to `reached_ms`."""

    target_ms: int
    reached_ms: int


class UnreadableState(Exception):
    """The stored state was written by a newer version, or is damaged. Names what to do."""


class _Meta(msgspec.Struct, kw_only=True):
    version: int
    key: bytes
    frontier_ms: int
    floor_ms: int
    poll_tracking: PollProgress | None = None
    span_ms: int = 0
    token: str = ""
    missing: dict[str, int] = {}
    settled: int | None = None
    undecodable: tuple[int, ...] = ()


class State:
    """The engine's memory. `floor_ms` is where ingestion once began; nothing before it is ever taken.

    Attributes:
        frontier_ms: everything received before it that was visible has been read.
        sweep: the reading in progress that a cycle could not finish.
        span_ms: how long a search window was found to be right.
        token: the delivery's mark of what was committed.
        missing: hold id → how often no tracking record was found for it.
        undecodable: unix seconds whose replies could not be decoded; requests are divided around them.
    """

    def __init__(self, *, floor_ms: int, key: bytes = b"") -> None:
        self.key = key or secrets.token_bytes(32)
        self.floor_ms = floor_ms
        self.frontier_ms = floor_ms
        self.poll_tracking: PollProgress | None = None
        self.span_ms = 0
        self.token = ""
        self.missing: dict[str, int] = {}
        self.undecodable: set[int] = set()
        self.backlog = Backlog()
        self.ledger = ProcessedIds(self.key)

    @property
    def checkpoint_ms(self) -> int:
        """Before it everything that was visible and matched is settled: the one place where that is decided."""
        read = max(self.frontier_ms, self.poll_tracking.reached_ms) if self.poll_tracking else self.frontier_ms
        oldest = self.backlog.oldest_ms()
        return read if oldest is None else min(read, oldest)

    def standing(self, record_id: str, status: str = "") -> RecordState:
        """Where a record stands. One that a filter took stands so under the status it had: it may come back `held`."""
        if record_id in self.backlog:
            return RecordState.WAITING
        if record_id in self.ledger or (status and _filtered(record_id, status) in self.ledger):
            return RecordState.SETTLED
        return RecordState.UNKNOWN

    def wait(self, record: PendingRecord) -> None:
        """UNKNOWN → WAITING."""
        if self.standing(record.id, record.status) is RecordState.UNKNOWN:
            self.backlog.put(record)

    def delivered(self, record_id: str, now_ms: int, hold_id: str = "") -> None:
        """WAITING → SETTLED: its alert is where it belongs."""
        self.backlog.remove(record_id)
        self.ledger.add(record_id, now_ms)
        if hold_id:
            self.account_for(hold_id, now_ms)

    def filtered(self, record: PendingRecord, now_ms: int) -> None:
        """WAITING → SETTLED: a filter that needs the details took it."""
        self.backlog.remove(record.id)
        self.ledger.add(_filtered(record.id, record.status) if record.kind == TRACKING else record.id, now_ms)
        if record.hold_id:
            self.account_for(record.hold_id, now_ms)

    def put_off(self, record: PendingRecord, *, after_ms: int, tries: int | None = None, error: str = "") -> None:
        """WAITING stays WAITING: it failed or overflowed, and is tried again later."""
        self.backlog.put(
            msgspec.structs.replace(
                record, after_ms=after_ms, tries=record.tries if tries is None else tries, error=error[:300]
            )
        )

    def account_for(self, hold_id: str, now_ms: int) -> None:
        """An entry of the hold queue belongs to a record that is settled."""
        self.missing.pop(hold_id, None)
        self.ledger.add(f"accounted:{hold_id}", now_ms)

    def accounted_for(self, hold_id: str) -> bool:
        """Whether an entry of the hold queue needs no further look."""
        return f"accounted:{hold_id}" in self.ledger or PendingRecord.id_of_hold(hold_id) in self.backlog

    def read_up_to(self, reached_ms: int, target_ms: int) -> None:
        """The frontier's one way forward: a window was read whole."""
        if reached_ms >= target_ms:
            self.poll_tracking = None
            self.frontier_ms = target_ms
        else:
            self.poll_tracking = PollProgress(target_ms, reached_ms)

    def delivered_as_hold(self, hold_id: str) -> bool:
        """Whether an entry of the hold queue was delivered before its tracking record turned up."""
        return PendingRecord.id_of_hold(hold_id) in self.ledger

    def skip_to(self, time_ms: int) -> None:
        """Give up what lies before a time: it cannot be read any more, or a clock was wrong."""
        self.frontier_ms = time_ms
        self.poll_tracking = None

    def forget_before(self, time_ms: int) -> None:
        """Let go of settled ids that no search can bring back."""
        self.ledger.forget_before(time_ms - _LEDGER_MARGIN_MS)
        remembered = sorted(second for second in self.undecodable if second * 1000 >= time_ms - _LEDGER_MARGIN_MS)
        self.undecodable = set(remembered[-_MOST_UNDECODABLE:])

    def encode(self) -> dict[str, bytes]:
        """The state as named parts for a store."""
        ledger = self.ledger.parts()
        meta = _Meta(
            version=_VERSION,
            key=self.key,
            frontier_ms=self.frontier_ms,
            floor_ms=self.floor_ms,
            poll_tracking=self.poll_tracking,
            span_ms=self.span_ms,
            token=self.token,
            missing=self.missing,
            settled=len(self.ledger),
            undecodable=tuple(sorted(self.undecodable)),
        )
        return {_META: msgspec.json.encode(meta), **self.backlog.parts(), **ledger}

    @classmethod
    def decode(cls, parts: Mapping[str, bytes]) -> Self | None:
        """The state that a store holds; None where it holds none.

        Raises:
            UnreadableState: it is damaged, or newer than this program. It is never thrown away silently: starting over
                would deliver everything again, or lose what was waiting.
        """
        if not parts:
            return None
        try:
            meta = msgspec.json.decode(parts[_META], type=_Meta)
            if meta.version > _VERSION:
                raise UnreadableState("The stored state was written by a newer version of this program: update it.")
            state = cls(floor_ms=meta.floor_ms, key=meta.key)
            state.backlog = Backlog.of(parts)
            state.ledger = ProcessedIds.of(meta.key, parts, sorted_parts=meta.version >= _SORTED_SINCE)
            if meta.settled not in (None, len(state.ledger)):
                raise ValueError("A part of the processed ids is missing.")  # noqa: TRY301 -- damage like any other
        except (KeyError, ValueError, msgspec.MsgspecError, zlib.error) as damage:
            raise UnreadableState(
                f"The stored state is damaged ({type(damage).__name__}): restore it, or remove it to start over."
            ) from damage
        state.frontier_ms, state.poll_tracking, state.span_ms = meta.frontier_ms, meta.poll_tracking, meta.span_ms
        state.token, state.missing = meta.token, dict(meta.missing)
        state.undecodable = set(meta.undecodable)
        return state


def _filtered(record_id: str, status: str) -> str:
    return f"{record_id}\0{status}"
