"""Managed senders and blocked-sender policies."""
# ruff: noqa: N815 -- the members have the names of the JSON members

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

# Functional syntax, because `from` is a keyword.
_WithPolicySender = TypedDict("_WithPolicySender", {"from": dict[str, Any]})


class ManagedSenderRequest(TypedDict):
    """A sender to permit or block for a recipient."""

    sender: str
    to: str
    action: Literal["permit", "block"]


class ManagedSenderEntry(TypedDict):
    """A permitted or blocked sender of a recipient."""

    id: str
    sender: str
    to: str
    type: str


class PolicyRequest(TypedDict):
    """A blocked-sender policy to create, or with `id` to update."""

    id: NotRequired[str]
    option: Literal["no_action", "block_sender"]
    policy: dict[str, Any]


class PolicyIdRequest(TypedDict, total=False):
    """The id of a policy; without it, all policies."""

    id: str


class PolicySettings(_WithPolicySender):
    """The settings of a blocked-sender policy."""

    description: str
    fromPart: str
    to: dict[str, Any]
    fromType: str
    fromValue: NotRequired[str]
    toType: str
    toValue: NotRequired[str]
    fromEternal: bool
    toEternal: bool
    fromDate: str
    toDate: str
    override: bool
    bidirectional: bool
    conditions: dict[str, Any]
    enabled: bool
    enforced: bool
    createTime: str
    lastUpdated: str


class PolicyEntry(TypedDict):
    """A blocked-sender policy."""

    option: str
    id: str
    policy: PolicySettings


class RestPolicy(TypedDict):
    """A blocked-sender policy of the REST API; it repeats the other members that it was created with."""

    id: str
    option: str


class RestPolicies(TypedDict):
    """All blocked-sender policies."""

    policies: list[RestPolicy]
    nextToken: str | None
