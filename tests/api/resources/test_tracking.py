"""Message tracking, against the simulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.api import (
    ArchiveQuery,
    MimecastClient,
    errors,
)
from mimecast_secops.simulator import Simulator
from tests.api.resources.tenant import DAMAGED, ON_V1, ON_V2, UNKNOWN, held_with, policy, set_quirks, tracked_with


def test_a_search_finds_by_recipient_sender_and_subject(client: MimecastClient) -> None:
    everything = client.tracking.search(to="example.com")
    assert {row.status for row in everything} >= {"held", "archived"}
    assert all(row.received and not row.defects for row in everything)
    assert {row.subject for row in client.tracking.search(sender="supplier.example.org")} == {"Overdue invoice 4711"}
    assert {row.sender for row in client.tracking.search(subject="overdue")} == {"billing@supplier.example.org"}
    assert list(client.tracking.search(to="nobody@example.com")) == []


def test_a_search_for_a_message_id_finds_every_recipient(client: MimecastClient) -> None:
    rows = client.tracking.search(message_id="urgent@example-group.example.net")
    assert {row.recipients for row in rows} == {(f"{name}@example.com",) for name in ("ann", "bob", "carol")}


@pytest.mark.parametrize("criteria", [{}, {"message_id": "x", "to": "y"}], ids=["none", "both"])
def test_a_search_by_message_id_excludes_the_other_criteria(client: MimecastClient, criteria: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="either by Message-ID, or"):
        client.tracking.search(**criteria)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["newest", "oldest", "none"])
def test_rows_have_the_order_of_the_reply(simulator: Simulator, client: MimecastClient, order: str) -> None:
    set_quirks(simulator, tracked_order=order)
    times = [row.received for row in client.tracking.search(to="example.com") if row.received]
    if order == "newest":
        assert times == sorted(times, reverse=True)
    elif order == "oldest":
        assert times == sorted(times)
    assert len(times) >= 8


def test_a_row_limit_of_the_tenant_truncates_the_rows(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, tracked_limit=3)
    assert len(client.tracking.search(to="example.com")) == 3


@pytest.mark.parametrize("honoured", [True, False])
def test_filters_are_sent_whether_or_not_the_tenant_honours_them(
    simulator: Simulator, client: MimecastClient, honoured: bool
) -> None:
    set_quirks(simulator, honour_status_filter=honoured, honour_route_filter=honoured)
    rows = client.tracking.search(sender="example.com", to="", statuses=["archived"], routes=["internal"])
    assert ({(row.status, row.route) for row in rows} == {("archived", "internal")}) is honoured


def test_a_search_is_limited_to_its_period(client: MimecastClient) -> None:
    newest = client.tracking.search(to="example.com")[0]
    assert newest.received is not None
    alone = client.tracking.search(to="example.com", start=newest.received, end=newest.received)
    assert {row.received for row in alone} == {newest.received}
    assert not client.tracking.search(to="example.com", end=newest.received - timedelta(days=1))


def test_a_search_that_begins_too_early_is_refused(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="within the last 30 days") as caught:
        client.tracking.search(to="example.com", start=datetime.now(UTC) - timedelta(days=31))
    assert caught.value.code == "err_track_and_trace_invalid_start_date"


def test_every_request_has_documented_members_only(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, strict_members=True)
    now = datetime.now(UTC)
    yesterday = now - timedelta(days=1)
    rows = client.tracking.search(
        to="example.com", statuses=["held"], routes=["inbound"], search_reason="why", start=yesterday, end=now
    )
    client.tracking.info(rows[0].id, load_content=True)
    message = held_with(client)
    list(client.held.list(search_field="recipient", search_value="ann", start=yesterday, end=now))
    client.held.detail(message.id)
    client.held.reject([message.id], reason_type="INAPPROPRIATE COMMUNICATION", message="no", notify=True)
    list(client.archive.search(ArchiveQuery(fields=["subject"])))
    client.senders.set("a@example.org", "ann@example.com", "permit")
    client.policies.list(client.policies.create(policy(comment="c", start=now, end=now)).id)


def test_the_details_of_a_held_message(client: MimecastClient) -> None:
    row = tracked_with(client, sender="supplier.example.org", to="")
    info = client.tracking.info(row.id)
    assert (info.id, info.status, info.subject) == (row.id, "held", "Overdue invoice 4711")
    assert info.message_id == "invoice-4711@supplier.example.org"
    assert (info.queue_reason, info.risk) == ("Macro Documents", "high")
    assert info.queue_detail_status.startswith("Message Hold Applied")
    assert info.defects == ()


@pytest.mark.parametrize("exact", [True, False])
def test_the_queue_id_of_the_details_may_or_may_not_be_the_hold_id(
    simulator: Simulator, client: MimecastClient, exact: bool
) -> None:
    set_quirks(simulator, queue_id_is_hold_id=exact)
    info = client.tracking.info(tracked_with(client, sender="supplier.example.org", to="").id)
    assert (info.queue_id == held_with(client).id) is exact


def test_the_details_of_a_delivered_message_have_no_queue(client: MimecastClient) -> None:
    info = client.tracking.info(tracked_with(client, "archived").id, load_content=True)
    assert (info.queue_id, info.queue_reason) == ("", "")
    assert "textBody" in info.raw["recipientInfo"]["messageInfo"]


@pytest.mark.parametrize(
    ("unknown", "identity", "empty_400"),
    [("fail", UNKNOWN, False), ("status", UNKNOWN, False), ("fail", DAMAGED, True), ("fail", DAMAGED, False)],
    ids=["unknown", "unknown by status", "damaged", "damaged with a reason"],
)
def test_an_id_that_the_tenant_does_not_know_is_not_found(
    simulator: Simulator, client: MimecastClient, unknown: str, identity: str, empty_400: bool
) -> None:
    set_quirks(simulator, unknown_id=unknown, damaged_id_empty_400=empty_400)
    for call in (client.tracking.info, client.held.detail, client.held.release):
        with pytest.raises(errors.NotFound):
            call(identity)
    with pytest.raises(errors.NotFound):
        client.held.reject([identity])


def test_details_of_another_message_are_an_error(simulator: Simulator, client: MimecastClient) -> None:
    row = tracked_with(client)
    simulator.control("record", {"id": row.id, "info": {"id": UNKNOWN}})
    with pytest.raises(errors.UnreadableReply, match="another message"):
        client.tracking.info(row.id)


def test_a_row_with_missing_or_broken_members_is_read(simulator: Simulator, client: MimecastClient) -> None:
    broken_row = tracked_with(client)
    broken: dict[str, Any] = {
        "fromEnv": None,
        "fromHdr": 5,
        "received": "?",
        "subject": None,
        "to": [],
        "spamScore": "x",
    }
    simulator.control("record", {"id": broken_row.id, "row": broken})
    [read] = [row for row in client.tracking.search(to="example.com") if row.id == broken_row.id]
    assert (read.sender, read.header_from, read.received, read.recipients) == ("", "", None, ())
    assert set(read.defects) == {"fromHdr", "received", "spamScore"}


@ON_V1
def test_a_held_message_is_released_to_the_sandbox(simulator: Simulator, client: MimecastClient) -> None:
    row = tracked_with(client)
    client.tracking.release_to_sandbox(row.id)
    [decision] = simulator.control("state")["decisions"]
    assert (decision["what"], decision["id"]) == ("released to sandbox", row.id)
    with pytest.raises(errors.ApiError, match="not held"):
        client.tracking.release_to_sandbox(row.id)


@ON_V1
@pytest.mark.parametrize(("kind", "comment"), [("malware", ""), ("spam", "seen before"), ("phishing", "")])
def test_a_message_is_reported(simulator: Simulator, client: MimecastClient, kind: str, comment: str) -> None:
    row = tracked_with(client)
    client.tracking.report(row.id, kind=kind, comment=comment)
    assert simulator.control("state")["reports"] == [{"id": row.id, "type": kind, "comment": comment}]


@ON_V1
def test_a_message_is_not_reported_as_anything_else(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="malware,spam,phishing"):
        client.tracking.report(tracked_with(client).id, kind="nuisance")


@ON_V2
def test_endpoints_of_api_1_are_not_called_on_api_2(simulator: Simulator, client: MimecastClient) -> None:
    with pytest.raises(errors.NotSupported):
        client.tracking.report("id", kind="spam")
    with pytest.raises(errors.NotSupported):
        client.tracking.release_to_sandbox("id")
    assert simulator.requests == []
