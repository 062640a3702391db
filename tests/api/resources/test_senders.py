"""Managed senders, against the simulator."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mimecast_secops.api import (
    MimecastClient,
    errors,
)
from mimecast_secops.api.resources.senders import ManagedSender
from mimecast_secops.simulator import Simulator
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server


@pytest.mark.parametrize("action", ["permit", "block"])
def test_a_sender_is_permitted_or_blocked(simulator: Simulator, client: MimecastClient, action: Any) -> None:
    entry = client.senders.set("Mallory@Example.org", "ann@example.com", action)
    assert (entry.type, entry.to) == (action, "ann@example.com")
    assert entry.id.startswith("MTOKEN:")
    assert simulator.control("state")["managed"] == [
        {"sender": "Mallory@Example.org", "to": "ann@example.com", "action": action}
    ]


def test_a_permitted_sender_can_be_blocked(simulator: Simulator, client: MimecastClient) -> None:
    client.senders.set("mallory@example.org", "ann@example.com", "permit")
    client.senders.set("MALLORY@example.org", "ann@example.com", "block")
    assert [entry["action"] for entry in simulator.control("state")["managed"]] == ["block"]


def test_a_malformed_address_is_refused(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match='field "sender"') as caught:
        client.senders.set("not-an-address", "ann@example.com", "block")
    assert caught.value.code == "err_validation_invalid_email_address"


EVE, ANN = "eve@example.org", "ann@example.com"


def block_answered_with(server: Server, *entries: Any) -> ManagedSender:
    """Block a sender at a server that answers with these entries."""
    server.say(Answer(200, json.dumps({"meta": {"status": 200}, "data": entries, "fail": []}).encode()))
    with client_of(server.url) as client:
        return client.senders.set(EVE, ANN, "block")


@pytest.mark.parametrize("word", ["Block", "Blocked", "BLOCK", "block_sender", " blocked ", "Block Sender"])
def test_each_spelling_of_the_type_confirms_the_entry(server: Server, word: str) -> None:
    assert block_answered_with(server, {"sender": EVE, "to": ANN, "type": word}).type == "block"


@pytest.mark.parametrize(
    "echo",
    [
        {"sender": "EVE@Example.org", "to": ANN},
        {"sender": f"Eve <{EVE}>", "to": {"displayableName": "Ann", "emailAddress": ANN}},
        {"sender": EVE},
    ],
    ids=str,
)
def test_each_spelling_of_the_echo_confirms_the_entry(server: Server, echo: dict[str, Any]) -> None:
    assert block_answered_with(server, {**echo, "type": "Blocked"}).type == "block"


def test_an_international_domain_is_the_same_in_both_forms(server: Server) -> None:
    server.say(Answer(200, b'{"data": [{"sender": "eve@xn--mnchen-3ya.example", "type": "Permitted"}]}'))
    with client_of(server.url) as client:
        assert client.senders.set("eve@m\u00fcnchen.example", ANN, "permit").type == "permit"


@pytest.mark.parametrize("word", ["Permit", "PERMITTED", "allowed"])
def test_a_reply_that_says_the_opposite_is_not_executed(server: Server, word: str) -> None:
    with pytest.raises(errors.NotExecuted, match="its reply says permit"):
        block_answered_with(server, {"sender": EVE, "to": ANN, "type": word})


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{}],
        [None],
        [{"sender": EVE, "to": ANN}],
        [{"to": ANN, "type": "Block"}],
        [{"sender": EVE, "to": ANN, "type": "unblocked"}],
        [{"sender": EVE, "to": ANN, "type": 7}],
        [{"sender": "other@example.org", "to": ANN, "type": "Block"}],
        [{"sender": EVE, "to": "bob@example.com", "type": "Block"}],
    ],
    ids=str,
)
def test_any_other_reply_confirms_nothing(server: Server, entries: list[Any]) -> None:
    with pytest.raises(errors.NotConfirmed) as caught:
        block_answered_with(server, *entries)
    assert not isinstance(caught.value, errors.NotExecuted)
