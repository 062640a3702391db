"""Managed senders: what Block Sender and Permit Sender share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from mimecast_secops.actions import mutation
from mimecast_secops.actions.declaration import EXAMPLE_ID, Context, Result
from mimecast_secops.parameters import address

SAMPLE: Final = {"Sender": "offers@mail.example.org", "Recipient": "ann@example.com"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The sender and the recipient."""

    sender: str = address("Sender", "The sender's email address.", mandatory=True)
    recipient: str = address("Recipient", "The recipient's email address, which belongs to the tenant.", mandatory=True)
    dry_run: bool = mutation.dry_run()


def set_sender(context: Context, parameters: Parameters, action: Literal["block", "permit"], verb: str) -> Result:
    """Set the entry for the sender and the recipient. Mimecast keeps one entry per pair.

    Args:
        context: the context of the action.
        parameters: the sender and the recipient.
        action: the type of the entry.
        verb: the past participle for the output message, such as `blocked`.
    """
    request = context.client.senders.set_request(parameters.sender, parameters.recipient, action)
    if parameters.dry_run:
        return mutation.dry_run_result(
            [request],
            [{"sender": parameters.sender, "recipient": parameters.recipient}],
            undo=undo(parameters.sender, parameters.recipient, action),
        )
    # The reply names the sender and the type, which confirms the entry. The API cannot read it back
    # (docs/reference/mimecast-api.md#permit-or-block-a-sender).
    entry = context.client.send(request)
    return Result(
        message=f"Successfully {verb} sender {parameters.sender} for recipient {parameters.recipient} in Mimecast.",
        json_result=entry.raw
        | mutation.write_result(mutation.State.CONFIRMED, undo(parameters.sender, parameters.recipient, action)),
    )


def undo(sender: str, recipient: str, action: Literal["block", "permit"]) -> dict[str, Any]:
    """The inverse action. The API can neither remove an entry nor show what applied before."""
    return {
        "possible": True,
        "action": "Permit Sender" if action == "block" else "Block Sender",
        "parameters": {"Sender": sender, "Recipient": recipient},
        "earlierState": "unknown",
        "why": "Mimecast does not tell what applied before. The undo sets the opposite, which may never have "
        "applied. To remove the entry, use Managed Senders in the Mimecast console.",
    }


def example(action: Literal["block", "permit"]) -> dict[str, Any]:
    """An example of the JSON result."""
    entry = {
        "id": f"MTOKEN:{EXAMPLE_ID}",
        "sender": SAMPLE["Sender"],
        "to": SAMPLE["Recipient"],
        "type": action.capitalize(),
    }
    inverse = undo(SAMPLE["Sender"], SAMPLE["Recipient"], action)
    return entry | mutation.write_result(mutation.State.CONFIRMED, inverse)
