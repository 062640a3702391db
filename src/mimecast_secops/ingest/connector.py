"""One cycle: from the stored state to the next stored state.

    load → poll → prepare → deliver → flush → commit

Alerts are delivered before the state is committed. After a kill in between, the next cycle repeats no alert if the
delivery knows what it has (`Delivery.delivered_since`), and repeats it with the same ticket id if not. A record that is
not delivered stays pending.
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
from mimecast_secops.api.learned import LEARNED_FACTS
from mimecast_secops.ingest.clock import CycleClock
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.cycle_findings import add_findings
from mimecast_secops.ingest.delivery import BatchDelivery, batch_of
from mimecast_secops.ingest.interfaces import Delivery, Source, StateStore
from mimecast_secops.ingest.message_tracking.polling import request_time
from mimecast_secops.ingest.message_tracking.row_limit import MAX_SEARCH_AGE_MS
from mimecast_secops.ingest.message_tracking.source import MessageTrackingSource
from mimecast_secops.ingest.message_tracking.tenant import Tenant
from mimecast_secops.ingest.report import Report
from mimecast_secops.ingest.settings import ConnectorSettings, PlatformSettings
from mimecast_secops.ingest.state import State

# The share of the time limit after which a cycle ends, so that it can deliver and commit before it is killed.
_USABLE_TIME: Final = 0.8
# The state of another connector that keeps this many ids may have dropped some.
_IMPORTED_IDS_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class ImportedState:
    """The state of another connector: the newest time that it delivered, in unix milliseconds, and its last ids.

    The ids are internet Message-IDs (docs/reference/secops-platform.md#stored-ids-and-time).
    """

    timestamp_ms: int
    ids: tuple[str, ...] = ()


class Connector:
    """Delivers each matching message of a tenant once.

    Args:
        tenant: the Mimecast tenant.
        settings: which messages to ingest, and how to read them.
        store: where the state is between cycles.
        delivery: where alerts go.
        deadline: when the cycle ends by itself.
        clock: this machine's clock, in unix seconds.
        log: the logger. It never gets email content.
        product_field: the event field whose value is the product of an alert.
        test_run: deliver at most one alert, and neither use nor store a state.
        imported: reads the state of another connector, to continue from there. Called in the first cycle only.
    """

    def __init__(
        self,
        tenant: Tenant,
        settings: ConnectorSettings,
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
        self._settings = settings
        self._store = store
        self._delivery = delivery
        self._deadline = deadline or Deadline.never()
        self._clock = clock
        self._log = log or logging.getLogger("mimecast_secops.ingest")
        self._product_field = product_field
        self._test_run = test_run
        self._imported = imported

    def run_cycle(self) -> Report:
        """Run one cycle.

        Returns:
            The figures. Failures to reach or read Mimecast are in the report, not raised.

        Raises:
            UnreadableState: the store holds something else than a state of this program.
            OSError: the system refuses another thread, or the delivery cannot be written.
        """
        started, sent_before = time.monotonic(), self._tenant.requests_sent
        refused_before = self._tenant.requests_rate_limited
        clock = CycleClock(self._clock, lambda: self._tenant.clock_skew, self._request_time)
        notes: list[str] = []
        state = self._load(clock, notes)
        self._keep_rate_limits(state)
        self._recall_facts(state)
        with ThreadPoolExecutor(self._settings.concurrency, thread_name_prefix="ingest") as executor:
            cycle = Cycle(self._settings, state, executor, clock, self._deadline, self._log)
            source = MessageTrackingSource(cycle, self._tenant, self._product_field)
            with _thread_errors_explained(self._settings.concurrency):
                self._run(cycle, source)
        add_findings(cycle)
        cycle.counters.notes += [*notes, *_clock_notes(clock)]
        for name, value in self._tenant.learned().items():
            state.profile.note(name, value, cycle.now_ms)
        state.token = self._delivery.flush()
        if not self._test_run:
            state.forget_before(source.earliest_read_ms())
            state.rate_limits |= {wait.endpoint: wait.until_ms for wait in cycle.counters.waiting.values()}
            self._store.commit(state.encode())
        report = _report(
            cycle,
            requests=self._tenant.requests_sent - sent_before,
            rate_limited=self._tenant.requests_rate_limited - refused_before,
            seconds=time.monotonic() - started,
        )
        self._log_report(report)
        return report

    def _run(self, cycle: Cycle, source: Source) -> None:
        max_alerts = 1 if self._test_run else self._settings.max_messages
        cycle.counts_tries = polled = source.poll()
        batch = batch_of(cycle.due(), max_alerts)
        reconcile = polled and not self._test_run
        if polled or batch:
            source.prepare(batch, reconcile=reconcile, max_alerts=max_alerts)
        if reconcile:
            batch = batch_of(cycle.due(), max_alerts)
        BatchDelivery(cycle, source, self._delivery, max_alerts).run(batch)
        if reconcile and not cycle.counters.more_to_read and source.reread():
            self._deliver_late(cycle, source, max_alerts - cycle.counters.delivered)

    def _deliver_late(self, cycle: Cycle, source: Source, max_alerts: int) -> None:
        """Deliver what the re-read found in this cycle, if it may deliver more."""
        batch = batch_of(cycle.due(), max_alerts)
        if batch:
            source.prepare(batch, reconcile=False, max_alerts=max_alerts)
            BatchDelivery(cycle, source, self._delivery, max_alerts).run(batch)

    def _keep_rate_limits(self, state: State) -> None:
        """Let the rate limits of earlier cycles hold, and forget those that are over."""
        now_ms = self._clock() * 1000
        state.rate_limits = {path: until_ms for path, until_ms in state.rate_limits.items() if until_ms > now_ms}
        for path, until_ms in state.rate_limits.items():
            self._tenant.wait_for_rate_limit(path, (until_ms - now_ms) / 1000)

    def _recall_facts(self, state: State) -> None:
        """Let the client use what it learned in earlier cycles, and try again what it learned more than a week ago."""
        now_ms = int(self._clock() * 1000)
        for name in LEARNED_FACTS:
            if state.profile.needs_check(name, now_ms):
                state.profile.forget(name)
        known = {name: state.profile.get(name) for name in LEARNED_FACTS}
        self._tenant.recall({name: value for name, value in known.items() if value is not None})

    def _load(self, clock: CycleClock, notes: list[str]) -> State:
        if self._test_run:
            clock.verify()
            return State(start_ms=self._first_start_ms(clock))
        state = State.decode(self._store.load())
        if state is None:
            # Everything that follows depends on where ingestion begins.
            clock.verify()
            state = self._first_state(clock, notes)
        state.set_caller(self._tenant.caller)
        for ticket_id in self._delivery.delivered_since(state.token):
            state.mark_delivered(ticket_id, clock.now_ms)
        return state

    def _first_start_ms(self, clock: CycleClock) -> int:
        """Where a connector without a state begins: the look-back, as far as it can be searched."""
        return clock.now_ms - min(self._settings.look_back_ms, MAX_SEARCH_AGE_MS)

    def _first_state(self, clock: CycleClock, notes: list[str]) -> State:
        imported = self._imported()
        if imported is None or not 0 < imported.timestamp_ms <= clock.now_ms:
            return State(start_ms=self._first_start_ms(clock))
        # If all its ids are known, the overlap can be read again without repeating an alert.
        has_all_ids = len(imported.ids) < _IMPORTED_IDS_LIMIT
        overlap_ms = self._settings.overlap_ms if has_all_ids else 0
        state = State(start_ms=imported.timestamp_ms - overlap_ms)
        state.read_until_ms = imported.timestamp_ms
        state.import_ids(imported.ids, imported.timestamp_ms, clock.now_ms)
        notes.append("Continuing from where the previous connector ended.")
        return state

    def _request_time(self, now_ms: int) -> None:
        request_time(self._tenant, self._settings, now_ms)

    def _log_report(self, report: Report) -> None:
        for note in report.notes:
            self._log.warning(note)
        # A cycle that was stopped by a user raises no alarm: it says nothing about Mimecast.
        level = logging.INFO if report.interrupted else logging.ERROR
        for problem in report.problems:
            self._log.log(level, problem)
        self._log.info(report.line())


@contextmanager
def _thread_errors_explained(concurrency: int) -> Iterator[None]:
    """Turn the RuntimeError of a thread that the system does not start into an OSError with advice."""
    try:
        yield
    except RuntimeError as error:
        if "start new thread" not in str(error):
            raise
        raise OSError(
            errno.EAGAIN,
            f"The system refuses to start another thread: the cycle needs up to {concurrency}. Raise the limit of "
            "processes and threads (ulimit -u, TasksMax, pids.max) or of memory, or lower Concurrent Requests.",
        ) from error


def cycle_deadline(settings: PlatformSettings, started: float | None = None) -> Deadline:
    """When a cycle ends by itself: early enough to deliver what it has before the platform kills it.

    Args:
        settings: hold the time limit.
        started: when the process began, on the monotonic clock; None for now.
    """
    return Deadline.after(settings.process_timeout * _USABLE_TIME, now=started)


def _clock_notes(clock: CycleClock) -> list[str]:
    ahead_ms = clock.correction_ms
    if not ahead_ms:
        return []
    note = (
        f"The clock of this machine is {abs(ahead_ms) // 1000} s {'ahead of' if ahead_ms > 0 else 'behind'} "
        "Mimecast's, so Mimecast's time is used. Set the clock, or switch on time synchronization."
    )
    return [note]


def _report(cycle: Cycle, *, requests: int, rate_limited: int, seconds: float) -> Report:
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
        late=counters.late,
        unaccounted=counters.unaccounted + counters.unaccounted_holds,
        requests=requests,
        rate_limited=rate_limited,
        seconds=seconds,
        checkpoint_ms=state.checkpoint_ms,
        lag_seconds=max(0.0, (cycle.now_ms - state.checkpoint_ms) / 1000),
        oldest_pending_ms=state.backlog.oldest_ms(),
        more_to_read=counters.more_to_read,
        problems=tuple(counters.problems),
        notes=tuple(counters.notes),
        clock_skew_seconds=cycle.clock.correction_ms / 1000,
        waiting=tuple(counters.waiting.values()),
        error=counters.error,
        profile=state.profile.as_json(),
        interrupted=cycle.deadline.expired and isinstance(counters.error, DeadlineExceeded),
    )
