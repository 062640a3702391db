"""Blocked sender policies, as requests and replies have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader, format_timestamp

# The member with the value of a target, per type (docs/reference/mimecast-api.md#create-or-update-a-policy
# [documented]).
_VALUE_MEMBERS: Final = {
    "individual_email_address": "emailAddress",
    "email_domain": "emailDomain",
    "header_display_name": "headerDisplayName",
    "profile_group": "groupId",
}


@dataclass(frozen=True, slots=True)
class PolicyTarget:
    """The sender or the recipient of a policy.

    Args:
        type: `everyone`, `internal_addresses`, `external_addresses`, `email_domain`, `individual_email_address`,
            `header_display_name` or `profile_group`.
        value: the domain, address, display name or group ID that the type needs; "" for the other types.
    """

    type: str
    value: str = ""

    def to_wire(self) -> dict[str, str]:
        """The target as it is in requests."""
        member = _VALUE_MEMBERS.get(self.type)
        return {"type": self.type} | ({member: self.value} if member else {})

    @classmethod
    def read(cls, raw: Any) -> PolicyTarget:
        """Read a target of a reply."""
        reader = JsonReader(raw)
        kind = reader.text("type")
        return cls(kind, reader.text(_VALUE_MEMBERS.get(kind.casefold(), "")))

    @property
    def is_complete(self) -> bool:
        """Whether the type is known, and the value if the type needs one."""
        return bool(self.type and (self.value or self.type.casefold() not in _VALUE_MEMBERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedSenderPolicy:
    """A policy to create.

    Args:
        option: `block_sender` or `no_action`.
        description: the name of the policy in the console.
        from_part: the sender to compare: `envelope_from`, `header_from` or `both`.
        sender: the senders that the policy applies to.
        recipient: the recipients that the policy applies to.
        comment: a comment; "" for none.
        bidirectional: whether the policy also applies to messages from the recipient to the sender.
        enforced: whether the policy overrides other policies.
        enabled: whether the policy is active.
        start: the start of the policy, aware; None for no start.
        end: the end of the policy, aware; None for no end.
    """

    option: str
    description: str
    from_part: str
    sender: PolicyTarget
    recipient: PolicyTarget
    comment: str = ""
    bidirectional: bool = False
    enforced: bool = True
    enabled: bool = True
    start: datetime | None = None
    end: datetime | None = None

    def to_wire(self) -> dict[str, Any]:
        """The policy as it is in requests. Boolean values are JSON booleans."""
        policy: dict[str, Any] = {
            "description": self.description,
            "fromPart": self.from_part,
            "from": self.sender.to_wire(),
            "to": self.recipient.to_wire(),
            "fromEternal": self.start is None,
            "toEternal": self.end is None,
            "bidirectional": self.bidirectional,
            "enforced": self.enforced,
            "enabled": self.enabled,
        }
        if self.start is not None:
            policy["fromDate"] = format_timestamp(self.start)
        if self.end is not None:
            policy["toDate"] = format_timestamp(self.end)
        if self.comment:
            policy["comment"] = self.comment
        return {"option": self.option, "policy": policy}

    def to_rest_wire(self) -> dict[str, Any]:
        """The policy as it is in requests to the REST path, which have no envelope."""
        wire = self.to_wire()
        return {"option": wire["option"], **wire["policy"]}


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy of the tenant.

    The attributes are those of `BlockedSenderPolicy`, and:

    Attributes:
        id: the ID of the policy.
        known: the names of the attributes that the reply has. The others have a default value, and the real one is
            unknown: the documented reply of get-policy has no `enabled` and no `enforced`
            (docs/reference/mimecast-api.md#get-and-delete-policies).
        raw: the record as received.
    """

    id: str
    option: str
    description: str
    from_part: str
    sender: PolicyTarget
    recipient: PolicyTarget
    bidirectional: bool
    enforced: bool
    enabled: bool
    start: datetime | None
    end: datetime | None
    known: frozenset[str]
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> PolicyRecord:
        """Read a record of a reply, nested as documented or flat as on the REST path.

        An eternal start or end is None.
        """
        reader = JsonReader(raw)
        policy = reader.object("policy") if isinstance(reader.raw.get("policy"), dict) else reader
        flags = {name: policy.flag(name) for name in ("bidirectional", "enforced", "enabled")}
        start, is_start_known = _limit(policy, "from")
        end, is_end_known = _limit(policy, "to")
        option, from_part = reader.text("option") or policy.text("option"), policy.text("fromPart")
        sender, recipient = _target(policy, "from"), _target(policy, "to")
        presence = {
            "option": option,
            "from_part": from_part,
            "sender": sender.is_complete,
            "recipient": recipient.is_complete,
            "start": is_start_known,
            "end": is_end_known,
            **{name: flag is not None for name, flag in flags.items()},
        }
        return cls(
            id=reader.text("id", "policyId"),
            option=option,
            description=policy.text("description"),
            from_part=from_part,
            sender=sender,
            recipient=recipient,
            bidirectional=flags["bidirectional"] is True,
            enforced=flags["enforced"] is True,
            enabled=flags["enabled"] is not False,
            start=start,
            end=end,
            known=frozenset(name for name, is_present in presence.items() if is_present),
            raw=reader.raw,
        )

    @property
    def is_understood(self) -> bool:
        """Whether the reply says which policy this is and what it does."""
        return bool(self.id) and {"option", "sender", "recipient"} <= self.known

    def as_json(self) -> dict[str, Any]:
        """The record in the documented form: `id`, `option` and `policy`."""
        if isinstance(self.raw.get("policy"), dict):
            return {**self.raw, "id": self.id}
        settings = {name: value for name, value in self.raw.items() if name not in ("id", "policyId", "option")}
        return {"option": self.option, "id": self.id, "policy": settings}


def _target(policy: JsonReader, side: str) -> PolicyTarget:
    """The target in the object `from` or `to`, or in the older members `fromType` and `fromValue`."""
    target = PolicyTarget.read(policy.raw.get(side))
    if target.is_complete:
        return target
    kind = target.type or policy.text(f"{side}Type")
    older = PolicyTarget(kind, policy.text(f"{side}Value") if kind.casefold() in _VALUE_MEMBERS else "")
    return older if older.is_complete else target


def _limit(policy: JsonReader, side: str) -> tuple[datetime | None, bool]:
    """The start or the end of a policy, and whether the reply has it."""
    is_eternal = policy.flag(f"{side}Eternal")
    if is_eternal:
        return None, True
    moment = policy.timestamp(f"{side}Date")
    return moment, moment is not None
