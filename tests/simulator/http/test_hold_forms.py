"""Rows and pages of the hold list in other forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import HOLD_LIST, INFO, RELEASE, SEARCH, Caller, held_eml

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
SUBJECT = "Offer for Ann & Sons, valid until the end of the month"
ALL = {"admin": True}


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """A tenant whose clock is stopped."""
    simulator.tenant.clock.frozen = NOW
    return simulator


def quirks(simulator: Simulator, **values: object) -> None:
    for name, value in values.items():
        simulator.tenant.quirks.change(name, value)


def hold(simulator: Simulator, *, seconds_ago: float = 60, subject: str = SUBJECT) -> str:
    """Receive a held message. Returns its hold id."""
    raw = held_eml(subject, sender="Carol <carol@example.org>", Return_Path="<bounce@mailer.example.net>")
    return simulator.tenant.receive(raw, received=NOW - timedelta(seconds=seconds_ago))[0].hold_id


def entry(caller: Caller, **criteria: object) -> dict[str, Any]:
    (found,) = caller.call(HOLD_LIST, ALL | criteria).data
    result: dict[str, Any] = found
    return result


def time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"


def test_the_hold_queue_can_have_another_time_and_selects_by_it(simulator: Simulator, caller: Caller) -> None:
    quirks(simulator, hold_time_offset=30)
    hold(simulator)
    later = NOW - timedelta(seconds=30)
    assert entry(caller, start=time(later), end=time(later))["dateReceived"] == time(later)
    assert caller.call(HOLD_LIST, ALL | {"end": time(later - timedelta(seconds=1))}).data == []
    assert caller.call(SEARCH, {"advancedTrackAndTraceOptions": {"to": "ann@example.com"}}).data[0]["trackedEmails"][0][
        "received"
    ] == time(NOW - timedelta(seconds=60))


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("same", SUBJECT),
        ("tagged", f"[EXTERNAL] {SUBJECT}"),
        ("cut", SUBJECT[:30]),
        ("escaped", SUBJECT.replace("&", "&amp;")),
    ],
)
def test_the_quirk_defines_the_subject_in_the_hold_list(
    simulator: Simulator, caller: Caller, form: str, shown: str
) -> None:
    quirks(simulator, hold_subject=form)
    hold(simulator)
    assert entry(caller)["subject"] == shown


def test_a_raw_subject_stays_as_it_is(simulator: Simulator, v2: Caller) -> None:
    quirks(simulator, hold_subject="cut")
    record = simulator.tenant.by_hold_id[hold(simulator)]
    simulator.tenant.set_raw_subject(record, b"raw \xff bytes that are longer than the cut")
    assert b'"raw \xff bytes that are longer than the cut"' in v2.call(HOLD_LIST, ALL).raw


@pytest.mark.parametrize(
    ("form", "sender"), [("envelope", "bounce@mailer.example.net"), ("header", "carol@example.org")]
)
def test_the_quirk_defines_which_sender_the_hold_list_shows(
    simulator: Simulator, caller: Caller, form: str, sender: str
) -> None:
    quirks(simulator, hold_from=form)
    hold(simulator)
    assert entry(caller)["from"]["emailAddress"] == sender


def test_the_hold_list_can_show_an_alias_and_finds_it(simulator: Simulator, caller: Caller) -> None:
    hold(simulator)
    assert entry(caller)["to"]["emailAddress"] == "ann@example.com"
    quirks(simulator, hold_to="alias")
    alias = entry(caller)["to"]["emailAddress"]
    assert alias == "alias.ann@example.com"
    assert entry(caller, searchBy={"fieldName": "recipient", "value": alias})["to"]["emailAddress"] == alias


@pytest.mark.parametrize(
    ("form", "to"),
    [
        ("object", {"displayableName": "", "emailAddress": "ann@example.com"}),
        ("text", "ann@example.com"),
        ("list", [{"displayableName": "", "emailAddress": "ann@example.com"}]),
    ],
)
def test_the_quirk_defines_the_form_of_addresses(simulator: Simulator, caller: Caller, form: str, to: object) -> None:
    quirks(simulator, hold_addresses=form)
    hold(simulator)
    shown = entry(caller)
    assert shown["to"] == shown["toHeader"] == to
    assert type(shown["from"]) is type(shown["fromHeader"]) is type(to)


@pytest.mark.parametrize(("wrapper", "data"), [("null", None), ("empty_object", {})])
def test_the_rows_can_be_missing(simulator: Simulator, caller: Caller, wrapper: str, data: object) -> None:
    hold(simulator)
    quirks(simulator, hold_wrapper=wrapper)
    assert caller.call(HOLD_LIST, ALL).json["data"] == data


def test_the_rows_can_be_in_another_member(simulator: Simulator, caller: Caller) -> None:
    hold_id = hold(simulator)
    quirks(simulator, hold_wrapper="named")
    assert [row["id"] for row in caller.call(HOLD_LIST, ALL).data[0]["heldMessages"]] == [hold_id]


@pytest.mark.parametrize("member", ["next", "nextToken", "pageToken"])
def test_the_next_page_can_have_another_name(simulator: Simulator, caller: Caller, member: str) -> None:
    quirks(simulator, hold_next=member, queue_page_limit=2)
    ids = {hold(simulator, seconds_ago=60 + number) for number in range(3)}
    first = caller.call(HOLD_LIST, ALL)
    pagination = first.json["meta"]["pagination"]
    assert {"next", "nextToken", "pageToken"} & set(pagination) == {member}
    second = caller.call(HOLD_LIST, ALL, page={"pageToken": pagination[member]})
    assert {row["id"] for row in first.data + second.data} == ids
    assert member not in second.json["meta"]["pagination"]


def test_the_next_page_and_the_total_can_be_untold(simulator: Simulator, caller: Caller) -> None:
    quirks(simulator, hold_next="none", queue_page_limit=2)
    for number in range(3):
        hold(simulator, seconds_ago=60 + number)
    assert caller.call(HOLD_LIST, ALL).json["meta"]["pagination"] == {"pageSize": 2, "totalCount": 3}
    quirks(simulator, hold_total=False)
    assert caller.call(HOLD_LIST, ALL).json["meta"]["pagination"] == {"pageSize": 2}


def test_a_list_without_end_names_a_fresh_page_each_time_and_has_no_rows_after_the_last(
    simulator: Simulator, caller: Caller
) -> None:
    quirks(simulator, hold_next="always", queue_page_limit=2)
    for number in range(3):
        hold(simulator, seconds_ago=60 + number)
    counts: list[int] = []
    tokens: list[str] = []
    page: dict[str, str] = {}
    for _ in range(5):
        reply = caller.call(HOLD_LIST, ALL, page=page)
        counts.append(len(reply.data))
        tokens.append(reply.json["meta"]["pagination"]["next"])
        page = {"pageToken": tokens[-1]}
    assert counts == [2, 1, 0, 0, 0]
    assert len(set(tokens)) == len(tokens)


def pages(simulator: Simulator, caller: Caller, between: str) -> list[str]:
    """The ids of two pages of two rows, with a change between them: a row leaves or arrives."""
    quirks(simulator, queue_page_limit=2)
    ids = [hold(simulator, seconds_ago=60 + number) for number in range(4)]
    first = caller.call(HOLD_LIST, ALL)
    if between == "leaves":
        caller.call(RELEASE, {"id": ids[0]})
    else:
        hold(simulator, seconds_ago=1)
    second = caller.call(HOLD_LIST, ALL, page={"pageToken": first.json["meta"]["pagination"]["next"]})
    names = dict(zip(ids, "abcd", strict=True))
    return [names.get(row["id"], "new") for row in first.data + second.data]


def test_a_row_that_leaves_between_two_pages_hides_another(simulator: Simulator, caller: Caller) -> None:
    assert pages(simulator, caller, "leaves") == ["a", "b", "d"]


def test_a_row_that_arrives_between_two_pages_repeats_another(simulator: Simulator, caller: Caller) -> None:
    assert pages(simulator, caller, "arrives") == ["a", "b", "b", "c"]


def test_the_oldest_row_can_come_first(simulator: Simulator, caller: Caller) -> None:
    ids = [hold(simulator, seconds_ago=60 - number) for number in range(5)]
    assert [row["id"] for row in caller.call(HOLD_LIST, ALL).data] == ids[::-1]
    quirks(simulator, hold_order="oldest", queue_page_limit=3)
    first = caller.call(HOLD_LIST, ALL)
    second = caller.call(HOLD_LIST, ALL, page={"pageToken": first.json["meta"]["pagination"]["next"]})
    assert [row["id"] for row in first.data + second.data] == ids


@pytest.mark.parametrize(("end", "codes"), [(0, []), (1, ["err_validation_invalid_value"])])
def test_an_end_in_the_future_can_be_refused(simulator: Simulator, caller: Caller, end: int, codes: list[str]) -> None:
    hold(simulator)
    item = ALL | {"end": time(NOW + timedelta(seconds=end))}
    assert len(caller.call(HOLD_LIST, item).data) == 1
    quirks(simulator, hold_end_future="refuse")
    assert caller.call(HOLD_LIST, item).codes == codes


@pytest.mark.parametrize(("size", "codes"), [(100, []), (101, ["err_validation_invalid_value"])])
def test_a_large_page_can_be_refused(simulator: Simulator, caller: Caller, size: int, codes: list[str]) -> None:
    hold(simulator)
    assert len(caller.call(HOLD_LIST, ALL, page={"pageSize": size}).data) == 1
    quirks(simulator, queue_page_refused=100)
    refused = caller.call(HOLD_LIST, ALL, page={"pageSize": size})
    assert (refused.codes, len(refused.data)) == (codes, 0 if codes else 1)
    assert refused.fields == ["pageSize"] * len(codes)


@pytest.mark.parametrize("is_hold_id", [True, False])
def test_the_real_id_in_the_details_differs_from_that_in_the_hold_list(
    simulator: Simulator, caller: Caller, is_hold_id: bool
) -> None:
    quirks(simulator, tracking_ids="real", queue_id_is_hold_id=is_hold_id)
    record = simulator.tenant.by_hold_id[hold(simulator)]
    shown = caller.call(INFO, {"id": record.id}).data[0]["queueInfo"]["id"]
    assert shown != entry(caller)["id"]
    assert bool(caller.call(RELEASE, {"id": shown}).codes) is not is_hold_id
