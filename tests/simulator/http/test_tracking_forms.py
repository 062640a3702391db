"""Rows and replies of a tracking search in other forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.simulator.caller import HOLD_LIST, INFO, RELEASE, SEARCH, Caller, Reply, eml, held_eml

HELD = held_eml()
TO = {"advancedTrackAndTraceOptions": {"to": "ann@example.com"}}
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
MOMENT = datetime(2026, 3, 11, 11, 50, 42, tzinfo=UTC)


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """A tenant whose clock is stopped."""
    simulator.tenant.clock.frozen = NOW
    return simulator


def quirks(simulator: Simulator, **values: object) -> None:
    for name, value in values.items():
        simulator.tenant.quirks.change(name, value)


def rows(reply: Reply) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reply.data[0]["trackedEmails"]
    return found


def receive(simulator: Simulator, count: int) -> list[TrackingRecord]:
    return [
        simulator.tenant.receive(eml(), received=MOMENT - timedelta(minutes=number))[0]
        for number in reversed(range(count))
    ]


@pytest.mark.parametrize(
    ("paging", "has_next", "total"),
    [("none", False, None), ("total", False, 5), ("next", True, None), ("next_and_total", True, 5)],
)
def test_a_cut_search_tells_what_the_quirk_says(
    simulator: Simulator, caller: Caller, paging: str, has_next: bool, total: int | None
) -> None:
    quirks(simulator, tracked_limit=2, tracked_paging=paging)
    receive(simulator, 5)
    reply = caller.call(SEARCH, TO)
    pagination = reply.json["meta"]["pagination"]
    assert len(rows(reply)) == 2
    assert ("next" in pagination, pagination.get("totalCount")) == (has_next, total)


def test_the_pages_of_a_search_have_all_rows_once(simulator: Simulator, caller: Caller) -> None:
    quirks(simulator, tracked_limit=2, tracked_paging="next", tracked_order="oldest")
    records = receive(simulator, 5)
    seen: list[str] = []
    page: dict[str, str] = {}
    while True:
        reply = caller.call(SEARCH, TO, page=page)
        seen += [row["id"] for row in rows(reply)]
        if "next" not in (pagination := reply.json["meta"]["pagination"]):
            break
        page = {"pageToken": pagination["next"]}
    assert seen == [record.id for record in records]
    assert caller.call(SEARCH, TO, page={"pageToken": "eJwnonsense"}).codes == ["xdk_failure"]


def test_a_search_without_pages_ignores_a_page_token(simulator: Simulator, caller: Caller) -> None:
    quirks(simulator, tracked_limit=2)
    receive(simulator, 3)
    assert len(rows(caller.call(SEARCH, TO, page={"pageToken": "eJwnonsense"}))) == 2


@pytest.mark.parametrize(
    ("wrapper", "data"),
    [("null", [{"trackedEmails": None}]), ("empty_object", [{}]), ("null_data", None)],
)
def test_the_rows_of_a_search_can_be_missing(
    simulator: Simulator, caller: Caller, wrapper: str, data: list[Any] | None
) -> None:
    receive(simulator, 1)
    quirks(simulator, tracked_wrapper=wrapper)
    reply = caller.call(SEARCH, TO)
    assert reply.json["data"] == data
    assert (reply.status, reply.codes) == (200, [])


def test_the_rows_of_a_search_can_be_elsewhere(simulator: Simulator, caller: Caller) -> None:
    documented = [receive(simulator, 1)[0].id]
    quirks(simulator, tracked_wrapper="named", tracked_paging="total")
    assert [row["id"] for row in caller.call(SEARCH, TO).data[0]["messages"]] == documented
    quirks(simulator, tracked_wrapper="flat")
    reply = caller.call(SEARCH, TO)
    assert [row["id"] for row in reply.data] == documented
    assert reply.json["meta"]["pagination"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("form", "received"),
    [
        ("offset", "2026-03-11T11:50:42+0000"),
        ("naive_utc", "2026-03-11T11:50:42"),
        ("naive_local", "2026-03-11T13:50:42"),
        ("epoch_ms", 1773229842000),
        ("epoch_s", 1773229842),
        ("rfc2822", "Wed, 11 Mar 2026 11:50:42 +0000"),
    ],
)
def test_the_quirk_defines_the_form_of_times(
    simulator: Simulator, caller: Caller, form: str, received: str | int
) -> None:
    receive(simulator, 1)
    quirks(simulator, time_form=form)
    (row,) = rows(caller.call(SEARCH, TO))
    assert row["received"] == row["sent"] == received


def test_times_of_archived_records_can_be_cut_to_the_minute(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD, received=MOMENT)
    quirks(simulator, archived_to_minute=True)
    assert rows(caller.call(SEARCH, TO))[0]["received"] == "2026-03-11T11:50:42+0000"
    simulator.tenant.decide(record.hold_id, "released")
    assert rows(caller.call(SEARCH, TO))[0]["received"] == "2026-03-11T11:50:00+0000"
    (rejected,) = simulator.tenant.receive(HELD, received=MOMENT)
    simulator.tenant.decide(rejected.hold_id, "rejected")
    assert rows(caller.call(SEARCH, TO | {"status": ["rejected"]}))[0]["received"] == "2026-03-11T11:50:42+0000"


def test_members_can_be_missing_from_the_rows(simulator: Simulator, caller: Caller) -> None:
    receive(simulator, 1)
    before = set(rows(caller.call(SEARCH, TO))[0])
    quirks(simulator, tracking_lacks="status, attachments")
    assert before - set(rows(caller.call(SEARCH, TO))[0]) == {"status", "attachments"}


@pytest.mark.parametrize("form", ["opaque", "real"])
def test_a_held_message_can_have_an_accepted_row_too(simulator: Simulator, caller: Caller, form: str) -> None:
    quirks(simulator, held_also_accepted=True, tracking_ids=form)
    (record,) = simulator.tenant.receive(HELD, received=MOMENT)
    found = rows(caller.call(SEARCH, TO))
    assert [row["status"] for row in found] == ["held", "accepted"]
    assert len({row["id"] for row in found}) == 2
    for row in found:
        assert caller.call(INFO, {"id": row["id"]}).data[0]["id"] == row["id"]
        assert [other["id"] for other in rows(caller.call(SEARCH, TO | {"status": [row["status"]]}))] == [row["id"]]
    simulator.tenant.decide(record.hold_id, "released")
    assert [row["status"] for row in rows(caller.call(SEARCH, TO))] == ["archived"]


def test_late_records_appear_later_in_the_search_but_at_once_in_the_hold_list(
    simulator: Simulator, caller: Caller
) -> None:
    quirks(simulator, late_every=2, late_seconds=600)
    records = [simulator.tenant.receive(HELD, received=NOW)[0] for _ in range(4)]
    assert {row["id"] for row in rows(caller.call(SEARCH, TO))} == {records[1].id, records[3].id}
    assert len(caller.call(HOLD_LIST, {"admin": True}).data) == 4
    simulator.tenant.clock.offset = timedelta(seconds=599)
    assert len(rows(caller.call(SEARCH, TO))) == 2
    simulator.tenant.clock.offset = timedelta(seconds=600)
    assert len(rows(caller.call(SEARCH, TO))) == 4


@pytest.mark.parametrize(("is_refused", "codes"), [(True, ["err_track_and_trace_invalid_start_date"]), (False, [])])
def test_a_search_that_starts_exactly_30_days_ago_is_refused_unless_the_quirk_is_off(
    simulator: Simulator, caller: Caller, is_refused: bool, codes: list[str]
) -> None:
    quirks(simulator, refuse_start_at_limit=is_refused)
    start = NOW - timedelta(days=30)
    assert caller.call(SEARCH, TO | {"start": start.isoformat()}).codes == codes
    earlier = caller.call(SEARCH, TO | {"start": (start - timedelta(seconds=1)).isoformat()})
    assert earlier.codes == ["err_track_and_trace_invalid_start_date"]


def test_both_api_versions_see_the_same_ids_unless_each_client_has_its_own(
    simulator: Simulator, v1: Caller, v2: Caller
) -> None:
    receive(simulator, 1)
    assert rows(v1.call(SEARCH, TO))[0]["id"] == rows(v2.call(SEARCH, TO))[0]["id"]
    quirks(simulator, ids_per_client=True)
    shown = [rows(caller.call(SEARCH, TO))[0]["id"] for caller in (v1, v2)]
    assert shown[0] != shown[1]
    assert [caller.call(INFO, {"id": row}).data[0]["id"] for caller, row in zip((v1, v2), shown, strict=True)] == shown


@pytest.mark.parametrize("form", ["status", "real"])
def test_an_id_from_before_a_decision_still_names_the_message(simulator: Simulator, caller: Caller, form: str) -> None:
    quirks(simulator, tracking_ids=form)
    simulator.tenant.receive(HELD, received=MOMENT)
    (before,) = rows(caller.call(SEARCH, TO))
    (entry,) = caller.call(HOLD_LIST, {"admin": True}).data
    assert caller.call(RELEASE, {"id": entry["id"]}).data == [{"id": entry["id"], "release": True}]
    (after,) = rows(caller.call(SEARCH, TO))
    assert before["id"] != after["id"]
    details = caller.call(INFO, {"id": before["id"]}).data[0]
    assert (details["id"], details["status"]) == (before["id"], "archived")
    assert simulator.control("record", {"id": after["id"], "deleted": True})
    assert rows(caller.call(SEARCH, TO)) == []


def address(email: str) -> dict[str, str]:
    return {"displayableName": "", "emailAddress": email}


@pytest.mark.parametrize(
    ("form", "to", "header_to"),
    [
        ("text", "ann@example.com", ["ann@example.com"]),
        ("object", address("ann@example.com"), [address("ann@example.com")]),
        ("list", [address("ann@example.com")], [address("ann@example.com")]),
    ],
)
def test_the_quirk_defines_the_form_of_addresses_in_the_details(
    simulator: Simulator, caller: Caller, form: str, to: object, header_to: object
) -> None:
    (record,) = simulator.tenant.receive(HELD, received=MOMENT)
    quirks(simulator, queue_addresses=form)
    details = caller.call(INFO, {"id": record.id}).data[0]
    assert details["queueInfo"]["to"] == to
    assert type(details["queueInfo"]["fromEnvelope"]) is type(to)
    assert details["recipientInfo"]["messageInfo"]["to"] == header_to


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("word", {"risk": "high", "categories": []}),
        ("unknown_word", {"risk": "severe", "categories": []}),
        ("number", {"risk": 4, "categories": []}),
        ("category_only", {"categories": [{"name": "spam", "risk": "high", "subcategories": []}]}),
    ],
)
def test_the_quirk_defines_the_form_of_the_risk(
    simulator: Simulator, caller: Caller, form: str, shown: dict[str, object]
) -> None:
    (record,) = simulator.tenant.receive(held_eml(X_Simulator_Risk="high"), received=MOMENT)
    quirks(simulator, risk_form=form)
    verdict = caller.call(INFO, {"id": record.id}).data[0]["spamInfo"]["spamProcessingDetail"]["verdict"]
    assert verdict == {"decision": "spam", "description": ""} | shown


def test_the_verdict_can_be_missing(simulator: Simulator, caller: Caller) -> None:
    (record,) = simulator.tenant.receive(HELD, received=MOMENT)
    quirks(simulator, risk_form="missing")
    spam = caller.call(INFO, {"id": record.id}).data[0]["spamInfo"]["spamProcessingDetail"]
    assert "verdict" not in spam
    assert spam["spf"] == {"allow": True, "info": "allow"}
