"""Permit Sender: permit a sender for one recipient."""

from __future__ import annotations

from typing import Final

from mimecast_secops.actions.declaration import Action, Context, Result
from mimecast_secops.actions.managed_senders import SAMPLE, Parameters, example, set_sender
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api.resources import senders


def run(context: Context, parameters: Parameters) -> Result:
    """Permit the sender."""
    return set_sender(context, parameters, "permit", "permitted")


ACTION: Final = Action(
    name="Permit Sender",
    description="Permit a sender for one recipient, in the recipient's managed senders.",
    parameters=Parameters,
    endpoints=(senders.PERMIT_OR_BLOCK,),
    run=run,
    outcome=OutcomeCategory.ADD_IOC_TO_ALLOWLIST,
    sample=SAMPLE,
    writes=True,
    example=example("permit"),
)
