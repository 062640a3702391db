"""Comparing the hold queue with message tracking: for the hold ids, and for held mail that tracking has not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from mimecast_secops.addresses import domain_of
from mimecast_secops.api import HeldMessage, Status
from mimecast_secops.api.errors import (
    DeadlineExceeded,
    MimecastError,
    MissingPermission,
    ReplyTooLarge,
    UndecodableReply,
)
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.interfaces import Side
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.hold_matching import HoldIndex, fits, pair
from mimecast_secops.ingest.message_tracking.search_window import MINUTE, SECOND, divided, moment, sides
from mimecast_secops.ingest.record import GAP, PendingRecord, to_ms
from mimecast_secops.ingest.state import RecordState

_AROUND_MS: Final = 10 * MINUTE
_NEAR_MS: Final = MINUTE
# Held messages that tracking does not show are looked for one by one; an attacker must not make that the whole cycle.
_MOST_LOOKED_FOR: Final = 20
_PAGE_SIZE: Final = 500
_SMALLER: Final = 10
# Seconds of the hold queue that may be undecodable before any page was decoded. More of them are an outage.
_MOST_UNDECODABLE: Final = 3


def list_holds(cycle: Cycle, batch: Sequence[PendingRecord]) -> HoldIndex | None:
    """The part of the hold queue that this cycle needs, listed once.

    All of the window that is reconciled when there is nothing left to read; else only what lies around the messages
    whose turn it is. None where it could not be had; the tally says why.
    """
    if not cycle.rules.wants_held:
        return HoldIndex(())
    held = [record.received_ms for record in batch if record.status == Status.HELD]
    window = int(cycle.rules.held_window.total_seconds() * 1000)
    if _caught_up(cycle, batch):
        start = min([max(cycle.now_ms - window, cycle.state.floor_ms), *held])
        end = cycle.now_ms + MINUTE
    elif held:
        start, end = min(held), max(held)
    else:
        return HoldIndex(())
    try:
        return HoldIndex(_holds_between(cycle, start - _AROUND_MS, end + _AROUND_MS))
    except MimecastError as error:
        cycle.counters.failed("The held queue could not be listed", error)
        return HoldIndex(()) if isinstance(error, MissingPermission) else None


def _holds_between(cycle: Cycle, start_ms: int, end_ms: int) -> Iterator[HeldMessage]:
    """The entries between two times; those at the seams of divided requests come twice.

    A page that is too large is asked for with fewer messages. A time whose pages cannot be decoded is halved, down to
    one second, which becomes a gap alert.

    Raises:
        MimecastError: the queue could not be listed.
    """
    first, last = start_ms // SECOND * SECOND, -(-end_ms // SECOND) * SECOND
    pending = [
        (start // SECOND, end // SECOND, _PAGE_SIZE) for start, end in divided(first, last, cycle.state.undecodable)
    ]
    undecodable: list[int] = []
    error: UndecodableReply | None = None
    decoded = False
    while pending:
        start, end, page_size = pending.pop()
        try:
            for hold in cycle.tenant.holds(moment(start * SECOND), moment(end * SECOND), page_size):
                yield hold
                decoded = True
            decoded = True
        except UndecodableReply as failure:
            if isinstance(failure, ReplyTooLarge) and page_size > 1:
                pending.append((start, end, max(1, page_size // _SMALLER)))
            elif end - start > 1:
                middle = (start + end) // 2
                pending.extend([(middle, end, page_size), (start, middle, page_size)])
            else:
                error = failure
                undecodable.append(start)
                if len(undecodable) >= _MOST_UNDECODABLE and not decoded:
                    raise
    if error is not None and not decoded:
        raise error
    for second in undecodable:
        cycle.state.undecodable.add(second)
        _note_undecodable(cycle, second * SECOND)


def _note_undecodable(cycle: Cycle, second_ms: int) -> None:
    # A broken entry makes both parts undecodable that contain its second; the neighbour is told already then.
    neighbour = f"{GAP}:holds:{second_ms - SECOND}"
    if cycle.state.standing(neighbour) is not RecordState.UNKNOWN:
        return
    subject = (
        f"Not all messages held at {moment(second_ms):%Y-%m-%d %H:%M:%S} UTC or a second later could be listed: "
        "Mimecast's reply about them cannot be decoded. Look at that time in the held queue of the Mimecast console."
    )
    gap = PendingRecord(
        id=f"{GAP}:holds:{second_ms}", kind=GAP, subject=subject, received_ms=second_ms, summary={"gap": subject}
    )
    if cycle.state.standing(gap.id) is RecordState.UNKNOWN:
        cycle.state.wait(gap)
        cycle.counters.gaps += 1


def reconcile(cycle: Cycle, holds: HoldIndex, batch: Sequence[PendingRecord]) -> None:
    """Look for held messages of our domains that no known tracking record accounts for."""
    if not cycle.rules.wants_held or not _caught_up(cycle, batch):
        return
    for hold in _explain_all(cycle, holds)[:_MOST_LOOKED_FOR]:
        try:
            cycle.check_time()
            _look_for(cycle, holds, hold)
        except DeadlineExceeded:
            return
        except MimecastError as error:
            cycle.counters.failed("A held message could not be looked for in message tracking", error)
            return
    listed = holds.holds
    cycle.state.missing = {hold_id: count for hold_id, count in cycle.state.missing.items() if hold_id in listed}


def _caught_up(cycle: Cycle, batch: Sequence[PendingRecord]) -> bool:
    return not cycle.counters.unread and len(batch) >= len(cycle.due())


def _in_scope(cycle: Cycle, hold: HeldMessage) -> bool:
    if cycle.state.accounted_for(hold.id):
        return False
    if hold.received and to_ms(hold.received) < cycle.state.floor_ms:
        return False
    if filters.by_route(cycle.rules, hold.route):
        return False
    ours = {Side.RECIPIENT: hold.recipient, Side.SENDER: hold.sender}
    return any(domain_of(ours[side]).lower() in cycle.rules.domains for side in sides(cycle.rules))


def _explain_all(cycle: Cycle, holds: HoldIndex) -> list[HeldMessage]:
    """The entries in scope that no known record accounts for, worked out once per group that looks alike."""
    groups: dict[int, dict[str, PendingRecord]] = {}
    left: list[HeldMessage] = []
    for hold in holds.holds.values():
        if not _in_scope(cycle, hold):
            continue
        alike = holds.like(hold)
        if id(alike) not in groups:
            groups[id(alike)] = pair(alike, cycle.records().like(hold))
        if not _is_explained(cycle, hold, groups[id(alike)].get(hold.id)):
            left.append(hold)
    return left


def _is_explained(cycle: Cycle, hold: HeldMessage, record: PendingRecord | None) -> bool:
    """Whether the record paired with an entry is settled or waits; a settled one accounts for it."""
    standing = cycle.state.standing(record.id, record.status) if record else RecordState.UNKNOWN
    if standing is RecordState.SETTLED:
        cycle.state.account_for(hold.id, cycle.now_ms)
    return standing is not RecordState.UNKNOWN


def _look_for(cycle: Cycle, holds: HoldIndex, hold: HeldMessage) -> None:
    received = to_ms(hold.received) if hold.received else None
    if received is not None and hold.recipient:
        rows = cycle.tenant.search(
            hold.recipient, Side.RECIPIENT, moment(received - _NEAR_MS), moment(received + _NEAR_MS), ()
        )
        found = [record for record in (PendingRecord.tracked(row, cycle.now_ms) for row in rows) if _same(record, hold)]
        for row in rows:
            if _same(PendingRecord.tracked(row, cycle.now_ms), hold):
                cycle.take([row], received - _NEAR_MS)
        if len(found) == 1 and cycle.state.standing(found[0].id, found[0].status) is RecordState.UNKNOWN:
            # Tracking lags behind: it names another status, but the message is in the hold queue.
            cycle.state.wait(msgspec.structs.replace(found[0], status=Status.HELD.value))
            cycle.counters.new += 1
        if _is_explained(cycle, hold, pair(holds.like(hold), cycle.records().like(hold)).get(hold.id)):
            return
    count = cycle.state.missing.get(hold.id, 0) + 1
    cycle.state.missing[hold.id] = count
    if count >= cycle.rules.tries:
        cycle.state.missing.pop(hold.id)
        cycle.state.wait(PendingRecord.held(hold, cycle.now_ms))
        cycle.counters.new += 1


def _same(record: PendingRecord, hold: HeldMessage) -> bool:
    return next(HoldIndex([hold]).fitting(record), None) is not None and fits(record, hold)
