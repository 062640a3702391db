"""Releasing and rejecting: what both do before and after."""

from __future__ import annotations

from typing import Final

from mimecast_secops.actions.declaration import Context
from mimecast_secops.actions.mutation import State, read_back
from mimecast_secops.actions.resolution import HeldTarget
from mimecast_secops.api import Decision, Status

_PAGE: Final = 500

EXAMPLE_TARGET: Final = {
    "holdId": "eNoVzs0KgkAUQOF3mXULZ0YN2",
    "subject": "Overdue invoice 4711",
    "sender": "billing@supplier.example.org",
    "recipient": "ann@example.com",
    "reason": "Macro Documents",
    "received": "2026-03-07T16:03:00+00:00",
    "trackingId": "eNoVzrEOgjAUQNF_6Wxi",
    "risk": "medium",
}


def decided(context: Context, target: HeldTarget, decision: Decision, *, wanted: bool) -> State:
    """Whether a release or a rejection shows: in message tracking where the message is known there, else in the queue.

    Args:
        context: the action's.
        target: what was decided on.
        decision: the decision.
        wanted: whether to look at all.
    """

    def look() -> State:
        if target.tracking_id:
            status = context.client.tracking.info(target.tracking_id).status
            if status in decision.reverse.statuses:
                return State.CONTRADICTED
            return State.CONFIRMED if status in decision.statuses else State.PENDING
        waiting = context.client.held.list(
            search_field="recipient", search_value=target.hold.recipient, page_size=_PAGE
        )
        return State.PENDING if any(hold.id == target.hold.id for hold in waiting) else State.CONFIRMED

    return read_back(context, look, wanted=wanted)


def was_held_once(status: str, queue_detail_status: str) -> bool:
    """Whether a message that is rejected now had been held: not one that the gateway refused by itself."""
    return status == Status.REJECTED and bool(queue_detail_status)
