"""What an action would do or did, in words: the plan of a dry run, and the target of a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from mimecast_secops.actions import Action, Result
from mimecast_secops.api import PolicyRecord
from mimecast_secops.cli.targets import Target, describe, policy_of, targets_of_result

_SENDER_PARTS: Final = {"envelope_from": "envelope sender", "header_from": "header sender"}
_BOTH_PARTS: Final = "envelope sender or header sender"
_LABEL_WIDTH: Final = 12


def plan(action: Action, result: Result, known: Sequence[Target] = ()) -> list[str]:
    """The lines that say what an action would do, from the result of its dry run.

    Args:
        action: the action.
        result: the result of the dry run.
        known: what is already known about the targets, which completes the result.
    """
    verb = verb_of(action)
    records = _records(result)
    policies = [(record, policy) for record in records if (policy := policy_of(record))]
    if policies:
        return [line for record, policy in policies for line in _policy_lines(verb, policy, record)]
    targets = complete(targets_of_result(result), known)
    if not records or result.json_result.get("already"):
        return [f"Would {verb} nothing: it is already done." if action.writes else "Nothing to do."]
    return [f"Would {verb}: {target.sentence()}" for target in targets]


def policy_details(result: Result) -> list[str]:
    """The lines that describe the policies in the result of a change."""
    policies = (policy_of(record) for record in _records(result))
    return [
        line
        for policy in policies
        if policy
        for line in (_detail("Policy", f'"{policy.description}"'), *_details(policy))
    ]


def complete(targets: Sequence[Target], known: Sequence[Target]) -> list[Target]:
    """Targets of a result, with what was known before. Only one known target can be assigned to one of the result."""
    if len(targets) <= 1 and len(known) == 1:
        return [targets[0].merged(known[0]) if targets else known[0]]
    return list(targets or known)


def verb_of(action: Action) -> str:
    """The verb of an action: `release` for Release Message."""
    return action.name.split()[0].lower()


def _records(result: Result) -> list[Mapping[str, Any]]:
    json_result = result.json_result
    if isinstance(json_result, Mapping) and json_result.get("dryRun"):
        json_result = json_result.get("touches")
    records = json_result if isinstance(json_result, list) else [json_result]
    return [record for record in records if isinstance(record, Mapping)]


def _policy_lines(verb: str, policy: PolicyRecord, record: Mapping[str, Any]) -> Iterator[str]:
    if record.get("already"):
        yield f'Would {verb} nothing: an equal policy exists. It would be "{policy.description}":'
    else:
        yield f'Would {verb} the policy "{policy.description}":'
    yield from _details(policy)


def _details(policy: PolicyRecord) -> Iterator[str]:
    blocks = policy.option == "block_sender"
    effect = "blocks" if blocks else "exempts from other block policies"
    yield _detail("Effect", f"{effect} messages from {describe(policy.sender)} to {describe(policy.recipient)}")
    yield _detail("Compares", _SENDER_PARTS.get(policy.from_part, _BOTH_PARTS))
    if policy.bidirectional:
        yield _detail("Direction", f"also {effect} messages from the recipient to the sender")
    yield _detail("Precedence", "over other policies" if policy.enforced else "none over other policies")
    yield _detail("Period", f"{_moment('from', policy.start, 'at once')}, {_moment('until', policy.end, 'no end')}")


def _detail(label: str, text: str) -> str:
    return f"  {label:<{_LABEL_WIDTH}}{text}"


def _moment(word: str, moment: datetime | None, otherwise: str) -> str:
    return f"{word} {moment:%Y-%m-%d %H:%M %Z}" if moment else otherwise
