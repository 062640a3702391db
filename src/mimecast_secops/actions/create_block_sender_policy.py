"""Create Block Sender Policy: block senders by address, domain or display name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mimecast_secops.actions import domain_names, mutation, policy_guards, policy_targets
from mimecast_secops.actions.declaration import Action, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import BlockedSenderPolicy, PolicyRecord, PolicyTarget
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.api.resources import account, domains, policies
from mimecast_secops.parameters import InvalidParameter, choice, flag, text, time

_RESPONSES: Final = {"Block Sender": "block_sender", "No Action": "no_action"}
_PARTS: Final = {"Both": "both", "From Envelope": "envelope_from", "From Headers": "header_from"}
_COMPARABLE: Final[dict[str, Callable[[str], str]]] = {
    policy_guards.DOMAIN: domain_names.comparable,
    policy_guards.ADDRESS: domain_names.comparable_address,
}
MESSAGE: Final = "Successfully created a block sender policy in Mimecast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The policy."""

    response: str = choice("Response", "What happens to the mail.", tuple(_RESPONSES), default="Block Sender")
    description: str = text("Description", "The policy's name in the Mimecast console.", mandatory=True)
    extracted_data: str = choice(
        "Extracted Data",
        "Which sender is compared: of the envelope, of the headers, or both.",
        tuple(_PARTS),
        default="Both",
    )
    sender: str = text(
        "Sender",
        "The address, domain or display name that Sender Type asks for. Several addresses or domains, joined by "
        "commas, get a policy each. A domain that is not ASCII is sent in its ASCII form (xn--…).",
    )
    sender_type: str = choice(
        "Sender Type", "Whose mail the policy acts on.", policy_targets.OPTIONS, default="Email Domain"
    )
    recipient: str = text("Recipient", "The address, domain or display name that Recipient Type asks for.")
    recipient_type: str = choice(
        "Recipient Type", "For whom the policy acts.", policy_targets.OPTIONS, default="Email Domain"
    )
    comment: str = text("Comment", "A comment on the policy.")
    bidirectional: bool = flag(
        "Bidirectional", "If enabled, the policy also acts on mail from the recipient to the sender.", default=True
    )
    enforced: bool = flag("Enforced", "If enabled, the policy wins over others.", default=True)
    start: datetime | None = time("Start Time", "From when it acts, in ISO 8601. Empty: always.")
    end: datetime | None = time("End Time", "Until when it acts, in ISO 8601. Empty: for ever.")
    allow_broad: bool = flag(
        policy_guards.OVERRIDE,
        "If enabled, a policy is created although it acts on everyone, on all mail to one of the tenant's recipients, "
        "on a domain of the tenant, a free-mail domain or a public suffix, or although the tenant's domains cannot be "
        "read.",
        default=False,
    )
    dry_run: bool = mutation.dry_run()
    verify: bool = mutation.verify()


def run(context: Context, parameters: Parameters) -> Result:
    """Create one policy per sender, unless the very same is there already.

    Domains that are not ASCII are sent as A-labels. That is the form in which they stand in an envelope, unless both
    mail servers speak SMTPUTF8, and the only one that cannot be read as another domain.
    """
    wanted = policies_of(parameters)
    if not parameters.allow_broad:
        own = policy_guards.OwnDomains(context)
        for policy in wanted:
            policy_guards.guard(policy, own)
    existing = _existing(context)
    if parameters.dry_run:
        plan = [{"policy": policy.to_wire(), "already": _same(policy, existing) is not None} for policy in wanted]
        return mutation.planned([context.client.policies.create_request(policy) for policy in wanted], plan)
    made = mutation.one_by_one(wanted, lambda policy: _create(context, policy, existing, verify=parameters.verify))
    result: Any = made[0] if len(made) == 1 else made
    if any(one["state"] == mutation.State.CONTRADICTED.value for one in made):
        raise mutation.contradicted("Mimecast confirmed the policy, but does not show it as it was created.", result)
    return Result(message=MESSAGE, json_result=result)


def policies_of(parameters: Parameters) -> list[BlockedSenderPolicy]:
    """The policies that the parameters stand for: one per distinct sender and recipient.

    Raises:
        InvalidParameter: a value is missing or malformed, or the end is before the start.
    """
    senders = policy_targets.targets("Sender", parameters.sender, parameters.sender_type)
    recipients = policy_targets.targets("Recipient", parameters.recipient, parameters.recipient_type)
    if parameters.start and parameters.end and parameters.end < parameters.start:
        raise InvalidParameter("End Time", f'"End Time" ({parameters.end.isoformat()}) is before "Start Time".')
    return [
        BlockedSenderPolicy(
            option=_RESPONSES[parameters.response],
            description=parameters.description,
            from_part=_PARTS[parameters.extracted_data],
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


def _existing(context: Context) -> tuple[PolicyRecord, ...]:
    try:
        return context.client.policies.list()
    except MimecastError as error:
        context.log.warning("Existing policies cannot be read, so the same one may be created twice: %s", error)
        return ()


def _create(
    context: Context, policy: BlockedSenderPolicy, existing: tuple[PolicyRecord, ...], *, verify: bool
) -> dict[str, Any]:
    same = _same(policy, existing)
    if same is not None:
        context.log.info("The same policy is there already: %s. Nothing was created.", same.id)
        return _result(same, mutation.State.CONFIRMED, already=True)
    created = context.client.send(context.client.policies.create_request(policy))

    def look() -> mutation.State:
        return _look(context, policy, created)

    return _result(created, mutation.read_back(context, look, wanted=verify))


def _look(context: Context, policy: BlockedSenderPolicy, created: PolicyRecord) -> mutation.State:
    shown = context.client.policies.list()
    mine = [record for record in shown if record.id == created.id]
    if not mine:
        return mutation.State.PENDING
    twins = [record for record in shown if record.id != created.id and _equals(policy, record)]
    if twins:
        # Another run made it in the same moment. Both act alike; removing one of them is a person's choice.
        context.log.warning("The same policy was created at the same moment by another run: %s.", twins[0].id)
    return mutation.State.CONFIRMED if _equals(policy, mine[0]) else mutation.State.CONTRADICTED


def _same(policy: BlockedSenderPolicy, existing: tuple[PolicyRecord, ...]) -> PolicyRecord | None:
    return next((record for record in existing if _equals(policy, record)), None)


def _equals(policy: BlockedSenderPolicy, record: PolicyRecord) -> bool:
    """Whether a policy of the tenant does what the wanted one would. Its description does not matter for that."""
    return (
        record.enabled
        and record.option == policy.option
        and record.from_part == policy.from_part
        and _alike(record.sender, policy.sender)
        and _alike(record.recipient, policy.recipient)
        and (record.bidirectional, record.enforced) == (policy.bidirectional, policy.enforced)
        and (_second(record.start), _second(record.end)) == (_second(policy.start), _second(policy.end))
    )


def _alike(shown: PolicyTarget, wanted: PolicyTarget) -> bool:
    if shown.type.casefold() != wanted.type.casefold():
        return False
    read = _COMPARABLE.get(wanted.type, str.casefold)
    return read(shown.value) == read(wanted.value)


def _second(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _result(record: PolicyRecord, state: mutation.State, *, already: bool = False) -> dict[str, Any]:
    undo = {"possible": True, "action": "Delete Block Sender Policy", "parameters": {"Policy ID": record.id}}
    return record.raw | mutation.outcome(state, undo, already=already)


ACTION: Final = Action(
    name="Create Block Sender Policy",
    description="Create a policy that blocks a sender by address, domain or display name.",
    parameters=Parameters,
    endpoints=(policies.CREATE, domains.INTERNAL),
    optional_endpoints=(policies.GET, account.GET),
    run=run,
    outcome=OutcomeCategory.ADD_IOC_TO_BLOCKLIST,
    sample={"Description": "Phishing campaign", "Sender": "evil.example.org", "Recipient Type": "Everyone"},
    writes=True,
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
