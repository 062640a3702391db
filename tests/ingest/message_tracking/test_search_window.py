"""Windows of message tracking: read whole, divided where a reply is cut or broken, and bounded in memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mimecast_secops.api.errors import UndecodableReply
from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.ingest.message_tracking.row_limit import RowLimit
from mimecast_secops.ingest.message_tracking.search_window import (
    FIRST_WINDOW_MS,
    MAX_WINDOW_MS,
    next_length,
    next_window,
    read_window,
    sides,
)
from mimecast_secops.ingest.message_tracking.tenant import Side
from mimecast_secops.ingest.message_tracking.window import Defect, Window
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
    # A second next to a broken one shares every smallest window with it where both its neighbours are broken.
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
    for _ in range(3):
        bench.tenant.calls.clear()
        bench.cycle()
        requests.append(sum(name in ("search", "holds") for name, _ in bench.tenant.calls))
        bench.advance(60)
    # The second cycle also compares the largest reply, because the period around the broken second is new.
    assert requests[2] <= 16 < requests[0]


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


def test_a_reply_cut_below_the_row_limit_is_detected_by_a_comparison(bench: Bench) -> None:
    bench.tenant.max_rows = 100
    bench.settings = {"max_messages": 5000}
    for number in range(500):
        bench.receive(f"m{number:03}", seconds_ago=1500 - number * 3, subject=str(number))
    bench.cycle()
    assert len(set(bench.host.tickets())) == 500


@settings(max_examples=40)
@given(
    # The last second is not among them: the next window contains it too.
    seconds=st.lists(st.integers(0, 3599) | st.integers(0, 3), max_size=80),
    cap=st.sampled_from([3, 10, 40]),
    newest_first=st.booleans(),
)
@example(seconds=[0, 0, 1, 1], cap=3, newest_first=True)
def test_with_truncated_replies_every_row_is_read_or_its_second_is_named(
    seconds: list[int], cap: int, newest_first: bool
) -> None:
    tenant = tenant_with(seconds, newest_first=newest_first, max_rows=cap)
    found: set[str] = set()
    unreadable: dict[int, Defect] = {}
    for window in windows(tenant, row_limit=cap):
        found |= window.rows.keys()
        unreadable |= window.unreadable
    for name, record in tenant.records.items():
        assert name in found or unreadable.get(record.received_ms) is Defect.ROW_LIMIT


@settings(max_examples=25)
@given(
    count=st.integers(120, 300),
    cap=st.integers(60, 110),
    newest_first=st.booleans(),
    jitter=st.randoms(use_true_random=False),
)
def test_replies_truncated_below_the_row_limit_lose_no_row_of_steady_traffic(
    count: int, cap: int, newest_first: bool, jitter: Any
) -> None:
    step = 3600 // count
    seconds = [number * step + jitter.randrange(step) for number in range(count)]
    tenant = tenant_with(seconds, newest_first=newest_first, max_rows=cap)
    rows = {name for window in windows(tenant) for name in window.rows}
    assert rows == set(tenant.records)


@given(st.integers(0, MAX_WINDOW_MS), st.integers(0, 5000), st.integers(2, 3000))
@example(600_001, 6, 10)
@example(600_003, 10, 10)
@example(0, 5, 10)
def test_the_next_window_is_at_least_a_minute_and_never_too_long(length: int, rows: int, row_limit: int) -> None:
    following = next_length(length, rows, row_limit)
    assert min(length, 60_000) <= following <= max(length, MAX_WINDOW_MS)
    before = length or FIRST_WINDOW_MS
    if rows >= row_limit:
        assert following == max(before // 4, 60_000)
    elif rows > row_limit // 2:
        assert following == max(before // 2, 60_000)
    elif rows < row_limit // 5:
        assert following == min(before * 2, MAX_WINDOW_MS)
    else:
        assert following == before


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, MAX_WINDOW_MS))
def test_a_window_ends_at_the_target_at_the_latest(start: int, ahead: int, length: int) -> None:
    assert next_window(start, start + ahead, length) == (start, start + min(ahead, length or FIRST_WINDOW_MS))


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ((), {Side.RECIPIENT, Side.SENDER}),
        (("internal",), {Side.RECIPIENT, Side.SENDER}),
        (("inbound",), {Side.RECIPIENT}),
        (("outbound",), {Side.SENDER}),
        (("inbound", "outbound"), {Side.RECIPIENT, Side.SENDER}),
    ],
)
def test_the_route_filter_decides_on_which_sides_to_search(routes: tuple[str, ...], expected: set[Side]) -> None:
    assert set(sides(ConnectorSettings(domains=(DOMAIN,), route_filter=routes))) == expected


def test_a_learned_row_limit_saves_comparisons() -> None:
    tenant = tenant_with([number % 3600 for number in range(0, 7200, 24)], max_rows=60)
    limit, connector_settings = RowLimit(2500), ConnectorSettings(domains=(DOMAIN,))
    calls = []
    with ThreadPoolExecutor(1) as executor:
        for _ in range(2):
            tenant.calls.clear()
            read_window(tenant, connector_settings, (BEGIN, START), executor, lambda: None, limit)
            calls.append(len(tenant.calls))
    assert limit.rows == 60
    assert calls[1] < calls[0]


ONE_SIDE: dict[str, Any] = {"status_filter": (), "route_filter": ("inbound",)}


def test_three_undecodable_seconds_before_any_decoded_reply_end_the_search() -> None:
    tenant = tenant_with(list(range(17)))
    tenant.undecodable = {BEGIN // SECOND + second for second in range(17)}
    with pytest.raises(UndecodableReply):
        read(tenant, BEGIN, BEGIN + 16 * SECOND, **ONE_SIDE)
    searched = [((start - BEGIN) // SECOND, (end - BEGIN) // SECOND) for _, (_, _, start, end) in tenant.calls]
    assert searched == [(0, 16), (0, 8), (0, 4), (0, 2), (0, 1), (1, 2), (2, 4), (2, 3)]


def statuses_in_one_second(counts: dict[str, int], **options: Any) -> ModelTenant:
    """A tenant with messages in second 2, so many of each status."""
    tenant = ModelTenant(**options)
    received = BEGIN + 2 * SECOND
    for status, count in counts.items():
        for number in range(count):
            tenant.add(Record(f"{status}{number}", received, received, status=status))
    return tenant


@pytest.mark.parametrize("status_filter", [(), ("accepted", "held", "bounced")])
def test_a_second_with_too_many_rows_is_read_by_status(status_filter: tuple[str, ...]) -> None:
    tenant = statuses_in_one_second({"accepted": 2, "held": 2, "bounced": 1}, max_rows=3)
    window = read(tenant, BEGIN, BEGIN + 4 * SECOND, row_limit=3, **ONE_SIDE | {"status_filter": status_filter})
    assert window.rows.keys() == tenant.records.keys()
    assert window.unreadable == {}


def test_a_second_is_read_by_both_statuses_of_a_filter() -> None:
    tenant = statuses_in_one_second({"accepted": 2, "held": 2}, max_rows=3)
    window = read(tenant, BEGIN, BEGIN + 4 * SECOND, row_limit=3, **ONE_SIDE | {"status_filter": ("accepted", "held")})
    assert window.rows.keys() == tenant.records.keys()
    assert window.unreadable == {}


class UndatedRecord(Record):
    """A record whose row has no time."""

    def row(self) -> dict[str, Any]:
        return super().row() | {"received": ""}


def test_a_part_whose_truncated_rows_have_no_time_is_named_by_its_start() -> None:
    tenant = ModelTenant(max_rows=3)
    received = BEGIN + 2 * SECOND
    for number in range(4):
        tenant.add(UndatedRecord(f"m{number}", received, received))
    window = read(tenant, BEGIN, BEGIN + 4 * SECOND, row_limit=3, **ONE_SIDE)
    assert window.unreadable.keys() == {BEGIN + SECOND, BEGIN + 2 * SECOND}


@pytest.mark.parametrize("status_filter", [(), ("held",), ("held", "accepted")])
def test_a_second_with_too_many_rows_of_one_status_is_named(status_filter: tuple[str, ...]) -> None:
    tenant = statuses_in_one_second({"accepted": 2, "held": 4}, max_rows=3)
    window = read(tenant, BEGIN, BEGIN + 4 * SECOND, row_limit=3, **ONE_SIDE | {"status_filter": status_filter})
    assert window.unreadable == {BEGIN + 2 * SECOND: Defect.ROW_LIMIT}


@pytest.mark.parametrize("milliseconds", [0, 500])
def test_the_first_second_of_a_window_is_named_too_if_its_only_part_is_truncated(milliseconds: int) -> None:
    tenant = statuses_in_one_second({"held": 4}, max_rows=3)
    window = read(tenant, BEGIN + SECOND + milliseconds, BEGIN + 4 * SECOND, row_limit=3, **ONE_SIDE)
    assert window.unreadable.keys() == {BEGIN + SECOND, BEGIN + 2 * SECOND}


def test_more_rows_than_the_limit_are_a_complete_reply() -> None:
    tenant = statuses_in_one_second({"held": 5})
    window = read(tenant, BEGIN, BEGIN + 4 * SECOND, row_limit=3, **ONE_SIDE | {"status_filter": ("held",)})
    assert len(window.rows) == 5
    assert window.unreadable == {}


class AlternatingTenant(ModelTenant):
    """A tenant that returns other rows of the same period each time, never more than `max_rows`."""

    def search(self, *arguments: Any) -> Any:
        self.newest_first = not self.newest_first
        return super().search(*arguments)


def test_a_second_whose_repeated_search_returns_new_rows_is_named() -> None:
    tenant = AlternatingTenant(max_rows=3)
    for number in range(4):
        tenant.add(Record(f"m{number}", BEGIN, BEGIN))
    window = read(tenant, BEGIN, BEGIN + SECOND, row_limit=3, **ONE_SIDE | {"status_filter": ("held",)})
    assert window.rows.keys() == tenant.records.keys()
    assert window.unreadable == {BEGIN: Defect.ROW_LIMIT}


def test_the_searches_of_a_comparison_have_the_status_filter() -> None:
    tenant = tenant_with(list(range(1000, 1050)))
    tenant.add(Record("other", BEGIN, BEGIN, status="accepted"))
    window = read(tenant, **ONE_SIDE | {"status_filter": ("held",)})
    assert len(tenant.calls) == 3
    assert "other" not in window.rows


def test_two_adjacent_broken_seconds_are_both_named() -> None:
    tenant = tenant_with([100, 200, 201, 300])
    tenant.undecodable = {BEGIN // SECOND + 200, BEGIN // SECOND + 201}
    assert read(tenant).unreadable.keys() == {BEGIN + 200 * SECOND, BEGIN + 201 * SECOND}


@pytest.mark.parametrize(("length", "broken"), [(2, 0), (2, 2), (16, 0), (16, 1), (16, 15), (16, 16)])
def test_a_broken_row_at_an_edge_of_the_window_is_named_exactly(length: int, broken: int) -> None:
    tenant = tenant_with(list(range(length + 1)))
    tenant.undecodable = {BEGIN // SECOND + broken}
    window = read(tenant, BEGIN, BEGIN + length * SECOND, **ONE_SIDE)
    assert window.unreadable == {BEGIN + broken * SECOND: Defect.UNDECODABLE}


def test_both_sides_of_each_domain_are_searched() -> None:
    tenant = ModelTenant()
    with ThreadPoolExecutor(1) as executor:
        connector_settings = ConnectorSettings(domains=(DOMAIN, "other.example"))
        read_window(tenant, connector_settings, (BEGIN, START), executor, lambda: None)
    searched = [(address, side) for _, (address, side, _, _) in tenant.calls]
    assert searched == [
        (address, side) for address in (DOMAIN, "other.example") for side in (Side.RECIPIENT, Side.SENDER)
    ]


def test_a_window_ends_after_twice_the_row_limit() -> None:
    tenant = tenant_with(list(range(1601)))
    window = read(tenant, BEGIN, BEGIN + 1600 * SECOND, row_limit=100, **ONE_SIDE)
    assert len(window.rows) == 201
    assert window.end_ms == BEGIN + 200 * SECOND


def test_a_search_without_room_for_rows_reads_its_first_part() -> None:
    tenant = tenant_with(list(range(1601)))
    with ThreadPoolExecutor(1) as executor:
        connector_settings = ConnectorSettings(domains=(DOMAIN,), status_filter=(), row_limit=100)
        window = read_window(tenant, connector_settings, (BEGIN, BEGIN + 1600 * SECOND), executor, lambda: None)
    assert window.end_ms == BEGIN + 200 * SECOND


def test_a_short_window_without_any_decoded_reply_is_an_error() -> None:
    tenant = tenant_with([0, 1, 2])
    tenant.undecodable = {BEGIN // SECOND + second for second in range(3)}
    with pytest.raises(UndecodableReply):
        read(tenant, BEGIN, BEGIN + 2 * SECOND, **ONE_SIDE)
    assert len(tenant.calls) == 3
