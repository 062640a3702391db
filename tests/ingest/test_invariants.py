"""The connector against a model of the tenant, with random events in random order.

Invariants: every matching record that was visible to a complete cycle is delivered or pending; none is delivered twice
from one store; the checkpoint never passes a pending record.
"""

from __future__ import annotations

import itertools
from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mimecast_secops.api.errors import MimecastError, NotFound, RateLimited, Unavailable, Unreachable, UnreadableReply
from mimecast_secops.ingest import Report
from mimecast_secops.ingest.state import RecordState, State
from tests.ingest.conftest import Bench
from tests.ingest.model import SECOND, Killed, ModelTenant, Record

STATUSES = st.sampled_from(["held", "held", "held", "archived", "processing", "rejected"])
TRANSIENT: list[MimecastError] = [Unreachable("x"), Unavailable("x"), RateLimited("x"), UnreadableReply("x")]
KILLS = st.sampled_from(["before deliver", "after deliver", "flush", "before commit", "after commit"])
LATEST = 90 * 60  # seconds; below the overlap of two hours
DAY = 24 * 3600
# The long ones are longer than ids are kept (26 hours), and than Mimecast can be searched (30 days).
WAITS = st.sampled_from([1, 30, 60, 600, 3600] * 2 + [26 * 3600, 3 * DAY, 31 * DAY])
MAX_SEARCH_AGE_MS = (30 * DAY - 600) * SECOND


class Life(RuleBasedStateMachine):
    """Arrivals, late arrivals, status changes, a lagging status, deletions, failures, outages, limits and kills."""

    @initialize(limit=st.sampled_from([2, 5, 100]), cap=st.sampled_from([0, 0, 7]), newest=st.booleans())
    def begin(self, limit: int, cap: int, newest: bool) -> None:
        self.bench = Bench(tenant=ModelTenant())
        self.bench.tenant.max_rows, self.bench.tenant.newest_first = cap, newest
        self.bench.settings = {"max_messages": limit, "row_limit": cap or 2500, "tries": 3}
        self.numbers = itertools.count()
        self.owed: set[str] = set()
        self.lagging: set[str] = set()
        self.bench.cycle()
        self.begun = self.bench.tenant.now_ms

    @rule(count=st.integers(1, 6), status=STATUSES, same_second=st.booleans(), same_subject=st.booleans())
    def arrive(self, count: int, status: str, same_second: bool, same_subject: bool) -> None:
        for number in range(count):
            name = f"m{next(self.numbers):04}"
            subject = "same" if same_subject else name
            ago = 0 if same_second else number
            self.bench.receive(name, seconds_ago=ago, status=status, subject=subject)

    @rule(minutes=st.integers(1, LATEST // 60), status=STATUSES)
    def arrive_to_be_seen_late(self, minutes: int, status: str) -> None:
        name = f"m{next(self.numbers):04}"
        visible = self.bench.tenant.now_ms + minutes * 60 * SECOND
        self.bench.receive(name, seconds_ago=0, visible_ms=visible, status=status, subject=name)

    @rule(data=st.data(), status=STATUSES)
    def change(self, data: st.DataObject, status: str) -> None:
        names = [record.id for record in self._young()]
        if names:
            self.bench.tenant.records[data.draw(st.sampled_from(names))].status = status

    @rule()
    def arrive_held_under_another_status(self) -> None:
        name = f"m{next(self.numbers):04}"
        self.bench.receive(name, seconds_ago=0, lagging_status="processing", subject=name)
        self.lagging.add(name)

    @rule()
    def catch_up(self) -> None:
        for record in self._young():
            record.lagging_status = ""

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if self.bench.tenant.records:
            self.bench.tenant.records[data.draw(st.sampled_from(sorted(self.bench.tenant.records)))].deleted = True

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        self.bench.advance(seconds)

    @rule(endpoint=st.sampled_from(["search", "info", "holds", "detail"]), error=st.sampled_from(TRANSIENT))
    def break_function(self, endpoint: str, error: MimecastError) -> None:
        self.bench.tenant.failing[endpoint] = error

    @rule(data=st.data(), error=st.sampled_from([*TRANSIENT, NotFound("x")]))
    def break_record(self, data: st.DataObject, error: MimecastError) -> None:
        if self.bench.tenant.records:
            self.bench.tenant.failing[data.draw(st.sampled_from(sorted(self.bench.tenant.records)))] = error

    @rule()
    def repair(self) -> None:
        self.bench.tenant.failing.clear()

    @rule()
    def cycle(self) -> None:
        self._note(self.bench.cycle())

    @rule(where=KILLS, after=st.integers(0, 3))
    def kill(self, where: str, after: int) -> None:
        self.bench.host.kill_at, self.bench.host.kill_after = where, after
        with suppress(Killed):
            self._note(self.bench.cycle())
        self.bench.host.kill_at = ""

    def _young(self) -> list[Record]:
        """The records that every cycle reads again. Only their changes are visible to message tracking."""
        earliest = self.bench.tenant.now_ms - LATEST * SECOND
        return [record for record in self.bench.tenant.records.values() if record.received_ms >= earliest]

    def _note(self, report: Report) -> None:
        if not report.more_to_read:
            self.owed |= self._matching()

    def _matching(self) -> set[str]:
        earliest = max(self.begun, self.bench.tenant.now_ms - MAX_SEARCH_AGE_MS)
        return {
            record.id
            for record in self.bench.tenant.visible()
            if record.tracked_status == "held" and record.received_ms >= earliest
        }

    def _queued(self) -> set[str]:
        """What the hold queue shows to a cycle that is caught up, while tracking still shows another status."""
        earliest = max(self.begun, self.bench.tenant.now_ms - 20 * 3600 * SECOND)
        records = [self.bench.tenant.records[name] for name in self.lagging]
        return {
            record.id
            for record in records
            if record.status == "held" and not record.deleted and record.received_ms >= earliest
        }

    def _in_gaps(self) -> set[str]:
        """What gap alerts are about: seconds with more messages than a capped search can return."""
        ids = [*self.bench.host.tickets(), *(record.id for record in self._state().backlog)]
        seconds = {int(gap_id.rpartition(":")[2]) for gap_id in ids if gap_id.startswith("gap:second:")}
        records = self.bench.tenant.records.values()
        return {record.id for record in records if record.received_ms // SECOND * SECOND in seconds}

    def _state(self) -> State:
        return self.bench.state()

    @invariant()
    def nothing_is_delivered_twice(self) -> None:
        tickets = self.bench.host.tickets()
        assert len(tickets) == len(set(tickets))

    @invariant()
    def every_visible_record_is_delivered_or_pending(self) -> None:
        state, delivered = self._state(), set(self.bench.host.tickets())
        for name in self.owed - delivered - self._in_gaps():
            as_hold = f"hold:hold-{name}" in delivered or state.record_state(f"hold:hold-{name}") is RecordState.PENDING
            assert state.record_state(name) is RecordState.PENDING or as_hold, name

    @invariant()
    def the_checkpoint_passes_no_pending_record(self) -> None:
        state = self._state()
        assert all(record.received_ms >= state.checkpoint_ms for record in state.backlog)

    def teardown(self) -> None:
        if not hasattr(self, "bench"):
            return
        self.bench.tenant.failing.clear()
        self.bench.settings = self.bench.settings | {"max_messages": 100}
        queued = self._queued()
        for _ in range(12):
            self.bench.advance(1000)
            self._note(self.bench.cycle())
        delivered = set(self.bench.host.tickets())
        owed = (self.owed | queued) - delivered - self._in_gaps()
        assert {name for name in owed if f"hold:hold-{name}" not in delivered} == set()
        self.nothing_is_delivered_twice()


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
