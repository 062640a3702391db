"""A cycle: each outcome of a record changes the state, the figures and the log in one way."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import DeadlineExceeded, MissingPermission
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import RecordState
from tests.ingest.conftest import Bench, new_cycle
from tests.ingest.model import START

RECORD = PendingRecord(id="m1", status="held", received_ms=START)
LOG = logging.getLogger("mimecast_secops.ingest")


@pytest.fixture
def cycle(caplog: pytest.LogCaptureFixture) -> Iterator[Cycle]:
    caplog.set_level(logging.DEBUG, LOG.name)
    with new_cycle(tries=3) as cycle:
        yield cycle


def test_a_new_record_is_pending(cycle: Cycle, caplog: pytest.LogCaptureFixture) -> None:
    cycle.add_pending(RECORD)
    cycle.add_pending(RECORD)
    assert (cycle.counters.new, len(cycle.state.backlog)) == (1, 1)
    assert caplog.messages == ["Record 'm1': pending"]


def test_a_filtered_row_is_counted_by_its_filter_and_not_remembered(
    cycle: Cycle, caplog: pytest.LogCaptureFixture
) -> None:
    cycle.filter_row("m1", "status")
    assert cycle.counters.filtered == {"status": 1}
    assert cycle.state.record_state("m1") is RecordState.NEW
    assert caplog.messages == ["Record 'm1': filtered by status"]


def test_a_known_row_is_counted(cycle: Cycle, caplog: pytest.LogCaptureFixture) -> None:
    cycle.skip_known("m1")
    assert cycle.counters.known == 1
    assert caplog.messages == ["Record 'm1': already pending or processed"]


def test_a_gap_is_counted_once(cycle: Cycle) -> None:
    gap = PendingRecord.from_gap("second:1", START, "Not read.")
    cycle.add_gap(gap)
    cycle.add_gap(gap)
    assert (cycle.counters.gaps, cycle.counters.new, len(cycle.state.backlog)) == (1, 0, 1)


def test_a_delivered_record_is_done_with_its_hold(cycle: Cycle, caplog: pytest.LogCaptureFixture) -> None:
    cycle.state.add_pending(RECORD)
    cycle.mark_delivered(RECORD, "h1", is_incomplete=True)
    assert (cycle.counters.delivered, cycle.counters.delivered_incomplete) == (1, 1)
    assert cycle.state.record_state("m1") is RecordState.DONE
    assert cycle.state.is_hold_matched("h1")
    assert caplog.messages == ["Record 'm1': delivered, hold id 'h1'"]


def test_a_record_filtered_by_its_details_is_done(cycle: Cycle, caplog: pytest.LogCaptureFixture) -> None:
    cycle.state.add_pending(RECORD)
    cycle.mark_filtered(RECORD, "risk")
    assert cycle.counters.filtered == {"risk": 1}
    assert cycle.state.record_state("m1", "held") is RecordState.DONE
    assert caplog.messages == ["Record 'm1': filtered by risk"]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_record_delivered_as_a_hold_before_is_known(cycle: Cycle, is_new: bool) -> None:
    (cycle.add_pending if is_new else cycle.state.add_pending)(RECORD)
    cycle.mark_duplicate(RECORD, "h1")
    assert (cycle.counters.new, cycle.counters.known) == (0, int(is_new))
    assert cycle.state.record_state("m1") is RecordState.DONE


@pytest.mark.parametrize(("counts", "tries", "wait_ms"), [(True, 1, 30_000), (False, 0, 0)])
def test_a_deferred_record_counts_a_try_if_the_source_answers(
    cycle: Cycle, counts: bool, tries: int, wait_ms: int
) -> None:
    cycle.counts_tries = counts
    cycle.add_pending(RECORD)
    cycle.defer(RECORD, "No answer.")
    deferred = cycle.state.backlog.get("m1")
    assert deferred is not None
    assert (deferred.tries, deferred.after_ms, deferred.error) == (tries, START + wait_ms, "No answer.")
    assert cycle.counters.deferred == 1


def test_an_overflowed_record_counts_no_try(cycle: Cycle, caplog: pytest.LogCaptureFixture) -> None:
    cycle.add_pending(RECORD)
    cycle.defer_overflowed(RECORD)
    deferred = cycle.state.backlog.get("m1")
    assert deferred is not None
    assert (deferred.tries, deferred.after_ms) == (0, START + 600_000)
    assert (cycle.counters.overflowed, cycle.counters.deferred) == (1, 0)
    assert caplog.messages[-1] == "Record 'm1': held back by the platform's overflow rules"


@pytest.mark.parametrize(("tries", "counts", "is_last"), [(1, True, False), (2, True, True), (9, False, False)])
def test_the_last_try_is_the_last_that_counts(cycle: Cycle, tries: int, counts: bool, is_last: bool) -> None:
    cycle.counts_tries = counts
    assert cycle.is_last_try(PendingRecord(id="m1", tries=tries)) is is_last


def test_due_records_are_in_order_without_those_that_wait(cycle: Cycle) -> None:
    for record in (
        PendingRecord(id="deferred", received_ms=1, error="x", after_ms=START),
        PendingRecord(id="waits", received_ms=2, after_ms=START + 1),
        PendingRecord(id="newer", received_ms=4),
        PendingRecord(id="older", received_ms=3),
        PendingRecord(id="wrong clock", received_ms=5, after_ms=START + 31 * 60_000),
    ):
        cycle.state.add_pending(record)
    assert [record.id for record in cycle.due()] == ["older", "newer", "wrong clock", "deferred"]


def test_a_cycle_without_time_raises(cycle: Cycle) -> None:
    cycle.check_time()
    cycle.deadline = Deadline(0.0)
    with pytest.raises(DeadlineExceeded):
        cycle.check_time()


def test_the_log_tells_why_each_message_is_no_alert(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, LOG.name)
    bench.settings = {"status_filter": ("held",), "route_filter": ("inbound",), "queue_reasons": ("Spam", "Bomb")}
    bench.receive("delivered", subject="a")
    bench.receive("route", subject="b", route="internal")
    bench.receive("details", subject="c", reason="Fraud")
    bench.receive("overflow", subject="d", reason="Bomb")
    bench.host.overflowing = frozenset({"Bomb"})
    bench.cycle()
    bench.cycle()
    outcomes = {message for message in caplog.messages if message.startswith("Record ")}
    assert outcomes >= {
        "Record 'delivered': delivered, hold id 'hold-delivered'",
        "Record 'delivered': already pending or processed",
        "Record 'route': filtered by route",
        "Record 'details': filtered by queue reason",
        "Record 'overflow': held back by the platform's overflow rules",
    }
    holds = {message for message in caplog.messages if message.startswith("Hold ")}
    assert holds >= {
        "Hold 'hold-delivered': belongs to a processed record",
        "Hold 'hold-route': excluded by Route Filter",
        "Hold 'hold-overflow': belongs to the record 'overflow'",
    }


def test_the_log_tells_why_a_hold_without_a_tracking_record_is_no_alert_yet(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOG.name)
    bench.cycle()
    bench.receive("late", subject="a", listed=False)
    bench.receive("other", subject="b", recipient="ann@elsewhere.example", listed=False)
    bench.cycle()
    holds = {message for message in caplog.messages if message.startswith("Hold ")}
    assert "Hold 'hold-late': not in message tracking, cycle 1 of 5" in holds
    assert "Hold 'hold-other': not for the domains in Domains" in holds


def test_the_log_tells_which_record_was_not_read_for_lack_of_a_permission(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOG.name)
    bench.receive("m1")
    bench.tenant.failing["info"] = MissingPermission("Grant it.")
    bench.cycle()
    assert "Record 'm1': not read in this cycle: Grant it." in caplog.messages
