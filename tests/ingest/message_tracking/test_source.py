"""The message tracking source: what it needs of the hold queue, and how far later cycles read back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mimecast_secops.api import Deadline
from mimecast_secops.api.errors import Unavailable
from mimecast_secops.ingest import ConnectorSettings, Source
from mimecast_secops.ingest.clock import CycleClock
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.interfaces import FailedRead, ReadRecord
from mimecast_secops.ingest.message_tracking.source import MessageTrackingSource
from mimecast_secops.ingest.record import PendingRecord
from mimecast_secops.ingest.state import State
from tests.ingest.conftest import Bench
from tests.ingest.model import DOMAIN, HOUR, START, ModelTenant

HELD = PendingRecord(id="m1", status="held", recipient=f"ann@{DOMAIN}", sender="a@evil.test", received_ms=START)


@pytest.fixture
def cycle(bench: Bench) -> Iterator[Cycle]:
    tenant = bench.tenant
    clock = CycleClock(tenant.clock, lambda: tenant.clock_skew, lambda _: None)
    state = State(start_ms=START - 10 * HOUR)
    with ThreadPoolExecutor(1) as executor:
        settings = ConnectorSettings(
            domains=(DOMAIN,), overlap_minutes=60, held_hours=2, deep_reread_hours=0, deep_reread_days=0
        )
        yield Cycle(settings, state, executor, clock, Deadline.never(), logging.getLogger("mimecast_secops.ingest"))


def test_only_held_messages_need_the_hold_queue(cycle: Cycle, bench: Bench) -> None:
    bench.tenant.failing["holds"] = Unavailable("Mimecast returned a server error.")
    source: Source = MessageTrackingSource(cycle, bench.tenant)
    source.prepare([HELD], reconcile=False, max_alerts=1)
    assert source.blocker(HELD) == "The hold queue could not be listed."
    assert source.blocker(PendingRecord(id="m2", status="accepted")) == ""
    assert source.blocker(PendingRecord.from_gap("1", START, "Not read.")) == ""
    bench.tenant.failing.clear()
    source.prepare([HELD], reconcile=False, max_alerts=1)
    assert source.blocker(HELD) == ""


def test_a_reader_reads_one_record_with_its_hold_id(cycle: Cycle, bench: Bench) -> None:
    bench.receive("m1", seconds_ago=0)
    source = MessageTrackingSource(cycle, bench.tenant)
    assert source.poll()
    [record] = cycle.due()
    source.prepare([record], reconcile=True, max_alerts=1)
    result = source.reader(record, is_last_try=False)()
    assert isinstance(result, ReadRecord)
    assert (result.hold_id, result.alert.ticket_id, result.is_incomplete) == ("hold-m1", "m1", False)


@pytest.mark.parametrize("is_last_try", [True, False])
def test_the_last_try_gives_an_incomplete_alert(cycle: Cycle, bench: Bench, is_last_try: bool) -> None:
    bench.tenant.failing["info"] = Unavailable("Mimecast returned a server error.")
    result = MessageTrackingSource(cycle, bench.tenant).reader(HELD, is_last_try=is_last_try)()
    if is_last_try:
        assert isinstance(result, ReadRecord)
        assert (result.is_incomplete, result.alert.complete) == (True, False)
    else:
        assert isinstance(result, FailedRead)


def test_later_cycles_read_back_to_the_overlap_or_the_held_window(cycle: Cycle, bench: Bench) -> None:
    source = MessageTrackingSource(cycle, bench.tenant)
    assert source.poll()
    assert source.earliest_read_ms() == START - 2 * HOUR  # the held window
    cycle.state.read_until_ms = START - 5 * HOUR
    assert source.earliest_read_ms() == START - 6 * HOUR  # the overlap behind what was read


def test_later_cycles_read_back_as_far_as_the_deepest_re_read(cycle: Cycle, bench: Bench) -> None:
    cycle.settings = replace(cycle.settings, deep_reread_hours=24, deep_reread_days=3)
    source = MessageTrackingSource(cycle, bench.tenant)
    assert source.poll()
    assert source.earliest_read_ms() == START - 72 * HOUR


def test_without_mimecasts_time_the_newest_row_is_the_time(cycle: Cycle) -> None:
    tenant = ModelTenant(tells_time=False)
    bench = Bench(tenant=tenant)
    bench.receive("m1", seconds_ago=3600)
    unverified = MessageTrackingSource(cycle, tenant)
    cycle.clock = CycleClock(tenant.clock, lambda: None, lambda _: None)
    assert unverified.poll()
    assert unverified.earliest_read_ms() == START - 3 * HOUR
