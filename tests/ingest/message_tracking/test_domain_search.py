"""Searches whose replies are cut without a word: every row is read, or its second is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimecast_secops.api.errors import NotUnderstood
from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.ingest.message_tracking.row_limit import RowLimit
from mimecast_secops.ingest.message_tracking.search_window import read_window
from mimecast_secops.ingest.message_tracking.window import Defect, Window
from mimecast_secops.ingest.profile import SEARCH_MOST_ROWS, SEARCH_ROW_LIMIT, TenantProfile
from mimecast_secops.ingest.search_history import SearchHistory
from tests.ingest.model import DOMAIN, SECOND, START, ModelTenant, Record

BEGIN = START - 3600 * SECOND
ORDERS = st.sampled_from(["newest", "oldest", "none"])


class Reader:
    """Reads windows with one profile, as the cycles of one connector do."""

    def __init__(self, tenant: ModelTenant, **more: Any) -> None:
        self.tenant = tenant
        self.profile, self.history = TenantProfile(), SearchHistory()
        self.settings = ConnectorSettings(domains=(DOMAIN,), **{"status_filter": (), **more})

    def read(self, begin: int = BEGIN, end: int = START) -> Window:
        """Read a window whole, in as many parts as it takes."""
        limit = RowLimit(self.settings.row_limit, self.profile, self.history, START)
        whole = Window(begin, end)
        with ThreadPoolExecutor(1) as executor:
            while begin < end:
                part = read_window(self.tenant, self.settings, (begin, end), executor, lambda: None, limit)
                begin = part.end_ms
                whole.merge(part)
        return whole


def tenant_with(seconds: list[int], order: str = "newest", **more: Any) -> ModelTenant:
    tenant = ModelTenant(newest_first=order == "newest", shuffled=order == "none", **more)
    for number, second in enumerate(seconds):
        received = BEGIN + second * SECOND
        tenant.add(Record(f"m{number}", received, received, status="rejected", subject=str(number)))
    return tenant


def named_seconds(window: Window) -> set[int]:
    return {*window.unreadable, *window.unproved}


@settings(max_examples=150, deadline=None)
@given(
    seconds=st.lists(st.integers(1, 3599) | st.integers(100, 104), max_size=150),
    cap=st.integers(1, 60),
    order=ORDERS,
)
def test_with_any_cap_and_order_every_row_is_read_or_its_second_is_named(
    seconds: list[int], cap: int, order: str
) -> None:
    # A few messages of one second that have no others to be compared with count as all.
    tenant = tenant_with([*seconds, -900_000], order, max_rows=cap)
    window = Reader(tenant).read()
    expected = {name: record for name, record in tenant.records.items() if record.received_ms >= BEGIN}
    for name, record in expected.items():
        assert name in window.rows or record.received_ms in named_seconds(window)
    missing = len(expected) - len(window.rows)
    assert bool(window.missing or window.unproved) or not missing


@settings(max_examples=60, deadline=None)
@given(seconds=st.lists(st.integers(0, 3600), max_size=150))
def test_without_a_cap_no_second_is_named_and_little_is_compared(seconds: list[int]) -> None:
    tenant = tenant_with(seconds)
    window = Reader(tenant, route_filter=("inbound",)).read()
    assert window.rows.keys() == tenant.records.keys()
    assert not window.unreadable
    # The reply, two shorter searches, and another pair for each time that most rows are in a small part of the period.
    assert len(tenant.calls) <= 1 + 2 * 12
    if len(set(seconds)) > 60:
        assert len(tenant.calls) == 3


@pytest.mark.parametrize("order", ["newest", "oldest", "none"])
@pytest.mark.parametrize("cap", [3, 25, 37, 100, 500])
def test_600_rejected_messages_of_an_hour_are_read_with_any_cap(cap: int, order: str) -> None:
    tenant = tenant_with([number * 6 for number in range(600)], order, max_rows=cap)
    reader = Reader(tenant, status_filter=("rejected",))
    window = reader.read()
    assert len(window.rows) == 600
    assert not named_seconds(window)
    assert reader.profile.number(SEARCH_ROW_LIMIT) == cap


def test_the_limit_is_learned_once() -> None:
    tenant = tenant_with([number * 6 for number in range(600)], max_rows=25)
    reader = Reader(tenant, route_filter=("inbound",))
    requests = []
    for _ in range(3):
        tenant.calls.clear()
        assert len(reader.read().rows) == 600
        requests.append(len(tenant.calls))
    assert requests[2] < requests[0]
    assert requests[2] <= 80


def test_a_message_that_arrives_during_a_comparison_is_no_cut() -> None:
    tenant = tenant_with(list(range(100, 130)))
    late = Record("late", BEGIN + 110 * SECOND, BEGIN, status="rejected")

    class GrowingTenant(ModelTenant):
        def search(self, *arguments: Any) -> Any:
            if len(self.calls) == 1:
                self.add(late)
            return super().search(*arguments)

    growing = GrowingTenant(records=tenant.records)
    reader = Reader(growing, route_filter=("inbound",))
    assert "late" in reader.read().rows
    assert reader.profile.number(SEARCH_ROW_LIMIT) is None


@pytest.mark.parametrize("status_filter", [("rejected",), ()])
def test_a_second_with_as_many_rows_as_a_reply_ever_had_is_not_proved(status_filter: tuple[str, ...]) -> None:
    tenant = tenant_with([100] * 450, max_rows=100)
    window = Reader(tenant, status_filter=status_filter).read()
    assert window.unproved == {BEGIN + 100 * SECOND: 100}


def test_a_longer_reply_of_another_period_proves_a_second() -> None:
    tenant = tenant_with([100] * 40)
    for number in range(50):
        received = BEGIN - 300 * SECOND + number * SECOND
        tenant.add(Record(f"other{number}", received, received, status="accepted"))
    window = Reader(tenant, status_filter=("rejected",)).read()
    assert window.unproved == {}
    assert len(window.rows) == 40


def test_a_second_is_proved_by_searches_for_each_route() -> None:
    tenant = tenant_with([100] * 40)
    for number, record in enumerate(tenant.records.values()):
        record.route = ("inbound", "internal")[number % 2]
    window = Reader(tenant, status_filter=("rejected",)).read()
    assert window.unproved == {}


def test_a_second_whose_rows_come_only_by_route_is_cut() -> None:
    tenant = tenant_with([100] * 60, max_rows=40)
    for number, record in enumerate(tenant.records.values()):
        record.route = ("inbound", "internal")[number % 2]
    window = Reader(tenant, status_filter=("rejected",)).read()
    assert len(window.rows) == 60
    assert named_seconds(window) == set()


@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_few_messages_of_one_second_are_all_if_there_are_no_others(count: int) -> None:
    tenant = tenant_with([100] * count)
    reader = Reader(tenant, route_filter=("inbound",))
    requests = []
    for only_rows in (count, 0):
        tenant.calls.clear()
        window = reader.read()
        assert (named_seconds(window), window.only_rows) == (set(), only_rows)
        requests.append(len(tenant.calls))
    # Five searches of longer periods, and two before and after the second. The same reply is not compared again.
    assert requests == [8, 1]


@pytest.mark.parametrize("others", [[300], [50], [50, 300], [-500_000]])
@pytest.mark.parametrize("order", ["newest", "oldest", "none"])
@pytest.mark.parametrize("cap", [1, 2, 5, 9])
def test_a_few_messages_of_one_second_are_not_all_if_no_reply_has_more(cap: int, order: str, others: list[int]) -> None:
    tenant = tenant_with([100] * (cap + 3) + others, order, max_rows=cap)
    for name in list(tenant.records)[cap + 3 :]:
        tenant.records[name].status = "accepted"
    window = Reader(tenant, status_filter=("rejected",)).read()
    assert BEGIN + 100 * SECOND in window.unreadable
    assert window.missing


def test_a_few_messages_of_one_second_are_all_if_another_reply_has_more() -> None:
    tenant = tenant_with([100, 100, 300, 400])
    for name in ("m2", "m3"):
        tenant.records[name].status = "accepted"
    reader = Reader(tenant, status_filter=("rejected",), route_filter=("inbound",))
    assert named_seconds(reader.read()) == set()
    assert reader.profile.number(SEARCH_MOST_ROWS) == 4
    assert reader.read().only_rows == 0


def test_a_message_that_arrives_while_a_few_are_compared_is_no_cut() -> None:
    tenant = tenant_with([100, 100])
    late = Record("late", BEGIN + 200 * SECOND, BEGIN, status="rejected")

    class GrowingTenant(ModelTenant):
        def search(self, *arguments: Any) -> Any:
            if len(self.calls) == 6:
                self.add(late)
            return super().search(*arguments)

    reader = Reader(GrowingTenant(records=tenant.records), status_filter=("rejected",), route_filter=("inbound",))
    assert named_seconds(reader.read()) == set()
    assert reader.profile.number(SEARCH_ROW_LIMIT) is None


def test_an_undecodable_reply_says_nothing_about_a_few_messages() -> None:
    tenant = tenant_with([100, 100, 3000])
    tenant.records["m2"].status = "accepted"
    tenant.undecodable = {BEGIN // SECOND + 3000}
    window = Reader(tenant, status_filter=("rejected",), route_filter=("inbound",)).read()
    assert named_seconds(window) == set()


def test_an_announced_total_shows_that_a_reply_is_cut_and_how_many_rows_are_missing() -> None:
    tenant = tenant_with([100] * 30 + [200], max_rows=20, paging="total")
    window = Reader(tenant, route_filter=("inbound",)).read()
    assert window.unreadable[BEGIN + 100 * SECOND] is Defect.ROW_LIMIT
    assert window.missing == {BEGIN + 100 * SECOND: 10}
    assert "m30" in window.rows


class NullTenant(ModelTenant):
    """A tenant whose search replies have no list."""

    form = "null"

    def search(self, *arguments: Any) -> Any:
        super().search(*arguments)
        raise NotUnderstood("Not a list.", form=self.form)


@pytest.mark.parametrize("form", ["null", "{}"])
def test_null_means_nothing_only_if_a_setting_allows_it(form: str) -> None:
    tenant = NullTenant()
    tenant.form = form
    with pytest.raises(NotUnderstood):
        Reader(tenant).read()
    assert Reader(tenant, null_is_empty=True).read().rows == {}


def test_other_forms_are_never_nothing() -> None:
    tenant = NullTenant()
    tenant.form = "members a, b"
    with pytest.raises(NotUnderstood):
        Reader(tenant, null_is_empty=True).read()
