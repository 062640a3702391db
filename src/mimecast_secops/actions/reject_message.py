"""Reject Message: reject a held message."""

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
# The options of the action and the values of hold-reject (docs/reference/mimecast-api.md#reject-held-messages
# [documented]). The mapping is the project's.
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
    """The message, and what Mimecast tells the sender."""

    message_id: str = resolution.message_id()
    note: str = text("Note", "Note to the sender.")
    reason: str = choice("Reason", "Reason for the rejection.", tuple(REASONS), default=NO_REASON)
    notify: bool = flag("Notify Sender", "If enabled, Mimecast notifies the sender of the rejection.", default=False)
    dry_run: bool = mutation.dry_run()
    verify: bool = mutation.verify()


def run(context: Context, parameters: Parameters) -> Result:
    """Find the held message, reject it, and read its state back."""
    message = f'Successfully rejected message with ID "{parameters.message_id}" in Mimecast.'
    try:
        target = resolution.resolve(context, parameters.message_id)
    except resolution.NotHeld as error:
        if not hold_verification.was_held_and_rejected(error.info):
            raise
        context.log.info("The message is already rejected. Nothing was done.")
        if parameters.dry_run:
            return mutation.dry_run_result([], [], already=True)
        confirmed = hold_verification.Outcome(state=mutation.State.CONFIRMED)
        json_result = confirmed.as_json(_NO_UNDO, already=True, message={"trackingId": error.info.id})
        return Result(message=message, json_result=json_result)
    description = target.describe()
    request = context.client.held.reject_request(
        [target.hold.id],
        reason_type=REASONS[parameters.reason],
        message=parameters.note,
        notify=parameters.notify,
    )
    if parameters.dry_run:
        return mutation.dry_run_result([request], [description])

    def send() -> None:
        if error := context.client.send(request)[target.hold.id]:
            raise error

    decision = hold_verification.HoldDecision(
        context=context, target=target, decision=Decision.REJECT, undo=_NO_UNDO, verify=parameters.verify
    )
    outcome = decision.carry_out(send)
    return Result(message=message + outcome.note, json_result=outcome.as_json(_NO_UNDO, message=description))


ACTION: Final = Action(
    name="Reject Message",
    description=(
        "Reject a held message, optionally with a reason and a note to the sender. Only messages with status Held can "
        "be rejected."
    ),
    parameters=Parameters,
    endpoints=(*resolution.ENDPOINTS, held.REJECT),
    run=run,
    outcome=OutcomeCategory.UPDATE_EMAIL,
    sample={"Message ID": EXAMPLE_ID},
    writes=True,
    example=hold_verification.example(_NO_UNDO),
)
