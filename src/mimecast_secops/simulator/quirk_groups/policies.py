"""Quirks of blocked-sender policies, and of permitted and blocked senders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(kw_only=True)
class PolicyQuirks:
    """Quirks of blocked-sender policies, and of permitted and blocked senders."""

    accept_outside_recipients: bool = False
    """Whether a sender can be permitted or blocked for a recipient that is not in a domain of the tenant.

    Source: docs/reference/mimecast-api.md#permit-or-block-a-sender [inferred].
    """
    unmanaged_recipient: Literal["accept", "refuse"] = "refuse"
    """What the tenant does with a sender for a recipient that is not in one of its domains. `accept` does the same as
    `accept_outside_recipients`.

    Source: docs/reference/mimecast-api.md#permit-or-block-a-sender [inferred].
    """
    sender_reply: Literal["documented", "spelled", "upper", "empty"] = "documented"
    """Reply to a permitted or blocked sender: documented (`Block`), spelled (`Blocked`), upper (upper case) or
    empty (no entry).

    Source: docs/reference/mimecast-api.md#permit-or-block-a-sender [open].
    """
    legacy_policy_on_v2: bool = True
    """Whether API 2.0 has create-policy and get-policy.

    Source: docs/reference/mimecast-api.md#rest-endpoints-for-policies [open].
    """
    delete_policy_on_v2: bool = False
    """Whether API 2.0 has policy/blockedsenders/delete-policy.

    Source: docs/reference/mimecast-api.md#blocked-sender-policies.
    """
    policy_get: Literal["full", "documented", "wrapped", "renamed", "empty"] = "full"
    """Reply of get-policy: full, documented (without `enabled` and `enforced`), wrapped (in another member), renamed
    (members with other names) or empty (an empty list, also if there are policies).

    Source: docs/reference/mimecast-api.md#get-and-delete-policies [open].
    """
    policy_create_id: bool = True
    """Whether the reply to the creation of a policy has its id.

    Source: docs/reference/mimecast-api.md#create-or-update-a-policy [open].
    """
    policy_forced_bidirectional: bool = False
    """Whether the tenant makes each policy bidirectional, whatever the request says.

    Source: docs/reference/mimecast-api.md#create-or-update-a-policy [open].
    """
    policy_delete_reply: Literal["documented", "empty"] = "documented"
    """Reply of delete-policy: documented (the id) or empty (an empty list).

    Source: docs/reference/mimecast-api.md#get-and-delete-policies [open].
    """
