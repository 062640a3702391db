"""Blocked sender policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from mimecast_secops.api.decode import JsonReader, first_object, format_timestamp
from mimecast_secops.api.endpoint import V2_ONLY, Endpoint
from mimecast_secops.api.envelope import Reply, rows_of
from mimecast_secops.api.errors import NotConfirmed, NotFound
from mimecast_secops.api.request import Request, no_result
from mimecast_secops.api.session import Session
from mimecast_secops.api.vocabulary import ApiVersion

CREATE: Final = Endpoint(
    path="/api/policy/blockedsenders/create-policy",
    summary="create a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    source="docs/reference/mimecast-api.md#blocked-sender-policies [documented]",
)
GET: Final = Endpoint(
    path="/api/policy/blockedsenders/get-policy",
    summary="read blocked-sender policies",
    permission="Gateway | Policies | Read",
    source="docs/reference/mimecast-api.md#blocked-sender-policies [documented]",
)
DELETE: Final = Endpoint(
    path="/api/policy/blockedsenders/delete-policy",
    summary="delete a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    source=(
        "docs/reference/mimecast-api.md#blocked-sender-policies [documented] for API 1.0; "
        "not in the catalogue of API 2.0"
    ),
)
REST_DELETE: Final = Endpoint(
    path="/policy-management/cloud-gateway/v1/blocked-senders/policies",
    summary="delete a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    api_versions=V2_ONLY,
    source="docs/reference/mimecast-api.md#rest-endpoints-for-policies [documented]",
)
ENDPOINTS: Final = (CREATE, GET, DELETE, REST_DELETE)

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
        return cls(kind, reader.text(_VALUE_MEMBERS.get(kind, "")))


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


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy of the tenant.

    The attributes are those of `BlockedSenderPolicy`, and:

    Attributes:
        id: the ID of the policy.
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
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> PolicyRecord:
        """Read a record of a reply. An eternal start or end is None."""
        reader = JsonReader(raw)
        policy = reader.object("policy")
        return cls(
            id=reader.text("id"),
            option=reader.text("option"),
            description=policy.text("description"),
            from_part=policy.text("fromPart"),
            sender=PolicyTarget.read(policy.raw.get("from")),
            recipient=PolicyTarget.read(policy.raw.get("to")),
            bidirectional=policy.flag("bidirectional") is True,
            enforced=policy.flag("enforced") is True,
            enabled=policy.flag("enabled") is not False,
            start=None if policy.flag("fromEternal") else policy.timestamp("fromDate"),
            end=None if policy.flag("toEternal") else policy.timestamp("toDate"),
            raw=reader.raw,
        )


class PoliciesResource:
    """The endpoints of the blocked sender policies."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, policy: BlockedSenderPolicy) -> PolicyRecord:
        """Create a policy.

        Raises:
            NotConfirmed: the reply has no ID.
            MimecastError: the call failed.
        """
        return self._session.send(self.create_request(policy))

    def create_request(self, policy: BlockedSenderPolicy) -> Request[PolicyRecord]:
        """The request that `create` sends."""
        return Request(CREATE, (policy.to_wire(),), _created)

    def list(self, policy_id: str = "") -> tuple[PolicyRecord, ...]:
        """List all policies.

        Args:
            policy_id: the ID of the only policy to list; "" for all.

        Raises:
            UnexpectedReply: the reply has no list.
            MimecastError: the call failed.
        """
        return self._session.send(Request(GET, ({"id": policy_id},) if policy_id else (), _policies))

    def delete(self, policy_id: str) -> None:
        """Delete a policy.

        A tenant on API 2.0 that no longer has the endpoint of API 1.0 gets the request to its REST replacement.

        Raises:
            NotFound: Mimecast has no policy with this ID.
            MimecastError: the call failed.
        """
        self._session.send(self.delete_request(policy_id))

    def delete_request(self, policy_id: str) -> Request[None]:
        """The request that `delete` sends."""

        def check(reply: Reply) -> None:
            if first_object(reply.data).get("id") != policy_id:
                raise NotFound("Mimecast has no policy with this ID.", endpoint=DELETE.path, status=reply.status)

        fallback = None
        if self._session.api_version is ApiVersion.V2:
            suffix = f"/{quote(policy_id, safe='')}"
            fallback = Request(REST_DELETE, (), no_result, method="DELETE", path_suffix=suffix, allow_empty=True)
        return Request(DELETE, ({"id": policy_id},), check, fallback=fallback)


def _created(reply: Reply) -> PolicyRecord:
    record = PolicyRecord.read(first_object(reply.data))
    if not record.id:
        raise NotConfirmed("Mimecast did not confirm that the policy was created.", endpoint=CREATE.path, status=200)
    return record


def _policies(reply: Reply) -> tuple[PolicyRecord, ...]:
    return tuple(PolicyRecord.read(row) for row in rows_of(reply, "policies", GET.path) if isinstance(row, dict))
