"""What the engine knows between two cycles, and the only functions that change it.

A record is NEW, PENDING or DONE:

    NEW ──add_pending──▶ PENDING ──mark_delivered, mark_filtered──▶ DONE
                          │    ▲
                          └────┘ defer

The backlog holds the pending records; the processed ids remember the records that are done.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, Self

import msgspec

from mimecast_secops.ingest.backlog import Backlog
from mimecast_secops.ingest.clock import HOUR_MS, SECOND_MS
from mimecast_secops.ingest.known_messages import KnownMessages
from mimecast_secops.ingest.processed_ids import ProcessedIds
from mimecast_secops.ingest.profile import Fact, TenantProfile
from mimecast_secops.ingest.progress import PollProgress, RereadProgress
from mimecast_secops.ingest.record import TRACKING, PendingRecord
from mimecast_secops.ingest.search_history import SearchHistory

_META: Final = "meta"
# 2: the parts of the processed ids are sorted, and `settled` is their number.
_VERSION: Final = 2
_SORTED_SINCE: Final = 2
_MAX_UNDECODABLE: Final = 100
_MAX_ERROR: Final = 300
# How much longer than any search reaches back a processed id is kept: clocks differ.
_PROCESSED_IDS_MARGIN_MS: Final = 2 * HOUR_MS


class RecordState(Enum):
    """The state of a record."""

    NEW = "new"
    PENDING = "pending"
    DONE = "done"


class UnreadableState(Exception):
    """The stored state is damaged, or a newer version wrote it. The message says what to do."""


class _Meta(msgspec.Struct, kw_only=True):
    """The stored form of everything but records and ids. The stored names are those of version 1.0."""

    version: int
    key: bytes
    read_until_ms: int = msgspec.field(name="frontier_ms")
    start_ms: int = msgspec.field(name="floor_ms")
    poll: PollProgress | None = msgspec.field(name="sweep", default=None)
    window_ms: int = msgspec.field(name="span_ms", default=0)
    token: str = ""
    unmatched_holds: dict[str, int] = msgspec.field(name="missing", default_factory=dict)
    processed: int | None = msgspec.field(name="settled", default=None)
    undecodable: tuple[int, ...] = ()
    # Members that version 2.0 did not have; it ignores them.
    profile: dict[str, Fact] | msgspec.UnsetType = msgspec.UNSET
    search_history: SearchHistory | msgspec.UnsetType = msgspec.UNSET
    rereads: dict[str, RereadProgress] | msgspec.UnsetType = msgspec.UNSET
    remembered_ms: int | msgspec.UnsetType = msgspec.UNSET
    unaccounted_cycles: int | msgspec.UnsetType = msgspec.UNSET
    rate_limits: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    imported_ms: int | msgspec.UnsetType = msgspec.UNSET
    caller: str | msgspec.UnsetType = msgspec.UNSET


class State:
    """The engine's memory. Times are unix milliseconds.

    Args:
        start_ms: where ingestion begins. Messages received before are never ingested.
        key: the random key of the processed ids; a new one by default.

    Attributes:
        start_ms: see above.
        read_until_ms: every record that was received before and visible has been read.
        poll: the progress of a poll that no cycle has finished yet.
        window_ms: the length of search window that fits the traffic; 0 until it is known.
        token: what the delivery returned before the last commit.
        unmatched_holds: hold id → number of cycles that found no tracking record for it.
        undecodable: unix seconds whose replies could not be decoded; requests are divided around them.
        profile: what was learned about the tenant.
        search_history: what earlier search replies showed about the completeness of later ones.
        rereads: kind of re-read → its progress.
        unaccounted_cycles: the number of cycles in a row that left held messages unaccounted for.
        remembered_ms: the ids of all records that were received since and are done are remembered.
        rate_limits: endpoint → when Mimecast allows its next call, by this machine's clock.
        imported_ms: another connector delivered messages that were received up to here; 0 if there was none.
        backlog: the pending records.
        processed_ids: the ids of the records that are done.
        known_messages: the tracking records that are pending or done, to recognize them under other ids.
    """

    def __init__(self, *, start_ms: int, key: bytes = b"") -> None:
        self.key = key or secrets.token_bytes(32)
        self.start_ms = start_ms
        self.read_until_ms = start_ms
        self.poll: PollProgress | None = None
        self.window_ms = 0
        self.token = ""
        self.unmatched_holds: dict[str, int] = {}
        self.undecodable: set[int] = set()
        self.profile = TenantProfile()
        self.search_history = SearchHistory()
        self.rereads: dict[str, RereadProgress] = {}
        self.remembered_ms = start_ms
        self.unaccounted_cycles = 0
        self.rate_limits: dict[str, int] = {}
        self.imported_ms = 0
        self.backlog = Backlog()
        self.processed_ids = ProcessedIds(self.key)
        self.known_messages = KnownMessages(self.key)
        self._caller = ""
        self._pending_ids: dict[bytes, str] | None = None

    @property
    def reached_ms(self) -> int:
        """How far has been read, an unfinished poll included."""
        return max(self.read_until_ms, self.poll.reached_ms) if self.poll else self.read_until_ms

    @property
    def checkpoint_ms(self) -> int:
        """Every matching record that was received before and visible is processed. Computed here and nowhere else."""
        oldest = self.backlog.oldest_ms()
        return self.reached_ms if oldest is None else min(self.reached_ms, oldest)

    def record_state(self, record_id: str, status: str = "") -> RecordState:
        """The state of a record.

        A filter that needs the details marks a record as done under its status only: it is NEW again once it is `held`.
        """
        if record_id in self.backlog:
            return RecordState.PENDING
        if record_id in self.processed_ids or (status and _filtered_id(record_id, status) in self.processed_ids):
            return RecordState.DONE
        return RecordState.NEW

    def add_pending(self, record: PendingRecord) -> bool:
        """NEW → PENDING. Returns whether the record was new."""
        if self.record_state(record.id, record.status) is not RecordState.NEW:
            return False
        self.backlog.put(record)
        return True

    def mark_delivered(self, record_id: str, now_ms: int, hold_id: str = "") -> None:
        """PENDING → DONE: its alert is delivered. `hold_id` is the entry of the hold queue that it matches, if any."""
        self.backlog.remove(record_id)
        self.processed_ids.add(record_id, now_ms)
        if hold_id:
            self.tie(record_id, hold_id, now_ms)

    def mark_filtered(self, record: PendingRecord, now_ms: int, hold_id: str = "") -> None:
        """PENDING → DONE: a filter that needs the details excluded it. `hold_id` is as for `mark_delivered`."""
        self.backlog.remove(record.id)
        done_id = _filtered_id(record.id, record.status) if record.kind == TRACKING else record.id
        self.processed_ids.add(done_id, now_ms)
        # Under another status, and thus perhaps another id, it is compared with the filters again.
        self.known_messages.remove(record.id, record.received_ms)
        if hold_id or record.hold_id:
            self.tie(record.id, hold_id or record.hold_id, now_ms)

    def rename(self, digest: bytes, new_id: str, now_ms: int) -> None:
        """A record has another id from now on: a pending one is read under it, and one that is done stays done.

        Args:
            digest: the digest of its former id, as `known_messages` has it.
            new_id: its id.
            now_ms: the time of this cycle.
        """
        if self._pending_ids is None:
            self._pending_ids = {self.known_messages.digest(record.id): record.id for record in self.backlog}
        record = self.backlog.get(self._pending_ids.pop(digest, ""))
        if record is None:
            self.processed_ids.add(new_id, now_ms)
            return
        self.backlog.remove(record.id)
        self.backlog.put(msgspec.structs.replace(record, id=new_id))

    def set_caller(self, caller: str) -> None:
        """Note with which credentials this cycle reads. Others may see other ids."""
        digest = self.known_messages.digest("caller", caller).hex() if caller else ""
        if self._caller and digest and digest != self._caller:
            self.known_messages.mark_previous_caller()
        self._caller = digest or self._caller

    def import_ids(self, names: Iterable[str], until_ms: int, now_ms: int) -> None:
        """Remember what another connector delivered.

        Args:
            names: its ids: tracking ids, or internet Message-IDs with or without `<>`.
            until_ms: when the newest of these messages was received.
            now_ms: the time of this cycle.
        """
        self.imported_ms = until_ms
        for name in names:
            self.mark_delivered(name, now_ms)
            self.processed_ids.add(_imported_id(name), now_ms)

    def take_imported(self, record: PendingRecord, message_id: str, now_ms: int) -> bool:
        """Whether another connector delivered the message of a record.

        A sender can use a Message-ID again. So it counts for messages that were received while the other connector ran,
        and once for each recipient.
        """
        is_later = record.received_ms > self.imported_ms
        if not message_id or is_later or _imported_id(message_id) not in self.processed_ids:
            return False
        taken = _taken_id(message_id, record.recipient)
        if taken in self.processed_ids:
            return False
        self.processed_ids.add(taken, now_ms)
        return True

    def defer(self, record: PendingRecord, *, after_ms: int, tries: int | None = None, error: str = "") -> None:
        """PENDING → PENDING: it could not be read or delivered, and is tried again after `after_ms`."""
        self.backlog.put(
            msgspec.structs.replace(
                record, after_ms=after_ms, tries=record.tries if tries is None else tries, error=error[:_MAX_ERROR]
            )
        )

    def tie(self, record_id: str, hold_id: str, now_ms: int) -> None:
        """An entry of the hold queue belongs to a record that is done. From now on, neither belongs to another."""
        self.unmatched_holds.pop(hold_id, None)
        self.processed_ids.add(_matched_id(hold_id), now_ms)
        if record_id != PendingRecord.id_of_hold(hold_id):
            self.processed_ids.add(_tied_id(record_id), now_ms)
            if self.is_delivered_as_hold(hold_id):
                self.processed_ids.add(_joined_id(hold_id), now_ms)

    def is_tied(self, record_id: str) -> bool:
        """Whether an entry of the hold queue is known to belong to a record that is done."""
        return _tied_id(record_id) in self.processed_ids

    def is_hold_open(self, hold_id: str) -> bool:
        """Whether the tracking record of an entry of the hold queue is not known. The entry itself may be delivered."""
        if _matched_id(hold_id) not in self.processed_ids:
            return True
        return self.is_delivered_as_hold(hold_id) and _joined_id(hold_id) not in self.processed_ids

    def is_hold_matched(self, hold_id: str) -> bool:
        """Whether an entry of the hold queue belongs to a record that is done, or is a pending record itself."""
        return _matched_id(hold_id) in self.processed_ids or PendingRecord.id_of_hold(hold_id) in self.backlog

    def is_delivered_as_hold(self, hold_id: str) -> bool:
        """Whether an entry of the hold queue was delivered before its tracking record was visible."""
        return PendingRecord.id_of_hold(hold_id) in self.processed_ids

    def mark_read(self, reached_ms: int, target_ms: int) -> None:
        """Advance after a window was read completely. The poll ends when it reaches its target."""
        if reached_ms >= target_ms:
            self.poll = None
            self.read_until_ms = target_ms
        else:
            self.poll = PollProgress(target_ms, reached_ms)

    def give_up_before(self, time_ms: int) -> None:
        """Continue reading at `time_ms`: earlier records are unreadable, or were read with a wrong clock."""
        self.read_until_ms = time_ms
        self.poll = None

    def forget_before(self, time_ms: int) -> None:
        """Forget the ids that were processed before a time: no search can return them again."""
        oldest_ms = time_ms - _PROCESSED_IDS_MARGIN_MS
        self.processed_ids.forget_before(oldest_ms)
        self.remembered_ms = max(self.remembered_ms, oldest_ms)
        self.known_messages.forget_before(oldest_ms)
        remembered = sorted(second for second in self.undecodable if second * SECOND_MS >= oldest_ms)
        self.undecodable = set(remembered[-_MAX_UNDECODABLE:])

    def encode(self) -> dict[str, bytes]:
        """The state as named parts for a store."""
        processed_ids = self.processed_ids.to_parts()
        meta = _Meta(
            version=_VERSION,
            key=self.key,
            read_until_ms=self.read_until_ms,
            start_ms=self.start_ms,
            poll=self.poll,
            window_ms=self.window_ms,
            token=self.token,
            unmatched_holds=self.unmatched_holds,
            processed=len(self.processed_ids),
            undecodable=tuple(sorted(self.undecodable)),
            profile=self.profile.stored() or msgspec.UNSET,
            rereads=self.rereads or msgspec.UNSET,
            remembered_ms=self.remembered_ms,
            unaccounted_cycles=self.unaccounted_cycles or msgspec.UNSET,
            search_history=msgspec.UNSET if self.search_history == SearchHistory() else self.search_history,
            rate_limits=self.rate_limits or msgspec.UNSET,
            imported_ms=self.imported_ms or msgspec.UNSET,
            caller=self._caller or msgspec.UNSET,
        )
        return {
            _META: msgspec.json.encode(meta),
            **self.backlog.to_parts(),
            **processed_ids,
            **self.known_messages.to_parts(),
        }

    @classmethod
    def decode(cls, parts: Mapping[str, bytes]) -> Self | None:
        """The state that a store holds; None if it holds none.

        Raises:
            UnreadableState: it is damaged, or newer than this program. It is never replaced silently: starting over
                would deliver alerts again, or lose pending records.
        """
        if not parts:
            return None
        try:
            meta = msgspec.json.decode(parts[_META], type=_Meta)
            if meta.version > _VERSION:
                raise UnreadableState("The stored state was written by a newer version of this program: update it.")
            state = cls(start_ms=meta.start_ms, key=meta.key)
            state.backlog = Backlog.from_parts(parts)
            state.processed_ids = ProcessedIds.from_parts(meta.key, parts, are_sorted=meta.version >= _SORTED_SINCE)
            state.known_messages = KnownMessages.from_parts(meta.key, parts)
            if meta.processed not in (None, len(state.processed_ids)):
                raise ValueError("A part of the processed ids is missing.")  # noqa: TRY301 -- damage like any other
        except (KeyError, ValueError, msgspec.MsgspecError, zlib.error) as damage:
            raise UnreadableState(
                f"The stored state is damaged ({type(damage).__name__}): restore it, or remove it to start over."
            ) from damage
        state.read_until_ms, state.poll, state.window_ms = meta.read_until_ms, meta.poll, meta.window_ms
        state.token, state.unmatched_holds = meta.token, dict(meta.unmatched_holds)
        state.undecodable = set(meta.undecodable)
        state.profile = TenantProfile(meta.profile or None)
        state.rereads = dict(meta.rereads or {})
        # A version that does not store it forgot ids after about a day.
        state.remembered_ms = meta.read_until_ms if meta.remembered_ms is msgspec.UNSET else meta.remembered_ms
        state.unaccounted_cycles = meta.unaccounted_cycles or 0
        state.search_history = meta.search_history or SearchHistory()
        state.rate_limits = dict(meta.rate_limits or {})
        state.imported_ms = meta.imported_ms or 0
        state._caller = meta.caller or ""
        return state


# The prefixes below are stored as digests, so they stay as version 1.0 wrote them.
def _filtered_id(record_id: str, status: str) -> str:
    return f"{record_id}\0{status}"


def _matched_id(hold_id: str) -> str:
    return f"accounted:{hold_id}"


def _tied_id(record_id: str) -> str:
    return f"tied:{record_id}"


def _imported_id(name: str) -> str:
    return f"imported:{name.strip().strip('<>').strip()}"


def _taken_id(message_id: str, recipient: str) -> str:
    return f"taken:{recipient.casefold()}\0{message_id}"


def _joined_id(hold_id: str) -> str:
    return f"joined:{hold_id}"
