"""Delete Block Sender Policy: delete policies that Create Block Sender Policy created."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import mutation
from mimecast_secops.actions.declaration import EXAMPLE_ID, Action, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.actions.policy_deletion import PolicyDeletion
from mimecast_secops.api.resources import policies
from mimecast_secops.parameters import InvalidParameter, checked, shortened, split, unexpanded
from mimecast_secops.sentences import Sentence, sentence

_MESSAGE: Final = 'Successfully deleted the block sender policies in Mimecast: "{ids}".'


def _policy_ids(value: str) -> str:
    """The comma-separated IDs in a list of IDs, or in the JSON result of Create Block Sender Policy."""
    if value.startswith(("{", "[")):
        try:
            parsed = json.loads(value)
        except ValueError:
            raise InvalidParameter("Policy ID", _not_accepted(_hint(value) or "the JSON is not complete")) from None
        records = parsed if isinstance(parsed, list) else [parsed]
        record_ids = [str(record.get("id") or "") if isinstance(record, dict) else "" for record in records]
        if not record_ids or not all(record_ids):
            raise InvalidParameter("Policy ID", _not_accepted("an ID is missing"))
        return ",".join(record_ids)
    ids = split(value)
    if not ids:
        raise InvalidParameter("Policy ID", _not_accepted("the list is empty"))
    for policy_id in ids:
        if hint := _hint(policy_id):
            raise InvalidParameter("Policy ID", _not_accepted(hint))
    return ",".join(ids)


def _hint(value: str) -> str:
    hint = unexpanded(value).removeprefix("; ")
    return f"{shortened(value)} {hint.removeprefix('this ')}" if hint else ""


def _not_accepted(reason: str) -> Sentence:
    return sentence("{Policy ID} takes IDs, or the JSON result of Create Block Sender Policy: {reason}.", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The policies to delete."""

    policy_ids: str = checked(
        "Policy ID",
        "Comma-separated list of policy IDs, or the JSON result of Create Block Sender Policy.",
        _policy_ids,
        mandatory=True,
    )
    dry_run: bool = mutation.dry_run()
    verify: bool = mutation.verify()


def run(context: Context, parameters: Parameters) -> Result:
    """Delete each policy. A policy that does not exist counts as already deleted."""
    ids = split(parameters.policy_ids)
    deletions = {policy_id: PolicyDeletion.prepared(context, policy_id) for policy_id in ids}
    if parameters.dry_run:
        touched = [deletion.record.raw for deletion in deletions.values() if deletion.record]
        requests = [context.client.policies.delete_request(policy_id) for policy_id in ids]
        return mutation.dry_run_result(requests, touched)
    results = mutation.apply_to_each(ids, lambda policy_id: deletions[policy_id].carry_out(verify=parameters.verify))
    json_result: Any = results[0] if len(results) == 1 else results
    notes = dict.fromkeys(deletion.note for deletion in deletions.values() if deletion.note)
    return Result(message=" ".join([_MESSAGE.format(ids=", ".join(ids)), *notes]), json_result=json_result)


ACTION: Final = Action(
    name="Delete Block Sender Policy",
    description="Delete block sender policies by their IDs, or by the JSON result of Create Block Sender Policy.",
    parameters=Parameters,
    endpoints=(policies.DELETE, policies.REST_DELETE, policies.GET),
    run=run,
    outcome=OutcomeCategory.REMOVE_IOC_FROM_BLOCKLIST,
    sample={"Policy ID": EXAMPLE_ID},
    writes=True,
    example={
        "id": "eNo1jrsKwjAUQP_lzg5N0tJHN60WRLCgoDjeJrcQaRNJUh-I_24o",
        "state": "confirmed",
        "already": False,
        "undo": {"possible": True, "action": "Create Block Sender Policy", "policy": {"option": "block_sender"}},
        "policy": {"option": "block_sender"},
    },
)
