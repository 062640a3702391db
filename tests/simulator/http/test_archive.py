"""Archive endpoints."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import (
    ARCHIVE,
    Caller,
    archive_query,
    eml,
    held_eml,
)


def search(caller: Caller, query: str, token: str = "") -> tuple[list[dict[str, object]], dict[str, object]]:
    reply = caller.call(ARCHIVE, {"admin": True, "query": query}, page={"pageToken": token} if token else None)
    return reply.data[0]["items"], reply.json["meta"]["pagination"]


def test_pages_have_no_gaps_and_no_repeated_items(simulator: Simulator, caller: Caller) -> None:
    now = simulator.tenant.clock.now()
    for number in range(7):
        simulator.tenant.receive(eml(f"Number {number}"), received=now - timedelta(minutes=number))
    query, token, seen, starts = archive_query(page_size=3), "", [], []
    while True:
        items, meta = search(caller, query, token)
        assert meta["pageSize"] == len(items)
        assert ("previous" in meta) is bool(token)
        starts.append(meta["recordStart"])
        seen += [item["subject"] for item in items]
        token = str(meta.get("next", ""))
        if not token:
            break
    assert seen == [f"Number {number}" for number in range(7)]
    assert starts == [0, 3, 6]


def test_a_search_can_start_at_a_later_row(simulator: Simulator, caller: Caller) -> None:
    now = simulator.tenant.clock.now()
    for number in range(3):
        simulator.tenant.receive(eml(f"Number {number}"), received=now - timedelta(minutes=number))
    items, meta = search(caller, archive_query(startrow=2))
    assert [item["subject"] for item in items] == ["Number 2"]
    assert meta["recordStart"] == 2


def test_a_search_without_admin_returns_nothing(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(eml())
    reply = caller.call(ARCHIVE, {"query": archive_query()})
    assert (reply.status, reply.data[0]["items"], reply.json["fail"]) == (200, [], [])


def test_held_messages_are_not_in_the_archive(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(held_eml("Held"))
    assert search(caller, archive_query())[0] == []


@pytest.mark.parametrize("query", ["subject:minutes", "<xmlquery>", ""])
def test_a_malformed_query_is_refused(caller: Caller, query: str) -> None:
    reply = caller.call(ARCHIVE, {"admin": True, "query": query})
    assert (reply.status, reply.data, reply.codes) == (200, [], ["err_invalid_search_xml"])
    assert caller.call(ARCHIVE, {"admin": True}).codes == ["err_validation_null"]


def test_a_page_token_of_another_endpoint_is_refused(simulator: Simulator, v2: Caller) -> None:
    for _ in range(2):
        simulator.tenant.receive(held_eml())
    token = v2.call("/api/gateway/get-hold-message-list", {"admin": True}, page={"pageSize": 1}).json["meta"][
        "pagination"
    ]["next"]
    refused = v2.call(ARCHIVE, {"admin": True, "query": archive_query()}, page={"pageToken": token})
    assert refused.codes == ["xdk_failure"]


@pytest.mark.parametrize(("quirk", "value"), [("archive_items_flat", True), ("archive_wrapper", "flat")])
def test_items_are_directly_in_data_with_the_quirk(
    simulator: Simulator, caller: Caller, quirk: str, value: object
) -> None:
    simulator.tenant.receive(eml("Flat"))
    simulator.tenant.quirks.change(quirk, value)
    assert [item["subject"] for item in caller.call(ARCHIVE, {"admin": True, "query": archive_query()}).data] == [
        "Flat"
    ]


@pytest.mark.parametrize(
    ("wrapper", "name", "kind"),
    [("items", "items", list), ("messages", "messages", list), ("null", "items", type(None)), ("text", "items", str)],
)
def test_items_are_in_the_member_of_the_quirk(
    simulator: Simulator, caller: Caller, wrapper: str, name: str, kind: type
) -> None:
    simulator.tenant.receive(eml())
    simulator.tenant.quirks.change("archive_wrapper", wrapper)
    [entry] = caller.call(ARCHIVE, {"admin": True, "query": archive_query()}).data
    assert (set(entry), type(entry[name])) == ({name, "queryDuration"}, kind)


@pytest.mark.parametrize("total", [False, True])
@pytest.mark.parametrize("member", ["next", "nextToken", "pageToken", "none"])
def test_the_next_page_is_named_as_the_quirk_says(
    simulator: Simulator, caller: Caller, member: str, *, total: bool
) -> None:
    for _ in range(2):
        simulator.tenant.receive(eml())
    simulator.tenant.quirks.change("archive_next", member)
    simulator.tenant.quirks.archive_total = total
    _, meta = search(caller, archive_query(page_size=1))
    assert {"next", "nextToken", "pageToken"} & set(meta) == {member} - {"none"}
    assert meta.get("totalCount") == (2 if total else None)


@pytest.mark.parametrize(("kind", "content"), [("PLAIN", b"Please find"), ("HTML", b"<p>x</p>"), ("RFC822", b"From:")])
def test_the_requested_part_of_an_archived_message_is_returned(
    simulator: Simulator, v1: Caller, kind: str, content: bytes
) -> None:
    (record,) = simulator.tenant.receive(eml(html="<p>x</p>"))
    item = {"id": record.archive_id, "type": kind}
    assert v1.call("/api/archive/get-message-part", item).raw.startswith(content)


@pytest.mark.parametrize(("view", "mailbox"), [("INBOX", "ann@example.com"), ("SENT", "carol@example.org")])
def test_the_list_has_the_messages_of_a_mailbox_in_a_period(
    simulator: Simulator, caller: Caller, view: str, mailbox: str
) -> None:
    now = simulator.tenant.clock.now()
    for age in (1, 3):
        simulator.tenant.receive(eml(f"Day {age}"), received=now - timedelta(days=age))
    simulator.tenant.receive(eml("Other", sender="dave@example.org", to="bob@example.com"), received=now)
    item = {"mailbox": mailbox, "view": view, "start": (now - timedelta(days=2)).isoformat(), "end": now.isoformat()}
    assert [entry["subject"] for entry in caller.call("/api/archive/get-message-list", item).data] == ["Day 1"]
