"""The JSON objects of the control calls. The descriptions are part of the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Required, TypedDict

from msgspec import Meta

from mimecast_secops.simulator.http.faults import Fault
from mimecast_secops.simulator.http.schemas.messages import HeldMessage
from mimecast_secops.simulator.http.schemas.policies import PolicyEntry
from mimecast_secops.simulator.http.schemas.tracking import TrackedEmail


class ControlError(TypedDict):
    """The reason why a control call was refused."""

    error: str


class DecisionEntry(TypedDict):
    """A release or rejection of a held message."""

    what: Annotated[str, Meta(description="released, rejected or released to sandbox.")]
    id: Annotated[str, Meta(description="The tracking id.")]
    hold_id: str
    recipient: str
    reason: str
    message: str
    notify: Annotated[bool, Meta(description="Whether the sender is notified.")]


class ReportEntry(TypedDict):
    """A report of a message."""

    id: Annotated[str, Meta(description="The tracking id.")]
    type: Annotated[str, Meta(description="malware, spam or phishing.")]
    comment: str


class SenderEntry(TypedDict):
    """A permitted or blocked sender."""

    sender: str
    to: str
    action: Annotated[str, Meta(description="permit or block.")]


class State(TypedDict):
    """The messages of the tenant and the changes made to them."""

    simulator: Annotated[bool, Meta(description="true, so that a client can tell a simulator from Mimecast.")]
    now: Annotated[str, Meta(description="The time of the tenant's clock.")]
    domains: list[str]
    tracked: Annotated[list[TrackedEmail], Meta(description="All tracking records, oldest first.")]
    held: Annotated[list[HeldMessage], Meta(description="The hold queue, newest first.")]
    decisions: list[DecisionEntry]
    reports: list[ReportEntry]
    managed: list[SenderEntry]
    policies: list[PolicyEntry]


class Connection(TypedDict):
    """The credentials that the simulator accepts."""

    simulator: Annotated[bool, Meta(description="true, so that a client can tell a simulator from Mimecast.")]
    credentials: Annotated[
        dict[str, dict[str, str]],
        Meta(description="API version (1.0, 2.0) → name of the integration's parameter → value."),
    ]


class RequestsRequest(TypedDict, total=False):
    """Whether to reset the counts."""

    clear: Annotated[bool, Meta(description="Reset the counts to zero. POST only.")]


class Requests(TypedDict):
    """The number of requests by path, before a reset."""

    counts: dict[str, int]
    total: int


class MailRequest(TypedDict, total=False):
    """A message that arrives; one of `eml`, `base64` and `sample` is mandatory."""

    eml: Annotated[str, Meta(description="The message as text.")]
    base64: Annotated[str, Meta(description="The message as bytes in Base64. Takes precedence over eml.")]
    sample: Annotated[str, Meta(description="The file name of a sample message. Takes precedence over the others.")]
    received: Annotated[str, Meta(description="The time of arrival in ISO 8601. Default: now.")]


class Records(TypedDict):
    """The new tracking records, one for each recipient."""

    records: list[TrackedEmail]


class BulkRequest(TypedDict, total=False):
    """Held messages to generate."""

    count: Annotated[int, Meta(description="The number of messages. Default: 100.")]
    spread: Annotated[float, Meta(description="The period in which they arrive, in seconds. Default: 0.")]
    before: Annotated[float, Meta(description="The age of the last one in seconds. Default: 5.")]
    attachment_bytes: Annotated[int, Meta(description="The size of an attachment for each. Default: no attachment.")]


class Bulk(TypedDict):
    """The number of generated messages."""

    made: int


class RecordRequest(TypedDict, total=False):
    """Changes to a tracking record."""

    id: Required[Annotated[str, Meta(description="The tracking id.")]]
    status: Annotated[str, Meta(description="The new status, such as held.")]
    deleted: Annotated[bool, Meta(description="Whether the record is deleted.")]
    row: Annotated[dict[str, Any], Meta(description="Members that replace those of the row of the search.")]
    info: Annotated[dict[str, Any], Meta(description="Members that replace those of the details.")]
    raw_subject: Annotated[
        str | None,
        Meta(
            description="Bytes in Base64 that every reply of the API has between the quotes of the subject, unescaped "
            "and unchecked. null: the subject of the message."
        ),
    ]


class Changed(TypedDict):
    """The names of the changed quirks."""

    changed: list[str]


class FaultsRequest(TypedDict, total=False):
    """Faults to activate."""

    clear: Annotated[bool, Meta(description="Deactivate all faults first.")]
    add: Annotated[list[Fault], Meta(description="The faults to activate.")]


class Faults(TypedDict):
    """The number of active faults."""

    active: int


class Restarted(TypedDict):
    """The number of tracking records after a reset."""

    messages: int


class ClockRequest(TypedDict, total=False):
    """Changes to the clock; without a member the clock is only read."""

    advance: Annotated[float, Meta(description="Seconds to move the clock by.")]
    freeze: Annotated[str | None, Meta(description="The time to stop the clock at. null: let the clock run.")]


class ClockTime(TypedDict):
    """The time of the tenant's clock."""

    now: str


class RightsRequest(TypedDict, total=False):
    """Permissions and products to change, by name."""

    grant: Annotated[list[str], Meta(description="Permissions or products to grant.")]
    revoke: Annotated[list[str], Meta(description="Permissions or products to revoke.")]
    expire_tokens: Annotated[bool, Meta(description="Expire all tokens of API 2.0.")]
    expire_keys: Annotated[bool, Meta(description="Whether the keys of API 1.0 have expired.")]


class Rights(TypedDict):
    """The permissions of the API 1.0 user and the products of the API 2.0 application."""

    permissions: list[str]
    products: list[str]
