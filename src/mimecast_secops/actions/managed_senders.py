"""Managed senders: what Block Sender and Permit Sender share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from mimecast_secops.actions import mutation
from mimecast_secops.actions.declaration import EXAMPLE_ID, ActionFailed, Context, Result
from mimecast_secops.actions.domain_names import comparable
from mimecast_secops.addresses import domain_of
from mimecast_secops.api import Request
from mimecast_secops.api.error_mapping import FORBIDDEN_FOR_ADDRESS
from mimecast_secops.api.errors import ApiError, MimecastError, MissingPermission
from mimecast_secops.api.resources.senders import ManagedSender
from mimecast_secops.parameters import address
from mimecast_secops.sentences import sentence, sentence_of

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

    Raises:
        ActionFailed: no reply says whether the entry was set.
        MimecastError: Mimecast refused the call, or it was not sent.
    """
    request = context.client.senders.set_request(parameters.sender, parameters.recipient, action)
    if parameters.dry_run:
        return mutation.dry_run_result(
            [request],
            [{"sender": parameters.sender, "recipient": parameters.recipient}],
            undo=undo(parameters.sender, parameters.recipient, action),
        )
    # The reply names the type, which confirms the entry. The API cannot read it back
    # (docs/reference/mimecast-api.md#permit-or-block-a-sender).
    entry = _send(context, request, parameters, verb)
    return Result(
        message=f"Successfully {verb} sender {parameters.sender} for recipient {parameters.recipient} in Mimecast.",
        json_result=entry.raw
        | mutation.write_result(mutation.State.CONFIRMED, undo(parameters.sender, parameters.recipient, action)),
    )


def _send(context: Context, request: Request[ManagedSender], parameters: Parameters, verb: str) -> ManagedSender:
    try:
        return context.client.send(request)
    except MissingPermission as error:
        if error.code != FORBIDDEN_FOR_ADDRESS:
            raise
        raise _explained(context, parameters.recipient, error) from error
    except MimecastError as error:
        if not error.maybe_done:
            raise
        raise ActionFailed(
            sentence(
                "Whether the sender was {verb} is unknown, and Mimecast has no function that shows it: {error} Check "
                "Managed Senders in the Mimecast console, or run the action again: Mimecast keeps one entry for each "
                "sender and recipient.",
                verb=verb,
                error=sentence_of(error),
            )
        ) from error


def _explained(context: Context, recipient: str, error: MissingPermission) -> ApiError:
    """The error for a code that means a missing permission or a recipient that the account does not manage.

    Source: docs/reference/mimecast-api.md#permit-or-block-a-sender. The internal domains tell the two apart. They are
    read after the error only, so the action does not need the permission for them.
    """
    domain = comparable(domain_of(recipient))
    fields: dict[str, Any] = {
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": error.request_id,
        "endpoint": error.endpoint,
    }
    if not _may_be_internal(context, domain):
        return ApiError(
            sentence(
                "Mimecast does not manage the recipient ({code}): {domain} is not one of the tenant's internal "
                "domains. Enter the address of a user of the tenant in {Recipient}.",
                code=error.code,
                domain=domain,
            ),
            **fields,
        )
    message = sentence(
        "{error} If this permission is granted, Mimecast does not manage the recipient: enter the address of a user "
        "of the tenant in {Recipient}.",
        error=error.sentence,
    )
    return MissingPermission(message, permission=error.permission, **fields)


def _may_be_internal(context: Context, domain: str) -> bool:
    try:
        return domain in {comparable(entry.domain) for entry in context.client.domains.internal()}
    except MimecastError as error:
        context.log.info("The internal domains could not be read: %s", error)
        return True


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
