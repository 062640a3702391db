"""Release Message: release a held message to its recipient or to the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions import hold_verification, mutation, resolution
from mimecast_secops.actions.declaration import EXAMPLE_ID, Action, ActionFailed, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import ApiVersion, Decision, Risk
from mimecast_secops.api.resources import held, tracking
from mimecast_secops.parameters import flag
from mimecast_secops.sentences import sentence

_NO_UNDO: Final = {"possible": False, "why": "A released message has left; it cannot be called back."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The message, and how to release it."""

    message_id: str = resolution.message_id()
    to_sandbox: bool = flag(
        "Release To Sandbox",
        "If enabled, the message is released to the sandbox instead of its recipient. API 1.0 only.",
        default=False,
    )
    allow_high_risk: bool = flag(
        "Allow High Risk",
        "If enabled, the message is released even if Mimecast's verdict is high risk, or if its risk is unknown "
        "because message tracking or the verdict cannot be read.",
        default=False,
    )
    dry_run: bool = mutation.dry_run()
    verify: bool = mutation.verify()


def run(context: Context, parameters: Parameters) -> Result:
    """Find the held message, check its risk, release it, and read its state back."""
    if parameters.to_sandbox and context.client.api_version is not ApiVersion.V1:
        raise ActionFailed(
            sentence(
                "{Release To Sandbox} exists on API 1.0 only, and this connection uses API 2.0. Nothing was released. "
                "Use API 1.0 keys, or release the message to its recipient."
            )
        )
    target = resolution.resolve(context, parameters.message_id)
    _check_risk(target, parameters)
    if parameters.to_sandbox and not target.tracking_id:
        raise ActionFailed("A release to the sandbox needs the message's tracking record, and there is none.")
    client = context.client
    if parameters.to_sandbox:
        request = client.tracking.release_to_sandbox_request(target.tracking_id)
    else:
        request = client.held.release_request(target.hold.id)
    description = target.describe()
    if parameters.dry_run:
        return mutation.dry_run_result([request], [description])
    decision = hold_verification.HoldDecision(
        context=context,
        target=target,
        decision=Decision.RELEASE,
        undo=_NO_UNDO,
        verify=parameters.verify and not parameters.to_sandbox,
        may_stay_held=parameters.to_sandbox,
    )
    outcome = decision.carry_out(lambda: client.send(request))
    message = f'Successfully released message with ID "{parameters.message_id}" in Mimecast.'
    return Result(
        message=message + outcome.note + _risk_note(target, parameters),
        json_result=outcome.as_json(_NO_UNDO, message=description),
    )


def _check_risk(target: resolution.HeldTarget, parameters: Parameters) -> None:
    if parameters.allow_high_risk or parameters.to_sandbox:
        return
    if target.risk is Risk.HIGH:
        raise ActionFailed(
            sentence(
                "Mimecast's verdict on this message is high risk, so it was not released. {Allow High Risk:Enable} to "
                "release it anyway."
            ),
            json_result=[target.describe()],
        )
    if target.risk_problem:
        raise ActionFailed(
            sentence(
                "The risk of this message is unknown, so it was not released: {problem}. Try again later, or "
                "{Allow High Risk:enable} to release it without this check.",
                problem=target.risk_problem,
            ),
            json_result=[target.describe()],
        )


def _risk_note(target: resolution.HeldTarget, parameters: Parameters) -> str:
    """A sentence for the output message if the risk was read and there is none, with a space before it."""
    is_checked = not (parameters.allow_high_risk or parameters.to_sandbox)
    return " Mimecast names no risk for it." if is_checked and target.risk is None else ""


ACTION: Final = Action(
    name="Release Message",
    description=(
        "Release a held message to its recipient or to the sandbox. Only messages with status Held can be released."
    ),
    parameters=Parameters,
    endpoints=(*resolution.ENDPOINTS, held.RELEASE),
    optional_endpoints=(tracking.RELEASE_TO_SANDBOX,),
    run=run,
    outcome=OutcomeCategory.UPDATE_EMAIL,
    sample={"Message ID": EXAMPLE_ID},
    writes=True,
    example=hold_verification.example(_NO_UNDO),
)
