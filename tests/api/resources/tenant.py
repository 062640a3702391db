"""Values and lookups for tests against a simulated tenant."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.api import (
    ApiVersion,
    BlockedSenderPolicy,
    HeldMessage,
    MimecastClient,
    PolicyTarget,
    TrackedMessage,
)
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.ids import IdGenerator

V1, V2 = ApiVersion.V1, ApiVersion.V2
UNKNOWN = IdGenerator("another tenant").new("id")
DAMAGED = UNKNOWN[:-20]
ON_V1 = pytest.mark.parametrize("api_version", [V1], ids=["V1"])
ON_V2 = pytest.mark.parametrize("api_version", [V2], ids=["V2"])


def set_quirks(simulator: Simulator, **quirks: object) -> None:
    simulator.control("behaviour", quirks)


def held_with(client: MimecastClient, subject: str = "Overdue invoice 4711") -> HeldMessage:
    return next(message for message in client.held.list() if message.subject == subject)


def tracked_with(client: MimecastClient, status: str = "held", **criteria: Any) -> TrackedMessage:
    rows = client.tracking.search(**({"to": "example.com"} | criteria))
    return next(row for row in rows if row.status == status)


def policy(**changes: Any) -> BlockedSenderPolicy:
    values: dict[str, Any] = {
        "option": "block_sender",
        "description": "Made by a test",
        "from_part": "both",
        "sender": PolicyTarget("email_domain", "bad.example.org"),
        "recipient": PolicyTarget("everyone"),
        **changes,
    }
    return BlockedSenderPolicy(**values)
