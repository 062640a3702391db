"""Reading what came since the last cycle, and again what lies a little behind: late records, changed records."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mimecast_secops.api.errors import DeadlineExceeded, MimecastError
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.search_window import (
    MINUTE,
    SECOND,
    Defect,
    Window,
    moment,
    next_span,
    next_window,
    read_window,
)
from mimecast_secops.ingest.record import GAP, PendingRecord

# A search must begin strictly less than 30 days ago (API notes 6.1); some minutes are for the time that requests take.
REACH_MS: Final = int(timedelta(days=30).total_seconds() * 1000) - 5 * MINUTE
# No more is read ahead once this much waits, or a few cycles' worth.
_ENOUGH: Final = 1000
_CYCLES_AHEAD: Final = 2
_CLOCK_JUMP_MS: Final = 5 * MINUTE
SECOND_SLACK_MS: Final = 1000


def poll_tracking(cycle: Cycle) -> bool:
    """Read as far as time and room allow; at least one window, so that no backlog stops new mail from being seen.

    Returns:
        Whether the searches worked. What failed is in the tally, and is read by the next cycle.
    """
    enough = max(_ENOUGH, _CYCLES_AHEAD * cycle.rules.max_messages)
    try:
        _correct_clock(cycle)
        while True:
            if _read_next(cycle):
                return True
            if len(cycle.due()) >= enough:
                cycle.counters.unread = True
                return True
    except DeadlineExceeded as error:
        # Time that runs out after a window was read is progress. Without one, the tenant may not be answering at all.
        cycle.counters.unread = True
        if not cycle.windows_read:
            cycle.counters.failed("Message tracking could not be searched", error)
        return cycle.windows_read > 0
    except MimecastError as error:
        cycle.counters.unread = True
        cycle.counters.failed("Message tracking could not be searched", error)
        return False


def start_of(cycle: Cycle) -> tuple[int, int]:
    """Where the next window begins and how far this sweep goes, in unix milliseconds."""
    state = cycle.state
    if state.poll_tracking:
        return state.poll_tracking.reached_ms, max(
            state.poll_tracking.reached_ms, min(state.poll_tracking.target_ms, cycle.now_ms)
        )
    overlap = int(cycle.rules.overlap.total_seconds() * 1000)
    return max(state.frontier_ms - overlap, state.floor_ms), max(cycle.now_ms, state.frontier_ms)


def _read_next(cycle: Cycle) -> bool:
    """Read one window. Returns whether everything up to now is read."""
    cycle.check_time()
    state = cycle.state
    begin, target = start_of(cycle)
    oldest = cycle.now_ms - REACH_MS
    if begin < oldest:
        _note_gap(cycle, oldest)
        begin, target = max(begin, oldest), max(target, oldest)
    bounds = next_window(begin, target, state.span_ms)
    try:
        window = read_window(
            cycle.tenant, cycle.rules, bounds, cycle.executor, cycle.check_time, cycle.limit, state.undecodable
        )
    except MimecastError:
        if cycle.clock.follow():
            return _again(cycle)  # Mimecast may have refused a time that is wrong.
        raise
    if cycle.clock.follow():
        return _again(cycle)
    cycle.windows_read += 1
    cycle.take(window.rows.values(), bounds[0] - SECOND_SLACK_MS)
    _note_unreadable(cycle, window)
    if window.end_ms < bounds[1]:
        state.span_ms = max((window.end_ms - bounds[0]) // 2, MINUTE)
    else:
        state.span_ms = next_span(state.span_ms, len(window.rows), cycle.limit.rows)
    state.read_up_to(window.end_ms, target)
    return state.poll_tracking is None and state.frontier_ms >= cycle.now_ms


def _again(cycle: Cycle) -> bool:
    """The window was made from a wrong time, so it is read again."""
    _correct_clock(cycle)
    return False


def _correct_clock(cycle: Cycle) -> None:
    """Have a time that is surprising confirmed by Mimecast; mend a state that was written with a wrong one."""
    state = cycle.state
    begin, _ = start_of(cycle)
    surprising = _lies_ahead(cycle) or begin < cycle.now_ms - REACH_MS
    if surprising:
        cycle.clock.verify(cycle.rules)
    if not _lies_ahead(cycle):
        return
    # A checkpoint in the future would keep everything until then from being read. What was delivered is known by its
    # id, back to the oldest id that is remembered; from there on it can be read again without repeating anything.
    overlap = int(cycle.rules.overlap.total_seconds() * 1000)
    if state.floor_ms > cycle.now_ms:
        state.floor_ms = cycle.now_ms - int(cycle.rules.look_back.total_seconds() * 1000)
    remembered = state.ledger.oldest_ms
    begin = max(state.floor_ms, min(cycle.now_ms - overlap, cycle.now_ms if remembered is None else remembered))
    subject = (
        "The clock of this machine was ahead of Mimecast's. Messages received before "
        f"{moment(begin):%Y-%m-%d %H:%M} UTC may have been skipped; reading goes on from there. "
        "Look at the time before it in the Mimecast console."
    )
    _wait_for_gap(cycle, f"{GAP}:clock:{state.frontier_ms}", cycle.now_ms, subject)
    state.skip_to(min(begin + overlap, cycle.now_ms))


def _lies_ahead(cycle: Cycle) -> bool:
    """Whether the state was written at a time that has not come yet."""
    state = cycle.state
    read = max(state.frontier_ms, state.poll_tracking.reached_ms) if state.poll_tracking else state.frontier_ms
    return read > cycle.now_ms + _CLOCK_JUMP_MS or state.floor_ms > cycle.now_ms


def _note_gap(cycle: Cycle, oldest_ms: int) -> None:
    """What lies further back than Mimecast lets anybody search is an alert of its own."""
    state = cycle.state
    read = max(state.frontier_ms, state.poll_tracking.reached_ms) if state.poll_tracking else state.frontier_ms
    if read >= oldest_ms:
        return  # Only the part that is read again lies too far back.
    subject = (
        f"Messages received from {moment(read):%Y-%m-%d %H:%M} to {moment(oldest_ms):%Y-%m-%d %H:%M} UTC could not be "
        "read: Mimecast lets the last 30 days be searched. Look at them in the Mimecast console."
    )
    _wait_for_gap(cycle, f"{GAP}:{read}", read, subject)
    state.skip_to(oldest_ms)


def _note_unreadable(cycle: Cycle, window: Window) -> None:
    for second, defect in sorted(window.unreadable.items()):
        if defect is Defect.UNDECODABLE:
            cycle.state.undecodable.add(second // SECOND)
        why = defect.value.format(limit=cycle.limit.rows)
        subject = (
            f"Not all messages received at {moment(second):%Y-%m-%d %H:%M:%S} UTC could be read: {why}. "
            "Look at that second in the Mimecast console."
        )
        _wait_for_gap(cycle, f"{GAP}:second:{second}", second, subject)


def _wait_for_gap(cycle: Cycle, gap_id: str, received_ms: int, subject: str) -> None:
    before = len(cycle.state.backlog)
    cycle.state.wait(
        PendingRecord(id=gap_id, kind=GAP, subject=subject, received_ms=received_ms, summary={"gap": subject})
    )
    cycle.counters.gaps += len(cycle.state.backlog) - before
