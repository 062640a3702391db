"""Windows of message tracking: read whole, divided where a reply is cut or broken, and bounded in memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimecast_secops.api.errors import UndecodableReply
from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.ingest.message_tracking.search_window import Defect, Window, read_window
from tests.ingest.conftest import Bench
from tests.ingest.model import DOMAIN, SECOND, START, ModelTenant, Record

BEGIN = START - 3600 * SECOND


def read(tenant: ModelTenant, begin: int = BEGIN, end: int = START, **more: Any) -> Window:
    settings = ConnectorSettings(domains=(DOMAIN,), **more)
    with ThreadPoolExecutor(2) as executor:
        return read_window(tenant, settings, (begin, end), executor, lambda: None)


def windows(tenant: ModelTenant, **more: Any) -> Iterator[Window]:
    begin = BEGIN
    while begin < START:
        window = read(tenant, begin, **more)
        assert window.end_ms > begin
        begin = window.end_ms
        yield window


def tenant_with(seconds: list[int], **more: Any) -> ModelTenant:
    tenant = ModelTenant(**more)
    for number, second in enumerate(seconds):
        received = BEGIN + second * SECOND
        tenant.add(Record(f"m{number}", received, received, subject=str(number)))
    return tenant


@settings(max_examples=40)
@given(
    seconds=st.lists(st.integers(0, 3600), max_size=60),
    row_limit=st.sampled_from([5, 20, 2500]),
    newest_first=st.booleans(),
)
def test_every_row_is_read_with_any_row_limit(seconds: list[int], row_limit: int, newest_first: bool) -> None:
    tenant = tenant_with(seconds, newest_first=newest_first)
    rows = [name for window in windows(tenant, row_limit=row_limit) for name in window.rows]
    assert set(rows) == set(tenant.records)


@settings(max_examples=40)
@given(
    seconds=st.lists(st.integers(1, 3599), min_size=2, max_size=30, unique=True),
    broken=st.sets(st.integers(0, 29), max_size=3),
)
def test_a_broken_row_makes_only_its_second_unreadable(seconds: list[int], broken: set[int]) -> None:
    tenant = tenant_with(seconds)
    tenant.undecodable = {BEGIN // SECOND + second for number, second in enumerate(seconds) if number in broken}
    window = read(tenant)
    readable = {f"m{number}" for number in range(len(seconds)) if number not in broken}
    # A second beside a broken one shares every smallest window with it where both its neighbours are broken.
    missed = readable - set(window.rows)
    between = {f"m{number}" for number, second in enumerate(seconds) if _is_between(second, tenant)}
    assert missed <= between
    assert tenant.undecodable <= {second // SECOND for second in window.unreadable}
    assert set(window.unreadable.values()) <= {Defect.UNDECODABLE}


def _is_between(second: int, tenant: ModelTenant) -> bool:
    absolute = BEGIN // SECOND + second
    return {absolute - 1, absolute + 1} <= tenant.undecodable


def test_the_second_of_a_broken_row_is_named_exactly(bench: Bench) -> None:
    tenant = tenant_with([100, 200, 300])
    tenant.undecodable = {BEGIN // SECOND + 200}
    assert read(tenant).unreadable == {BEGIN + 200 * SECOND: Defect.UNDECODABLE}


def test_undecodable_replies_only_are_an_outage() -> None:
    tenant = tenant_with(list(range(3601)))
    tenant.undecodable = set(range(BEGIN // SECOND, START // SECOND + 1))
    with pytest.raises(UndecodableReply):
        read(tenant, status_filter=(), route_filter=("inbound",))
    assert len(tenant.calls) < 100


def test_a_window_with_too_many_rows_ends_early() -> None:
    tenant = tenant_with([number % 3600 for number in range(2000)])
    first = read(tenant, row_limit=100)
    assert first.end_ms < START
    assert 200 <= len(first.rows) < 600
    rows = {name for window in windows(tenant, row_limit=100) for name in window.rows}
    assert rows == set(tenant.records)


def test_a_cycle_with_a_broken_row_delivers_all_others_and_a_gap_alert(bench: Bench) -> None:
    for number in range(40):
        bench.receive(f"m{number}", seconds_ago=3000 - number * 60, subject=str(number))
    bench.tenant.undecodable = {bench.tenant.records["m7"].received_ms // SECOND}
    reports = []
    for _ in range(3):
        reports.append(bench.cycle())
        bench.advance(60)
    tickets = bench.host.tickets()
    assert {f"m{number}" for number in range(40) if number != 7} <= set(tickets)
    assert len(tickets) == len(set(tickets))
    about = [alert for alert in bench.host.alerts if alert.ticket_id.startswith("gap:")]
    assert [alert.name for alert in about] == ["Unread Period"] * len(about)
    assert {alert.ticket_id.split(":")[1] for alert in about} == {"second", "holds"}
    assert [report.gaps for report in reports] == [len(about), 0, 0]


def test_a_second_that_is_known_to_be_broken_costs_few_requests(bench: Bench) -> None:
    for number in range(40):
        bench.receive(f"m{number}", seconds_ago=3000 - number * 60, subject=str(number))
    bench.tenant.undecodable = {bench.tenant.records["m7"].received_ms // SECOND}
    requests = []
    for _ in range(2):
        bench.tenant.calls.clear()
        bench.cycle()
        requests.append(sum(name in ("search", "holds") for name, _ in bench.tenant.calls))
        bench.advance(60)
    assert requests[1] <= 16 < requests[0]


def test_a_broken_row_that_becomes_readable_is_delivered(bench: Bench) -> None:
    record = bench.receive("m1", subject="a")
    bench.receive("m2", subject="b", seconds_ago=90)
    bench.tenant.undecodable = {record.received_ms // SECOND}
    bench.cycle()
    bench.tenant.undecodable = set()
    bench.advance(60)
    bench.cycle()
    assert {"m1", "m2"} <= set(bench.host.tickets())


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("max_rows", [60, 200])
def test_a_truncated_reply_is_detected_and_the_window_split(bench: Bench, max_rows: int, newest_first: bool) -> None:
    bench.tenant.max_rows, bench.tenant.newest_first = max_rows, newest_first
    bench.settings = {"row_limit": max_rows, "max_messages": 5000}
    for number in range(900):
        bench.receive(f"m{number:03}", seconds_ago=3000 - number * 3, subject=str(number))
    bench.cycle()
    assert len(set(bench.host.tickets())) == 900


def test_a_reply_truncated_below_the_row_limit_is_detected_by_its_empty_edge(bench: Bench) -> None:
    bench.tenant.max_rows = 100
    bench.settings = {"max_messages": 5000}
    for number in range(500):
        bench.receive(f"m{number:03}", seconds_ago=1500 - number * 3, subject=str(number))
    bench.cycle()
    assert len(set(bench.host.tickets())) == 500
