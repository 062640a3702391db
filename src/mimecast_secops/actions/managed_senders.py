"""Blocking and permitting a sender for a recipient: one call with two values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from mimecast_secops.actions import mutation
from mimecast_secops.actions.declaration import Context, Result
from mimecast_secops.parameters import address

SAMPLE: Final = {"Sender": "offers@mail.example.org", "Recipient": "ann@example.com"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Who may write to whom."""

    sender: str = address("Sender", "The sender's mail address.", mandatory=True)
    recipient: str = address("Recipient", "The recipient's mail address, one of the tenant's own.", mandatory=True)
    dry_run: bool = mutation.dry_run()


def set_sender(context: Context, parameters: Parameters, action: Literal["block", "permit"], done: str) -> Result:
    """Set the entry for this sender and recipient. Mimecast keeps one; setting it again leaves it as it is."""
    request = context.client.senders.set_request(parameters.sender, parameters.recipient, action)
    if parameters.dry_run:
        return mutation.planned(
            [request],
            [{"sender": parameters.sender, "recipient": parameters.recipient}],
            undo=undo(parameters.sender, parameters.recipient, action),
        )
    # The reply names sender and type: that is the reading back that the API has (API notes 9).
    entry = context.client.send(request)
    return Result(
        message=f"Successfully {done} sender {parameters.sender} for recipient {parameters.recipient} in Mimecast.",
        json_result=entry.raw
        | mutation.outcome(mutation.State.CONFIRMED, undo(parameters.sender, parameters.recipient, action)),
    )


def undo(sender: str, recipient: str, action: Literal["block", "permit"]) -> dict[str, Any]:
    """What sets the entry to its opposite. The API cannot remove an entry, nor tell what applied before."""
    return {
        "possible": True,
        "action": "Permit Sender" if action == "block" else "Block Sender",
        "parameters": {"Sender": sender, "Recipient": recipient},
        "earlierState": "unknown",
        "why": "Mimecast does not tell what applied before. The undo sets the opposite, which may never have "
        "applied. To remove the entry, use Managed Senders in the Mimecast console.",
    }


def example(action: Literal["block", "permit"]) -> dict[str, Any]:
    """A JSON result."""
    entry = {
        "id": "MTOKEN:eNoVzrEOgjAUQNF_6Wxi",
        "sender": "offers@mail.example.org",
        "to": "ann@example.com",
        "type": action.capitalize(),
    }
    taken_back = undo("offers@mail.example.org", "ann@example.com", action)
    return entry | mutation.outcome(mutation.State.CONFIRMED, taken_back)
