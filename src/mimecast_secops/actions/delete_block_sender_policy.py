"""Delete Block Sender Policy: undo what Create Block Sender Policy did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import mutation
from mimecast_secops.actions.declaration import EXAMPLE_ID, Action, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import PolicyRecord
from mimecast_secops.api.errors import NotFound
from mimecast_secops.api.resources import policies
from mimecast_secops.parameters import InvalidParameter, checked, split

_MESSAGE: Final = 'Successfully deleted the block sender policies in Mimecast: "{ids}".'


def _policy_ids(given: str) -> str:
    """The ids in a list of ids, or in the JSON result of a creation."""
    if given.startswith(("{", "[")):
        try:
            read = json.loads(given)
        except ValueError:
            raise InvalidParameter("Policy ID", _not_accepted("it is not complete JSON")) from None
        records = read if isinstance(read, list) else [read]
        ids = [str(record.get("id") or "") if isinstance(record, dict) else "" for record in records]
        if not ids or not all(ids):
            raise InvalidParameter("Policy ID", _not_accepted("it names no id"))
        return ",".join(ids)
    if not split(given):
        raise InvalidParameter("Policy ID", _not_accepted("there is none"))
    return ",".join(split(given))


def _not_accepted(why: str) -> str:
    return f'"Policy ID" takes ids, or the JSON result of Create Block Sender Policy: {why}.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Which policies."""

    policy_ids: str = checked(
        "Policy ID",
        "The policy's id, several joined by commas, or the JSON result of Create Block Sender Policy.",
        _policy_ids,
        mandatory=True,
    )
    dry_run: bool = mutation.dry_run()
    verify: bool = mutation.verify()


def run(context: Context, parameters: Parameters) -> Result:
    """Delete each policy; what is not there any more counts as deleted already."""
    ids = split(parameters.policy_ids)
    shown = {policy_id: _look_up(context, policy_id) for policy_id in ids}
    if parameters.dry_run:
        touched = [record.raw for record in shown.values() if record]
        return mutation.planned([context.client.policies.delete_request(policy_id) for policy_id in ids], touched)
    results = mutation.one_by_one(ids, lambda one: _delete(context, one, shown[one], parameters))
    json_result: Any = results[0] if len(results) == 1 else results
    if any(one["state"] == mutation.State.CONTRADICTED.value for one in results):
        raise mutation.contradicted("Mimecast confirmed the deletion, but still shows the policy.", json_result)
    return Result(message=_MESSAGE.format(ids=", ".join(ids)), json_result=json_result)


def _look_up(context: Context, policy_id: str) -> PolicyRecord | None:
    """The policy as it is now: for the plan, for undoing, and to see whether it is a block policy at all."""
    try:
        found = context.client.policies.list(policy_id)
    except NotFound:
        return None
    return next((record for record in found if record.id == policy_id), None)


def _delete(context: Context, policy_id: str, record: PolicyRecord | None, parameters: Parameters) -> dict[str, Any]:
    if record is None:
        context.log.info("There is no such policy (any more); nothing was done.")
        return {"id": policy_id, **mutation.outcome(mutation.State.CONFIRMED, _undo(None), already=True)}
    context.client.send(context.client.policies.delete_request(policy_id))

    def look() -> mutation.State:
        there = any(one.id == policy_id for one in context.client.policies.list())
        return mutation.State.PENDING if there else mutation.State.CONFIRMED

    state = mutation.read_back(context, look, wanted=parameters.verify)
    return {"id": policy_id, **mutation.outcome(state, _undo(record), policy=record.raw)}


def _undo(record: PolicyRecord | None) -> dict[str, Any]:
    if record is None:
        return {"possible": False, "why": "Nothing was deleted."}
    return {"possible": True, "action": "Create Block Sender Policy", "policy": record.raw}


ACTION: Final = Action(
    name="Delete Block Sender Policy",
    description="Delete block sender policies by id, or by the JSON result of their creation.",
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
