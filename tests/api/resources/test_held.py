"""The hold queue, against the simulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mimecast_secops.api import (
    CompletenessKind,
    MimecastClient,
    errors,
)
from mimecast_secops.api.resources import held
from mimecast_secops.simulator import Simulator
from tests.api.clients import client_of
from tests.api.local_server import Server, answer
from tests.api.resources.tenant import ON_V2, held_with, set_quirks, tracked_with


@pytest.mark.parametrize(("page_size", "limit"), [(100, 500), (1, 500), (3, 500), (500, 2)])
def test_the_hold_queue_is_listed_completely_with_any_page_size(
    simulator: Simulator, client: MimecastClient, page_size: int, limit: int
) -> None:
    set_quirks(simulator, queue_page_limit=limit)
    messages = list(client.held.list(page_size=page_size))
    assert [entry.id for entry in messages] == [entry["id"] for entry in simulator.control("state")["held"]]
    assert all(message.received and not message.defects for message in messages)
    assert {message.route for message in messages} == {"inbound"}


def set_cut_lists(simulator: Simulator, *, messages: int, spread: int, **quirks: object) -> int:
    """Let the hold list show 25 messages without a word about the rest. Returns the number of held messages."""
    simulator.control("bulk", {"count": messages, "spread": spread, "before": 60})
    set_quirks(simulator, queue_page_limit=25, hold_next="none", hold_total=False, **quirks)
    return len(simulator.control("state")["held"])


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_a_hold_list_that_is_cut_without_a_word_is_completed_from_shorter_periods(
    simulator: Simulator, client: MimecastClient, order: str
) -> None:
    count = set_cut_lists(simulator, messages=100, spread=900, hold_order=order)
    messages = client.held.list()
    assert len({message.id for message in messages}) == count
    assert messages.completeness.kind is CompletenessKind.PROVED


def test_a_second_of_the_hold_list_with_more_messages_than_a_reply_shows_is_partial(
    simulator: Simulator, client: MimecastClient
) -> None:
    count = set_cut_lists(simulator, messages=60, spread=0)
    messages = client.held.list()
    assert len({message.id for message in messages}) < count
    assert messages.completeness.kind is CompletenessKind.PARTIAL
    assert "of one second" in messages.completeness.reason


def test_a_hold_list_without_a_total_is_compared_unless_a_longer_one_was_complete(
    simulator: Simulator, client: MimecastClient
) -> None:
    simulator.control("bulk", {"count": 30, "spread": 900, "before": 60})
    set_quirks(simulator, hold_next="none", hold_total=False)
    requests = []
    for rejected in ("", "", next(client.held.list()).id):
        if rejected:
            client.held.reject([rejected])
        before = client.requests_sent
        messages = client.held.list()
        assert len(list(messages)) == len(simulator.control("state")["held"])
        requests.append(client.requests_sent - before)
    assert requests == [3, 3, 1]


@pytest.mark.parametrize(("count", "kind"), [(9, CompletenessKind.UNKNOWN), (10, CompletenessKind.PARTIAL)])
def test_a_hold_list_of_one_second_may_be_cut_at_exactly_its_number(
    server: Server, count: int, kind: CompletenessKind
) -> None:
    rows = [{"id": f"h{number}", "subject": "s", "dateReceived": "2026-11-25T12:00:00+0000"} for number in range(count)]
    server.say(answer(rows))
    with client_of(server.url) as client:
        messages = client.held.list(
            start=datetime(2026, 11, 25, 11, tzinfo=UTC), end=datetime(2026, 11, 25, 13, tzinfo=UTC)
        )
        assert len(list(messages)) == count
    assert messages.completeness.kind is kind


@pytest.mark.parametrize(
    ("field", "value", "subjects"),
    [
        ("subject", "invoice", {"Overdue invoice 4711"}),
        ("sender", "billing@supplier.example.org", {"Overdue invoice 4711"}),
        ("recipient", "bob@example.com", {"Urgent wire transfer", "Your parcel could not be delivered"}),
        ("all", "wire transfer", {"Urgent wire transfer"}),
        ("reason_code", "impersonation", {"Urgent wire transfer", "Your password expires today"}),
        ("reasonCode", "impersonation", {"Urgent wire transfer", "Your password expires today"}),
    ],
)
def test_the_hold_queue_is_searched_with_the_field_names_of_the_api_version(
    client: MimecastClient, field: str, value: str, subjects: set[str]
) -> None:
    assert {message.subject for message in client.held.list(search_field=field, search_value=value)} == subjects


def test_a_search_of_the_hold_queue_by_an_unknown_field_is_an_error(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="fieldName"):
        list(client.held.list(search_field="colour", search_value="red"))


def test_the_hold_queue_is_listed_for_a_period(client: MimecastClient) -> None:
    now = datetime.now(UTC)
    assert len(list(client.held.list(start=now - timedelta(hours=1), end=now))) >= 4
    assert list(client.held.list(end=now - timedelta(hours=1))) == []


def test_the_summary_counts_per_policy(simulator: Simulator, client: MimecastClient) -> None:
    queue = simulator.control("state")["held"]
    assert {summary.policy: summary.count for summary in client.held.summary()} == {
        name: sum(entry["policyInfo"] == name for entry in queue) for name in {entry["policyInfo"] for entry in queue}
    }


def test_a_held_message_is_released_once(simulator: Simulator, client: MimecastClient) -> None:
    message = held_with(client)
    client.held.release(message.id)
    assert [decision["what"] for decision in simulator.control("state")["decisions"]] == ["released"]
    assert message.id not in {message.id for message in client.held.list()}


@pytest.mark.parametrize("reply", ["flag", "fail", "empty"])
def test_a_message_that_is_no_longer_held_is_never_reported_as_released_or_rejected(
    simulator: Simulator, client: MimecastClient, reply: str
) -> None:
    set_quirks(simulator, not_held=reply)
    message = held_with(client)
    client.held.release(message.id)
    with pytest.raises(errors.ApiError) as caught:
        client.held.release(message.id)
    assert isinstance(caught.value, errors.NotConfirmed) is (reply != "fail")
    if reply == "fail":
        with pytest.raises(errors.ApiError, match="not held"):
            client.held.reject([message.id])
        return
    outcome = client.held.reject([message.id])
    assert isinstance(outcome[message.id], errors.NotConfirmed)


def test_held_messages_are_rejected_with_a_text_for_the_sender(simulator: Simulator, client: MimecastClient) -> None:
    ids = [message.id for message in client.held.list(search_field="subject", search_value="wire transfer")]
    reason = "MESSAGE GOES AGAINST EMAIL POLICIES"
    assert client.held.reject(ids, reason_type=reason, message="no", notify=True) == dict.fromkeys(ids)
    decisions = simulator.control("state")["decisions"]
    assert {
        (decision["what"], decision["reason"], decision["message"], decision["notify"]) for decision in decisions
    } == {("rejected", reason, "no", True)}
    assert {decision["hold_id"] for decision in decisions} == set(ids)


def test_of_several_rejections_each_has_its_own_outcome(client: MimecastClient) -> None:
    first, second, *_ = [message.id for message in client.held.list()]
    client.held.release(first)
    outcome = client.held.reject([first, second])
    assert isinstance(outcome[first], errors.NotConfirmed)
    assert outcome[second] is None


def test_an_unknown_reason_rejects_nothing(simulator: Simulator, client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="reasonType"):
        client.held.reject([held_with(client).id], reason_type="BECAUSE")
    assert simulator.control("state")["decisions"] == []


@pytest.mark.parametrize("accepted", [True, False])
def test_a_release_by_tracking_id_depends_on_the_tenant(
    simulator: Simulator, client: MimecastClient, accepted: bool
) -> None:
    set_quirks(simulator, hold_accepts_tracking_id=accepted)
    row = tracked_with(client)
    if accepted:
        client.held.release(row.id)
        return
    with pytest.raises(errors.NotFound):
        client.held.release(row.id)


def test_a_delayed_release_is_confirmed(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, hold_delay=60)
    message = held_with(client)
    client.held.release(message.id)
    assert message.id in {message.id for message in client.held.list()}
    simulator.tenant.clock.offset += timedelta(seconds=61)
    assert message.id not in {entry["id"] for entry in simulator.control("state")["held"]}


def test_the_attachments_of_a_held_message(client: MimecastClient) -> None:
    message = held_with(client)
    detail = client.held.detail(message.id)
    [attachment] = detail.attachments
    assert detail.message_id == "invoice-4711@supplier.example.org"
    assert (attachment.filename, attachment.extension) == ("invoice.docm", "docm")
    with client.files.download(attachment.id, max_bytes=attachment.size, sha256=attachment.sha256) as file:
        assert file.sha256 == attachment.sha256


@ON_V2
def test_an_endpoint_that_api_2_lacks_is_named(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, gateway_detail_on_v2=False)
    with pytest.raises(errors.MissingPermission, match="API 2.0 does not have this endpoint for this tenant") as caught:
        client.held.detail(held_with(client).id)
    assert caught.value.code == "app_forbidden"


# faults


@pytest.mark.parametrize("kind", ["429", "500", "503", "html", "empty", "truncated", "reset"])
def test_a_listing_continues_after_a_transient_error(simulator: Simulator, patient: MimecastClient, kind: str) -> None:
    fault = {"kind": kind, "path": "/api/gateway/*", "count": 1, "after": 1, "reset_ms": 1}
    simulator.control("faults", {"add": [fault]})
    assert len(list(patient.held.list(page_size=2))) == len(simulator.control("state")["held"])


@pytest.mark.parametrize("kind", ["500", "503", "html", "empty", "truncated", "reset"])
def test_a_release_with_an_unknown_outcome_is_sent_once(
    simulator: Simulator, patient: MimecastClient, kind: str
) -> None:
    message = held_with(patient)
    simulator.control("faults", {"add": [{"kind": kind, "path": held.RELEASE.path}]})
    with pytest.raises(errors.MimecastError):
        patient.held.release(message.id)
    assert simulator.control("requests")["counts"][held.RELEASE.path] == 1


def test_a_rate_limited_release_is_repeated(simulator: Simulator, patient: MimecastClient) -> None:
    message = held_with(patient)
    simulator.control("faults", {"add": [{"kind": "429", "path": held.RELEASE.path, "count": 1, "reset_ms": 1}]})
    patient.held.release(message.id)
    assert [decision["hold_id"] for decision in simulator.control("state")["decisions"]] == [message.id]
