"""The index of the hold queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator.http.held import get_hold_message_list
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.mail.generator import generate_messages
from mimecast_secops.simulator.tenant.tenant import HOLD_RETENTION, Clock, Tenant
from tests.simulator.caller import eml, held_eml

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HELD, OTHER = held_eml(), eml()


CHANGES = st.sampled_from(["release", "reject", "hold again", "hold late", "delete", "restore", "archive"])


class CountingRecords(dict[str, Any]):
    """Records by id, and how many were looked up."""

    lookups = 0

    def __getitem__(self, key: str) -> Any:
        self.lookups += 1
        return super().__getitem__(key)


def change(tenant: Tenant, record: Any, action: str) -> None:
    match action:
        case "release" | "reject":
            tenant.decide(record.hold_id, {"release": "released", "reject": "rejected"}[action])
        case "hold again":
            record.status = "held"
        case "hold late":
            tenant.set_status(record, "held", at=record.received + timedelta(minutes=7))
        case "delete" | "restore":
            record.deleted = action == "delete"
        case _:
            record.status = "archived"


def listed(tenant: Tenant, **item: Any) -> tuple[list[str], int]:
    """The hold ids of all pages of three, and the announced total."""
    ids: list[str] = []
    pagination: dict[str, Any] = {"pageSize": 3}
    while True:
        body = {"data": [{"admin": True, **item}], "meta": {"pagination": pagination}}
        reply = json.loads(get_hold_message_list(ApiRequest(tenant, 2, body, "")).body)
        ids += [entry["id"] for entry in reply["data"]]
        page = reply["meta"]["pagination"]
        if "next" not in page:
            return ids, page["totalCount"]
        pagination = {"pageSize": 3, "pageToken": page["next"]}


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 600)), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), CHANGES), max_size=20),
    st.integers(-100, 1200),
    st.integers(-100, 1200),
)
def test_the_queue_lists_the_messages_held_in_a_window_newest_first(
    arrivals: list[tuple[bool, int]], changes: list[tuple[int, str]], first: int, last: int
) -> None:
    tenant = Tenant(clock=Clock(frozen=NOON))
    records = [
        record
        for is_held, age in arrivals
        for record in tenant.receive(HELD if is_held else OTHER, received=NOON - timedelta(seconds=age))
    ]
    for number, action in changes:
        if number < len(records):
            change(tenant, records[number], action)
    start, end = NOON - timedelta(seconds=last), NOON - timedelta(seconds=first)
    expected = [
        record.hold_id
        for record in sorted(records, key=lambda record: (record.received, record.id), reverse=True)
        if record.is_held and start <= (record.held_at or record.received) <= end
    ]
    assert listed(tenant, start=start.isoformat(), end=end.isoformat()) == (expected, len(expected))


def test_a_page_looks_up_only_its_own_records() -> None:
    tenant = Tenant(clock=Clock(frozen=NOON))
    generate_messages(tenant, count=500, end=NOON, spread=timedelta(minutes=50))
    records = CountingRecords(tenant.tracked)
    tenant.tracked = records
    body = {"data": [{"admin": True}], "meta": {"pagination": {"pageSize": 20}}}
    assert len(json.loads(get_hold_message_list(ApiRequest(tenant, 2, body, "")).body)["data"]) == 20
    assert records.lookups <= 20


def test_a_search_looks_up_only_the_records_of_its_window() -> None:
    tenant = Tenant(clock=Clock(frozen=NOON))
    generate_messages(tenant, count=500, end=NOON, spread=timedelta(seconds=500))
    records = CountingRecords(tenant.tracked)
    tenant.tracked = records
    window = {"start": (NOON - timedelta(seconds=9)).isoformat(), "end": NOON.isoformat()}
    by = {"fieldName": "sender", "value": "@mail.example.org"}
    ids, total = listed(tenant, **window, searchBy=by)
    assert (len(ids), total) == (9, 9)
    assert records.lookups <= 9 * 4


def test_a_message_id_is_found_without_looking_up_other_records() -> None:
    tenant = Tenant(clock=Clock(frozen=NOON))
    generate_messages(tenant, count=50, end=NOON, spread=timedelta(seconds=50))
    records = CountingRecords(tenant.tracked)
    tenant.tracked = records
    (record,) = tenant.by_message_id("<bulk-7@mail.example.org>")
    assert (record.mail.subject, records.lookups) == ("Offer number 7", 0)
    record.deleted = True
    assert list(tenant.by_message_id("bulk-7@mail.example.org")) == []


@pytest.mark.parametrize("delay", [0.0, 60.0])
def test_a_decision_removes_the_record_when_it_takes_effect(delay: float) -> None:
    tenant = Tenant(clock=Clock(frozen=NOON))
    tenant.quirks.hold_delay = delay
    (record,) = tenant.receive(HELD)
    assert tenant.decide(record.hold_id, "released")
    assert len(tenant.held_keys(None, None)) == bool(delay)
    tenant.quirks.hold_delay = 0.0  # the decision keeps the delay that it was made with
    tenant.clock.offset += timedelta(seconds=60)
    assert len(tenant.held_keys(None, None)) == 0


def test_a_window_ends_at_the_retention_period() -> None:
    tenant = Tenant(clock=Clock(frozen=NOON))
    tenant.receive(HELD, received=NOON - HOLD_RETENTION - timedelta(seconds=1))
    (kept,) = tenant.receive(HELD, received=NOON - HOLD_RETENTION)
    assert listed(tenant, start=(NOON - timedelta(days=30)).isoformat())[0] == [kept.hold_id]
