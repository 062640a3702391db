"""Blocked-sender policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from mimecast_secops.api.decode import JsonReader, first_object, wire_time
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
    source="API notes 10 [documented]",
)
GET: Final = Endpoint(
    path="/api/policy/blockedsenders/get-policy",
    summary="read blocked-sender policies",
    permission="Gateway | Policies | Read",
    source="API notes 10 [documented]",
)
DELETE: Final = Endpoint(
    path="/api/policy/blockedsenders/delete-policy",
    summary="delete a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    source="API notes 10 [documented] for API 1.0; not in the catalogue of API 2.0",
)
REST_DELETE: Final = Endpoint(
    path="/policy-management/cloud-gateway/v1/blocked-senders/policies",
    summary="delete a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    api_versions=V2_ONLY,
    source="API notes 10.3 [documented]",
)
ENDPOINTS: Final = (CREATE, GET, DELETE, REST_DELETE)

# The member that carries the value of a target, per type (API notes 10.1 [documented]).
_VALUE_MEMBERS: Final = {
    "individual_email_address": "emailAddress",
    "email_domain": "emailDomain",
    "header_display_name": "headerDisplayName",
    "profile_group": "groupId",
}


@dataclass(frozen=True, slots=True)
class PolicyTarget:
    """One side of a policy: `everyone`, `internal_addresses`, `email_domain`, …, and the value that the type needs."""

    type: str
    value: str = ""

    def to_wire(self) -> dict[str, str]:
        """As requests carry it."""
        member = _VALUE_MEMBERS.get(self.type)
        return {"type": self.type} | ({member: self.value} if member else {})

    @classmethod
    def read(cls, raw: Any) -> PolicyTarget:
        """From what the server sent."""
        reader = JsonReader(raw)
        kind = reader.text("type")
        return cls(kind, reader.text(_VALUE_MEMBERS.get(kind, "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedSenderPolicy:
    """A policy as it is asked for.

    Args:
        option: `block_sender` or `no_action`.
        description: its name in the console.
        from_part: `envelope_from`, `header_from` or `both`.
        sender: whom it acts on.
        recipient: for whom.
        start: from when, aware; None = always.
        end: until when, aware; None = for ever.
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
        """As requests carry it; booleans are booleans."""
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
            policy["fromDate"] = wire_time(self.start)
        if self.end is not None:
            policy["toDate"] = wire_time(self.end)
        if self.comment:
            policy["comment"] = self.comment
        return {"option": self.option, "policy": policy}


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy as Mimecast keeps it; `raw` is the record as it came."""

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
        """From what the server sent. Eternal limits read as None."""
        reader = JsonReader(raw)
        policy = reader.inner("policy")
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
            start=None if policy.flag("fromEternal") else policy.moment("fromDate"),
            end=None if policy.flag("toEternal") else policy.moment("toDate"),
            raw=reader.raw,
        )


class PoliciesResource:
    """Functions about blocked-sender policies."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, policy: BlockedSenderPolicy) -> PolicyRecord:
        """Create a policy.

        Raises:
            NotConfirmed: the reply names no id.
            MimecastError: it could not be created.
        """
        return self._session.send(self.create_request(policy))

    def create_request(self, policy: BlockedSenderPolicy) -> Request[PolicyRecord]:
        """The request that `create` sends."""
        return Request(CREATE, (policy.to_wire(),), _created)

    def list(self, policy_id: str = "") -> tuple[PolicyRecord, ...]:
        """All policies, or the one of an id.

        Raises:
            MimecastError: they could not be had.
        """
        return self._session.send(Request(GET, ({"id": policy_id},) if policy_id else (), _policies))

    def delete(self, policy_id: str) -> None:
        """Delete a policy.

        A tenant on API 2.0 that no longer has the endpoint of API 1.0 gets the request to its REST replacement.

        Raises:
            NotFound: there is no such policy.
            MimecastError: it could not be deleted.
        """
        self._session.send(self.delete_request(policy_id))

    def delete_request(self, policy_id: str) -> Request[None]:
        """The request that `delete` sends."""

        def check(reply: Reply) -> None:
            if first_object(reply.data).get("id") != policy_id:
                raise NotFound("Mimecast knows no policy of that id.", endpoint=DELETE.path, status=reply.status)

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
