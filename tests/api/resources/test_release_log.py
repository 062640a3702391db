"""The message release log."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mimecast_secops.api import CompletenessKind, MimecastClient, ReleasedMessage, errors
from mimecast_secops.simulator import Simulator
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server, answer
from tests.api.resources.tenant import held_with, set_quirks

ENTRY: dict[str, Any] = {
    "id": "eNoNjt0K",
    "status": "rejected",
    "released": "2024-10-28T14:16:51+0000",
    "operator": {"emailAddress": "ann@example.com"},
    "fromEnv": {"emailAddress": "bounce@example.org"},
    "fromHdr": {"emailAddress": "offers@example.org", "displayableName": "Offers"},
    "to": [{"emailAddress": "ann@example.com"}],
    "subject": "Offer",
    "heldReason": "Spam",
    "policy": "Spam",
    "rejectReason": "Message goes against email policies",
    "messageInfo": "Graymail",
    "route": "INBOUND",
}


def test_an_entry_in_the_captured_form_is_read() -> None:
    message = ReleasedMessage.read(ENTRY)
    assert (message.status, message.operator, message.route) == ("rejected", "ann@example.com", "inbound")
    assert message.decided == datetime(2024, 10, 28, 14, 16, 51, tzinfo=UTC)
    assert (message.sender, message.header_from) == ("bounce@example.org", "offers@example.org")
    assert (message.recipients, message.defects) == (("ann@example.com",), ())


@pytest.mark.parametrize("operator", ["ann@example.com", {"email": "ann@example.com"}], ids=json.dumps)
def test_the_operator_is_a_text_or_an_object(operator: object) -> None:
    message = ReleasedMessage.read({**ENTRY, "operator": operator, "released": None})
    assert (message.operator, message.decided) == ("ann@example.com", None)


@pytest.mark.parametrize(
    ("content", "deviations"),
    [
        ({"data": [{"heldReleaseLogs": [ENTRY]}]}, ()),
        ({"data": [ENTRY]}, ("rows directly in data",)),
        ({"data": [{"logs": [ENTRY]}]}, ("rows in the member logs",)),
        ({"data": {"heldReleaseLogs": [ENTRY]}}, ("rows in the member heldReleaseLogs",)),
    ],
    ids=["documented", "flat", "named", "object"],
)
def test_the_entries_are_found_in_each_form(server: Server, content: Any, deviations: tuple[str, ...]) -> None:
    server.say(Answer(200, json.dumps(content).encode()))
    with client_of(server.url) as client:
        messages = client.release_log.list()
        assert [message.subject for message in messages] == ["Offer"]
    assert messages.deviations == deviations


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ({"data": None}, "null"),
        ({"data": [{}]}, "{}"),
        ({"data": "x"}, "text"),
        ({"data": [{"heldReleaseLogs": None}]}, "members heldReleaseLogs"),
        ({"data": [{"logs": []}]}, "members logs"),
    ],
    ids=json.dumps,
)
def test_another_form_does_not_mean_that_no_one_decided(server: Server, content: Any, form: str) -> None:
    server.say(Answer(200, json.dumps(content).encode()))
    with client_of(server.url) as client, pytest.raises(errors.NotUnderstood) as caught:
        list(client.release_log.list())
    assert caught.value.form == form


def test_the_log_is_filtered_by_status_and_read_to_its_end(server: Server) -> None:
    released = {**ENTRY, "id": "2", "status": "Released"}
    server.say(
        answer([{"heldReleaseLogs": [ENTRY]}], pagination={"next": "eNa", "totalCount": 2}),
        answer([{"heldReleaseLogs": [released]}], pagination={"totalCount": 2}),
    )
    with client_of(server.url) as client:
        messages = client.release_log.list(search_field="to", search_value="ann", statuses=["released"])
        assert [message.id for message in messages] == ["2"]
    assert messages.completeness.kind is CompletenessKind.PROVED
    assert server.requests[0].item["searchBy"] == {"fieldName": "to", "value": "ann"}
    assert set(server.requests[0].item) == {"start", "searchBy"}


def test_a_decision_is_in_the_log(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, release_log=True)
    hold = held_with(client)
    client.held.release(hold.id)
    [message] = client.release_log.list(search_field="to", search_value=hold.recipient, statuses=["released"])
    assert (message.subject, message.recipients) == (hold.subject, (hold.recipient,))
    assert message.id != hold.id
