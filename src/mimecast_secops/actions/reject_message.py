"""Reject Message: refuse a held message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions import hold_verification, mutation, resolution
from mimecast_secops.actions.declaration import EXAMPLE_ID, Action, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import Decision
from mimecast_secops.api.resources import held
from mimecast_secops.parameters import choice, flag, text

NO_REASON: Final = "Select One"
# The options of the action → what hold-reject takes (API notes 7.3 [documented]; the pairs are ours).
REASONS: Final = {
    NO_REASON: "",
    "Inappropriate Communication": "INAPPROPRIATE COMMUNICATION",
    "Confidential Information": "MESSAGE CONTAINS CONFIDENTIAL INFORMATION",
    "Against Email Policy": "MESSAGE GOES AGAINST EMAIL POLICIES",
    "Restricted Content": "MESSAGE CONTAINS UNDESIRABLE CONTENT",
}
_NO_UNDO: Final = {"possible": False, "why": "A rejected message is gone; its sender has to send it again."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Which message, and what is said about it."""

    message_id: str = resolution.message_id()
    note: str = text("Note", "A text for the sender.")
    reason: str = choice("Reason", "Why it is rejected.", tuple(REASONS), default=NO_REASON)
    notify: bool = flag("Notify Sender", "If enabled, the sender is told that it was rejected.", default=False)
    dry_run: bool = mutation.dry_run()
    verify: bool = mutation.verify()


def run(context: Context, parameters: Parameters) -> Result:
    """Find the one held message, reject it, look whether it is rejected."""
    message = f'Successfully rejected message with ID "{parameters.message_id}" in Mimecast.'
    try:
        target = resolution.resolve(context, parameters.message_id)
    except resolution.NotHeld as elsewhere:
        if not hold_verification.was_held_once(elsewhere.info.status, elsewhere.info.queue_detail_status):
            raise
        context.log.info("The message is rejected already; nothing was done.")
        if parameters.dry_run:
            return mutation.planned([], [], already=True)
        json_result = mutation.outcome(
            mutation.State.CONFIRMED, _NO_UNDO, already=True, message={"trackingId": elsewhere.info.id}
        )
        return Result(message=message, json_result=json_result)
    touched = target.describe()
    request = context.client.held.reject_request(
        [target.hold.id],
        reason_type=REASONS[parameters.reason],
        message=parameters.note,
        notify=parameters.notify,
    )
    if parameters.dry_run:
        return mutation.planned([request], [touched])
    refused = context.client.send(request)[target.hold.id]
    if refused is not None:
        raise refused
    state = hold_verification.decided(context, target, Decision.REJECT, wanted=parameters.verify)
    json_result = mutation.outcome(state, _NO_UNDO, message=touched)
    if state is mutation.State.CONTRADICTED:
        raise mutation.contradicted(
            "Mimecast confirmed the rejection, but shows the message as delivered.", json_result
        )
    return Result(message=message, json_result=json_result)


ACTION: Final = Action(
    name="Reject Message",
    description="Reject a held message, with a note and a reason, and tell the sender if wanted.",
    parameters=Parameters,
    endpoints=(*resolution.ENDPOINTS, held.REJECT),
    run=run,
    outcome=OutcomeCategory.UPDATE_EMAIL,
    sample={"Message ID": EXAMPLE_ID},
    writes=True,
    example=mutation.outcome(mutation.State.CONFIRMED, _NO_UNDO, message=hold_verification.EXAMPLE_TARGET),
)
