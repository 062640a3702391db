"""One cycle, from what the store remembers to what it remembers next.

    load → recover → sweep → reconcile → deliver → finish → commit

Delivery comes before commit: a kill in between repeats nothing where the place of delivery can tell what it has
(`Delivery.delivered_since`), and repeats with the same ticket id where it cannot. Whatever is not settled waits.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import DeadlineExceeded
from mimecast_secops.ingest.clock import CycleClock
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.delivery import Deliverer, batch_of
from mimecast_secops.ingest.interfaces import Delivery, StateStore, Tenant
from mimecast_secops.ingest.message_tracking.details import Examiner
from mimecast_secops.ingest.message_tracking.hold_queue import list_holds, reconcile
from mimecast_secops.ingest.message_tracking.polling import REACH_MS, poll_tracking, start_of
from mimecast_secops.ingest.message_tracking.search_window import RowLimit
from mimecast_secops.ingest.report import CycleCounters, Report
from mimecast_secops.ingest.settings import PlatformSettings, Rules
from mimecast_secops.ingest.state import State

_SHARE_OF_TIME: Final = 0.8
# The state of another connector that keeps this many ids may have dropped some.
_IMPORTED_IDS_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class ImportedState:
    """What another connector left behind: the newest time that it delivered, in unix milliseconds, and its last ids."""

    timestamp_ms: int
    ids: tuple[str, ...] = ()


class Connector:
    """Brings the messages of a tenant to a place of delivery, each once.

    Args:
        tenant: who is asked.
        rules: which messages, and how they are read.
        store: where the state lies.
        delivery: where alerts go.
        deadline: when the cycle ends by itself.
        clock: unix seconds.
        log: gets what a person may want to know, nothing from a mail.
        product_field: the event field that names the product.
        test_run: at most one alert, nothing remembered, nothing stored.
        imported: read on the very first cycle: another connector's state, to go on where it ended.
    """

    def __init__(
        self,
        tenant: Tenant,
        rules: Rules,
        store: StateStore,
        delivery: Delivery,
        *,
        deadline: Deadline | None = None,
        clock: Callable[[], float] = time.time,
        log: logging.Logger | None = None,
        product_field: str = "",
        test_run: bool = False,
        imported: Callable[[], ImportedState | None] = lambda: None,
    ) -> None:
        self._tenant = tenant
        self._rules = rules
        self._store = store
        self._delivery = delivery
        self._deadline = deadline or Deadline.never()
        self._clock = clock
        self._log = log or logging.getLogger("mimecast_secops.ingest")
        self._product_field = product_field
        self._test_run = test_run
        self._imported = imported

    def run_cycle(self) -> Report:
        """Do what can be done now.

        Returns:
            The figures; failures to reach or read Mimecast are in it, not raised.

        Raises:
            UnreadableState: the store holds something else than a state of this program.
            OSError: the system refuses another thread, or the delivery cannot be written.
        """
        started, sent = time.monotonic(), self._tenant.requests_sent
        clock = CycleClock(self._tenant, self._clock)
        counters = CycleCounters()
        state = self._load(clock, counters)
        limit = RowLimit(self._rules.row_limit)
        with ThreadPoolExecutor(self._rules.concurrency, thread_name_prefix="ingest") as executor:
            cycle = Cycle(self._tenant, self._rules, state, counters, executor, clock, self._deadline, self._log, limit)
            with _threads_reported(self._rules.concurrency):
                self._work(cycle)
        _note_clock(cycle)
        state.token = self._delivery.flush()
        if not self._test_run:
            self._commit(cycle)
        report = _report(cycle, self._tenant.requests_sent - sent, time.monotonic() - started)
        for note in report.notes:
            self._log.warning(note)
        # What a person has ended raises no alarm: it says nothing about Mimecast.
        level = logging.INFO if report.cut_short else logging.ERROR
        for problem in report.problems:
            self._log.log(level, problem)
        self._log.info(report.line())
        return report

    def _work(self, cycle: Cycle) -> None:
        searched = poll_tracking(cycle)
        most = 1 if self._test_run else self._rules.max_messages
        batch = batch_of(cycle.due(), most)
        holds = list_holds(cycle, batch) if searched or batch else None
        if holds is not None and searched and not self._test_run:
            reconcile(cycle, holds, batch)
            batch = batch_of(cycle.due(), most)
        examiner = Examiner(cycle.tenant, cycle.rules, self._product_field, may_give_up=searched)
        Deliverer(cycle, examiner, self._delivery, most).deliver(batch, holds)

    def _load(self, clock: CycleClock, counters: CycleCounters) -> State:
        if self._test_run:
            clock.verify(self._rules)
            return State(floor_ms=self._first_ms(clock))
        state = State.decode(self._store.load())
        if state is None:
            # Everything that follows depends on where ingestion begins.
            clock.verify(self._rules)
            state = self._begin(clock, counters)
        for ticket_id in self._delivery.delivered_since(state.token):
            state.delivered(ticket_id, clock.now_ms)
        return state

    def _first_ms(self, clock: CycleClock) -> int:
        """Where a connector without a state begins: as far back as is wanted and can be searched."""
        return clock.now_ms - min(int(self._rules.look_back.total_seconds() * 1000), REACH_MS)

    def _begin(self, clock: CycleClock, counters: CycleCounters) -> State:
        imported = self._imported()
        if imported is None or not 0 < imported.timestamp_ms <= clock.now_ms:
            return State(floor_ms=self._first_ms(clock))
        # With all its ids known, what lies a little behind can be read again without repeating anything.
        complete = len(imported.ids) < _IMPORTED_IDS_LIMIT
        overlap = int(self._rules.overlap.total_seconds() * 1000) if complete else 0
        state = State(floor_ms=imported.timestamp_ms - overlap)
        state.frontier_ms = imported.timestamp_ms
        for ticket_id in imported.ids:
            state.delivered(ticket_id, clock.now_ms)
        counters.notes.append("Going on from where the former connector ended.")
        return state

    def _commit(self, cycle: Cycle) -> None:
        begin, _ = start_of(cycle)
        window = int(self._rules.held_window.total_seconds() * 1000)
        # A clock that is ahead would make ids forgotten that the next cycle meets again. Without Mimecast's time, the
        # newest record tells how late it is at least.
        now_ms = cycle.now_ms if cycle.clock.verified else min(cycle.now_ms, cycle.newest_ms)
        cycle.state.forget_before(min(begin, now_ms - window))
        self._store.commit(cycle.state.encode())


@contextmanager
def _threads_reported(wanted: int) -> Iterator[None]:
    """Tell the system's refusal of a thread, which Python reports as a bare RuntimeError, from a defect."""
    try:
        yield
    except RuntimeError as error:
        if "start new thread" not in str(error):
            raise
        raise OSError(
            errno.EAGAIN,
            f"The system refuses to start another thread: the cycle needs up to {wanted}. Raise the limit of processes "
            "and threads (ulimit -u, TasksMax, pids.max) or of memory, or lower Concurrent Requests.",
        ) from error


def cycle_deadline(settings: PlatformSettings, started: float | None = None) -> Deadline:
    """When a cycle should end by itself: early enough that what it has is delivered before it is killed.

    Args:
        settings: say when that is.
        started: when the process began, on the monotonic clock; None for now.
    """
    return Deadline.after(settings.process_timeout * _SHARE_OF_TIME, now=started)


def _note_clock(cycle: Cycle) -> None:
    ahead = cycle.clock.correction_ms
    if ahead:
        cycle.counters.notes.append(
            f"The clock of this machine is {abs(ahead) // 1000} s {'ahead of' if ahead > 0 else 'behind'} Mimecast's, "
            "so Mimecast's time is used. Set the clock, or switch on time synchronisation."
        )


def _report(cycle: Cycle, requests: int, seconds: float) -> Report:
    counters, state = cycle.counters, cycle.state
    return Report(
        seen=counters.seen,
        known=counters.known,
        new=counters.new,
        filtered=dict(counters.filtered),
        delivered=counters.delivered,
        overflowed=counters.overflowed,
        deferred=counters.deferred,
        delivered_incomplete=counters.delivered_incomplete,
        pending=len(state.backlog),
        gaps=counters.gaps,
        requests=requests,
        seconds=seconds,
        checkpoint_ms=state.checkpoint_ms,
        lag_seconds=max(0.0, (cycle.now_ms - state.checkpoint_ms) / 1000),
        oldest_unsettled_ms=state.backlog.oldest_ms(),
        unread=counters.unread,
        problems=tuple(counters.problems),
        notes=tuple(counters.notes),
        clock_skew_seconds=cycle.clock.correction_ms / 1000,
        error=counters.error,
        cut_short=cycle.deadline.expired and isinstance(counters.error, DeadlineExceeded),
    )
