"""Verification of decisions on held messages."""

from __future__ import annotations

from typing import Final

from mimecast_secops.actions.declaration import EXAMPLE_ID, Context
from mimecast_secops.actions.mutation import State, read_back
from mimecast_secops.actions.resolution import HeldTarget
from mimecast_secops.api import Decision, MessageInfo, Status

_PAGE_SIZE: Final = 500

EXAMPLE_TARGET: Final = {
    "holdId": "eNoVzs0KgkAUQOF3mXULZ0YN2",
    "subject": "Overdue invoice 4711",
    "sender": "billing@supplier.example.org",
    "recipient": "ann@example.com",
    "reason": "Macro Documents",
    "received": "2026-03-07T16:03:00+00:00",
    "trackingId": EXAMPLE_ID,
    "risk": "medium",
}


def verify_decision(context: Context, target: HeldTarget, decision: Decision, *, enabled: bool) -> State:
    """Read back whether Mimecast shows a decision.

    Message tracking shows it if the message's tracking record is known. Otherwise the message leaves the hold queue.

    Args:
        context: the context of the action.
        target: the message.
        decision: the decision that Mimecast confirmed.
        enabled: whether to read it back at all.
    """

    def read_state() -> State:
        if target.tracking_id:
            status = context.client.tracking.info(target.tracking_id).status
            if status in decision.reverse.statuses:
                return State.CONTRADICTED
            return State.CONFIRMED if status in decision.statuses else State.PENDING
        holds = context.client.held.list(
            search_field="recipient", search_value=target.hold.recipient, page_size=_PAGE_SIZE
        )
        return State.PENDING if any(hold.id == target.hold.id for hold in holds) else State.CONFIRMED

    return read_back(context, read_state, enabled=enabled)


def was_held_and_rejected(info: MessageInfo) -> bool:
    """Whether a message was held before it was rejected. The gateway also rejects messages without holding them."""
    return info.status == Status.REJECTED and bool(info.queue_detail_status)
