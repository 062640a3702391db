"""Managed senders, against the simulator."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.api import (
    MimecastClient,
    errors,
)
from mimecast_secops.simulator import Simulator


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
