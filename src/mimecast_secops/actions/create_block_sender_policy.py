"""Create Block Sender Policy: block senders by address, domain or display name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mimecast_secops.actions import (
    mutation,
    policy_creation,
    policy_effects,
    policy_guards,
    policy_matches,
    policy_targets,
)
from mimecast_secops.actions.declaration import Action, ActionFailed, Context, Result
from mimecast_secops.actions.existing_policies import ExistingPolicies
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import BlockedSenderPolicy
from mimecast_secops.api.resources import account, domains, policies
from mimecast_secops.parameters import InvalidParameter, choice, flag, text, time
from mimecast_secops.sentences import sentence

_RESPONSES: Final = {"Block Sender": "block_sender", "No Action": "no_action"}
_SENDER_PARTS: Final = {"Both": "both", "From Envelope": "envelope_from", "From Headers": "header_from"}
MESSAGE: Final = "Successfully created a block sender policy in Mimecast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The policy to create."""

    response: str = choice(
        "Response", "What Mimecast does with matching messages.", tuple(_RESPONSES), default="Block Sender"
    )
    description: str = text("Description", "Name of the policy in the Mimecast console.", mandatory=True)
    extracted_data: str = choice(
        "Extracted Data",
        "Match the envelope sender, the header sender, or both.",
        tuple(_SENDER_PARTS),
        default="Both",
    )
    sender: str = text(
        "Sender",
        'The sender\'s address, domain or display name. Required only if "Sender Type" is Email Address, Email Domain '
        "or Header Display Name; ignored otherwise. Each of several comma-separated addresses or domains gets its own "
        "policy. A non-ASCII domain is sent in ASCII form (xn--…).",
    )
    sender_type: str = choice(
        "Sender Type", "Whose messages the policy matches.", policy_targets.OPTIONS, default="Email Domain"
    )
    recipient: str = text(
        "Recipient",
        'The recipient\'s address, domain or display name. Required only if "Recipient Type" is Email Address, Email '
        "Domain or Header Display Name; ignored otherwise.",
    )
    recipient_type: str = choice(
        "Recipient Type", "For which recipients the policy applies.", policy_targets.OPTIONS, default="Email Domain"
    )
    comment: str = text("Comment", "Comment on the policy.")
    bidirectional: bool = flag(
        "Bidirectional",
        "If enabled, the policy also applies to messages from the recipient to the sender: it blocks your users' "
        "outbound messages to that sender, too.",
        default=True,
    )
    enforced: bool = flag("Enforced", "If enabled, the policy takes precedence over other policies.", default=True)
    start: datetime | None = time(
        "Start Time",
        "Start of the policy in ISO 8601, for example 2025-03-07T16:03:00Z. If empty, the policy applies at once. A "
        "time without a zone is UTC.",
    )
    end: datetime | None = time(
        "End Time",
        "End of the policy in ISO 8601, for example 2027-03-07T16:03:00Z. It must be in the future. If empty, the "
        "policy never expires. A time without a zone is UTC.",
    )
    allow_broad: bool = flag(
        policy_guards.OVERRIDE,
        "If enabled, the policy is created even if it matches everyone, all messages to one of the tenant's "
        "recipients, a domain of the tenant, a free-mail domain or a public suffix, or if the tenant's domains cannot "
        "be read.",
        default=False,
    )
    dry_run: bool = mutation.dry_run()
    verify: bool = mutation.verify()


def run(context: Context, parameters: Parameters) -> Result:
    """Create one policy per sender and recipient, unless an equal policy exists.

    Non-ASCII domains are sent as A-labels. Envelopes contain this form, unless both mail servers support SMTPUTF8, and
    it cannot be misread as another domain.
    """
    wanted = policies_of(parameters)
    _check_end(parameters.end, context.now())
    if not parameters.allow_broad:
        own = policy_guards.OwnDomains(context)
        for policy in wanted:
            policy_guards.guard(policy, own)
    existing = ExistingPolicies.read(context)
    if parameters.dry_run:
        return _plan(context, wanted, existing)
    existing.check(wanted)
    creation = policy_creation.PolicyCreation(context, existing, parameters.verify)
    results = mutation.apply_to_each(wanted, creation.create)
    json_result: Any = results[0] if len(results) == 1 else results
    if any(result["state"] == mutation.State.CONTRADICTED.value for result in results):
        raise ActionFailed(
            "Mimecast confirmed the policy, but does not show it as it was created.", json_result=json_result
        )
    return Result(message=" ".join([MESSAGE, *creation.notes]), json_result=json_result)


def _plan(context: Context, wanted: Sequence[BlockedSenderPolicy], existing: ExistingPolicies) -> Result:
    plan = [
        {
            "policy": policy.to_wire(),
            "effect": policy_effects.effect_of(policy),
            "already": policy_matches.find_equal(policy, existing.listing.records) is not None,
        }
        for policy in wanted
    ]
    requests = [context.client.policies.create_request(policy) for policy in wanted]
    return mutation.dry_run_result(requests, plan)


def _check_end(end: datetime | None, now: datetime) -> None:
    """Refuse a policy that has already ended: Mimecast creates it, but it never applies.

    Raises:
        InvalidParameter: the end is not in the future.
    """
    if end is not None and end <= now:
        raise InvalidParameter(
            "End Time",
            sentence(
                "{End Time} ({end}) is in the past, so the policy would never apply. Enter a later time, or leave it "
                "empty for a policy that never expires.",
                end=end.isoformat(),
            ),
        )


def policies_of(parameters: Parameters) -> list[BlockedSenderPolicy]:
    """The policies to create: one per distinct sender and recipient.

    Raises:
        InvalidParameter: a value is missing or malformed, or the end is before the start.
    """
    senders = policy_targets.targets("Sender", parameters.sender, parameters.sender_type)
    recipients = policy_targets.targets("Recipient", parameters.recipient, parameters.recipient_type)
    if parameters.start and parameters.end and parameters.end < parameters.start:
        message = sentence("{End Time} ({value}) is before {Start Time}.", value=parameters.end.isoformat())
        raise InvalidParameter("End Time", message)
    return [
        BlockedSenderPolicy(
            option=_RESPONSES[parameters.response],
            description=parameters.description,
            from_part=_SENDER_PARTS[parameters.extracted_data],
            sender=sender,
            recipient=recipient,
            comment=parameters.comment,
            bidirectional=parameters.bidirectional,
            enforced=parameters.enforced,
            start=parameters.start,
            end=parameters.end,
        )
        for sender in senders
        for recipient in recipients
    ]


ACTION: Final = Action(
    name="Create Block Sender Policy",
    description=(
        "Create a policy that blocks a sender by address, domain or display name. By default the policy is "
        "bidirectional: it also blocks your users' messages to the sender."
    ),
    parameters=Parameters,
    endpoints=(policies.CREATE, domains.INTERNAL),
    optional_endpoints=(policies.GET, account.GET),
    run=run,
    outcome=OutcomeCategory.ADD_IOC_TO_BLOCKLIST,
    sample={"Description": "Phishing campaign", "Sender": "evil.example.org", "Recipient Type": "Everyone"},
    writes=True,
    check=policies_of,
    bulk="Sender",
    example={
        "option": "block_sender",
        "id": "eNo1jrsKwjAUQP_lzg5N0tJHN60WRLCgoDjeJrcQaRNJUh-I_24o",
        "policy": {
            "description": "Block Sender Policy from SecOps automation.",
            "fromPart": "both",
            "from": {"type": "individual_email_address", "emailAddress": "offers@mail.example.org"},
            "to": {"type": "everyone"},
            "fromType": "individual_email_address",
            "fromValue": "offers@mail.example.org",
            "toType": "everyone",
            "fromEternal": True,
            "toEternal": True,
            "fromDate": "1900-01-01T00:00:00+0000",
            "toDate": "2100-01-01T23:59:59+0000",
            "override": False,
            "bidirectional": True,
            "conditions": {},
            "enabled": True,
            "enforced": True,
            "createTime": "2026-03-07T16:03:00+0000",
            "lastUpdated": "2026-03-07T16:03:00+0000",
        },
        "state": "confirmed",
        "already": False,
        "undo": {
            "possible": True,
            "action": "Delete Block Sender Policy",
            "parameters": {"Policy ID": "eNo1jrsKwjAUQP_lzg5N0tJHN60WRLCgoDjeJrcQaRNJUh-I_24o"},
        },
    },
)
