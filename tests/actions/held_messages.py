"""What the tests of held messages share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.actions.runner import ActionRunner

both_decisions = pytest.mark.parametrize(
    ("slug", "decision"), [("release-message", "released"), ("reject-message", "rejected")]
)


KINDS: dict[str, Callable[[TrackingRecord], str]] = {
    "tracking id": lambda message: message.id,
    "hold id": lambda message: message.hold_id,
    "Message-ID": lambda message: message.mail.message_id,
    "Message-ID in brackets": lambda message: f"<{message.mail.message_id}>",
    "Message-ID with blanks": lambda message: f"  <{message.mail.message_id}>\n",
}


def decided(runner: ActionRunner) -> list[tuple[str, str]]:
    return [(decision.outcome, decision.hold_id) for decision in runner.simulator.tenant.decisions]
