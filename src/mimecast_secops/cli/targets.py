"""The targets of an action: who or what it changes, in words for users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from mimecast_secops.actions import Result
from mimecast_secops.api import PolicyRecord, PolicyTarget

_LONGEST_ID: Final = 16
_GROUPS: Final = {
    "everyone": "everyone",
    "internal_addresses": "all internal addresses",
    "external_addresses": "all external addresses",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A message, a sender or a policy. A member is "" if it is unknown.

    Attributes:
        id: the ID of the message or policy.
        recipient: the recipient of the message or of the sender's messages.
        sender: the sender.
        subject: the subject of the message.
        reason: why the message is held.
        risk: the risk of the message.
        policy: the description of the policy.
    """

    id: str = ""
    recipient: str = ""
    sender: str = ""
    subject: str = ""
    reason: str = ""
    risk: str = ""
    policy: str = ""

    def as_json(self) -> dict[str, str]:
        """The known members."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, members: object) -> Target:
        """The inverse of `as_json`. Unknown members are ignored."""
        known = members if isinstance(members, Mapping) else {}
        return cls(**{name: str(known[name]) for name in cls.__slots__ if name in known})

    def merged(self, other: Target) -> Target:
        """This target, with the members of another one where this one has none."""
        return replace(self, **{name: value for name, value in other.as_json().items() if not getattr(self, name)})

    def sentence(self) -> str:
        """The target as part of a sentence: `"Invoice" from bob@example.org to ann@example.com (held: Macros)`."""
        if self.policy:
            return f'policy "{self.policy}" ({self.sender or "unknown"} → {self.recipient or "unknown"})'
        if not self.subject and self.sender and self.recipient:
            return f"sender {self.sender} for recipient {self.recipient}"
        parts = [f'"{self.subject}"' if self.subject else f"message {short_id(self.id)}"]
        parts += [f"from {self.sender}"] if self.sender else []
        parts += [f"to {self.recipient}"] if self.recipient else []
        facts = [f"held: {self.reason}"] if self.reason else []
        facts += [f"risk {self.risk}"] if self.risk else []
        return " ".join(parts) + (f" ({', '.join(facts)})" if facts else "")

    def label(self) -> str:
        """The target in a cell of a table: `"Invoice" to ann@example.com`."""
        if self.subject:
            return f'"{self.subject}"' + (f" to {self.recipient}" if self.recipient else "")
        return f"{self._pair()}: {self.policy}" if self.policy else self._pair()

    def line(self) -> str:
        """The target in a line of a list: `ann@example.com  Invoice`."""
        if self.subject:
            return "  ".join(filter(None, (self.recipient, self.subject)))
        return f"{self._pair()}  {self.policy}" if self.policy else self._pair()

    def _pair(self) -> str:
        """The sender and the recipient, or what else is known."""
        return " → ".join(filter(None, (self.sender, self.recipient))) or short_id(self.id)


def short_id(text: str) -> str:
    """The beginning of an ID."""
    return text if len(text) <= _LONGEST_ID else text[:_LONGEST_ID] + "…"


def targets_of_values(values: Mapping[str, object]) -> tuple[Target, ...]:
    """The targets that the parameters of an action name, before it is executed."""
    texts = {name: str(value) for name, value in values.items()}
    target = Target(
        id=texts.get("Message ID", "") or texts.get("Policy ID", ""),
        sender=texts.get("Sender", ""),
        recipient=texts.get("Recipient", ""),
        policy=texts.get("Description", ""),
    )
    return (target,) if target != Target() else ()


def targets_of_result(result: Result) -> tuple[Target, ...]:
    """The targets that the JSON result of an action names, which also works for a dry run and for most failures."""
    json_result = result.json_result
    if isinstance(json_result, Mapping) and json_result.get("dryRun"):
        return _targets(json_result.get("touches"))
    if isinstance(json_result, Mapping) and "reported" in json_result:
        return _targets(json_result["reported"])
    return _targets(json_result)


def _targets(records: Any) -> tuple[Target, ...]:
    listed: Iterable[Any] = records if isinstance(records, list) else [records]
    targets = (_target(record) for record in listed if isinstance(record, Mapping))
    return tuple(dict.fromkeys(target for target in targets if target != Target()))


def _target(record: Mapping[str, Any]) -> Target:
    policy = policy_of(record)
    if policy:
        sender, recipient = describe(policy.sender), describe(policy.recipient)
        return Target(id=policy.id, sender=sender, recipient=recipient, policy=policy.description)
    message = record.get("message")
    texts = {name: str(value) for name, value in (message if isinstance(message, Mapping) else record).items() if value}
    return Target(
        id=texts.get("trackingId") or texts.get("holdId") or texts.get("id", ""),
        recipient=texts.get("recipient") or texts.get("to", ""),
        sender=texts.get("sender", ""),
        subject=texts.get("subject", ""),
        reason=texts.get("reason", ""),
        risk=texts.get("risk", ""),
    )


def policy_of(record: Mapping[str, Any]) -> PolicyRecord | None:
    """The policy in a record of a JSON result: created, deleted, or planned by a dry run."""
    content = record.get("policy")
    if not isinstance(content, Mapping):
        return None
    return PolicyRecord.read(content if isinstance(content.get("policy"), Mapping) else record)


def describe(side: PolicyTarget) -> str:
    """The senders or the recipients of a policy in words: an address, a domain, or `everyone`."""
    return side.value or _GROUPS.get(side.type, side.type.replace("_", " "))
