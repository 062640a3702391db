"""Whether a policy that Mimecast lists is the one that is wanted.

Only the members that Mimecast returned are compared (docs/reference/mimecast-api.md#get-and-delete-policies).
Descriptions and comments have no effect, so they are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from mimecast_secops.actions import domain_names, policy_guards
from mimecast_secops.api import BlockedSenderPolicy, PolicyRecord, PolicyTarget

_COMPARABLE: Final[dict[str, Callable[[str], str]]] = {
    policy_guards.DOMAIN: domain_names.comparable,
    policy_guards.ADDRESS: domain_names.comparable_address,
}
_MAX_DEPTH: Final = 6
_MAX_TEXT: Final = 1_000


def differences(policy: BlockedSenderPolicy, record: PolicyRecord) -> tuple[str, ...]:
    """The names of the attributes in which a listed policy has another effect than the wanted one."""
    is_same = {
        "option": record.option.casefold() == policy.option,
        "from_part": record.from_part.casefold() == policy.from_part,
        "sender": _is_same_target(record.sender, policy.sender),
        "recipient": _is_same_target(record.recipient, policy.recipient),
        "bidirectional": record.bidirectional == policy.bidirectional,
        "enforced": record.enforced == policy.enforced,
        "enabled": record.enabled == policy.enabled,
        "start": _seconds(record.start) == _seconds(policy.start),
        "end": _seconds(record.end) == _seconds(policy.end),
    }
    return tuple(name for name, same in is_same.items() if name in record.known and not same)


def find_equal(policy: BlockedSenderPolicy, records: Iterable[PolicyRecord]) -> PolicyRecord | None:
    """The first listed policy with the same effect as the wanted one; None if there is none."""
    return next((record for record in records if not differences(policy, record)), None)


def find_same(record: PolicyRecord, records: Iterable[PolicyRecord]) -> PolicyRecord | None:
    """The first other listed policy with the same effect as a listed one; None if there is none."""
    return next((other for other in records if other.id != record.id and _has_same_effect(record, other)), None)


def may_be(policy: BlockedSenderPolicy, entry: Any) -> bool:
    """Whether an entry in an unknown form may be the wanted policy: it has all values of its sender and recipient.

    An entry without these values is another policy. A policy without a value, such as one for everyone, may be any
    entry.
    """
    texts = {_comparable_text(text) for text in texts_in(entry)}
    return all(_comparable_text(target.value) in texts for target in (policy.sender, policy.recipient) if target.value)


def mentions(policy_id: str, entry: Any) -> bool:
    """Whether an entry in an unknown form has an ID."""
    return policy_id in texts_in(entry)


def texts_in(value: Any, depth: int = _MAX_DEPTH) -> Iterator[str]:
    """The texts in a decoded JSON value, without those that are nested deeper or longer than any member of a policy."""
    if isinstance(value, str):
        if len(value) <= _MAX_TEXT:
            yield value
    elif depth and isinstance(value, (dict, list)):
        for member in value.values() if isinstance(value, dict) else value:
            yield from texts_in(member, depth - 1)


def _has_same_effect(record: PolicyRecord, other: PolicyRecord) -> bool:
    """Whether two listed policies have the same effect, as far as both are known."""
    values = {
        name: (getattr(record, name), getattr(other, name))
        for name in record.known & other.known
        if name not in ("sender", "recipient")
    }
    return (
        all(value == other_value for value, other_value in values.values())
        and _is_same_target(record.sender, other.sender)
        and _is_same_target(record.recipient, other.recipient)
    )


def _is_same_target(target: PolicyTarget, other: PolicyTarget) -> bool:
    if target.type.casefold() != other.type.casefold():
        return False
    normalize = _COMPARABLE.get(other.type, str.casefold)
    return normalize(target.value) == normalize(other.value)


def _comparable_text(text: str) -> str:
    if "@" in text:
        return domain_names.comparable_address(text)
    return text.casefold() if " " in text.strip() else domain_names.comparable(text)


def _seconds(moment: datetime | None) -> int | None:
    """The time in unix seconds, because Mimecast stores whole seconds."""
    return None if moment is None else int(moment.timestamp())
