"""What the tests of blocked-sender policies share."""

from __future__ import annotations

from typing import Any

from mimecast_secops.simulator.tenant.records import Policy
from tests.actions.runner import ActionRunner

CREATE_ACTION, DELETE_ACTION = "create-block-sender-policy", "delete-block-sender-policy"
RAW: dict[str, object] = {
    "Description": "d",
    "Sender": "evil.example.org",
    "Sender Type": "Email Domain",
    "Recipient Type": "Everyone",
}


def create(runner: ActionRunner, **values: object) -> Any:
    return runner.succeeds(CREATE_ACTION, RAW, **values)


def policies(runner: ActionRunner) -> list[Policy]:
    return list(runner.simulator.tenant.policies.values())
